// The plugin: takes the host's block, lets the player play it, sounds the kit, keeps the record.
#pragma once

#include "../field/fallback_source.h"
#include "../kit/kit.h"
#include "../player/pattern_player.h"
#include "glide.h"
#include "history.h"
#include "laying.h"
#include "lane_deeds.h"
#include "lane_sounds.h"
#include "learn_targets.h"
#include "model.h"
#include "motion_recorder.h"
#include "note_capture.h"
#include "note_entry.h"
#include "pad_settings.h"
#include "parameters.h"
#include "place.h"
#include "place_finder.h"
#include "presets.h"
#include "state.h"
#include "studio.h"
#include "training.h"
#include "wishes.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <mutex>

namespace groovefield {

class Processor : public juce::AudioProcessor {
public:
    Processor();
    ~Processor() override;

    // --- what the editor uses; all [message] ---

    juce::AudioProcessorValueTreeState parameters;

    /// What was done and can be undone, and the overlay with what does it.
    History history { *this };
private:
    SharedOverlay sharedOverlay;
public:
    Laying laying { sharedOverlay, history, [this] { tellHost(); } };

    /// The parameters of the moment, as the next block reads them.
    PlayParameters play() const noexcept { return values.play(); }

    /// Where the music is, written once a block.
    struct Now {
        std::atomic<float> x { 0.5f }, y { 0.5f };      ///< position heard, after wander
        std::atomic<double> song { 0.0 };               ///< beats
        std::atomic<bool> running { false };
        std::atomic<std::int64_t> streamSample { 0 };   ///< as the event record counts
        std::atomic<double> bpm { 120.0 };              ///< the host's last
        std::atomic<int> beatsInBar { 4 }, beatUnit { 4 };
        std::atomic<std::uint32_t> notesSent { 0 };     ///< MIDI notes that went out
        std::array<std::atomic<std::uint32_t>, maxLanes> strikes {}; ///< notes played, by lane
        std::array<std::atomic<std::uint8_t>, maxLanes> strikeVelocity {};
    } now;

    /// The pattern that plays; false if there is none yet.
    bool pattern (Pattern& into) const noexcept;

    /// How long a bar of it is: half of its grid.
    double barBeats() const;

    juce::String modelName() const;
    std::shared_ptr<const Model> currentModel() const;
    juce::String modelSentence() const;  ///< the model process's state, with what mends it
    bool modelReady() const;
    juce::String lastComplaint() const;  ///< of the last state or model loaded; empty if all was well

    /// Returns a sentence if the file is no model; the present one then stays.
    juce::String loadModel (const juce::File&);
    void loadDefaultModel();

    /// The map under the pad, 64 x 64 RGBA, row 0 is y = 0; false if nothing newer than `version`.
    bool picture (std::vector<std::uint8_t>& rgba, std::uint64_t& version) const;

    /// The editor's size before it is magnified, which the state keeps; 0: none was chosen yet.
    std::atomic<int> editorWidth { 0 }, editorHeight { 0 };
    std::atomic<int> editorZoom { 100 };    ///< percent

    /// Where hands put it on the pad, and where it was before.
    Place place { parameters };
    void generate() { place.generate (random); }   ///< jumps to another place
    juce::Random random;

    /// The state keeps them too.
    PadSettings padSettings;

    /// Whether the editor shows the melody or the pattern.
    std::atomic<bool> notesShown { false };

    /// What a keyboard sets of the melody.
    NoteEntry noteEntry;

    NoteMap noteMap() const;
    void setNoteMap (const NoteMap&);

    /// A lane is held as it plays now.
    void lock (Overlay&, std::size_t lane) const;

    /// What the kit makes of each drum, and the one-shot samples in place of drums.
    KitSettings kitSettings() const { return sounds.settings(); }
    juce::String sampleName (Voice voice) const { return sounds.name (voice); }
    LaneSounds sounds;
    LaneDeeds laneDeeds { sounds, history, [this] (const NoteMap& map) { setNoteMap (map); }, [this] { tellHost(); } };

    Presets presets { { parameters, laying, sounds, history, [this] { return currentModel(); }, [this] { tellHost(); } } };

    /// Writes the present pattern, one cycle as it plays from the present values, into a MIDI file.
    juce::File exportCycle() const;

    /// Writes the notes of the last bars as they were heard (heard_export.h); no file if there are none.
    juce::File exportHeard (int bars) const;

    /// Goes to the place where the pattern that plays lives in the present model; after another model was chosen, and
    /// until X or Y moves, the one that played before.
    void findWhatPlays();
    /// Whether it would be the one that played before another model was chosen.
    bool findsWhatPlayedBefore() const;

    /// Exchanges what plays, all that a state keeps, for the other side, A or B.
    void compare();
    bool playsB() const;

    /// Opens the studio on the present model.
    void openStudio();

    // --- AudioProcessor ---

    void prepareToPlay (double sampleRate, int maximumBlock) override;
    void releaseResources() override;
    void reset() override;                                                             // [audio]
    void processBlock (juce::AudioBuffer<float>&, juce::MidiBuffer&) override;         // [audio]
    void processBlockBypassed (juce::AudioBuffer<float>&, juce::MidiBuffer&) override; // [audio]
    using juce::AudioProcessor::processBlock;
    using juce::AudioProcessor::processBlockBypassed;

