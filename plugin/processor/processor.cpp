#include "processor.h"

#include "../editor/editor.h"
#include "cycle_export.h"
#include "groovefield_data.h"
#include "heard_export.h"
#include "incoming_notes.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

// A reader that meets a writer tries again; the writer is the audio thread, done in microseconds.
template <class T>
bool readPatiently (const shared::SeqLock<T>& lock, T& into) noexcept
{
    for (int tries = 0; tries < 100; ++tries)
        if (lock.read (into))
            return true;
    return false;
}

// What a juce::MidiBuffer takes for a block of notes: a time, a size and three bytes for each.
constexpr std::size_t midiRoom = PatternPlayer::mostMessages * (sizeof (juce::int32) + sizeof (juce::uint16) + 3);

} // namespace

// What becomes of a note: MIDI out, the kit, the event record, the editor's lights.
class Processor::Sink : public NoteSink {
public:
    Sink (Processor& p, juce::MidiBuffer& m) : owner (p), midi (m) { setOutput (p.lastOutput); }

    void setOutput (Output output) noexcept
    {
        toMidi = output != Output::kit;
        toKit = output != Output::midi;
    }

    void noteOn (const PlayedNote& n) noexcept override
    {
        if (toMidi) {
            midi.addEvent (juce::MidiMessage::noteOn (n.channel, n.note, n.velocity), n.sample);
            owner.now.notesSent.fetch_add (1, std::memory_order_relaxed);
        }
        if (n.lane == melodyLane)
            playTone (n);
        else
            strike (n);
        if (owner.client != nullptr)
            owner.client->record (eventOf (n));
    }

    void noteOff (int sample, std::uint8_t note, std::uint8_t channel) noexcept override
    {
        if (toMidi)
            midi.addEvent (juce::MidiMessage::noteOff (channel, note), sample);
        if (owner.tone.note == note && owner.tone.channel == channel) {
            owner.tone = {};
            owner.kit.toneOff (sample);
        }
    }

private:
    void strike (const PlayedNote& n) noexcept
    {
        if (toKit)
            owner.kit.noteOn (n.sample, voiceOf (n.drum), static_cast<float> (n.velocity) / 127.0f);
        owner.now.strikeVelocity[n.lane].store (n.velocity, std::memory_order_relaxed);
        owner.now.strikes[n.lane].fetch_add (1, std::memory_order_relaxed);
    }

    void playTone (const PlayedNote& n) noexcept
    {
        if (toKit)
            owner.kit.toneOn (n.sample, n.note, static_cast<float> (n.velocity) / 127.0f);
        owner.tone = { n.note, n.channel };
    }

    layout::Event eventOf (const PlayedNote& n) const noexcept
    {
        layout::Event e {};
        e.songBeats = n.songBeats;
        e.runSamples = n.runSamples;
        e.streamSample = owner.streamSample + n.sample;
        e.lengthBeats = static_cast<float> (n.lengthBeats);
        e.bpm = static_cast<float> (n.bpm);
        e.gridStep = static_cast<std::int32_t> (n.address.gridStep);
        e.run = n.run;
        e.stepsPerTwoBeats = static_cast<std::uint16_t> (2.0 * n.rate);
        e.cell = static_cast<std::uint8_t> (n.address.cell);
        e.lane = n.lane;
        e.note = n.note;
        e.velocity = n.velocity;
        e.channel = n.channel;
        return e;
    }

    Processor& owner;
    juce::MidiBuffer& midi;
    bool toMidi = true, toKit = true;
};

Processor::Processor()
    : AudioProcessor (isMidiEffect() ? BusesProperties() : kitBuses()),
      parameters (*this, nullptr, "GROOVEFIELD", makeParameterLayout ([this] { return currentModel()->styles; })),
      values (parameters)
{
    chosenNotes.write (notesNow);
    model = defaultModel();
    laying.useFills (fillsAmong (model->items));
    Pattern first;
    BuiltinField (data::builtin_field_bin).patternAt (PadPosition { { 0.5f, 0.5f } }, first);
    player.setPattern (first);
    shown.write (first);
    // Who moves by hand wants to be there.
    place.onBegin = [this] {
        places.cancel();
        glide.cancel();
    };
    history.letGo = [this] {
        midiLearn.finish();
        laying.finish();
        laneDeeds.finish();
    };
    history.stopMoving = [this] {
        motion.cancel();
        glide.cancel();
        places.cancel();
    };
}

