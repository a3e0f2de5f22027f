// What the processor makes of the lanes' sounds: settings, one-shot samples from files good and bad, the state that keeps
// them, and the outputs that each lane has beside the mix.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "../../bridge/shell/crc32.h"
#include "processor_testing.h"

#include <juce_audio_formats/juce_audio_formats.h>

#include <cmath>
#include <random>

using namespace groovefield;

namespace {

constexpr double rate = 48000.0;
constexpr int size = 512;

std::string fixture, mp3;

using Audio = juce::AudioBuffer<float>;

/// A stereo tone that dies away, different on both sides.
Audio tone (double seconds, double fileRate, double hz = 440.0)
{
    Audio audio (2, static_cast<int> (seconds * fileRate));
    for (int i = 0; i < audio.getNumSamples(); ++i)
        for (int c = 0; c < 2; ++c)
            audio.setSample (c, i, static_cast<float> (0.7 * std::sin (6.283185307 * hz * (1 + c) * i / fileRate + 0.5) * std::exp (-8.0 * i / (seconds * fileRate))));
    return audio;
}

struct Folder {
    juce::File at = juce::File::createTempFile ("groovefield");
    Folder() { at.createDirectory(); }
    ~Folder() { at.deleteRecursively(); }
    juce::File operator[] (const char* name) const { return at.getChildFile (name); }
};

void write (juce::AudioFormat&& format, const juce::File& file, const Audio& audio, double fileRate, int bits = 16)
{
    file.deleteFile();
    std::unique_ptr<juce::AudioFormatWriter> writer (format.createWriterFor (
        file.createOutputStream().release(), fileRate, static_cast<unsigned int> (audio.getNumChannels()), bits, {}, 5));
    REQUIRE (writer != nullptr);
    REQUIRE (writer->writeFromAudioSampleBuffer (audio, 0, audio.getNumSamples()));
}

juce::File wav (const Folder& folder, const char* name, const Audio& audio, double fileRate = rate, int bits = 16)
{
    write (juce::WavAudioFormat(), folder[name], audio, fileRate, bits);
    return folder[name];
}

struct Hit {
    int block, sample, note;
};

/// Plays hits given as MIDI in; all enabled outputs, one after the other.
Audio play (Processor& processor, int blocks, const std::vector<Hit>& hits)
{
    processor.setRateAndBufferSizeDetails (rate, size);
    processor.prepareToPlay (rate, size);
    Audio all (processor.getTotalNumOutputChannels(), blocks * size);
    juce::MidiBuffer midi;
    for (int b = 0; b < blocks; ++b) {
        Audio block (all.getNumChannels(), size);
        midi.clear();
        for (const auto& hit : hits)
            if (hit.block == b)
                midi.addEvent (juce::MidiMessage::noteOn (10, hit.note, static_cast<juce::uint8> (100)), hit.sample);
        processor.processBlock (block, midi);
        for (int c = 0; c < all.getNumChannels(); ++c)
            all.copyFrom (c, b * size, block, c, 0, size);
    }
    return all;
}

bool same (const Audio& a, int ca, const Audio& b, int cb)
{
    return a.getNumSamples() == b.getNumSamples()
        && std::equal (a.getReadPointer (ca), a.getReadPointer (ca) + a.getNumSamples(), b.getReadPointer (cb));
}

bool silent (const Audio& a, int channel) { return a.getMagnitude (channel, 0, a.getNumSamples()) == 0.0f; }

constexpr int kick = 36, snare = 38, rim = 37;

juce::AudioProcessor::BusesLayout layoutWith (Processor& processor, const std::vector<int>& on, bool monoMix = false)
{
    auto layout = processor.getBusesLayout();
    layout.outputBuses.getReference (0) = monoMix ? juce::AudioChannelSet::mono() : juce::AudioChannelSet::stereo();
    for (int bus = 1; bus < layout.outputBuses.size(); ++bus)
        layout.outputBuses.getReference (bus) = std::find (on.begin(), on.end(), bus) != on.end() ? juce::AudioChannelSet::stereo() : juce::AudioChannelSet::disabled();
    return layout;
}

} // namespace

