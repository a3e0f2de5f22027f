// The last bars as a MIDI file: every note that went out as MIDI, where it went out, in every kind of song.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "../../plugin/processor/heard_export.h"
#include "processor_testing.h"

#include <cmath>
#include <tuple>

using namespace groovefield;

namespace {

constexpr double rate = 48000.0;
constexpr int size = 512;

struct Heard {
    double beats;     // played since the host started, whatever loops did
    int note, velocity;
};

class Host : public juce::AudioPlayHead {
public:
    Host()
    {
        processor->setPlayHead (this);
        processor->setPlayConfigDetails (0, 2, rate, size);
        processor->prepareToPlay (rate, size);
    }

    juce::Optional<PositionInfo> getPosition() const override
    {
        PositionInfo p;
        p.setIsPlaying (playing);
        p.setPpqPosition (ppq);
        p.setBpm (bpm);
        p.setTimeSignature (metre);
        if (loopEnd > 0.0) {
            p.setIsLooping (true);
            p.setLoopPoints (LoopPoints { loopStart, loopEnd });
        }
        return p;
    }

    void play (double beats)
    {
        for (double done = 0.0; done < beats;) {
            const auto span = size * bpm / 60.0 / rate;
            midi.clear();
            processor->processBlock (audio, midi);
            for (const auto event : midi)
                if (const auto m = event.getMessage(); m.isNoteOn())
                    heard.push_back ({ played + event.samplePosition * bpm / 60.0 / rate, m.getNoteNumber(), m.getVelocity() });
            if (! playing)
                return;
            done += span;
            played += span;
            ppq += span;
            if (loopEnd > 0.0 && ppq >= loopEnd)
                ppq -= loopEnd - loopStart;
        }
    }

    std::unique_ptr<Processor> processor = makeProcessor();
    bool playing = true;
    double ppq = 0.0, bpm = 120.0, loopStart = 0.0, loopEnd = 0.0, played = 0.0;
    TimeSignature metre { 4, 4 };
    std::vector<Heard> heard;

private:
    juce::AudioBuffer<float> audio { 2, size };
    juce::MidiBuffer midi;
};

struct Written {
    std::vector<Heard> notes;
    std::vector<double> tempi;    // bpm, in order
    int offs = 0, beatsInBar = 0;
    double end = 0.0;
};

Written readBack (const juce::File& file)
{
    REQUIRE (file.existsAsFile());
    Written found;
    juce::FileInputStream in (file);
    juce::MidiFile midi;
    REQUIRE (midi.readFrom (in, false));
    REQUIRE (midi.getNumTracks() == 1);
    const double ticks = midi.getTimeFormat();
    std::map<int, int> open;
    for (const auto* event : *midi.getTrack (0)) {
        const auto& m = event->message;
        const auto beats = m.getTimeStamp() / ticks;
        if (m.isNoteOn()) {
            CHECK (++open[m.getNoteNumber()] == 1);
            CHECK (m.getChannel() == 10);
            found.notes.push_back ({ beats, m.getNoteNumber(), m.getVelocity() });
        } else if (m.isNoteOff()) {
            CHECK (--open[m.getNoteNumber()] == 0);
            ++found.offs;
        } else if (m.isTempoMetaEvent()) {
            found.tempi.push_back (60.0 / m.getTempoSecondsPerQuarterNote());
        } else if (m.isTimeSignatureMetaEvent()) {
            int unit = 0;
            m.getTimeSignatureInfo (found.beatsInBar, unit);
        } else if (m.isEndOfTrackMetaEvent()) {
            found.end = beats;
        }
    }
    file.deleteFile();
    return found;
}

// The notes of the file are those that were heard from `from` on, and lie where they lay; within half a sample and half a tick.
void checkSame (const Written& written, std::vector<Heard> heard, double from)
{
    heard.erase (std::remove_if (heard.begin(), heard.end(), [from] (const Heard& h) { return h.beats < from - 1e-4; }), heard.end());
    const auto order = [] (const Heard& a, const Heard& b) { return std::make_tuple (std::round (a.beats * 500.0), a.note) < std::make_tuple (std::round (b.beats * 500.0), b.note); };
    auto notes = written.notes;
    std::sort (notes.begin(), notes.end(), order);
    std::sort (heard.begin(), heard.end(), order);
    REQUIRE (heard.size() > 8);
    REQUIRE (notes.size() == heard.size());
    CHECK (written.offs == static_cast<int> (notes.size()));
    for (std::size_t i = 0; i < notes.size(); ++i) {
        CAPTURE (i);
        REQUIRE (notes[i].note == heard[i].note);
        REQUIRE (notes[i].velocity == heard[i].velocity);
        REQUIRE (std::abs (notes[i].beats - (heard[i].beats - from)) < 0.00025);
    }
}

} // namespace

