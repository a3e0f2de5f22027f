// Where the present pattern is taken as a MIDI file: dragged out into the host or a folder, or
// clicked to save it.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// All [message].
class DragHandle : public juce::Button {
public:
    /// `makeFile` writes the present pattern and returns no file where it cannot.
    explicit DragHandle (std::function<juce::File()> makeFile);

    std::function<void (const juce::String&)> onTrouble;  ///< a sentence

    void paintButton (juce::Graphics&, bool over, bool down) override;
    void mouseDown (const juce::MouseEvent&) override;
    void mouseDrag (const juce::MouseEvent&) override;
    void clicked() override;

private:
    juce::File makeOrComplain() const;
    void save();

    std::function<juce::File()> makeFile;
    std::unique_ptr<juce::FileChooser> chooser;
    bool dragged = false;
};

} // namespace groovefield