TEST_CASE ("Every kind of audio file is read, and what is heard is what was in it")
{
    const Folder folder;
    const auto audio = tone (0.4, 44100.0);
    write (juce::WavAudioFormat(), folder["one.wav"], audio, 44100.0, 24);
    write (juce::AiffAudioFormat(), folder["one.aiff"], audio, 44100.0);
    write (juce::FlacAudioFormat(), folder["one.flac"], audio, 44100.0);
    write (juce::OggVorbisAudioFormat(), folder["one.ogg"], audio, 44100.0);
    for (const auto* name : { "one.wav", "one.aiff", "one.flac", "one.ogg", "mp3" }) {
        CAPTURE (name);
        const auto file = std::string (name) == "mp3" ? juce::File (mp3) : folder[name];
        const auto read = readSampleFile (file);
        CHECK (read.refusal == juce::String());
        REQUIRE (read.sample != nullptr);
        const auto& sample = read.sample->sample;
        CHECK (read.sample->name() == file.getFileName());
        CHECK (sample.rate == 44100.0);
        const bool lossy = std::string (name) == "mp3" || std::string (name) == "one.ogg";
        CHECK (std::abs (static_cast<int> (sample.frames()) - audio.getNumSamples()) <= (lossy ? 4000 : 0));
        double of = 0.0, kept = 0.0;
        for (std::size_t i = 0; i < std::min (sample.frames(), static_cast<std::size_t> (audio.getNumSamples())); ++i) {
            if (! lossy)
                REQUIRE (std::abs (sample.left[i] - audio.getSample (0, static_cast<int> (i))) < 1.01f / 32768.0f);
            of += std::pow (audio.getSample (1, static_cast<int> (i)), 2);
            kept += std::pow (sample.right[i], 2);
        }
        CHECK (kept / of == doctest::Approx (1.0).epsilon (0.05));
    }
}

TEST_CASE ("A bad file is refused with its name and the reason, and what sounded stays")
{
    const Folder folder;
    auto processor = makeProcessor();
    REQUIRE (processor->laneDeeds.load (Voice::snare, wav (folder, "good.wav", tone (0.2, rate)), "Lane") == juce::String());
    const auto refuses = [&] (const juce::File& file, const char* reason) {
        const auto sentence = processor->laneDeeds.load (Voice::snare, file, "Lane");
        CAPTURE (sentence.toStdString());
        CHECK (sentence.startsWith (file.getFileName() + " "));
        CHECK (sentence.contains (reason));
        CHECK (sentence.endsWithChar ('.'));
        CHECK (processor->sampleName (Voice::snare) == "good.wav");
    };
    for (const auto* name : { "text.wav", "text.aif", "text.flac", "text.ogg", "text.mp3", "text.txt" }) {
        folder[name].replaceWithText ("This is a letter to my mother and no sound at all. It goes on for a line or two.\n");
        refuses (folder[name], "no audio file");
    }
    for (const auto* name : { "empty.wav", "empty.mp3" }) {
        folder[name].create();
        refuses (folder[name], "is empty");
    }
    refuses (wav (folder, "nothing.wav", Audio (2, 0)), "is empty");
    refuses (folder["gone.wav"], "does not exist");
    folder["folder.wav"].createDirectory();
    refuses (folder["folder.wav"], "is a folder");
    refuses (wav (folder, "long.wav", tone (10.1, rate)), "10.1 s long");
    Audio still (1, 1000), broken (1, 1000);
    still.clear();
    broken.clear();
    broken.setSample (0, 500, std::numeric_limits<float>::quiet_NaN());
    refuses (wav (folder, "still.wav", still), "is silent");
    refuses (wav (folder, "numbers.wav", broken, rate, 32), "no numbers");
    // Cut and flipped files: a sample or a sentence, and never anything else.
    std::mt19937 dice (4);
    for (const auto* name : { "b.wav", "b.flac", "b.ogg", "b.aiff" }) {
        const auto file = folder[name];
        if (file.hasFileExtension ("wav")) write (juce::WavAudioFormat(), file, tone (0.2, rate), rate);
        else if (file.hasFileExtension ("flac")) write (juce::FlacAudioFormat(), file, tone (0.2, rate), rate);
        else if (file.hasFileExtension ("ogg")) write (juce::OggVorbisAudioFormat(), file, tone (0.2, rate), rate);
        else write (juce::AiffAudioFormat(), file, tone (0.2, rate), rate);
        juce::MemoryBlock whole;
        REQUIRE (file.loadFileAsData (whole));
        for (int turn = 0; turn < 60; ++turn) {
            auto damaged = whole;
            if (turn % 2 == 0)
                damaged.setSize (1 + dice() % whole.getSize());
            for (int flips = 0; flips < 5; ++flips)
                static_cast<char*> (damaged.getData())[dice() % std::min<std::size_t> (damaged.getSize(), 400)] ^= static_cast<char> (dice());
            REQUIRE (file.replaceWithData (damaged.getData(), damaged.getSize()));
            const auto read = readSampleFile (file);
            CHECK ((read.sample != nullptr) == read.refusal.isEmpty());
            if (read.sample != nullptr)
                CHECK (static_cast<double> (read.sample->sample.frames()) <= 10.0 * read.sample->sample.rate);
        }
    }
}

