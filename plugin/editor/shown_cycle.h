// What the editor shows of the pattern: the strikes of the present cycle as the player decides
// them, and the cells that stay silent.
#pragma once

#include "../player/feel.h"

#include <string>
#include <vector>

namespace groovefield {

/// One step of a lane's cycle as it is drawn.
struct ShownCell {
    std::size_t cell = 0;       ///< of the pattern: another one where the cycle is rotated
    float probability = 0.0f;
    float displacement = 0.0f;  ///< steps from the straight line
    std::uint8_t velocity = 0;  ///< 1..127; 0: silent
    bool edited = false;        ///< by hand
    bool operator== (const ShownCell& o) const noexcept
    {
        return cell == o.cell && probability == o.probability && displacement == o.displacement && velocity == o.velocity && edited == o.edited;
    }
};

/// One lane. A muted lane keeps its strikes: they are drawn grey.
struct ShownLane {
    std::string name;
    std::uint8_t note = 0;
    bool muted = false;         ///< or another lane plays solo
    bool locked = false;
    float threshold = 0.5f;
    int cycleSteps = 0;         ///< that play, the lane's own number or the common one; the rest is silent
    double playhead = -1.0;     ///< of a lane with a number of its own, steps within its cycle; below 0: none
    std::vector<ShownCell> cells;  ///< one for each step of the grid
    bool operator== (const ShownLane& o) const noexcept
    {
        return name == o.name && note == o.note && muted == o.muted && locked == o.locked && threshold == o.threshold && cycleSteps == o.cycleSteps
            && cells == o.cells;
    }
};

struct ShownCycle {
    int steps = 0;              ///< of the grid
    int cycleSteps = 0;         ///< of the common cycle
    int stepsPerBeat = 4;       ///< of the grid
    double rate = 4.0;          ///< steps a beat as they are played
    std::vector<ShownLane> lanes;
    bool operator== (const ShownCycle& o) const noexcept
    {
        return steps == o.steps && cycleSteps == o.cycleSteps && stepsPerBeat == o.stepsPerBeat && rate == o.rate && lanes == o.lanes;
    }

    /// Notes that sound in one cycle.
    int hits() const noexcept;
};

/// [message] Each lane's cycle at a step of the song, counted from position 0 (swing and humanise depend on
/// it). The pattern must be valid.
ShownCycle showCycle (const Pattern&, const Overlay&, const PlayParameters&, std::int64_t gridStep);

} // namespace groovefield
