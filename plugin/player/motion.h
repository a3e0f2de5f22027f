// Where the position is at a step of the song: where it was put, moved by a path or along points, into a
// fill, and astray. Pure functions of the song position.
#pragma once

#include "feel.h"

namespace groovefield {

/// A step's place in its bar. The grid is two bars long.
struct BarPlace {
    std::int64_t bar = 0;   ///< counted from song position 0
    int step = 0;           ///< within the bar
    int steps = 16;         ///< of a bar
};

BarPlace barPlaceOf (std::int64_t gridStep, std::uint32_t gridSteps) noexcept;

/// Whether a fill sounds at a step: in the last bar of every `fillBars`, from its second beat on. What is struck
/// on the first beat stays.
bool isFill (const PlayParameters&, const BarPlace&, std::uint32_t stepsPerBeat) noexcept;

/// The position at a step. First the motion: along a path, X and Y are the middle of what is played;
/// with points, `motionSize` leads from where the position is set (0) to the points (1). Then the fill: the nearest of
/// the model's places with fills, or a denser place. Then wander: a smooth path, a new turn every two beats,
/// at 100 % up to half the pad. What would leave the pad is reflected at its edges.
PadPosition positionAt (const PlayParameters&, const Overlay&, std::int64_t gridStep, std::uint32_t stepsPerBeat,
                        std::uint32_t gridSteps) noexcept;

/// The parameters of a step: in a fill where the model has no places of fills, more becomes likely.
PlayParameters playedAt (const PlayParameters&, const Overlay&, std::int64_t gridStep, std::uint32_t stepsPerBeat,
                         std::uint32_t gridSteps) noexcept;

} // namespace groovefield
