// What was done, so that it can be undone: a hundred deeds, the last first.
//
// A deed is whatever the musician does in the editor: a drag of the pad or of a knob (heard as the
// parameter's gesture), an edit of the grid, a lock, a take. What a host automates is none.
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>
#include <juce_data_structures/juce_data_structures.h>

#include <functional>
#include <map>
#include <set>

namespace groovefield {

/// All [message]; gestures of other threads, and those that the history makes itself, are not heard.
class History : private juce::AudioProcessorParameter::Listener, private juce::AsyncUpdater {
public:
    static constexpr int mostDeeds = 100;

    /// Hears the gestures of all parameters that the processor has now.
    explicit History (juce::AudioProcessor&);
    ~History() override;

    /// Called before a deed is noted: what a hand still holds becomes a deed of its own first.
    std::function<void()> letGo;
    /// Called before something is undone, too: what moves by itself stops.
    std::function<void()> stopMoving;

    /// What is under way becomes a deed, or ends; what a hand holds begins a new one.
    void settle();

    /// Notes a deed that is already done.
    void add (const juce::String& deed, std::function<void()> undo, std::function<void()> redo);

    /// From begin to end everything that gestures move belongs to one deed, and what `end` is given too.
    void begin();
    void end (const juce::String& deed, std::function<void()> undo, std::function<void()> redo);
    /// As if it had not begun: what was moved meanwhile is a deed of its own.
    void endWithout();

    bool undo();
    bool redo();
    juce::String undoName();   ///< what would be undone; empty: nothing
    juce::String redoName();

    /// [any] Forgets everything, before the next use: another state was loaded.
    void forget() noexcept { forgetful.store (true); }

private:
    void parameterValueChanged (int, float) override {}
    void parameterGestureChanged (int index, bool starts) override;
    void handleAsyncUpdate() override { close(); }
    void close (bool heldToo = false);
    void tidy();
    struct Moves {
        std::map<int, float> from, to;
    };
    Moves takeMoves();
    void move (const std::map<int, float>& values);

    juce::AudioProcessor& processor;
    juce::UndoManager deeds { mostDeeds, mostDeeds };
    std::map<int, float> before;   // of the parameters that were moved since the last deed
    std::set<int> open;            // gestures that have not ended
    bool moving = false, together = false;
    std::atomic<bool> forgetful { false };
};

} // namespace groovefield
