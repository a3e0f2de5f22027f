#include "status_bar.h"

#include "look_and_feel.h"

namespace groovefield {

StatusBar::StatusBar() { setTitle ("State"); }

juce::String StatusBar::shownText() const { return complaint.isEmpty() ? process : (ready ? complaint : complaint + " " + process); }

void StatusBar::show (const juce::String& nextProcess, bool nextReady, const juce::String& nextComplaint)
{
    if (nextProcess == process && nextReady == ready && nextComplaint == complaint)
        return;
    process = nextProcess;
    ready = nextReady;
    complaint = nextComplaint;
    setDescription (shownText());
    setTooltip (shownText());
    repaint();
}

void StatusBar::paint (juce::Graphics& g)
{
    const auto well = ready && complaint.isEmpty();
    auto area = getLocalBounds();
    g.setColour (well ? palette::accentDeep : palette::warning);
    g.fillEllipse (area.removeFromLeft (16).withSizeKeepingCentre (7, 7).withX (area.getX() - 16).toFloat());
    g.setFont (Look::font (12.5f));
    g.setColour (well ? palette::quiet : palette::warning);
    g.drawFittedText (shownText(), area, juce::Justification::centredLeft, 2, 0.9f);
}

} // namespace groovefield
