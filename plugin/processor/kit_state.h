// The kit's settings and samples as chunks of the state.
#pragma once

#include "sample_file.h"

#include <optional>

namespace groovefield {

/// [message] u32 number of drums; for each level, pan, tune, decay and velocity as f32, and i32 choke.
juce::MemoryBlock kitBytes (const KitSettings&);

/// [message] Nothing if the bytes are not that; numbers out of range are brought into it.
std::optional<KitSettings> readKit (const void* data, std::size_t size);

/// [message] Puts the sample of a chunk where it belongs; false if it is damaged, or one too many.
bool takeSample (const void* data, std::size_t size, KeptSamples& into);

} // namespace groovefield
