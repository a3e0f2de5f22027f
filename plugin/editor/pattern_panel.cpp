#include "pattern_panel.h"

#include "learn_layer.h"
#include "look_and_feel.h"

#include "../processor/learn_targets.h"
#include "../processor/new_take.h"

namespace groovefield {

namespace {

constexpr int titleHeight = 32;
constexpr int stripWidth = 222;
constexpr int dragWidth = 90, heardWidth = 116, takeWidth = 72, clearTakesWidth = 78, clearWidth = 78, buttonHeight = 26, gap = 6;
constexpr int patternTabWidth = 62, notesTabWidth = 54, summaryWidth = 100;   // where there is less room, the line is left out
constexpr int captureWidth = 78, captureHeight = 17;

} // namespace

PatternPanel::PatternPanel (Processor& p) : drag ([&p] { return p.exportCycle(); }), heard ([&p] (int bars) { return p.exportHeard (bars); }), capture (p.noteCapture), grid (p), notes (p), processor (p)
{
    makeTabs();
    addAndMakeVisible (take);
    setLearnable (take, { actionTarget ("new_take") });
    addChildComponent (clearTakes);
    addChildComponent (clear);
    take.onClick = [this] { takeAnother(); };
    clearTakes.onClick = [this] { leaveTake(); };
    clear.onClick = [this] { clearAllEdits(); };
    addAndMakeVisible (capture);
    addAndMakeVisible (grid);
    addAndMakeVisible (drag);
    addAndMakeVisible (heard);
    addChildComponent (notes);
    showNotes (processor.notesShown);
}

void PatternPanel::makeTabs()
{
    patternTab.setTooltip ("The drums: lanes and hits.");
    notesTab.setTooltip ("A bass or a melody that the drums' rhythm plays: up to 32 pitches in a scale.");
    for (auto* tab : { &patternTab, &notesTab }) {
        tab->setColour (juce::TextButton::buttonOnColourId, palette::soft);
        tab->setConnectedEdges (tab == &patternTab ? juce::Button::ConnectedOnRight : juce::Button::ConnectedOnLeft);
        tab->onClick = [this, tab] { showNotes (tab == &notesTab); };
        addAndMakeVisible (tab);
    }
    patternTab.setTitle ("Show the pattern");
    notesTab.setTitle ("Show the notes");
}

void PatternPanel::showNotes (bool shown)
{
    processor.notesShown = shown;
    patternTab.setToggleState (! shown, juce::dontSendNotification);
    notesTab.setToggleState (shown, juce::dontSendNotification);
    notes.setVisible (shown);
    for (auto* part : { static_cast<juce::Component*> (&grid), static_cast<juce::Component*> (&capture), static_cast<juce::Component*> (&take) })
        part->setVisible (! shown);
    for (auto& strip : strips)
        strip->setVisible (! shown);
    toolsShown = -1;    // they are laid out anew
    showTools (*processor.laying.overlay());
    if (shown)
        notes.show();
    repaint();
}

// A melody that sounds while the pattern is shown has its name lit.
void PatternPanel::showTab (const Overlay& overlay)
{
    const auto colour = overlay.melody.sounds() ? palette::accent : palette::soft;
    if (notesTab.findColour (juce::TextButton::textColourOffId) != colour)
        notesTab.setColour (juce::TextButton::textColourOffId, colour);
}

void PatternPanel::show (const Frame& frame)
{
    const auto lanesBefore = grid.shown().lanes.size();
    grid.show (frame.cycle, frame.playhead);
    if (grid.shown().lanes.size() != lanesBefore)
        makeStrips();

    const auto overlay = processor.laying.overlay();
    showTools (*overlay);
    showTab (*overlay);
    if (notes.isVisible())
        notes.show();
    capture.show();
    for (std::size_t lane = 0; lane < strips.size(); ++lane) {
        auto& name = strips[lane]->name;
        strips[lane]->show (grid.shown().lanes[lane], (overlay->solo >> lane & 1u) != 0);
        name.fade (frame.elapsed);
        if (std::exchange (seenStrikes[lane], frame.strikes[lane]) != frame.strikes[lane] && frame.running)
            name.strike (frame.strength[lane]);
    }

    const auto hits = grid.shown().hits();
    const auto text = notes.isVisible() ? notes.summary() : juce::String (hits) + (hits == 1 ? " hit in " : " hits in ") + juce::String (grid.shown().cycleSteps) + " steps";
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
        for (std::size_t step = 0; step < maxSteps; ++step) {
            edits = edits || (region.cells[lane][step] && overlay.edits[lane][step].any());
            takes = takes || (region.cells[lane][step] && overlay.take[lane][step] != 0);
        }
    const auto what = grid.hasSelection() ? juce::String ("the selected steps") : juce::String ("all lanes that are not locked");
    take.setTooltip ("Another take of " + what + ", as far from the field as Variation says.");
    clearTakes.setTooltip ("The field's own hits again instead of the takes, in " + what + ".");
    clear.setTooltip ("Takes back what was set by hand" + juce::String (grid.hasSelection() ? " in the selected steps" : "") + ".");
    clear.setVisible (edits && grid.isVisible());
    clearTakes.setVisible (takes && grid.isVisible());
    if (const auto shown = (clear.isVisible() ? 1 : 0) + (clearTakes.isVisible() ? 2 : 0); std::exchange (toolsShown, shown) != shown)
        resized();
}

void PatternPanel::takeAnother()
{
    tell (groovefield::takeAnother (processor.parameters, processor.laying, processor.history, grid.selection(), grid.hasSelection(),
                                    grid.shown().lanes.size(), processor.random));
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
        addChildComponent (*strips.emplace_back (std::make_unique<LaneStrip> (processor, lane)));
    for (auto& strip : strips)
        strip->setVisible (grid.isVisible());
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
    title.setLeft (notesTab.getRight() + 10);
    g.setFont (Look::font (12.5f));
    g.setColour (palette::quiet);
    if (title.getWidth() >= summaryWidth)
        g.drawText (summary, title, juce::Justification::centredLeft);
    if (! grid.isVisible())
        return;
    g.setFont (Look::font (11.0f));
    g.drawText ("hits", getLocalBounds().withTop (titleHeight).removeFromLeft (stripWidth - 8).removeFromRight (52).removeFromTop (PatternGrid::rulerHeight - 2),
                juce::Justification::centred);
}

void PatternPanel::resized()
{
    auto area = getLocalBounds();
    auto title = area.removeFromTop (titleHeight);
    for (auto* tab : { &patternTab, &notesTab })
        tab->setBounds (title.removeFromLeft (tab == &patternTab ? patternTabWidth : notesTabWidth).withSizeKeepingCentre (tab == &patternTab ? patternTabWidth - 1 : notesTabWidth, buttonHeight));
    title.removeFromLeft (gap);
    // From the right; all are a little narrower where the room is too small for them.
    std::vector<std::pair<juce::Component*, int>> tools { { &heard, heardWidth }, { &drag, dragWidth } };
    for (const auto& tool : { std::pair<juce::Component*, int> { &take, takeWidth }, { &clearTakes, clearTakesWidth }, { &clear, clearWidth } })
        if (tool.first->isVisible())
            tools.push_back (tool);
    int wanted = 0;
    for (const auto& tool : tools)
        wanted += tool.second + gap;
    const auto share = std::min (1.0, static_cast<double> (title.getWidth() + gap) / wanted);
    for (const auto& tool : tools) {
        tool.first->setBounds (title.removeFromRight (static_cast<int> (share * (tool.second + gap)) - gap).withSizeKeepingCentre (static_cast<int> (share * (tool.second + gap)) - gap, buttonHeight));
        title.removeFromRight (gap);
    }
    titleEnd = title.getRight();
    notes.setBounds (area.withTrimmedTop (4));
    // Above the lanes' names, where notes go.
    capture.setBounds (0, titleHeight, captureWidth, captureHeight);
    grid.setBounds (area.withTrimmedLeft (stripWidth));
    for (std::size_t lane = 0; lane < strips.size(); ++lane)
        strips[lane]->setBounds (rowOf (lane).withWidth (stripWidth - 8));
}

} // namespace groovefield
