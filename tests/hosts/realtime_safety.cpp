// Proves that the audio callback neither allocates, frees, locks, sleeps nor touches a file: while a live
// host does all it can, and in blocks that hold more notes than any music. First it plants such calls in a
// callback of its own and must see every one of them.
// Usage: groovefield_realtime_safety MODEL, a model file of 16 lanes that strikes every cell.
#include "realtime_watch.h"

#include "../../plugin/processor/processor.h"

#include <chrono>
#include <set>
#include <thread>

using namespace std::chrono_literals;

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter();

// --- a callback that does what it must not -------------------------------------------------------

namespace {

bool isSeen (const char* what, void (*deed)())
{
    watch::count = 0;
    {
        const watch::Callback callback;
        deed();
    }
    const bool seen = watch::count.load() > 0;
    std::printf ("planted %s: %s\n", what, seen ? "seen" : "NOT SEEN");
    return seen;
}

std::vector<int>* volatile kept = nullptr;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

bool seesWhatIsPlanted()
{
    const bool all[] {
        isSeen ("allocation", [] { kept = new std::vector<int> (64); }),
        isSeen ("release", [] { delete kept; }),
        isSeen ("lock", [] { ::pthread_mutex_lock (&mutex); ::pthread_mutex_unlock (&mutex); }),
        isSeen ("std::mutex", [] { static std::mutex m; const std::lock_guard<std::mutex> lock (m); }),
        isSeen ("sleep", [] { std::this_thread::sleep_for (1ms); }),
        isSeen ("yield", [] { std::this_thread::yield(); }),
        isSeen ("file", [] { if (const int f = ::open ("/dev/null", O_RDONLY); f >= 0) ::close (f); }),
        isSeen ("second wake", [] { for (int i = 0; i < 2; ++i) ::send (-1, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL); }),
        isSeen ("wake that waits", [] { ::send (-1, "", 0, MSG_NOSIGNAL); }),
    };
    watch::count = 0;
    return std::all_of (std::begin (all), std::end (all), [] (bool seen) { return seen; });
}

// --- the live host -------------------------------------------------------------------------------

class PlayHead : public juce::AudioPlayHead {
public:
    juce::Optional<PositionInfo> getPosition() const override { return position; }
    PositionInfo position;
};

struct Totals {
    int blocks = 0, wakes = 0, notes = 0, bypassed = 0;
};

class LiveHost {
public:
    explicit LiveHost (groovefield::Processor& p) : processor (p), audio (2, 1024)
    {
        midi.ensureSize (2048);    // as the VST3 wrapper does
        processor.setPlayHead (&head);
        for (const auto& spec : groovefield::parameterTable())
            parameters.push_back (processor.parameters.getParameter (spec.id));
    }

    void play (int blocks)
    {
        for (int i = 0; i < blocks; ++i)
            block();
    }

    Totals totals;

private:
    // Starts and stops, jumps, a loop that is switched and moved, four sizes of block.
    void transport (int samples)
    {
        const int n = totals.blocks;
        const bool playing = n % 400 < 370, looping = n % 1000 > 500;
        auto& p = head.position;
        p = {};
        p.setIsPlaying (playing);
        p.setBpm (90.0 + n % 70);
        p.setPpqPosition (ppq);
        p.setIsLooping (looping);
        const double start = (n / 1000) % 3;
        p.setLoopPoints (juce::AudioPlayHead::LoopPoints { start, start + 1.7 });
        if (playing)
            ppq += samples * (90.0 + n % 70) / 60.0 / 48000.0;
        if (looping && ppq >= start + 1.7)
            ppq -= 1.7;
        if (n % 701 == 700)
            ppq = n % 13;
    }

    void automate()
    {
        const int n = totals.blocks;
        const auto set = [&] (std::size_t index, int period) {
            parameters[index]->setValueNotifyingHost (static_cast<float> (n % period) / static_cast<float> (period - 1));
        };
        set (0, 331);
        set (1, 173);
        for (std::size_t index = 8; index < parameters.size(); ++index)
            set (index, 101 + 17 * static_cast<int> (index));
    }

