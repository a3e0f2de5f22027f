#include "pattern_panel.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int titleHeight = 32;
constexpr int stripWidth = 184;
constexpr int handleGap = 6;

} // namespace

PatternPanel::PatternPanel (Processor& p) : drag ([&p] { return p.exportCycle(); }), heard ([&p] (int bars) { return p.exportHeard (bars); }), processor (p)
{
    addAndMakeVisible (grid);
    addAndMakeVisible (drag);
    addAndMakeVisible (heard);
}

void PatternPanel::show (const Frame& frame)
{
    const auto lanesBefore = grid.shown().lanes.size();
    grid.show (frame.cycle, frame.playhead);
    if (grid.shown().lanes.size() != lanesBefore)
        makeStrips();

    for (std::size_t lane = 0; lane < strips.size(); ++lane) {
        auto& name = strips[lane]->name;
        name.setLane (juce::String::fromUTF8 (grid.shown().lanes[lane].name.c_str()));
        name.fade (frame.elapsed);
        if (std::exchange (seenStrikes[lane], frame.strikes[lane]) != frame.strikes[lane] && frame.running)
            name.strike (frame.strength[lane]);
    }

    const auto hits = grid.shown().hits();
    const auto text = juce::String (hits) + (hits == 1 ? " hit in " : " hits in ") + juce::String (grid.shown().cycleSteps) + " steps";
    if (text != summary) {
        summary = text;
        repaint (getLocalBounds().removeFromTop (titleHeight));
    }
}

void PatternPanel::makeStrips()
{
    strips.clear();
    for (std::size_t lane = 0; lane < grid.shown().lanes.size(); ++lane)
        addAndMakeVisible (*strips.emplace_back (std::make_unique<LaneStrip> (processor.parameters, lane)));
    resized();
}

void PatternPanel::paint (juce::Graphics& g)
{
    auto title = getLocalBounds().removeFromTop (titleHeight);
    title.removeFromRight (drag.getWidth() + heard.getWidth() + handleGap);
    g.setFont (Look::font (15.0f, true));
    g.setColour (palette::text);
    g.drawText ("Pattern", title.removeFromLeft (68), juce::Justification::centredLeft);
    g.setFont (Look::font (12.5f));
    g.setColour (palette::quiet);
    g.drawText (summary, title, juce::Justification::centredLeft);
    g.setFont (Look::font (11.0f));
    g.drawText ("density", getLocalBounds().withTop (titleHeight).removeFromLeft (stripWidth - 8).removeFromRight (52).removeFromTop (PatternGrid::rulerHeight - 2),
                juce::Justification::centred);
}

void PatternPanel::resized()
{
    auto area = getLocalBounds();
    auto handles = area.removeFromTop (titleHeight).withSizeKeepingCentre (area.getWidth(), 26);
    heard.setBounds (handles.removeFromRight (124));
    handles.removeFromRight (handleGap);
    drag.setBounds (handles.removeFromRight (92));
    grid.setBounds (area.withTrimmedLeft (stripWidth));
    for (std::size_t lane = 0; lane < strips.size(); ++lane)
        strips[lane]->setBounds (grid.row (lane).translated (0, grid.getY()).withX (0).withWidth (stripWidth - 8));
}

} // namespace groovefield
