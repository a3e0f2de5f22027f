// Finds where in the present model's field a clip lives, and goes there: X and Y, and the further latents that the
// model has, each in a gesture, so that hosts record it and can undo it.
//
// The search is `groovefield encode` in a process of its own (models/groovefield/commands/encode.py). One at a
// time, one for each instance, owned by the processor: it goes on while no editor is open.
#pragma once

#include "python_task.h"
#include "sha256.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <functional>
#include <memory>
#include <vector>

namespace groovefield {

/// All [message].
class PlaceFinder : private juce::Timer {
public:
    enum class Phase { idle, looking, found, failed };

    /// The present model as a file, or a sentence why there is none.
    struct ModelFile {
        platform::Path file;
        Sha256 digest {};
        juce::String refusal;
    };

    struct State {
        Phase phase = Phase::idle;
        juce::String sentence;      ///< what is looked for, what was found, or why nothing was
        int searches = 0;           ///< how many were begun or refused: a new one is news
    };

    PlaceFinder (juce::AudioProcessorValueTreeState&, std::function<ModelFile()> model);
    ~PlaceFinder() override;

    /// Looks for a MIDI clip or an audio loop; whatever was looked for before is forgotten.
    void findClip (const juce::File&);

    /// Looks for a pattern that `writeCycle` wrote from the first step on; the file is deleted when that is over.
    void findPattern (const juce::File&, const juce::String& what);

    /// Nothing can be looked for, and why.
    void refuse (const juce::String& sentence);

    /// Ends a search; what was found before, or was wrong, is no longer said either.
    void cancel();

    /// Takes what the process said; a timer of ours calls it while it runs.
    void look();

    bool active() const noexcept { return task != nullptr; }
    const State& state() const noexcept { return now; }
    std::uint32_t processId() const noexcept { return task != nullptr ? task->processId() : 0; }

    /// Called before the place is moved: an editor remembers where it was.
    std::function<void()> beforeMove;

    /// How long a search may take.
    std::chrono::milliseconds patience { std::chrono::minutes (2) };

private:
    struct Search {
        juce::File file;
        juce::String what;           ///< how the sentence names it
        bool pattern = false;
        Sha256 model {};
    };

    void timerCallback() override { look(); }
    void begin();
    void forget();
    void take (const juce::String& answer);
    void end (Phase, const juce::String& sentence);
    void goTo (const std::vector<float>& place);
    juce::String foundSentence (const juce::var& file, const juce::var& window) const;

    std::vector<juce::RangedAudioParameter*> latents;     // x, y, z3 .. z8
    juce::RangedAudioParameter &threshold, &style;
    std::function<ModelFile()> model;
    std::unique_ptr<PythonTask> task;
    Search search;
    juce::StringArray answer;
    State now;

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (PlaceFinder)
};

} // namespace groovefield