TEST_CASE ("A sample is heard in the drum's place, at its note, and the drum again when it is cleared")
{
    const Folder folder;
    auto processor = makeProcessor();
    const auto drum = play (*processor, 40, { { 2, 100, snare } });
    CHECK (processor->getTailLengthSeconds() == 5.0);
    REQUIRE (processor->laneDeeds.load (Voice::snare, wav (folder, "clip.wav", tone (0.2, rate)), "Lane") == juce::String());
    CHECK (processor->getTailLengthSeconds() == 10.0);
    const auto heard = play (*processor, 40, { { 2, 100, snare }, { 30, 0, kick } });
    const auto clip = readSampleFile (folder["clip.wav"]).sample;
    const auto gain = heard.getSample (0, 2 * size + 100) / clip->sample.left[0];
    CHECK (gain > 0.1f);
    for (int i = 0; i < 9000; ++i)
        REQUIRE (heard.getSample (1, 2 * size + 100 + i) == doctest::Approx (gain * clip->sample.right[static_cast<std::size_t> (i)]).epsilon (1e-4));
    CHECK (heard.getMagnitude (0, 0, 2 * size + 100) == 0.0f);
    CHECK (heard.getMagnitude (0, 30 * size, size) > 0.1f);
    processor->laneDeeds.clear (Voice::snare, "Lane");
    CHECK (processor->sampleName (Voice::snare) == juce::String());
    const auto again = play (*processor, 40, { { 2, 100, snare } });
    CHECK (same (again, 0, drum, 0));
}

TEST_CASE ("A state keeps settings and samples, to the last bit of what is heard")
{
    const Folder folder;
    auto one = makeProcessor();
    KitSettings settings;
    settings[Voice::kick] = { -6.0f, 0.25f, -3.0f, 1.5f, 0.5f, 2 };
    settings[Voice::rim].level = 3.0f;
    one->laneDeeds.set ("Kit", [&] (auto& kept) { kept = settings; });
    auto loud = tone (0.5, 44100.0);
    loud.applyGain (3.0f);
    REQUIRE (one->laneDeeds.load (Voice::snare, wav (folder, juce::String::fromUTF8 ("Schnarre \xc3\xa4.wav").toRawUTF8(), loud, 44100.0, 32), "Lane") == juce::String());
    REQUIRE (one->laneDeeds.load (Voice::rim, wav (folder, "tick.wav", tone (0.05, 96000.0), 96000.0), "Lane") == juce::String());
    const std::vector<Hit> hits { { 0, 5, kick }, { 3, 7, snare }, { 20, 9, rim } };
    const auto heard = play (*one, 80, hits);
    const auto state = stateOf (*one);
    folder.at.deleteRecursively();

    auto two = makeProcessor();
    restore (*two, state);
    CHECK (two->lastComplaint() == juce::String());
    CHECK (two->kitSettings() == settings);
    CHECK (two->sampleName (Voice::snare) == juce::String::fromUTF8 ("Schnarre \xc3\xa4.wav"));
    CHECK (two->sampleName (Voice::rim) == "tick.wav");
    CHECK (two->sampleName (Voice::kick) == juce::String());
    const auto again = play (*two, 80, hits);
    CHECK (same (heard, 0, again, 0));
    CHECK (same (heard, 1, again, 1));
    CHECK (stateOf (*two) == state);

    // A state from before there were any gives the kit as it is made.
    juce::MemoryBlock old;
    REQUIRE (juce::File (fixture).loadFileAsData (old));
    restore (*two, old);
    CHECK (two->kitSettings() == KitSettings());
    CHECK (two->sampleName (Voice::snare) == juce::String());
    // One that is none of ours leaves all as it is.
    two->laneDeeds.set ("Kit", [&] (auto& kept) { kept = settings; });
    restore (*two, juce::MemoryBlock ("nonsense and more nonsense", 26));
    CHECK (two->kitSettings() == settings);
}

