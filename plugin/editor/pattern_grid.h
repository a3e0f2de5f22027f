// The pattern as the player decides it: a bar for each hit, as high as it is loud, where it sounds;
// faint blocks for what stays below the threshold; the playhead.
#pragma once

#include "shown_cycle.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// All [message].
class PatternGrid : public juce::Component, public juce::TooltipClient {
public:
    PatternGrid();

    /// Once a frame. `playhead` counts steps within the cycle; below 0: none.
    void show (const ShownCycle&, double playhead);
    const ShownCycle& shown() const noexcept { return cycle; }

    /// Rows: the last lane on top, the kick at the bottom. In this component's coordinates.
    juce::Rectangle<int> row (std::size_t lane) const noexcept;

    juce::String getTooltip() override;
    void paint (juce::Graphics&) override;

    static constexpr int rulerHeight = 18;

private:
    float stepWidth() const noexcept;
    float xOf (double step) const noexcept { return static_cast<float> (step) * stepWidth(); }
    void repaintSteps (double from, double to);
    void paintGround (juce::Graphics&, int firstStep, int lastStep) const;
    void paintLane (juce::Graphics&, std::size_t lane, int firstStep, int lastStep) const;
    void paintHit (juce::Graphics&, juce::Rectangle<float> row, const ShownLane&, std::size_t lane, int step) const;
    void paintPlayhead (juce::Graphics&) const;
    float glow (double at) const noexcept;

    ShownCycle cycle;
    double head = -1.0;
};

} // namespace groovefield