    void block()
    {
        constexpr std::array sizes { 64, 512, 1, 256, 1024, 0, 64, 64 };
        const int samples = sizes[static_cast<std::size_t> (totals.blocks) % sizes.size()];
        transport (samples);
        automate();
        midi.clear();
        if (totals.blocks % 5 == 0 && samples > 0)
            midi.addEvent (juce::MidiMessage::noteOn (10, 36 + totals.blocks % 20, 0.8f), samples - 1);
        juce::AudioBuffer<float> view (audio.getArrayOfWritePointers(), 2, samples);
        const bool bypass = totals.blocks % 900 > 880;
        {
            const watch::Callback callback;
            if (bypass)
                processor.processBlockBypassed (view, midi);
            else
                processor.processBlock (view, midi);
        }
        totals.wakes += watch::wakes;
        totals.bypassed += bypass;
        for (const auto event : midi)
            totals.notes += event.getMessage().isNoteOn();
        ++totals.blocks;
        std::this_thread::sleep_for (std::chrono::microseconds (samples * 4));
    }

    groovefield::Processor& processor;
    PlayHead head;
    juce::AudioBuffer<float> audio;
    juce::MidiBuffer midi;
    std::vector<juce::RangedAudioParameter*> parameters;
    double ppq = 0.0;
};

// The default model under another name: another model, by its digest.
juce::File otherModel()
{
    auto bytes = groovefield::defaultModel()->portable;
    const auto name = groovefield::defaultModel()->name.toStdString();
    const auto at = std::search (bytes.begin(), bytes.end(), name.begin(), name.end());
    if (at != bytes.end())
        *at = 'Z';
    const auto file = juce::File::createTempFile (".groovefield");
    file.replaceWithData (bytes.data(), bytes.size());
    return file;
}

// A one-shot at another rate than the host's: two seconds, as 16-bit mono.
juce::File oneShot()
{
    constexpr int frames = 88200;
    const auto file = juce::File::createTempFile (".wav");
    juce::FileOutputStream out (file);
    out.write ("RIFF", 4);
    out.writeInt (36 + 2 * frames);
    out.write ("WAVEfmt ", 8);
    for (const int value : { 16, 1 | 1 << 16, 44100, 88200, 2 | 16 << 16 })
        out.writeInt (value);
    out.write ("data", 4);
    out.writeInt (2 * frames);
    for (int i = 0; i < frames; ++i)
        out.writeShort (static_cast<short> ((i * 397) % 20000 - 10000));
    return file;
}

// What a user and a host do meanwhile, on the message thread.
void meddle (groovefield::Processor& processor, const juce::File& model, const juce::File& sample, int turn)
{
    juce::MemoryBlock state;
    processor.getStateInformation (state);
    groovefield::NoteMap map;
    map.note[0] = static_cast<std::int16_t> (35 + turn % 3);
    processor.setNoteMap (map);
    if (turn % 3 == 0)
        processor.setStateInformation (state.getData(), static_cast<int> (state.getSize()));
    if (turn % 4 == 1)
        processor.loadModel (model);
    if (turn % 4 == 3)
        processor.loadDefaultModel();
    auto kit = processor.kitSettings();
    const auto voice = static_cast<groovefield::Voice> (turn % groovefield::voiceCount);
    kit[voice] = { static_cast<float> (turn % 20 - 10), 0.5f, static_cast<float> (turn % 24 - 12), 1.5f, 0.5f, turn % 4 };
    processor.laneDeeds.set ("Kit", [&] (groovefield::KitSettings& all) { all = kit; });
    if (turn % 2 == 0)
        processor.laneDeeds.load (voice, sample, "Lane");
    else
        processor.laneDeeds.clear (voice, "Lane");
    processor.laying.lay ("Melody", [turn] (groovefield::Overlay& o) {
        using groovefield::Melody;
        o.melody.mode = static_cast<Melody::Mode> (turn % 3);
        o.melody.source = turn % 2 == 0 ? Melody::allLanes : std::uint8_t { 0 };
        o.melody.channel = static_cast<std::uint8_t> (1 + turn % 11);
        o.melody.level = static_cast<float> (turn % 12 - 9);
    });
    processor.noteEntry.setOn (turn % 5 == 0);
    processor.noteEntry.sound (40 + turn % 12);
    processor.noteEntry.take ([] (int) {});
    processor.noteCapture.look();
    groovefield::Pattern pattern;
    processor.pattern (pattern);
    std::vector<std::uint8_t> picture;
    std::uint64_t version = 0;
    processor.picture (picture, version);
}

// An instance that is prepared and has its model process.
class Instance {
public:
    Instance() : plugin (createPluginFilter()), processor (dynamic_cast<groovefield::Processor&> (*plugin))
    {
        processor.setPlayConfigDetails (0, 2, 48000.0, largestBlock);
        processor.prepareToPlay (48000.0, largestBlock);
        for (int tries = 0; tries < 2000 && ! processor.modelReady(); ++tries)
            std::this_thread::sleep_for (10ms);
        if (! processor.modelReady())
            std::printf ("%s\n", processor.modelSentence().toRawUTF8());
    }

