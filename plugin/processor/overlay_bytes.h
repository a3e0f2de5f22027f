// An overlay as the state keeps it: what is there, and nothing of what is not.
#pragma once

#include "../player/overlay.h"

#include <juce_core/juce_core.h>

#include <optional>

namespace groovefield {

/// [message] Sections: 4-letter name, u32 size, bytes. All numbers little-endian.
///   GRID  u32 steps a beat
///   EDIT  for each edited cell: u8 lane, step, hit, velocity, i16 offset
///   TAKE  for each cell of another take: u8 lane, step, u16 take
///   LOCK  for each locked lane: u8 lane, u8 steps, then five f32 for each step
///   FEEL  u16 lanes that play solo, then for each lane f32 note length, push
///   PATH  f64 beats, then two f32 for each place
///   PNTS  f64 beats, then eight f32 for each place
///   MELO  u8 mode, scale, source, key, i8 octave, u8 channel, count, 0, f32 note length, level, then 32 i8 degrees
/// A section of an unknown name is passed over.
juce::MemoryBlock overlayBytes (const Overlay&);

/// [message] Nothing if the bytes are not an overlay's; numbers out of their range are brought into it.
std::optional<Overlay> readOverlay (const void* data, std::size_t size);

} // namespace groovefield
