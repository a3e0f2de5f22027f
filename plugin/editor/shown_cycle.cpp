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

ShownCycle showCycle (const Pattern& pattern, const Overlay& overlay, const PlayParameters& play, std::int64_t gridStep)
{
    const auto grid = gridOf (pattern, play);
    ShownCycle shown;
    shown.steps = grid.steps;
    shown.cycleSteps = cycleStepsOf (play, grid.steps);
    shown.stepsPerBeat = static_cast<int> (pattern.stepsPerBeat);
    shown.rate = grid.rate;
    shown.lanes.resize (pattern.lanes);

    for (std::size_t l = 0; l < pattern.lanes; ++l) {
        const auto& feel = overlay.feel[l];
        auto& lane = shown.lanes[l];
        const auto& name = pattern.laneName[l];
        lane.name.assign (name.data(), strnlen (name.data(), name.size()));
        lane.note = pattern.laneNote[l];
        lane.muted = silenced (play, overlay, l);
        lane.locked = overlay.isLocked (l);
        lane.threshold = static_cast<float> (thresholdOf (play, l));
        lane.cycleSteps = cycleStepsOf (play, feel, grid.steps);
        lane.cells.resize (pattern.steps);
        const auto begin = addressOf (play, feel, gridStep, grid.steps).cycle * lane.cycleSteps;
        for (int step = 0; step < grid.steps; ++step) {
            const auto address = addressOf (play, feel, begin + step, grid.steps);
            const auto plays = step < lane.cycleSteps;
            auto& to = lane.cells[static_cast<std::size_t> (step)];
            to.cell = static_cast<std::size_t> (plays ? address.cell : step);    // past the end the pattern's own order
            const auto laid = laidCell (pattern, overlay, play, l, to.cell);
            to.probability = laid.cell.probability;
            to.edited = overlay.stepsPerBeat == pattern.stepsPerBeat && overlay.edits[l][to.cell].any();
            if (const auto struck = plays ? strike (laid, overlay, play, l, address, grid.rate) : std::nullopt) {
                to.displacement = static_cast<float> (struck->displacement);
                to.velocity = static_cast<std::uint8_t> (struck->velocity);
            }
        }
    }
    return shown;
}

} // namespace groovefield