    static constexpr int largestBlock = 8192;

private:
    const std::unique_ptr<juce::AudioProcessor> plugin;

public:
    groovefield::Processor& processor;
};

bool nothingForbidden()
{
    watch::print();
    return watch::count.load() == 0;
}

bool playsLive()
{
    Instance instance;
    auto& processor = instance.processor;
    if (! processor.modelReady())
        return false;
    const auto model = otherModel(), sample = oneShot();
    if (const auto refusal = processor.laneDeeds.load (groovefield::Voice::rim, sample, "Lane"); refusal.isNotEmpty()) {
        std::printf ("%s\n", refusal.toRawUTF8());
        return false;
    }
    processor.noteCapture.setOn (true);
    LiveHost host (processor);
    std::atomic<bool> over { false };
    std::thread audioThread ([&] { host.play (6000); over = true; });
    int turns = 0;
    for (; ! over; ++turns) {
        meddle (processor, model, sample, turns);
        std::this_thread::sleep_for (50ms);
    }
    audioThread.join();
    model.deleteFile();
    sample.deleteFile();
    int captured = 0;
    for (const auto& lane : processor.laying.overlay()->edits)
        captured += static_cast<int> (std::count_if (lane.begin(), lane.end(), [] (const auto& edit) { return edit.any(); }));
    const auto& t = host.totals;
    std::printf ("live: %d blocks, %d of them bypassed, %d notes out, %d wakes, %d cells captured, %d turns of the message thread: %zu forbidden calls\n",
                 t.blocks, t.bypassed, t.notes, t.wakes, captured, turns, watch::count.load());
    return nothingForbidden() && t.notes > 100 && captured > 0 && t.wakes > 50 && t.wakes < t.blocks;
}

// --- dense blocks --------------------------------------------------------------------------------

// Plays on with the longest blocks at a tempo, and keeps account of the notes that come out.
class DenseHost {
public:
    explicit DenseHost (groovefield::Processor& p) : processor (p), audio (2, Instance::largestBlock)
    {
        prepare (false);
        processor.setPlayHead (&head);
        processor.parameters.getParameter ("steps")->setValueNotifyingHost (1.0f);
    }

    // As the wrappers do: first the plugin, then a buffer of their own (the Audio Unit's: two, in turn).
    void prepare (bool takesTurns)
    {
        processor.prepareToPlay (48000.0, Instance::largestBlock);
        for (auto* buffer : { &midi, &other }) {
            *buffer = {};
            buffer->ensureSize (2048);
        }
        inTurn = takesTurns;
    }

