// Something to train on, for the editor's tests and its pictures.
#pragma once

#include <juce_audio_basics/juce_audio_basics.h>

namespace groovefield::testing {

// Six MIDI files of two bars: kicks on the beats, snares on 2 and 4, more and more hats.
inline juce::File writeBeats()
{
    const auto folder = juce::File::createTempFile ({}).getSiblingFile ("groovefield " + juce::Uuid().toString()).getChildFile ("Sunday beats");
    folder.createDirectory();
    for (int file = 0; file < 6; ++file) {
        juce::MidiMessageSequence track;
        const auto hit = [&track] (int tick, int note) {
            track.addEvent (juce::MidiMessage::noteOn (10, note, juce::uint8 (100)), tick);
            track.addEvent (juce::MidiMessage::noteOff (10, note), tick + 20);
        };
        for (int beat = 0; beat < 8; ++beat) {
            hit (480 * beat, 36);
            if (beat % 2 == 1)
                hit (480 * beat, 38);
        }
        for (int k = 0; k < 2 + 2 * file; ++k)
            hit (240 * k, 42);
        hit (480 * 8 - 30, 37);
        juce::MidiFile midi;
        midi.setTicksPerQuarterNote (480);
        midi.addTrack (track);
        juce::FileOutputStream out (folder.getChildFile ("beat " + juce::String (file) + ".mid"));
        midi.writeTo (out, 0);
    }
    return folder;
}

} // namespace groovefield::testing
