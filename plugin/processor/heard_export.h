// What was played, as a MIDI file: the notes of the event record, and nothing made anew.
#pragma once

#include "../../bridge/shell/layout.h"

#include <juce_core/juce_core.h>

#include <cstdint>
#include <vector>

namespace groovefield {

/// Where the music stood when it was asked for.
struct HeardUntil {
    bool running = false;             ///< stopped: the last note's end is the end
    double song = 0.0;                ///< beats
    std::int64_t streamSample = 0;    ///< the events' own count
    double sampleRate = 48000.0;
    int beatsInBar = 4, beatUnit = 4; ///< the time signature
};

/// One note of the record on a line of time that goes on through every wrap of a loop.
struct HeardNote {
    double beats;                     ///< from the file's beginning
    double lengthBeats;
    double bpm;
    std::uint8_t note, velocity, channel, lane;
};

/// [message] The notes of the last run, `bars` bars back from the end and from there to the bar line before, or since the run
/// began. The events are oldest first.
std::vector<HeardNote> heardNotes (const std::vector<layout::Event>&, const HeardUntil&, int bars);

/// [message] Writes them, with tempo and metre, into a MIDI file in the temporary directory. No file if there are none, or if it
/// cannot be written.
juce::File writeHeard (const std::vector<layout::Event>&, const HeardUntil&, int bars);

} // namespace groovefield
