#include "cycle_export.h"

#include <juce_audio_basics/juce_audio_basics.h>

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr int ticksPerBeat = 960;
constexpr double sampleRate = 48000.0, bpm = 120.0;

class OnePattern : public PatternSource {
public:
    explicit OnePattern (const Pattern& p) : pattern (p) {}
    std::uint64_t request (const PadPosition&) noexcept override { return 1; }
    bool answer (std::uint64_t id, Pattern& into) noexcept override
    {
        into = pattern;
        into.id = id;
        return true;
    }

private:
    const Pattern& pattern;
};

class Track : public NoteSink {
public:
    explicit Track (int cycleSteps) : steps (cycleSteps) {}

    void noteOn (const PlayedNote& n) noexcept override
    {
        const auto start = n.songBeats * ticksPerBeat;
        const auto length = std::max (1.0, n.lengthBeats * ticksPerBeat);
        // An early hit of the next cycle falls into this one's end: it is this one's first already.
        if (n.address.gridStep >= steps)
            return;
        sequence.addEvent (juce::MidiMessage::noteOn (n.channel, n.note, n.velocity), std::round (start));
        sequence.addEvent (juce::MidiMessage::noteOff (n.channel, n.note), std::round (start + length));
    }
    void noteOff (int, std::uint8_t, std::uint8_t) noexcept override {}

    juce::MidiMessageSequence sequence;

private:
    int steps;
};

} // namespace

juce::File writeCycle (const Pattern& pattern, PlayParameters play, const NoteMap& notes)
{
    play.wander = 0.0;
    const auto steps = std::clamp (play.steps, 1, static_cast<int> (pattern.steps));
    const auto beats = static_cast<double> (steps) / pattern.stepsPerBeat;

    OnePattern source (pattern);
    Track track (steps);
    const auto player = std::make_unique<PatternPlayer>();
    player->prepare (sampleRate);
    player->setPattern (pattern);

    Transport host;
    host.playing = host.hasPosition = host.offline = true;
    host.bpm = bpm;
    const auto samples = static_cast<int> (std::ceil (beats * 60.0 / bpm * sampleRate));
    player->process (samples, host, false, play, notes, source, track);

    track.sequence.updateMatchedPairs();
    track.sequence.addEvent (juce::MidiMessage::textMetaEvent (3, "Groovefield"), 0);
    track.sequence.addEvent (juce::MidiMessage::endOfTrack(), beats * ticksPerBeat);

    juce::MidiFile file;
    file.setTicksPerQuarterNote (ticksPerBeat);
    file.addTrack (track.sequence);
    auto target = juce::File::getSpecialLocation (juce::File::tempDirectory).getChildFile ("Groovefield").getNonexistentChildFile ("pattern", ".mid");
    if (target.getParentDirectory().createDirectory().failed())
        return {};
    juce::FileOutputStream out (target);
    return out.openedOk() && file.writeTo (out, 0) ? target : juce::File();
}

} // namespace groovefield
