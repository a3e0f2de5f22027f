// Which MIDI note each lane sends, as a number and a name, and the channel; maps of notes by name.
#pragma once

#include "../processor/note_maps.h"
#include "../processor/processor.h"

#include <memory>
#include <vector>

namespace groovefield {

/// All [message].
class NoteTable : public juce::Component, private juce::Timer {
public:
    explicit NoteTable (Processor&);

    /// Touches the processor no more: the editor goes, and this a little later.
    void leave() { stopTimer(); }

    /// The maps to choose from, as a menu, and what is done with them.
    juce::PopupMenu menu();
    void useMap (const NamedNotes&);
    void saveAs (const juce::String& name);
    void removeMap (const NamedNotes&);

    juce::TextButton map;      ///< the name of the map that is on; opens the menu
    juce::Label name;          ///< takes the place of `map` while a name is asked for
    std::vector<std::unique_ptr<juce::Label>> notes;
    juce::Label channel;

    void paint (juce::Graphics&) override;
    void resized() override;

private:
    void timerCallback() override { refill(); }
    void openMenu();
    void askName();
    juce::String nameTaken (const juce::String& name);
    void readMaps();
    void say (const juce::String& sentence);
    void changed (const juce::String& deed, const std::function<void (NoteMap&)>&);
    void changeNote (std::size_t lane);
    void changeChannel();
    void refill();
    juce::Rectangle<int> rowAt (int index) const noexcept;

    Processor& processor;
    LaneNotes lanes;
    std::vector<NamedNotes> maps;          // the plugin's, then the user's
    juce::StringArray refusals;            // of files in the user's folder
    juce::String trouble, toReplace;       // the name of a map that was refused because there is one
};

/// "36 C1", with the octave count of most hosts: middle C, 60, is C3.
juce::String noteText (int note);

/// The note in a text: a number, or a name such as "C1" or "F#1"; `fallback` if there is none.
int noteIn (const juce::String& text, int fallback);

} // namespace groovefield