Processor::~Processor()
{
    place.onBegin = nullptr;
    history.letGo = history.stopMoving = nullptr;
}

bool Processor::isMidiEffect() const
{
#if JucePlugin_IsMidiEffect
    return true;
#else
    return false;
#endif
}

// The process starts here, not at construction: hosts construct plugins only to look at them.
void Processor::prepareToPlay (double sampleRate, int)
{
    if (client == nullptr) {
        process = ModelProcess::acquire();
        client = std::make_unique<PatternClient> (process);
        source = std::make_unique<FallbackSource> (*client, data::builtin_field_bin);
        started.store (client.get());
        wishes.start();
        handToProcess();
    }
    for (auto& room : rooms)
        room.ensureSize (midiRoom);
    roomsGiven = 0;
    player.prepare (sampleRate);
    kit.prepare (sampleRate);
    streamSample = 0;
    lastGain = values.gain();
}

void Processor::releaseResources() {}

// The host's time stops here and goes on elsewhere: the same notes then sound the same. Open notes end with
// the next block.
void Processor::reset()
{
    player.interrupt();
    kit.cut();
    lastGain = values.gain();
}

void Processor::processBlock (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi)
{
    const juce::ScopedNoDenormals noDenormals;
    audio.clear();
    if (client == nullptr)
        return;

    playIncoming (midi);
    makeRoom (midi);
    Sink sink (*this, midi);
    takeChanges (sink);

    const auto play = values.play();
    const bool offline = isNonRealtime(), bounceBegins = offline && ! wasOffline;
    wasOffline = offline;
    client->setOffline (offline);
    // A bounce waits for the process: what stood in for it while the song stood is asked for anew.
    if (source->cameToLife() || (bounceBegins && source->isStandingIn()))
        player.askAgain();
    const auto host = transport();
    const auto songBefore = player.isRunning() ? player.songPosition() : 0.0;
    player.process (audio.getNumSamples(), host, values.freeRun(), play, overlayNow, notesNow, *source, sink);
    client->endBlock();
    captureIncoming (host, songBefore, audio.getNumSamples());

    sound (audio, values.gain());
    streamSample += audio.getNumSamples();
    publish();
}

void Processor::processBlockBypassed (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi)
{
    audio.clear();
    makeRoom (midi);
    Sink sink (*this, midi);
    player.endOpenNotes (sink);
    player.interrupt();
    // What rings fades out within this block, not within the first one after the bypass.
    kit.reset();
    sound (audio, values.gain());
    streamSample += audio.getNumSamples();
    publish();
}

Transport Processor::transport()
{
    Transport t;
    t.offline = isNonRealtime();
    const auto* head = getPlayHead();
    const auto position = head != nullptr ? head->getPosition() : juce::Optional<juce::AudioPlayHead::PositionInfo>();
    if (! position.hasValue())
        return t;
    t.playing = position->getIsPlaying();
    if (const auto ppq = position->getPpqPosition()) {
        t.hasPosition = true;
        t.position = *ppq;
    }
    t.bpm = position->getBpm().orFallback (0.0);
    if (t.bpm > 0.0)
        now.bpm.store (t.bpm, std::memory_order_relaxed);
    if (const auto metre = position->getTimeSignature(); metre && metre->numerator > 0 && metre->denominator > 0) {
        now.beatsInBar.store (metre->numerator, std::memory_order_relaxed);
        now.beatUnit.store (metre->denominator, std::memory_order_relaxed);
    }
    if (const auto loop = position->getLoopPoints()) {
        t.looping = position->getIsLooping();
        t.loopStart = loop->ppqStart;
        t.loopEnd = loop->ppqEnd;
    }
    return t;
}

// The host's buffer becomes ours for the notes out. JUCE's wrappers reserve 2 KB, some 225 messages,
// and adding more would allocate: so its storage is exchanged for our own, which holds all that the
// player can ever send in one block. Each wrapper comes with the same buffer in every block (the Audio
// Unit's with two in turn) and never shrinks it, so that is done once after each prepareToPlay.
void Processor::makeRoom (juce::MidiBuffer& midi) noexcept
{
    midi.clear();
    if (roomsGiven == rooms.size() || (roomsGiven == 1 && midi.data.begin() == firstGiven))
        return;
    midi.swapWith (rooms[roomsGiven]);
    if (roomsGiven++ == 0)
        firstGiven = midi.data.begin();
}

