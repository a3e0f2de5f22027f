// The points of motion: places that are visited one after the other. Each change is a deed that can be undone.
#pragma once

#include "laying.h"

#include <juce_audio_processors/juce_audio_processors.h>

namespace groovefield {

/// [message] The present place, all its latents, becomes the last point; with the second one, motion that is off goes
/// to the points. False if there is no room for more.
bool addPoint (juce::AudioProcessorValueTreeState&, Laying&, History&);

/// [message] The last point goes.
void removePoint (Laying&);

/// [message] How long each is stayed at.
void stayAtPoints (Laying&, double beats);

} // namespace groovefield
