// Which MIDI note each lane sends, as a number and a name, and the channel.
#pragma once

#include "../processor/processor.h"

#include <memory>
#include <vector>

namespace groovefield {

/// All [message].
class NoteTable : public juce::Component, private juce::Timer {
public:
    explicit NoteTable (Processor&);

    void paint (juce::Graphics&) override;
    void resized() override;

private:
    void timerCallback() override { refill(); }
    void changed (const juce::String& deed, const std::function<void (NoteMap&)>&);
    void changeNote (std::size_t lane);
    void changeChannel();
    void refill();
    juce::Rectangle<int> rowAt (int index) const noexcept;

    Processor& processor;
    juce::StringArray names;
    std::vector<std::uint8_t> ownNotes;    // the model's
    std::vector<std::unique_ptr<juce::Label>> notes;
    juce::Label channel;
    juce::TextButton reset { "Model's own notes" };
};

/// "36 C1", with the octave count of most hosts: middle C, 60, is C3.
juce::String noteText (int note);

/// The note in a text: a number, or a name such as "C1" or "F#1"; `fallback` if there is none.
int noteIn (const juce::String& text, int fallback);

} // namespace groovefield
