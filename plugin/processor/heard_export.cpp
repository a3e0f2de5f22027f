#include "heard_export.h"

#include "../player/melody.h"
#include "cycle_export.h"

#include <juce_audio_basics/juce_audio_basics.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace groovefield {

namespace {

constexpr int ticksPerBeat = 3840;    // an eighth of a millisecond at 120 bpm
constexpr double nearly = 1.0e-6;     // beats: on the bar line

// How far the song went between two moments. Where the two positions lie as far apart as the samples and the tempi at both
// say, they are exact; where a loop wrapped between, the samples alone know.
double between (double fromSong, double toSong, double samples, std::pair<double, double> bpm, double sampleRate)
{
    const auto [slow, fast] = std::minmax (bpm.first, bpm.second);
    const auto minutes = samples / 60.0 / sampleRate;
    const auto song = toSong - fromSong, slack = 0.005 + 0.02 * minutes * fast;
    return song > minutes * slow - slack && song < minutes * fast + slack ? song : 0.5 * (slow + fast) * minutes;
}

double floorToBar (double beats, double bar) { return std::floor (beats / bar + nearly) * bar; }

} // namespace

std::vector<HeardNote> heardNotes (const std::vector<layout::Event>& events, const HeardUntil& until, int bars)
{
    if (events.empty())
        return {};
    const auto& last = events.back();
    auto first = events.size() - 1;
    while (first > 0 && events[first - 1].run == last.run && events[first - 1].streamSample <= events[first].streamSample)
        --first;

    std::vector<double> at (events.size());
    at.back() = last.songBeats;
    for (auto i = events.size() - 1; i > first; --i) {
        const auto &before = events[i - 1], &after = events[i];
        at[i - 1] = at[i] - between (before.songBeats, after.songBeats, after.runSamples - before.runSamples,
                                     { static_cast<double> (before.bpm), static_cast<double> (after.bpm) }, until.sampleRate);
    }
    double end = 0.0;
    for (auto i = first; i < events.size(); ++i)
        end = std::max (i == first ? at[i] : end, at[i] + static_cast<double> (events[i].lengthBeats));
    if (until.running)
        end = last.songBeats + between (last.songBeats, until.song, static_cast<double> (until.streamSample - last.streamSample),
                                        { static_cast<double> (last.bpm), static_cast<double> (last.bpm) }, until.sampleRate);

    const auto bar = 4.0 * until.beatsInBar / until.beatUnit;
    const auto runBegan = at[first] - events[first].runSamples * static_cast<double> (events[first].bpm) / 60.0 / until.sampleRate;
    const auto start = std::max (floorToBar (end - bars * bar, bar), floorToBar (runBegan, bar));
    std::vector<HeardNote> notes;
    for (auto i = first; i < events.size(); ++i) {
        const auto& e = events[i];
        if (at[i] >= start - nearly)
            notes.push_back ({ std::max (0.0, at[i] - start), static_cast<double> (e.lengthBeats), static_cast<double> (e.bpm), e.note, e.velocity,
                               e.channel, e.lane });
    }
    return notes;
}

juce::File writeHeard (const std::vector<layout::Event>& events, const HeardUntil& until, int bars)
{
    const auto notes = heardNotes (events, until, bars);
    if (notes.empty())
        return {};
    const auto tickOf = [] (double beats) { return std::round (beats * ticksPerBeat); };
    juce::MidiMessageSequence track;
    track.addEvent (juce::MidiMessage::textMetaEvent (3, "Groovefield"), 0);
    track.addEvent (juce::MidiMessage::timeSignatureMetaEvent (until.beatsInBar, until.beatUnit), 0);

    // In the order of time, offs before ons: a note struck again ends first.
    std::vector<juce::MidiMessage> messages;
    double bpm = 0.0, lastTick = 0.0;
    for (std::size_t i = 0; i < notes.size(); ++i) {
        const auto& n = notes[i];
        const auto on = tickOf (n.beats);
        if (std::exchange (bpm, n.bpm) != n.bpm && n.bpm > 0.0)
            track.addEvent (juce::MidiMessage::tempoMetaEvent (juce::roundToInt (60.0e6 / n.bpm)), i == 0 ? 0.0 : on);
        auto off = std::max (on + 1.0, tickOf (n.beats + n.lengthBeats));
        // The same note, or the next of the melody, which has one voice.
        const auto again = std::find_if (notes.begin() + static_cast<std::ptrdiff_t> (i) + 1, notes.end(), [&n] (const HeardNote& o) {
            return (o.note == n.note && o.channel == n.channel) || (n.lane == melodyLane && o.lane == melodyLane);
        });
        if (again != notes.end())
            off = std::max (on + 1.0, std::min (off, tickOf (again->beats)));
        messages.push_back (juce::MidiMessage::noteOn (n.channel, n.note, n.velocity).withTimeStamp (on));
        messages.push_back (juce::MidiMessage::noteOff (n.channel, n.note).withTimeStamp (off));
        lastTick = std::max (lastTick, off);
    }
    std::stable_sort (messages.begin(), messages.end(), [] (const auto& a, const auto& b) {
        return a.getTimeStamp() != b.getTimeStamp() ? a.getTimeStamp() < b.getTimeStamp() : a.isNoteOff() && ! b.isNoteOff();
    });
    for (const auto& message : messages)
        track.addEvent (message);
    const auto barTicks = 4.0 * until.beatsInBar / until.beatUnit * ticksPerBeat;
    track.addEvent (juce::MidiMessage::endOfTrack(), std::ceil (lastTick / barTicks - nearly) * barTicks);

    juce::MidiFile file;
    file.setTicksPerQuarterNote (ticksPerBeat);
    file.addTrack (track);
    return writeTemporary (file, "heard");
}

} // namespace groovefield
