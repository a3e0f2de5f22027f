// One lane's card: how it sounds and the notes that it sends. Each drag, click or typed value is one deed.
#pragma once

#include "../processor/processor.h"
#include "value_knob.h"

#include <array>
#include <memory>

namespace groovefield {

/// All [message].
class LaneCard : public juce::Component, private juce::Timer {
public:
    LaneCard (Processor&, std::size_t lane);

    /// Opens it in a call-out at a component of the editor.
    static void open (Processor&, std::size_t lane, juce::Component& at);

    /// What is set now, by whomever; a timer calls it.
    void show();

    void paint (juce::Graphics&) override;
    void resized() override;
    void parentHierarchyChanged() override { sendLookAndFeelChange(); }   // text boxes are made in the editor's look

    /// Level, pan, tune, decay, velocity to level.
    std::vector<std::unique_ptr<ValueKnob>> sound;
    std::array<juce::TextButton, VoiceSettings::chokeGroups + 1> choke;   ///< off, 1..4
    juce::TextButton load { juce::String::fromUTF8 ("Load\u2026") }, remove { juce::String::fromUTF8 ("\u00d7") };
    juce::Label file, output, note;
    std::unique_ptr<ValueKnob> length, push, steps, rotate;

    /// The editor goes, and the card a little later: it lets go of the processor.
    void leave();

    /// Takes a file as the lane's one-shot; says on the card why not.
    void loadFile (const juce::File&);

private:
    void timerCallback() override { show(); }
    void makeSound();
    void makeChoke();
    void makeSample();
    void makeNotes();
    std::unique_ptr<ValueKnob> feelKnob (const juce::String& name, const juce::String& tooltip, const juce::String& deed,
                                         ValueKnob::Range, std::function<void (LaneFeel&, double)> set);
    void chooseFile();
    void changeNote();
    void showSample();
    void showNotes();
    void say (const juce::String& sentence);

    Processor& processor;
    std::size_t lane;
    juce::String name;
    int drumNote = 0;                 // the model's for this lane
    std::uint32_t stepsPerBeat = 4, patternSteps = 32;
    Voice voice = Voice::kick;
    juce::String trouble, timing;     // why a file was refused; the push in milliseconds
    std::unique_ptr<juce::FileChooser> chooser;
    int soundTop = 0, notesTop = 0;
};

} // namespace groovefield
