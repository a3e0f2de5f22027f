// The right half: the pattern or the notes that its rhythm plays. A line about it, takes and edits, capture, the lanes' strips,
// the grid; or the melody.
#pragma once

#include "capture_button.h"
#include "drag_handle.h"
#include "frame.h"
#include "lane_strip.h"
#include "notes_panel.h"
#include "pattern_grid.h"

namespace groovefield {

/// All [message].
class PatternPanel : public juce::Component {
public:
    explicit PatternPanel (Processor&);

    void show (const Frame&);

    void paint (juce::Graphics&) override;
    void resized() override;

    /// A lane's whole row, strip and cells, and the lane whose row a place is in.
    juce::Rectangle<int> rowOf (std::size_t lane) const noexcept;
    std::optional<std::size_t> laneAt (juce::Point<int>) const noexcept;

    /// Another take of the selected steps, or of all; locked lanes stay.
    void takeAnother();
    void leaveTake();
    void clearAllEdits();

    /// What a deed here could not do, or did besides; empty: nothing.
    std::function<void (const juce::String&)> onMessage;

    /// One or the other: the drums' grid, or the melody.
    void showNotes (bool);

    juce::TextButton patternTab { "Pattern" }, notesTab { "Notes" };
    DragHandle drag;
    HeardHandle heard;
    juce::TextButton take { "New take" }, clearTakes { "Clear takes" }, clear { "Clear edits" };
    CaptureButton capture;
    PatternGrid grid;
    std::vector<std::unique_ptr<LaneStrip>> strips;
    NotesPanel notes;

private:
    void makeStrips();
    void tell (const juce::String&);
    void makeTabs();
    void showTools (const Overlay&);
    void showTab (const Overlay&);

    Processor& processor;
    juce::String summary;
    int toolsShown = -1, titleEnd = 0;
    std::array<std::uint32_t, maxLanes> seenStrikes {};
};

} // namespace groovefield
