// The present pattern as a MIDI file, played by the same player that plays live.
#pragma once

#include "../player/pattern_player.h"

#include <juce_audio_basics/juce_audio_basics.h>

namespace groovefield {

/// [message] Plays one cycle of a pattern from song position 0 and writes what sounds into a MIDI
/// file in the temporary directory, micro-timing included. Returns no file if it cannot be written.
juce::File writeCycle (const Pattern&, const Overlay&, PlayParameters, const NoteMap&);

/// [message] Writes a MIDI file to drag from into the temporary directory, and removes those of its name that are an hour old.
juce::File writeTemporary (const juce::MidiFile&, const juce::String& name);

} // namespace groovefield