// What other threads and the output parameter changed since the last block.
void Processor::takeChanges (Sink& sink) noexcept
{
    const bool loaded = stateLoaded.exchange (false), exchanged = modelChanged.exchange (false);
    const auto output = values.output();
    if (loaded || exchanged || output != lastOutput)
        player.endOpenNotes (sink);
    if (Pattern restored; loaded && restoredComes.exchange (false) && restoredPattern.read (restored) && restored.valid()) {
        player.setPattern (restored);
        shownPattern = ~std::uint64_t { 0 };
    }
    if (loaded || exchanged)
        player.forgetRequests();
    NoteMap chosen;
    if (chosenNotes.read (chosen))
        notesNow = chosen;
    sharedOverlay.take (overlayNow, overlaySpare, overlaySeen);
    lastOutput = output;
    sink.setOutput (output);
}

void Processor::publish() noexcept
{
    const auto& heard = player.heardPosition().latent;
    now.x.store (heard[0], std::memory_order_relaxed);
    now.y.store (heard[1], std::memory_order_relaxed);
    now.song.store (player.songPosition(), std::memory_order_relaxed);
    now.running.store (player.isRunning(), std::memory_order_relaxed);
    now.streamSample.store (streamSample, std::memory_order_relaxed);
    if (client != nullptr)
        client->setHeard (heard[0], heard[1], player.songPosition(), player.isRunning());
    if (player.currentPattern().id != shownPattern) {
        shownPattern = player.currentPattern().id;
        shown.write (player.currentPattern());
        restoredWaits.store (false);
    }
}

// `shown` is written by the audio thread alone; a pattern that a state brought is shown from where it waits.
bool Processor::pattern (Pattern& into) const noexcept
{
    return readPatiently (restoredWaits.load() ? restoredPattern : shown, into) && into.valid();
}

juce::String Processor::modelName() const
{
    const std::lock_guard<std::mutex> lock (messageLock);
    return model->name;
}

std::shared_ptr<const Model> Processor::currentModel() const
{
    const std::lock_guard<std::mutex> lock (messageLock);
    return model;
}

juce::String Processor::modelSentence() const
{
    const auto* running = started.load();
    return running != nullptr ? juce::String::fromUTF8 (running->sentence().c_str()) : "Waiting for the host to start the audio.";
}

bool Processor::modelReady() const
{
    const auto* running = started.load();
    return running != nullptr && running->connected();
}

juce::String Processor::lastComplaint() const
{
    const std::lock_guard<std::mutex> lock (messageLock);
    return (stateComplaint + " " + modelComplaint).trim();
}

juce::String Processor::loadModel (const juce::File& file)
{
    auto read = readModelFile (file);
    if (read.model == nullptr)
        return read.refusal;
    chooseModel (read.model);
    return {};
}

void Processor::loadDefaultModel() { chooseModel (defaultModel()); }

// What played is kept, so that its place in the other model can be found.
void Processor::chooseModel (std::shared_ptr<const Model> chosen)
{
    auto played = std::make_unique<Earlier>();
    played->x = parameters.getParameter ("x")->getValue();
    played->y = parameters.getParameter ("y")->getValue();
    {
        const std::lock_guard<std::mutex> lock (messageLock);
        played->model = model->name;
        if (chosen->digest != model->digest)
            earlier = pattern (played->pattern) ? std::move (played) : nullptr;
    }
    const auto before = currentModel();
    const auto overlay = laying.overlay();
    setModel (chosen);
    if (before->digest == chosen->digest)
        return;
    // The overlay with it: what another grid made of it cannot be turned back.
    const auto undo = [this, before, overlay] {
        setModel (before);
        laying.restore (overlay, before->stepsPerBeat);
    };
    history.add ("Load " + chosen->name, undo, [this, chosen] { setModel (chosen); });
}

void Processor::setModel (std::shared_ptr<const Model> chosen)
{
    {
        const std::lock_guard<std::mutex> lock (messageLock);
        if (chosen->digest == model->digest && modelComplaint.isEmpty())
            return;
        model = std::move (chosen);
        stateComplaint.clear();
    }
    laying.useGrid (currentModel()->stepsPerBeat);
    laying.useFills (fillsAmong (currentModel()->items));
    handToProcess();
    modelChanged.store (true);
    tellHost();
}

