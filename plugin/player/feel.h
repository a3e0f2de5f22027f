// How a step is played: what the parameters make of a pattern's cell. Pure functions.
#pragma once

#include "../../bridge/shell/pattern.h"

#include <array>
#include <cstdint>
#include <optional>

namespace groovefield {

/// The values of one block, in the units of the parameter table (percent as 0..1 and so on).
struct PlayParameters {
    PadPosition position;           ///< where the user or the host put it, before wander
    double threshold = 0.5;         ///< 0..1
    int steps = 32;                 ///< 1..128, clamped to the grid
    double groove = 1.0;            ///< 0..2: amount of the learned offsets
    double swing = 0.5;             ///< 0.5..0.75: where the second step of each pair falls
    double velocityAmount = 1.0;    ///< 0..2
    double humanise = 0.0;          ///< 0..1: how much of the learned spread is drawn
    double wander = 0.0;            ///< 0..1
    std::int64_t seed = 0;
    double noteLength = 0.5;        ///< in steps
    std::array<bool, maxLanes> mute {};
    std::array<double, maxLanes> density;  ///< 0..1, 0.5 leaves the threshold as it is

    PlayParameters() { density.fill (0.5); }
};

/// A cell's address in the song: `gridStep` counts steps from song position 0.
struct CellAddress {
    std::int64_t gridStep = 0;
    std::int64_t cycle = 0;
    int step = 0;                   ///< within the cycle, and within the pattern
};

/// What became of a cell that sounds.
struct Strike {
    double displacement = 0.0;      ///< steps from the straight line, [-1/2, +1)
    int velocity = 0;               ///< 1..127
};

/// Floor arithmetic: song positions before 0 count on downwards.
CellAddress addressOf (std::int64_t gridStep, int cycleSteps) noexcept;

/// The probability that a lane's cell must exceed: density below one half raises the threshold
/// towards 1 (nothing sounds), above one half lowers it towards 0.
double thresholdOf (const PlayParameters&, std::size_t lane) noexcept;

/// The strike of a cell, or nothing when it does not sound.
std::optional<Strike> strike (const Cell&, const PlayParameters&, std::size_t lane, const CellAddress&,
                              std::uint32_t stepsPerBeat) noexcept;

/// The position after wander at a step: a smooth path around the position set, a new turn every
/// two beats, reflected at the pad's edges. At 100 % it strays up to half the pad.
PadPosition wandered (const PlayParameters&, std::int64_t gridStep, std::uint32_t stepsPerBeat) noexcept;

} // namespace groovefield
