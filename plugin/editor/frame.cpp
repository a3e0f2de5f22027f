#include "frame.h"

#include <cmath>

namespace groovefield {

FrameReader::FrameReader (Processor& p) : processor (p), values (p.parameters) {}

const Frame& FrameReader::read (double seconds)
{
    constexpr auto order = std::memory_order_relaxed;
    frame.elapsed = frame.seconds > 0.0 ? std::max (0.0, seconds - frame.seconds) : 0.0;
    frame.seconds = seconds;
    auto& now = processor.now;
    frame.running = now.running.load (order);
    frame.heard = { now.x.load (order), now.y.load (order) };
    frame.notesSent = now.notesSent.load (order);
    for (std::size_t lane = 0; lane < maxLanes; ++lane) {
        frame.strikes[lane] = now.strikes[lane].load (order);
        frame.strength[lane] = static_cast<float> (now.strikeVelocity[lane].load (order)) / 127.0f;
    }
    frame.playhead = -1.0;

    Pattern fresh;
    if (processor.pattern (fresh))
        pattern = fresh;
    if (! pattern.valid())
        return frame;

    const auto play = values.play();
    const auto overlay = processor.laying.overlay();
    const auto grid = gridOf (pattern, play);
    const auto at = now.song.load (order) * grid.rate;
    const auto gridStep = static_cast<std::int64_t> (std::floor (at));
    frame.cycle = showCycle (pattern, *overlay, play, gridStep);
    if (! frame.running)
        return frame;
    const auto past = at - static_cast<double> (gridStep);
    frame.playhead = addressOf (play, {}, gridStep, grid.steps).step + past;
    for (std::size_t lane = 0; lane < frame.cycle.lanes.size(); ++lane)
        if (frame.cycle.lanes[lane].cycleSteps != frame.cycle.cycleSteps)
            frame.cycle.lanes[lane].playhead = addressOf (play, overlay->feel[lane], gridStep, grid.steps).step + past;
    return frame;
}

} // namespace groovefield
