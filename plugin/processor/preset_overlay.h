// What is laid over the field as a preset writes it: the parts that people write by hand, in words and plain numbers.
//
//   push    by lane ID, steps: early below 0, late above
//   steps   by lane ID: the length of a cycle of its own
//   turn    by lane ID, steps that its cycle is turned by
//   points  { beats, at: [ [x, y, ...], ... ] }
//   path    { beats, away: [ [x, y], ... ] }
//   melody  { mode: "beside" or "instead", source: a lane ID or "all", key: "Eb", scale: "Minor", octave, length (steps),
//             level (dB), degrees: [ 0, null, 2, ... ] }; null is a rest, what is left out is as note mode is made
#pragma once

#include "../player/overlay.h"

#include <juce_core/juce_core.h>

namespace groovefield {

/// [message] Writes into the overlay what is there; numbers out of their range are brought into it.
void readOverlayWords (const juce::var& preset, Overlay&);

} // namespace groovefield
