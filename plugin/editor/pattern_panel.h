// The right half: a line about the pattern, the lanes' strips, the grid.
#pragma once

#include "drag_handle.h"
#include "frame.h"
#include "lane_strip.h"
#include "pattern_grid.h"

namespace groovefield {

/// All [message].
class PatternPanel : public juce::Component {
public:
    explicit PatternPanel (Processor&);

    void show (const Frame&);

    void paint (juce::Graphics&) override;
    void resized() override;

    DragHandle drag;
    HeardHandle heard;
    PatternGrid grid;
    std::vector<std::unique_ptr<LaneStrip>> strips;

private:
    void makeStrips();

    Processor& processor;
    juce::String summary;
    std::array<std::uint32_t, maxLanes> seenStrikes {};
};

} // namespace groovefield
