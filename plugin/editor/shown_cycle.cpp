#include "shown_cycle.h"

#include <algorithm>
#include <cstring>

namespace groovefield {

int ShownCycle::hits() const noexcept
{
    int count = 0;
    for (const auto& lane : lanes)
        if (! lane.muted)
            for (const auto& cell : lane.cells)
                count += cell.velocity > 0 ? 1 : 0;
    return count;
}

int cycleStepsOf (const Pattern& pattern, const PlayParameters& play) noexcept
{
    return std::clamp (play.steps, 1, static_cast<int> (pattern.steps));
}

ShownCycle showCycle (const Pattern& pattern, const Overlay& overlay, const PlayParameters& play, std::int64_t cycle)
{
    ShownCycle shown;
    shown.steps = static_cast<int> (pattern.steps);
    shown.cycleSteps = cycleStepsOf (pattern, play);
    shown.stepsPerBeat = static_cast<int> (pattern.stepsPerBeat);
    shown.lanes.resize (pattern.lanes);

    const auto sameGrid = overlay.stepsPerBeat == pattern.stepsPerBeat;
    for (std::size_t l = 0; l < pattern.lanes; ++l) {
        auto& lane = shown.lanes[l];
        const auto& name = pattern.laneName[l];
        lane.name.assign (name.data(), strnlen (name.data(), name.size()));
        lane.note = pattern.laneNote[l];
        lane.muted = silenced (play, overlay, l);
        lane.locked = overlay.isLocked (l);
        lane.threshold = static_cast<float> (thresholdOf (play, l));
        lane.cells.resize (pattern.steps);
        for (int step = 0; step < shown.steps; ++step) {
            const auto at = static_cast<std::size_t> (step);
            const auto laid = laidCell (pattern, overlay, play, l, at);
            auto& to = lane.cells[at];
            to.probability = laid.cell.probability;
            to.edited = sameGrid && overlay.edits[l][at].any();
            if (step >= shown.cycleSteps)
                continue;
            const CellAddress address { cycle * shown.cycleSteps + step, cycle, step };
            if (const auto struck = strike (laid, overlay, play, l, address, pattern.stepsPerBeat)) {
                to.displacement = static_cast<float> (struck->displacement);
                to.velocity = static_cast<std::uint8_t> (struck->velocity);
            }
        }
    }
    return shown;
}

} // namespace groovefield
