// Capture: whether notes that come in become hits of the grid.
#pragma once

#include "../processor/note_capture.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// A record lamp and a word; red while it is on. All [message].
class CaptureButton final : public juce::Button {
public:
    explicit CaptureButton (NoteCapture&);
    void paintButton (juce::Graphics&, bool over, bool down) override;

    /// Once a frame: the key C may have switched it.
    void show() { setToggleState (capture.isOn(), juce::dontSendNotification); }

private:
    NoteCapture& capture;
};

} // namespace groovefield
