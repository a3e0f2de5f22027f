// Another take: what "New take" does, from the editor and from a learned controller.
#pragma once

#include "laying.h"

#include <juce_audio_processors/juce_audio_processors.h>

namespace groovefield {

/// [message] Another take of a region (`chosen`: the user's choice, not all there is), of its lanes that are not locked: one deed. A take strays from the field by Variation: where
/// that is 0 it is raised with it. Returns a sentence if that was so, or if nothing could change; else nothing.
juce::String takeAnother (juce::AudioProcessorValueTreeState&, Laying&, History&, const Region&, bool chosen, std::size_t lanes, juce::Random&);

} // namespace groovefield
