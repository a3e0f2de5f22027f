// What the editor draws at one moment, read from the processor without a lock.
#pragma once

#include "../processor/processor.h"
#include "shown_cycle.h"

namespace groovefield {

struct Frame {
    double seconds = 0.0;          ///< when
    double elapsed = 0.0;          ///< since the frame before
    ShownCycle cycle;
    double playhead = -1.0;        ///< steps within the cycle; below 0: standing still
    juce::Point<float> heard;
    bool running = false;
    std::uint32_t notesSent = 0;
    std::array<std::uint32_t, maxLanes> strikes {};
    std::array<float, maxLanes> strength {};   ///< of the last strike, 0..1
};

/// [message] Reads frames one after the other.
class FrameReader {
public:
    explicit FrameReader (Processor&);

    /// The moment's frame. If no pattern could be read, the pattern of the frame before.
    const Frame& read (double seconds);
    std::uint32_t latents() const noexcept { return pattern.latents; }

private:
    Processor& processor;
    ParameterValues values;
    Pattern pattern;
    Frame frame;
};

} // namespace groovefield