MotionRecorder::Clock Processor::motionClock() const
{
    return { now.song.load(), now.running.load(), now.bpm.load(), barBeats() };
}

double Processor::barBeats() const
{
    Pattern present;
    return pattern (present) ? gridOf (present, {}).barBeats : StepGrid().barBeats;
}

void Processor::tellHost() { updateHostDisplay (ChangeDetails().withNonParameterStateChanged (true)); }

// The process finds the model by its digest in the cache.
void Processor::handToProcess()
{
    const std::lock_guard<std::mutex> lock (messageLock);
    auto* running = started.load();
    if (running == nullptr)
        return;
    Sha256 digest {};
    const auto refusal = ModelProcess::storeModel (model->portable, digest);
    if (refusal.empty())
        running->setModel (digest);
    modelComplaint = juce::String::fromUTF8 (refusal.c_str());
    source->allowBuiltin (model->digest == defaultModel()->digest);
}

bool Processor::picture (std::vector<std::uint8_t>& rgba, std::uint64_t& version) const
{
    const auto* running = started.load();
    return running != nullptr && running->picture (rgba, version);
}

NoteMap Processor::noteMap() const
{
    NoteMap map;
    readPatiently (chosenNotes, map);
    return map;
}

void Processor::setNoteMap (const NoteMap& map)
{
    const std::lock_guard<std::mutex> lock (messageLock);
    chosenNotes.write (map);
}

void Processor::lock (Overlay& overlay, std::size_t lane) const
{
    Pattern present;
    if (pattern (present))
        lockLane (overlay, present, values.play(), lane);
}

juce::File Processor::exportCycle() const
{
    Pattern present;
    if (! pattern (present))
        return {};
    return writeCycle (present, *laying.overlay(), values.play(), noteMap());
}

juce::File Processor::exportHeard (int bars) const
{
    const auto* running = started.load();
    if (running == nullptr)
        return {};
    HeardUntil until { now.running.load(), now.song.load(), now.streamSample.load(), getSampleRate(), now.beatsInBar.load(), now.beatUnit.load() };
    return writeHeard (running->lastEvents (layout::events), until, bars);
}

bool Processor::findsWhatPlayedBefore() const
{
    const std::lock_guard<std::mutex> lock (messageLock);
    return earlier != nullptr && parameters.getParameter ("x")->getValue() == earlier->x
           && parameters.getParameter ("y")->getValue() == earlier->y;
}

// The pattern itself, whatever the knobs make of it: they stay as they are, and make the same of what is found.
void Processor::findWhatPlays()
{
    Pattern present;
    juce::String what = "What plays";
    const bool before = findsWhatPlayedBefore();
    std::unique_ptr<const Earlier> played;
    {
        const std::lock_guard<std::mutex> lock (messageLock);
        played = std::move (earlier);
    }
    if (before && played != nullptr) {
        present = played->pattern;
        what = "What " + played->model + " played";
    } else if (! pattern (present)) {
        return places.refuse ("Nothing can be found: no pattern plays yet.");
    }
    const auto cells = present.values.begin();
    if (! std::any_of (cells, cells + present.lanes * present.steps, [] (float probability) { return probability > 0.5f; }))
        return places.refuse (what + " has no hit at Density 50: there is nothing to find.");
    PlayParameters plain;
    plain.steps = static_cast<int> (present.steps);
    const auto written = writeCycle (present, {}, plain, {});
    if (! written.existsAsFile())
        return places.refuse ("The pattern could not be written as a MIDI file into the temporary folder.");
    places.findPattern (written, what);
}

PlaceFinder::ModelFile Processor::storedModel() const
{
    const auto present = currentModel();
    PlaceFinder::ModelFile stored;
    stored.refusal = juce::String::fromUTF8 (ModelProcess::storeModel (present->portable, stored.digest).c_str());
    stored.file = ModelProcess::modelFile (stored.digest);
    return stored;
}

void Processor::openStudio()
{
    const auto stored = storedModel();
    studio.open (stored.refusal.isEmpty() ? stored.file : platform::Path());
}

juce::AudioProcessorEditor* Processor::createEditor() { return new Editor (*this); }

} // namespace groovefield

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter() { return new groovefield::Processor(); }