TEST_CASE ("A damaged sample or setting is left out and said, and the rest is loaded")
{
    const Folder folder;
    auto one = makeProcessor();
    KitSettings settings;
    settings[Voice::kick].level = -6.0f;
    one->laneDeeds.set ("Kit", [&] (auto& kept) { kept = settings; });
    REQUIRE (one->laneDeeds.load (Voice::snare, wav (folder, "a.wav", tone (0.2, rate)), "Lane") == juce::String());
    const auto state = stateOf (*one);
    const auto chunks = chunksOf (state);
    const auto with = [&] (const std::string& name, const std::function<void (std::uint8_t*, std::size_t)>& change, bool mendSum) {
        auto changed = state;
        auto* bytes = static_cast<std::uint8_t*> (changed.getData()) + chunks.at (name).at;
        change (bytes + 12, chunks.at (name).size);
        if (mendSum) {
            const auto sum = juce::ByteOrder::swapIfBigEndian (crc32 (bytes + 12, chunks.at (name).size));
            std::memcpy (bytes + 8, &sum, 4);
        }
        auto two = makeProcessor();
        restore (*two, changed);
        return two;
    };
    const auto flip = [] (std::uint8_t* at, std::size_t length) { at[length / 2] ^= 4; };
    auto two = with ("SMPL", flip, false);
    CHECK (two->lastComplaint().contains ("damaged (the one-shot a.wav of the snare)"));
    CHECK (two->sampleName (Voice::snare) == juce::String());
    CHECK (two->kitSettings() == settings);
    two = with ("KITS", flip, false);
    CHECK (two->lastComplaint().contains ("the kit's settings"));
    CHECK (two->sampleName (Voice::snare) == "a.wav");
    CHECK (two->kitSettings() == KitSettings());
    // With a checksum that says it is right: another drum's number, a wild name, a rate, a full scale, a FLAC that is none.
    for (const auto& change : std::vector<std::function<void (std::uint8_t*, std::size_t)>> {
             [] (auto* at, auto) { at[0] = 200; }, [] (auto* at, auto) { at[18] = 0xff; }, [] (auto* at, auto) { at[10] = at[11] = 0xff; },
             [] (auto* at, auto) { at[15] = 0xff; }, [] (auto* at, auto length) { std::fill (at + 25, at + length, std::uint8_t { 0 }); } }) {
        two = with ("SMPL", change, true);
        CHECK (two->lastComplaint().contains ("one-shot"));
        CHECK ((two->lastComplaint().contains ("a.wav") || two->lastComplaint().contains ("of the snare")));
        CHECK (two->sampleName (Voice::snare) == juce::String());
    }
    std::mt19937 dice (9);
    for (int turn = 0; turn < 40; ++turn)
        with ("SMPL", [&] (auto* at, auto length) { for (int k = 0; k < 20; ++k) at[25 + dice() % (length - 25)] = static_cast<std::uint8_t> (dice()); }, true);
}

TEST_CASE ("Samples beyond 8 MB are refused with a sentence, and left out of a state that holds them")
{
    const Folder folder;
    auto processor = makeProcessor();
    Audio noise (2, 480000);
    std::mt19937 dice (1);
    for (int i = 0; i < noise.getNumSamples(); ++i)
        for (int c = 0; c < 2; ++c)
            noise.setSample (c, i, static_cast<float> (dice() % 65536) / 65536.0f - 0.5f);
    const auto file = wav (folder, "noise.wav", noise);
    int taken = 0;
    juce::String refusal;
    for (int voice = 0; voice < voiceCount && refusal.isEmpty(); ++voice, ++taken)
        refusal = processor->laneDeeds.load (static_cast<Voice> (voice), file, "Lane");
    CHECK (taken == 5);    // 1.9 MB each: the fifth was refused
    CHECK (refusal.contains ("noise.wav"));
    CHECK (refusal.contains ("8 MB"));
    CHECK (bytesOf (processor->sounds.samples()) <= mostSampleBytes);
    const auto state = stateOf (*processor);
    CHECK (state.getSize() < 12u << 20);
    // A state with one more, as no Groovefield writes it.
    const auto extra = sampleBytes (Voice::crash, *processor->sounds.samples()[0]);
    juce::MemoryOutputStream more;
    more.write (state.getData(), state.getSize());
    more.write ("SMPL", 4);
    more.writeInt (static_cast<int> (extra.getSize()));
    more.writeInt (static_cast<int> (crc32 (extra.getData(), extra.getSize())));
    more.write (extra.getData(), extra.getSize());
    auto two = makeProcessor();
    restore (*two, more.getMemoryBlock());
    CHECK (two->lastComplaint().contains ("the one-shot noise.wav of the crash"));
    CHECK (two->sampleName (Voice::crash) == juce::String());
    CHECK (two->sampleName (Voice::kick) == "noise.wav");
}