    bool isBusesLayoutSupported (const BusesLayout&) const override;
    juce::AudioProcessorEditor* createEditor() override;
    bool hasEditor() const override { return true; }
    const juce::String getName() const override { return "Groovefield"; }
    bool acceptsMidi() const override { return true; }
    bool producesMidi() const override { return true; }
    bool isMidiEffect() const override;
    double getTailLengthSeconds() const override { return sounds.tailSeconds(); }
    int getNumPrograms() override { return 1; }
    int getCurrentProgram() override { return 0; }
    void setCurrentProgram (int) override {}
    const juce::String getProgramName (int) override { return "Default"; }
    void changeProgramName (int, const juce::String&) override {}
    void getStateInformation (juce::MemoryBlock&) override;
    void setStateInformation (const void*, int) override;

private:
    class Sink;

    static BusesProperties kitBuses();
    KitOutputs kitOutputs (juce::AudioBuffer<float>&) const noexcept;  // [audio]
    Transport transport();                                             // [audio]
    void playIncoming (const juce::MidiBuffer&) noexcept;              // [audio]
    void enterNotes (const juce::MidiBuffer&, bool toKit) noexcept;    // [audio]
    void captureIncoming (const Transport&, double songBefore, int samples) noexcept;   // [audio]
    bool heardBy (NoteCapture::Heard&) const;                          // [message]
    void makeRoom (juce::MidiBuffer&) noexcept;                        // [audio]
    void takeChanges (Sink&) noexcept;                                 // [audio]
    void sound (juce::AudioBuffer<float>&, float gain) noexcept;       // [audio]
    void publish() noexcept;                                           // [audio]
    void chooseModel (std::shared_ptr<const Model>);                   // [message]
    void setModel (std::shared_ptr<const Model>);                      // [message]
    PlaceFinder::ModelFile storedModel() const;                        // [message]
    void handToProcess();                                              // [message]
    PluginState capture();                                             // [message]
    void apply (PluginState);                                          // [message]
    void switchSide();                                                 // [message]
    MotionRecorder::Clock motionClock() const;                         // [message]
    void tellHost();                                                   // [message] that the project changed

    ParameterValues values;
    PatternPlayer player;
    Kit kit;
    std::shared_ptr<ModelProcess> process;
    // Made by the first prepareToPlay, on whichever thread the host calls that: other threads see them by `started`.
    std::unique_ptr<PatternClient> client;
    std::unique_ptr<FallbackSource> source;
    std::atomic<PatternClient*> started { nullptr };

    // Room for the notes out, given to the host's buffers after a prepareToPlay (no block runs beside it).
    std::array<juce::MidiBuffer, 2> rooms;
    std::size_t roomsGiven = 2;
    const juce::uint8* firstGiven = nullptr;

    // The audio thread's.
    Output lastOutput = Output::both;
    bool wasOffline = false;
    float lastGain = 1.0f;
    std::int64_t streamSample = 0;
    NoteMap notesNow;
    Overlay overlayNow, overlaySpare;
    std::uint32_t overlaySeen = 0;
    std::uint64_t shownPattern = ~std::uint64_t { 0 };
    struct Waiting {
        int sample;
        std::uint8_t note, velocity;
    };
    std::array<Waiting, 128> waiting;            // notes of this block that are captured when it was played
    std::size_t waitingCount = 0;
    struct Tone {
        int note = -1, channel = 0;
    };
    Tone tone;                                   // of the melody: the one that sounds
    int enteredTone = -1;                        // and of the keyboard

    // From message threads to the audio thread.
    std::atomic<bool> modelChanged { false }, stateLoaded { false };
    std::atomic<bool> restoredComes { false };   // for the audio thread: the state loaded last brought a pattern
    std::atomic<bool> restoredWaits { false };   // for others: it does not play yet
    shared::SeqLock<NoteMap> chosenNotes;
    shared::SeqLock<Pattern> restoredPattern;

    // From the audio thread to message threads.
    shared::SeqLock<Pattern> shown;

    mutable std::mutex messageLock;          // message threads only
    std::shared_ptr<const Model> model;
    juce::String stateComplaint, modelComplaint;
    std::shared_ptr<const PluginState> otherSide;   // null: there is only one yet
    bool sideB = false;

    // What played when another model was chosen, and where.
    struct Earlier {
        Pattern pattern;
        juce::String model;
        float x = 0.0f, y = 0.0f;
    };
    std::unique_ptr<const Earlier> earlier;

public:
    /// Last, so that it goes first: its timer loads models.
    Training training { [this] (const juce::File& field) { return loadModel (field); } };

    /// Its timer moves parameters.
    PlaceFinder places { parameters, [this] { return storedModel(); } };

    /// Its timer moves parameters too.
    Glide glide { parameters, [this] { return Glide::Clock { now.song.load(), now.running.load() }; } };

    /// Its timer reads the place, and in the end moves it.
    MotionRecorder motion { parameters, laying, history, [this] { return motionClock(); }, [this] {
        glide.cancel();
        places.cancel();
    } };

    /// Its timer lays notes that came in over the field.
    NoteCapture noteCapture { laying, [this] (NoteCapture::Heard& heard) { return heardBy (heard); } };

    /// The buttons that a controller can press.
    LearnActions actions();
    const LearnActions learnActions { actions() };

    /// Its timer moves what controllers move.
    MidiLearn midiLearn { history, [this] (const juce::String& target) {
                              return learnTarget (target, parameters, laneDeeds, sounds, laying, [this] (Overlay& o, std::size_t lane) { lock (o, lane); }, learnActions);
                          },
                          [this] { tellHost(); } };

    /// Has a timer too.
    Studio studio;

    /// Its timer moves parameters.
    Wishes wishes { parameters, [this] {
        auto* const attached = started.load();
        return attached != nullptr ? attached->wish() : std::nullopt;
    } };

private:
    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (Processor)
};

} // namespace groovefield
