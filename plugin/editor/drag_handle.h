// Where notes are taken as a MIDI file: dragged out into the host or a folder, or clicked to save them. There is one handle
// for the present pattern, and one for the last bars as they were heard.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// All [message].
class DragHandle : public juce::Button {
public:
    /// What it says.
    struct Words {
        juce::String shown { "MIDI clip" };
        juce::String title { "Drag the pattern out as a MIDI file" };
        juce::String tooltip { "Drag this onto a track or into a folder: the present pattern as a MIDI file, with its micro-timing. "
                               "Click to save it instead." };
        juce::String fileName { "Groovefield pattern.mid" };
        juce::String trouble { "The pattern could not be written as a MIDI file into the temporary folder." };
    };

    /// `makeFile` writes the notes and returns no file where it cannot.
    explicit DragHandle (std::function<juce::File()> makeFile);
    DragHandle (std::function<juce::File()> makeFile, Words);

    std::function<void (const juce::String&)> onTrouble;  ///< a sentence

    void paintButton (juce::Graphics&, bool over, bool down) override;
    void mouseDown (const juce::MouseEvent&) override;
    void mouseDrag (const juce::MouseEvent&) override;
    void clicked() override;

protected:
    void save();
    void say (const juce::String& shown);
    bool wasDragged() const noexcept { return dragged; }

private:
    juce::File makeOrComplain() const;

    Words words;
    std::function<juce::File()> makeFile;
    std::unique_ptr<juce::FileChooser> chooser;
    bool dragged = false;
};

/// The last bars as they were heard; a click asks how many, or saves them.
class HeardHandle : public DragHandle {
public:
    explicit HeardHandle (std::function<juce::File (int bars)> makeFile);

    void clicked() override;
    void setBars (int);
    int bars() const noexcept { return barCount; }

    static constexpr int choices[] = { 1, 2, 4, 8, 16 };

private:
    int barCount = 4;
};

} // namespace groovefield
