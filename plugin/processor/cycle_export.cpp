#include "cycle_export.h"

#include <juce_audio_basics/juce_audio_basics.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace groovefield {

namespace {

constexpr int ticksPerBeat = 960;
constexpr double sampleRate = 48000.0, bpm = 120.0;
constexpr double samplesPerTick = sampleRate * 60.0 / bpm / ticksPerBeat;
constexpr int longestExport = 512;   // steps
constexpr int blockSize = 512;    // in one that holds many steps the player would leave hits out

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

// What sounds within one cycle, as MIDI, in the order in which the player sends it.
class Track : public NoteSink {
public:
    Track (int cycleSteps, double cycleBeats) : steps (cycleSteps), lastTick (cycleBeats * ticksPerBeat - 1.0) {}

    void noteOn (const PlayedNote& n) noexcept override
    {
        // An early hit of the next cycle falls into this one's end: it is this one's first already.
        if (n.address.gridStep >= steps)
            return;
        auto& start = openSince[n.channel & 15u][n.note & 127u];
        start = std::min (tickAt (n.sample), lastTick);
        sequence.addEvent (juce::MidiMessage::noteOn (n.channel, n.note, n.velocity), start);
    }

    void noteOff (int sample, std::uint8_t note, std::uint8_t channel) noexcept override
    {
        auto& start = openSince[channel & 15u][note & 127u];
        if (start < 0.0)
            return;    // of a hit that is not ours
        sequence.addEvent (juce::MidiMessage::noteOff (channel, note), std::clamp (tickAt (sample), start, lastTick + 1.0));
        start = -1.0;
    }

    juce::MidiMessageSequence sequence;
    int blockStart = 0;    // samples

private:
    double tickAt (int sample) const { return std::round ((blockStart + sample) / samplesPerTick); }

    int steps;
    double lastTick;
    std::array<std::array<double, 128>, 16> openSince = closed();

    static std::array<std::array<double, 128>, 16> closed()
    {
        std::array<std::array<double, 128>, 16> all {};
        for (auto& channel : all)
            channel.fill (-1.0);
        return all;
    }
};

// The steps after which all lanes and the melody come round together, as long as a clip may be; else the common cycle's.
int roundOf (const Overlay& overlay, const PlayParameters& play, const Pattern& pattern)
{
    const auto patternSteps = static_cast<int> (pattern.steps);
    const auto common = cycleStepsOf (play, patternSteps);
    auto all = common;
    for (std::size_t lane = 0; lane < pattern.lanes && all <= longestExport; ++lane)
        all = std::lcm (all, cycleStepsOf (play, overlay.feel[lane], patternSteps));
    if (overlay.melody.sounds() && all <= longestExport)
        all = std::lcm (all, int { overlay.melody.count });
    return all <= longestExport ? all : common;
}

// A host may read a file that was dragged into it a while later; one of an hour ago is read, or forgotten.
void removeOldFiles (const juce::File& folder, const juce::String& name)
{
    const auto old = juce::Time::getCurrentTime() - juce::RelativeTime::hours (1.0);
    for (const auto& file : folder.findChildFiles (juce::File::findFiles, false, name + "*.mid"))
        if (file.getLastModificationTime() < old)
            file.deleteFile();
}

} // namespace

juce::File writeTemporary (const juce::MidiFile& file, const juce::String& name)
{
    const auto folder = juce::File::getSpecialLocation (juce::File::tempDirectory).getChildFile ("Groovefield");
    if (folder.createDirectory().failed())
        return {};
    removeOldFiles (folder, name);
    const auto target = folder.getNonexistentChildFile (name, ".mid");
    juce::FileOutputStream out (target);
    return out.openedOk() && file.writeTo (out, 0) ? target : juce::File();
}

juce::File writeCycle (const Pattern& pattern, const Overlay& overlay, PlayParameters play, const NoteMap& notes)
{
    // The one pattern there is: nothing moves the position.
    play.wander = 0.0;
    play.fillBars = 0;
    play.motion = Motion::off;
    const auto grid = gridOf (pattern, play);
    const auto steps = roundOf (overlay, play, pattern);
    const auto beats = steps / grid.rate;

    OnePattern source (pattern);
    Track track (steps, beats);
    const auto player = std::make_unique<PatternPlayer>();
    player->prepare (sampleRate);
    player->setPattern (pattern);

    Transport host;
    host.playing = host.hasPosition = host.offline = true;
    host.bpm = bpm;
    // One sample more: the latest hit of the last step may be rounded onto the end.
    const auto samples = static_cast<int> (std::ceil (beats * 60.0 / bpm * sampleRate)) + 1;
    while (track.blockStart < samples) {
        const auto size = std::min (blockSize, samples - track.blockStart);
        host.position = track.blockStart * bpm / 60.0 / sampleRate;
        player->process (size, host, false, play, overlay, notes, source, track);
        track.blockStart += size;
    }
    player->endOpenNotes (track);    // what is still open ends with the cycle

    track.sequence.updateMatchedPairs();
    track.sequence.addEvent (juce::MidiMessage::textMetaEvent (3, "Groovefield"), 0);
    track.sequence.addEvent (juce::MidiMessage::endOfTrack(), beats * ticksPerBeat);

    juce::MidiFile file;
    file.setTicksPerQuarterNote (ticksPerBeat);
    file.addTrack (track.sequence);
    return writeTemporary (file, "pattern");
}

} // namespace groovefield