TEST_CASE ("The last bars are in the file note by note, from a bar line on")
{
    Host host;
    set (*host.processor, "humanise", 80.0f);
    host.play (21.5);
    for (const auto& [bars, from] : { std::pair { 1, 16.0 }, { 2, 12.0 }, { 4, 4.0 }, { 8, 0.0 }, { 16, 0.0 } }) {
        CAPTURE (bars);
        const auto written = readBack (host.processor->exportHeard (bars));
        checkSame (written, host.heard, from);
        CHECK (written.tempi == std::vector<double> { 120.0 });
        CHECK (written.beatsInBar == 4);
        CHECK (written.end == doctest::Approx (24.0 - from));
    }
    // Stopped, the end is that of the last note; a position elsewhere does not matter.
    host.playing = false;
    host.ppq = 0.0;
    host.play (1.0);
    checkSame (readBack (host.processor->exportHeard (16)), host.heard, 0.0);
}

TEST_CASE ("A loop's rounds follow each other, a metre of three has bars of three, and a tempo that moved is told")
{
    Host loops;
    loops.loopStart = 4.0;
    loops.loopEnd = 8.0;
    loops.play (19.0);
    // Two bars back from 19 beats, and to the bar line: the song stands at 7, so bar lines are at 16, 12 and 8.
    checkSame (readBack (loops.processor->exportHeard (2)), loops.heard, 8.0);

    Host waltz;
    waltz.metre = { 3, 4 };
    waltz.play (14.0);
    const auto three = readBack (waltz.processor->exportHeard (2));
    checkSame (three, waltz.heard, 6.0);
    CHECK (three.beatsInBar == 3);

    Host tempo;
    tempo.play (8.0);
    tempo.bpm = 150.0;
    tempo.play (8.0);
    const auto both = readBack (tempo.processor->exportHeard (16));
    checkSame (both, tempo.heard, 0.0);
    REQUIRE (both.tempi.size() == 2);
    CHECK (both.tempi[1] == doctest::Approx (150.0));
}

TEST_CASE ("Only the last run counts, and with no note there is no file")
{
    Host host;
    CHECK_FALSE (host.processor->exportHeard (4).existsAsFile());
    host.play (6.0);
    host.heard.clear();
    host.ppq = 100.0;    // a seek
    host.played = 100.0;
    host.play (6.0);
    checkSame (readBack (host.processor->exportHeard (16)), host.heard, 100.0);
    CHECK_FALSE (writeHeard ({}, {}, 4).existsAsFile());
    // What the record gives of a ring that was written over begins in the middle of a run.
    std::vector<layout::Event> rest (40);
    for (std::size_t i = 0; i < rest.size(); ++i) {
        rest[i].songBeats = 50.0 + 0.5 * static_cast<double> (i);
        rest[i].runSamples = rest[i].songBeats * 24000.0;
        rest[i].streamSample = static_cast<std::int64_t> (rest[i].runSamples);
        rest[i].bpm = 120.0f;
        rest[i].lengthBeats = 0.1f;
        rest[i].note = 36;
        rest[i].velocity = 90;
        rest[i].channel = 10;
    }
    const auto notes = heardNotes (rest, { true, 70.0, 70 * 24000, rate, 4, 4 }, 2);
    REQUIRE (notes.size() == 20);    // from beat 60, the bar line before 62
    CHECK (notes.front().beats == doctest::Approx (0.0));
}

int main (int argc, char** argv)
{
    const juce::ScopedJuceInitialiser_GUI juceLives;
    doctest::Context context (argc, argv);
    return context.run();
}