    void block (int samples, double bpm, bool playing, bool bypassed = false)
    {
        head.position = {};
        head.position.setIsPlaying (playing);
        head.position.setBpm (bpm);
        head.position.setPpqPosition (ppq);
        ppq += playing ? samples * bpm / 60.0 / 48000.0 : 0.0;
        if (inTurn)
            midi.swapWith (other);
        midi.clear();
        juce::AudioBuffer<float> view (audio.getArrayOfWritePointers(), 2, samples);
        {
            const watch::Callback callback;
            if (bypassed)
                processor.processBlockBypassed (view, midi);
            else
                processor.processBlock (view, midi);
        }
        count();
    }

    bool waitForPattern()
    {
        groovefield::Pattern pattern;
        for (int tries = 0; tries < 2000; ++tries) {
            block (64, 120.0, false);
            if (processor.pattern (pattern) && pattern.lanes == groovefield::maxLanes && pattern.steps == groovefield::maxSteps)
                return true;
            std::this_thread::sleep_for (10ms);
        }
        std::printf ("the dense model never played\n");
        return false;
    }

    int largest = 0, ons = 0, offs = 0, unpaired = 0;
    std::set<int> sounding;

private:
    void count()
    {
        largest = std::max (largest, midi.getNumEvents());
        for (const auto event : midi) {
            const auto message = event.getMessage();
            const bool on = message.isNoteOn();
            const auto key = 128 * message.getChannel() + message.getNoteNumber();
            const bool fits = on ? sounding.insert (key).second : sounding.erase (key) == 1;
            ++(on ? ons : offs);
            unpaired += ! fits;
        }
    }

    groovefield::Processor& processor;
    PlayHead head;
    juce::AudioBuffer<float> audio;
    juce::MidiBuffer midi, other;
    bool inTurn = false;
    double ppq = 0.0;
};

// 16 lanes on a grid of 32 steps a beat: at 999 bpm a block of 8,192 samples holds 91 steps, nearly all that
// there is room for, and at 4,000 bpm four times that, so that hits are lost and no off may be.
bool playsDensely (const char* model)
{
    Instance instance;
    auto& processor = instance.processor;
    if (const auto refusal = processor.loadModel (juce::File (model)); refusal.isNotEmpty()) {
        std::printf ("%s\n", refusal.toRawUTF8());
        return false;
    }
    processor.laying.lay ("Melody", [] (groovefield::Overlay& o) {
        o.melody.mode = groovefield::Melody::Mode::beside;
        o.melody.source = groovefield::Melody::allLanes;
        o.melody.noteLength = groovefield::Melody::longestNote;
    });
    DenseHost host (processor);
    if (! processor.modelReady() || ! host.waitForPattern())
        return false;
    for (const double bpm : { 120.0, 999.0, 4000.0, 999.0 }) {
        host.prepare (bpm > 1000.0);
        for (int n = 0; n < 12; ++n)
            host.block (Instance::largestBlock, bpm, true);
        host.block (Instance::largestBlock, bpm, true, true);
    }
    host.block (64, 120.0, false);
    constexpr auto most = static_cast<int> (groovefield::PatternPlayer::mostMessages);
    std::printf ("dense: %d notes out, up to %d messages a block of %d that there is room for, %d unpaired, %zu left sounding: "
                 "%zu forbidden calls\n",
                 host.ons, host.largest, most, host.unpaired, host.sounding.size(), watch::count.load());
    return nothingForbidden() && host.largest > most * 9 / 10 && host.largest <= most && host.unpaired == 0
           && host.ons == host.offs && host.sounding.empty();
}

} // namespace

int main (int count, char** arguments)
{
    if (count != 2) {
        std::fprintf (stderr, "usage: %s MODEL\n", arguments[0]);
        return 2;
    }
    std::array<void*, 4> frames {};
    ::backtrace (frames.data(), 4);    // loads what it needs
    const juce::ScopedJuceInitialiser_GUI juceLives;
    return seesWhatIsPlanted() && playsLive() && playsDensely (arguments[1]) ? 0 : 1;
}
