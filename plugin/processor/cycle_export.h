// The present pattern as a MIDI file, played by the same player that plays live.
#pragma once

#include "../player/pattern_player.h"

#include <juce_core/juce_core.h>

namespace groovefield {

/// [message] Plays one cycle of a pattern from song position 0 and writes what sounds into a MIDI
/// file in the temporary directory, micro-timing included. Returns no file if it cannot be written.
juce::File writeCycle (const Pattern&, const Overlay&, PlayParameters, const NoteMap&);

} // namespace groovefield
