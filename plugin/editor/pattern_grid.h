// The pattern as the player decides it: a bar for each hit, as high as it is loud, where it sounds;
// faint blocks for what stays below the threshold; the playhead. What is under the hand can be edited;
// steps are selected on the ruler; notes that are captured while nothing plays go to the keyboard's cell.
#pragma once

#include "grid_hand.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// All [message].
class PatternGrid : public juce::Component, public juce::TooltipClient {
public:
    explicit PatternGrid (Processor&);

    /// Once a frame. `playhead` counts steps within the cycle; below 0: none.
    void show (const ShownCycle&, double playhead);
    const ShownCycle& shown() const noexcept { return cycle; }

    /// Rows: the last lane on top, the kick at the bottom. In this component's coordinates.
    juce::Rectangle<int> row (std::size_t lane) const noexcept;

    /// The cells of the steps selected on the ruler; all of them if none are.
    Region selection() const;
    bool hasSelection() const noexcept { return ! selected.isEmpty(); }
    void clearSelection();

    juce::String getTooltip() override;
    void paint (juce::Graphics&) override;
    void mouseMove (const juce::MouseEvent&) override;
    void mouseExit (const juce::MouseEvent&) override;
    void mouseDown (const juce::MouseEvent&) override;
    void mouseDrag (const juce::MouseEvent&) override;
    void mouseUp (const juce::MouseEvent&) override;
    bool keyPressed (const juce::KeyPress&) override;
    void focusGained (FocusChangeType) override { repaint(); }
    void focusLost (FocusChangeType) override { repaint(); }

    static constexpr int rulerHeight = 18;
    static constexpr float glowSteps = 1.5f;   ///< a hit that has just sounded shines this long

private:
    float stepWidth() const noexcept;
    float xOf (double step) const noexcept { return static_cast<float> (step) * stepWidth(); }
    void repaintSteps (double from, double to);
    void paintGround (juce::Graphics&, int firstStep, int lastStep) const;
    void paintLane (juce::Graphics&, std::size_t lane, int firstStep, int lastStep) const;
    void paintHit (juce::Graphics&, juce::Rectangle<float> row, const ShownLane&, std::size_t lane, int step) const;
    void paintPlayhead (juce::Graphics&) const;
    void paintEdit (juce::Graphics&, juce::Rectangle<float> row, const ShownCell&, int step) const;
    void paintSelection (juce::Graphics&) const;
    void paintCursor (juce::Graphics&) const;
    std::optional<CellPlace> cellAt (juce::Point<float>) const;
    const ShownCell& cellOf (CellPlace at) const { return cycle.lanes[at.lane].cells[at.step]; }
    juce::Rectangle<float> boundsOf (CellPlace) const noexcept;
    void moveCursor (int lanes, int steps);
    void select (float fromX, float toX);
    float glow (const ShownLane&, double at) const noexcept;

    void followCapture();

    Processor& processor;
    GridHand hand;
    ShownCycle cycle;
    double head = -1.0;
    std::optional<CellPlace> over;   // the cell under the mouse
    CellPlace cursor;                // the keyboard's cell
    juce::Point<float> pressedAt;
    bool selecting = false, capturing = false;
    juce::Range<int> selected;       // steps
};

} // namespace groovefield
