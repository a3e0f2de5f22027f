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
    const auto length = cycleStepsOf (pattern, play);
    const auto at = now.song.load (order) * pattern.stepsPerBeat;
    const auto address = addressOf (static_cast<std::int64_t> (std::floor (at)), length);
    frame.cycle = showCycle (pattern, *processor.laying.overlay(), play, address.cycle);
    if (frame.running)
        frame.playhead = at - static_cast<double> (address.cycle * length);
    return frame;
}

} // namespace groovefield
