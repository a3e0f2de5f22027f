// Training from inside the plugin: the material that was dropped, the job, and what it tells.
//
// One for each instance, owned by the processor, so that it goes on while no editor is open. When a field is
// ready (or asked for on the way) it is loaded like any model file.
#pragma once

#include "python_task.h"

#include <juce_events/juce_events.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace groovefield {

/// All [message].
class Training : private juce::Timer {
public:
    enum class Phase { idle, reading, training, paused, finishing, done, failed };

    /// How near the field keeps to the material.
    enum class Closeness { exact, close, free };

    /// What the user chose. It lives as long as the instance; the state does not hold it.
    struct Choice {
        juce::StringArray sources;         ///< files and folders
        juce::String name;                 ///< of the model to come; empty: made from the sources
        std::optional<Closeness> closeness;   ///< none: exact for a small set, close for a large one
        int epochs = 0;                    ///< 0: until it stops improving
    };

    /// What is known now.
    struct State {
        Phase phase = Phase::idle;
        juce::String sentence;             ///< what is going on, or what went wrong
        juce::StringArray report;          ///< of the material, a sentence each
        int patterns = 0, heldBack = 0;
        int epoch = 0, epochs = 0;
        double secondsLeft = 0.0;
        std::vector<float> losses, validation;   ///< an epoch each; the latter empty when nothing is held back
        int exact = 0, clips = 0;          ///< so many of the clips would be played back exactly; 0 of 0: not looked at
        int exactWindows = 0, windows = 0; ///< and of their windows
        bool heard = false;                ///< the field that plays is one of this training
    };

    /// `load` loads a model file and returns a sentence if it cannot.
    explicit Training (std::function<juce::String (const juce::File&)> load);
    ~Training() override;

    Choice choice;

    /// Adds files and folders that are not there yet.
    void add (const juce::StringArray& paths);
    /// Whether training could use it, by its name.
    static bool couldUse (const juce::String& path);
    /// Whether it is MIDI, by its name.
    static bool isMidi (const juce::String& path);
    /// The files that it could use, for a file chooser: "*.mid;...".
    static juce::String filePattern();

    /// Starts the job; a sentence if there is nothing to start.
    juce::String start();
    void pause();
    void resume();
    void finish();      ///< ends early, with the best field so far
    void cancel();      ///< ends, and leaves nothing
    void hear();        ///< loads the field as it is after this epoch

    /// Takes what the process said; a timer of ours calls it while a job runs.
    void look();

    bool active() const noexcept { return process != nullptr; }
    const State& state() const noexcept { return now; }
    std::uint32_t processId() const noexcept { return process != nullptr ? process->processId() : 0; }

    /// The name that the model will have.
    juce::String modelName() const;

    /// Where models are kept.
    static juce::File library();

private:
    void timerCallback() override { look(); }
    void take (const juce::var& event);
    void takeEpoch (const juce::var& event);
    void end (Phase, const juce::String& sentence);

    std::function<juce::String (const juce::File&)> load;
    std::unique_ptr<PythonTask> process;
    State now;
    juce::String refusal;                  // of the last field, if it could not be loaded

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (Training)
};

} // namespace groovefield
