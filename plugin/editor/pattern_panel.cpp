#include "pattern_panel.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int titleHeight = 32;
constexpr int stripWidth = 222;
constexpr int dragWidth = 90, heardWidth = 116, takeWidth = 72, clearTakesWidth = 78, clearWidth = 78, buttonHeight = 26, gap = 6;
constexpr int nameWidth = 68, summaryWidth = 100;   // where there is less room, the name and the line about the pattern are left out
constexpr int captureWidth = 78, captureHeight = 20;

} // namespace

PatternPanel::PatternPanel (Processor& p) : drag ([&p] { return p.exportCycle(); }), heard ([&p] (int bars) { return p.exportHeard (bars); }), capture (p.noteCapture), grid (p), processor (p)
{
    addAndMakeVisible (take);
    addChildComponent (clearTakes);
    addChildComponent (clear);
    take.onClick = [this] { takeAnother(); };
    clearTakes.onClick = [this] { leaveTake(); };
    clear.onClick = [this] { clearAllEdits(); };
    addAndMakeVisible (capture);
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

    const auto overlay = processor.laying.overlay();
    showTools (*overlay);
    capture.show();
    for (std::size_t lane = 0; lane < strips.size(); ++lane) {
        auto& name = strips[lane]->name;
        strips[lane]->show (grid.shown().lanes[lane], (overlay->solo >> lane & 1u) != 0);
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

// "Clear edits" is there when there are any; with steps selected both are about those.
void PatternPanel::showTools (const Overlay& overlay)
{
    const auto region = grid.selection();
    bool edits = false, takes = false;
    for (std::size_t lane = 0; lane < maxLanes; ++lane)
        for (std::size_t step = region.firstStep; step < std::min (region.endStep, maxSteps); ++step) {
            edits = edits || overlay.edits[lane][step].any();
            takes = takes || overlay.take[lane][step] != 0;
        }
    const auto what = grid.hasSelection() ? juce::String ("the selected steps") : juce::String ("all lanes that are not locked");
    take.setTooltip ("Another take of " + what + ", as far from the field as Variation says.");
    clearTakes.setTooltip ("The field's own hits again instead of the takes, in " + what + ".");
    clear.setTooltip ("Takes back what was set by hand" + juce::String (grid.hasSelection() ? " in the selected steps" : "") + ".");
    clear.setVisible (edits);
    clearTakes.setVisible (takes);
    if (const auto shown = (edits ? 1 : 0) + (takes ? 2 : 0); std::exchange (toolsShown, shown) != shown)
        resized();
}

// A take strays from the field by Variation: where that is 0 it is raised with it, in one deed.
void PatternPanel::takeAnother()
{
    const auto region = grid.selection();
    const auto number = static_cast<std::uint16_t> (1 + random.nextInt (65535));
    const auto& lanes = grid.shown().lanes;
    bool changes = false;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane)
        changes = changes || (region.has (lane, region.firstStep) && ! lanes[lane].locked);
    if (! changes)
        return tell (juce::String (grid.hasSelection() ? "All lanes that are selected" : "All lanes") + " are locked: a new take would change none of them.");
    auto& variation = *processor.parameters.getParameter ("variation");
    const bool raises = variation.getValue() <= 0.0f;
    processor.history.begin();
    if (raises) {
        variation.beginChangeGesture();
        variation.setValueNotifyingHost (variation.getDefaultValue());
        variation.endChangeGesture();
    }
    processor.laying.layTogether ("New take", [&] (Overlay& o) { takeAgain (o, region, number); });
    tell (raises ? "Variation was 0 %, where every take is the field itself: it is " + variation.getCurrentValueAsText() + " % now." : juce::String());
}

void PatternPanel::tell (const juce::String& sentence)
{
    if (onMessage)
        onMessage (sentence);
}

void PatternPanel::leaveTake()
{
    const auto region = grid.selection();
    processor.laying.lay ("Clear takes", [&] (Overlay& o) { takeAgain (o, region, 0); });
}

void PatternPanel::clearAllEdits()
{
    const auto region = grid.selection();
    processor.laying.lay ("Clear edits", [&] (Overlay& o) { clearEdits (o, region); });
}

void PatternPanel::makeStrips()
{
    strips.clear();
    for (std::size_t lane = 0; lane < grid.shown().lanes.size(); ++lane)
        addAndMakeVisible (*strips.emplace_back (std::make_unique<LaneStrip> (processor, lane)));
    resized();
}

juce::Rectangle<int> PatternPanel::rowOf (std::size_t lane) const noexcept
{
    return grid.row (lane).translated (0, grid.getY()).withX (0).withWidth (getWidth());
}

std::optional<std::size_t> PatternPanel::laneAt (juce::Point<int> at) const noexcept
{
    for (std::size_t lane = 0; lane < strips.size(); ++lane)
        if (rowOf (lane).contains (at))
            return lane;
    return std::nullopt;
}

void PatternPanel::paint (juce::Graphics& g)
{
    auto title = getLocalBounds().removeFromTop (titleHeight);
    title.setRight (titleEnd);
    g.setFont (Look::font (15.0f, true));
    g.setColour (palette::text);
    if (title.getWidth() >= nameWidth)
        g.drawText ("Pattern", title.removeFromLeft (nameWidth), juce::Justification::centredLeft);
    g.setFont (Look::font (12.5f));
    g.setColour (palette::quiet);
    if (title.getWidth() >= summaryWidth)
        g.drawText (summary, title, juce::Justification::centredLeft);
    g.setFont (Look::font (11.0f));
    g.drawText ("hits", getLocalBounds().withTop (titleHeight).removeFromLeft (stripWidth - 8).removeFromRight (52).removeFromTop (PatternGrid::rulerHeight - 2),
                juce::Justification::centred);
}

void PatternPanel::resized()
{
    auto area = getLocalBounds();
    auto title = area.removeFromTop (titleHeight);
    const auto place = [&] (juce::Component& button, int width) {
        button.setBounds (title.removeFromRight (width).withSizeKeepingCentre (width, buttonHeight));
        title.removeFromRight (gap);
    };
    place (heard, heardWidth);
    place (drag, dragWidth);
    place (take, takeWidth);
    if (clearTakes.isVisible())
        place (clearTakes, clearTakesWidth);
    if (clear.isVisible())
        place (clear, clearWidth);
    titleEnd = title.getRight();
    // Above the lanes' names, where notes go.
    capture.setBounds (0, titleHeight - 4, captureWidth, captureHeight);
    grid.setBounds (area.withTrimmedLeft (stripWidth));
    for (std::size_t lane = 0; lane < strips.size(); ++lane)
        strips[lane]->setBounds (rowOf (lane).withWidth (stripWidth - 8));
}

} // namespace groovefield
