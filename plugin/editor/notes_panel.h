// Note mode: whether the rhythm plays a melody, whose rhythm it is, in which scale, and the notes.
#pragma once

#include "choice_button.h"
#include "knob.h"
#include "notes_roll.h"
#include "value_knob.h"

namespace groovefield {

/// All [message].
class NotesPanel : public juce::Component {
public:
    explicit NotesPanel (Processor&);

    /// Once a frame, while it is visible.
    void show();
    /// "9 notes in 16 steps".
    juce::String summary() const;

    void paint (juce::Graphics&) override;
    void resized() override;

    std::array<juce::TextButton, 3> mode;    ///< off, with the drums, in their place
    ChoiceButton source, key, scale;
    std::vector<std::unique_ptr<ValueKnob>> values;    ///< octave, steps, length, channel, level
    Knob transpose;                                    ///< the parameter
    NotesRoll roll;

private:
    struct Value {
        const char *name, *deed, *tooltip;
        ValueKnob::Range range;
        double (*get) (const Melody&);
        void (*set) (Melody&, double);
        float share;
    };
    static std::vector<Value> allValues();
    void makeModes();
    void change (const juce::String& deed, const std::function<void (Melody&)>&);

    Processor& processor;
    juce::String hint;
    juce::Rectangle<int> hintArea;
};

} // namespace groovefield
