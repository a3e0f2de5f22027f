#include "capture_button.h"

#include "look_and_feel.h"

namespace groovefield {

CaptureButton::CaptureButton (NoteCapture& c) : Button ({}), capture (c)
{
    setClickingTogglesState (true);
    setTitle ("Capture");
    setTooltip ("What you play on a keyboard or on pads becomes hits of the grid, as hard and as early or late as you play them. "
                "While nothing plays, notes go to the grid's cursor, step by step. Key C on the grid.");
    onClick = [this] { capture.setOn (getToggleState()); };
}

void CaptureButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    auto area = getLocalBounds().toFloat();
    const auto on = getToggleState();
    g.setColour (on ? palette::recording : over || down ? palette::hover : palette::raised);
    g.fillRoundedRectangle (area, palette::corner);
    const auto lamp = area.removeFromLeft (20.0f).withSizeKeepingCentre (8.0f, 8.0f).translated (1.0f, 0.0f);
    g.setColour (on ? palette::well : palette::recording);
    g.fillEllipse (lamp);
    g.setColour (on ? palette::well : palette::soft);
    g.setFont (Look::font (11.5f, true));
    g.drawText ("Capture", area, juce::Justification::centredLeft);
    drawFocus (g, *this, getLocalBounds().toFloat());
}

} // namespace groovefield