TEST_CASE ("What is no longer heard is given up, and nothing before")
{
    const Folder folder;
    auto processor = makeProcessor();
    const auto a = wav (folder, "a.wav", tone (2.0, rate)), b = wav (folder, "b.wav", tone (2.0, rate, 600.0));
    std::vector<std::weak_ptr<const KeptSample>> seen;
    processor->prepareToPlay (rate, size);
    Audio block (2, size);
    juce::MidiBuffer midi;
    for (int turn = 0; turn < 40; ++turn) {
        REQUIRE (processor->sounds.load (Voice::clap, turn % 2 == 0 ? a : b) == juce::String());   // a deed would keep it to undo
        seen.push_back (processor->sounds.samples()[static_cast<std::size_t> (Voice::clap)]);
        // Without a block nothing may be given up that a block has heard of.
        CHECK (processor->sounds.listsKept() >= 2);
        for (int n = 0; n < 2; ++n) {
            midi.clear();
            midi.addEvent (juce::MidiMessage::noteOn (10, 39, 1.0f), 3);
            processor->processBlock (block, midi);
        }
        CHECK (block.getMagnitude (0, size) > 0.01f);
    }
    CHECK (processor->sounds.listsKept() <= 3);
    CHECK (std::count_if (seen.begin(), seen.end(), [] (const auto& weak) { return ! weak.expired(); }) <= 3);
}

TEST_CASE ("The mix is stereo or mono, and each lane has a stereo output by its name that is off until it is turned on")
{
    auto processor = makeProcessor();
    REQUIRE (processor->getBusCount (false) == 13);
    CHECK (processor->getTotalNumOutputChannels() == 2);
    for (int bus = 1; bus < 12; ++bus) {
        CHECK (processor->getBus (false, bus)->getName() == laneNames[static_cast<std::size_t> (bus - 1)].name);
        CHECK_FALSE (processor->getBus (false, bus)->isEnabled());
    }
    CHECK (processor->getBus (false, 12)->getName() == "Melody");
    CHECK_FALSE (processor->getBus (false, 12)->isEnabled());
    for (int mask = 0; mask < 4096; mask += 37) {
        std::vector<int> on;
        for (int bus = 1; bus < 13; ++bus)
            if ((mask >> (bus - 1) & 1) != 0)
                on.push_back (bus);
        CHECK (processor->checkBusesLayoutSupported (layoutWith (*processor, on)));
        CHECK (processor->checkBusesLayoutSupported (layoutWith (*processor, on, true)));
    }
    auto bad = layoutWith (*processor, {});
    bad.outputBuses.getReference (3) = juce::AudioChannelSet::mono();
    CHECK_FALSE (processor->checkBusesLayoutSupported (bad));
    bad = layoutWith (*processor, {});
    bad.outputBuses.getReference (0) = juce::AudioChannelSet::disabled();
    CHECK_FALSE (processor->checkBusesLayoutSupported (bad));
}

TEST_CASE ("A lane whose output is on is there alone, and the mix is the other lanes' as before")
{
    const std::vector<Hit> all { { 0, 10, kick }, { 4, 20, snare }, { 8, 30, rim } };
    auto plain = makeProcessor();
    const auto kicks = play (*plain, 60, { all[0] }), snares = play (*plain, 60, { all[1] }), rims = play (*plain, 60, { all[2] });
    CHECK_FALSE (silent (kicks, 0));
    for (const bool mono : { false, true }) {
        CAPTURE (mono);
        auto processor = makeProcessor();
        REQUIRE (processor->setBusesLayout (layoutWith (*processor, { 2, 9, 11 }, mono)));
        const auto heard = play (*processor, 60, all);
        const int first = mono ? 1 : 2;
        REQUIRE (heard.getNumChannels() == first + 6);
        if (mono) {
            for (int i = 0; i < heard.getNumSamples(); ++i)
                REQUIRE (heard.getSample (0, i) == doctest::Approx (0.5f * (kicks.getSample (0, i) + kicks.getSample (1, i))).epsilon (1e-5));
        } else {
            CHECK (same (heard, 0, kicks, 0));
            CHECK (same (heard, 1, kicks, 1));
        }
        for (int side = 0; side < 2; ++side) {
            CHECK (same (heard, first + side, snares, side));
            CHECK (same (heard, first + 2 + side, rims, side));
            CHECK (silent (heard, first + 4 + side));
        }
    }
}

int main (int argc, char** argv)
{
    const juce::ScopedJuceInitialiser_GUI juceLives;
    if (argc < 3) {
        std::fprintf (stderr, "usage: %s STATE-FIXTURE MP3 [doctest options]\n", argv[0]);
        return 2;
    }
    fixture = argv[1];
    mp3 = argv[2];
    doctest::Context context (argc - 2, argv + 2);
    return context.run();
}
