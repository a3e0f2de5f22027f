// Where the position is at a step of the song: where it was put, moved by a path or along points, astray,
// and in a fill. Pure functions of the song position.
#pragma once

#include "feel.h"

namespace groovefield {

/// The last step, this one included, at which another place on the pad may begin to be heard.
std::int64_t changeStepOf (const PlayParameters&, const StepGrid&, std::int64_t gridStep) noexcept;

/// Whether a fill sounds at a step: in the last bar of every `fillBars`, from its second beat on. What is struck
/// on the first beat stays.
bool isFill (const PlayParameters&, const StepGrid&, std::int64_t gridStep) noexcept;

/// The position at a step. First the motion: along a path, X and Y are the middle of what is played;
/// with points, `motionSize` leads from where the position is set (0) to the points (1). Then wander: a smooth path, a
/// new turn every two beats, at 100 % up to half the pad. Both are as they were when a change was last due. Then
/// the fill, which waits for nothing: the nearest of the model's places with fills, or a denser place. What would leave the
/// pad is reflected at its edges.
PadPosition positionAt (const PlayParameters&, const Overlay&, const StepGrid&, std::int64_t gridStep) noexcept;

/// The parameters of a step: in a fill where the model has no places of fills, more becomes likely.
PlayParameters parametersAt (const PlayParameters&, const Overlay&, const StepGrid&, std::int64_t gridStep) noexcept;

} // namespace groovefield
