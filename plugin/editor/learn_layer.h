// MIDI learn in the editor: the other mouse button on a control, or Ctrl+L where the keyboard is, asks for a controller; small
// signs say which controls have one.
//
// A control is any component that `setLearnable` named a target for, or several, and what lies in it.
#pragma once

#include "../processor/midi_learn.h"

#include <juce_gui_basics/juce_gui_basics.h>

#include <vector>

namespace groovefield {

/// All [message].
/// `ownMenu`: the other mouse button does something of its own there.
void setLearnable (juce::Component&, const juce::StringArray& targets, bool ownMenu = false);

/// The first target of a component or of what it lies in; empty: none.
juce::String learnTargetOf (const juce::Component*);

/// What can be done about the controller of a target, as entries of a menu.
void addLearnItems (juce::PopupMenu&, MidiLearn&, const juce::String& target);

/// Lies over the whole editor, takes no clicks, and shows what is learned.
class LearnLayer : public juce::Component {
public:
    LearnLayer (MidiLearn&, juce::Component& editor);
    ~LearnLayer() override;

    /// What is to be done; empty: nothing.
    std::function<void (const juce::String&)> onMessage;

    /// Shows a menu beside a control.
    std::function<void (juce::PopupMenu&, juce::Component&)> openMenu;

    void show();                       ///< what is learned now; a few times a second
    bool keyPressed (const juce::KeyPress&) override;   ///< keys that no control took

    struct Sign {
        juce::Rectangle<int> at;
        juce::String text;
        bool learning, waits;
        bool operator== (const Sign& o) const noexcept { return at == o.at && text == o.text && learning == o.learning && waits == o.waits; }
    };
    const std::vector<Sign>& shown() const noexcept { return signs; }

    void paint (juce::Graphics&) override;
    void mouseDown (const juce::MouseEvent&) override;

private:
    void collect (juce::Component&, std::vector<Sign>&) const;

    MidiLearn& midi;
    juce::Component& editor;
    std::vector<Sign> signs;
    juce::String lastLearning;
};

} // namespace groovefield
