// The top line: the mark, the preset, Play, the model and its menu, Train, the studio, undo and redo, A and B, the light for
// outgoing notes.
#pragma once

#include "frame.h"
#include "header_buttons.h"
#include "preset_box.h"

#include <array>

namespace groovefield {

/// All [message].
class Header : public juce::Component {
public:
    explicit Header (Processor&);

    void show (const Frame&);
    void showSlowly();   ///< what is looked up a few times a second

    /// How much the editor can be magnified, in percent.
    static constexpr std::array<int, 7> zooms { 100, 125, 150, 175, 200, 250, 300 };
    std::function<void (int percent)> onZoom;
    std::function<bool (int percent)> fits;    ///< whether the display has room for it
    juce::PopupMenu zoomMenu();

    std::function<void (const juce::String&)> onMessage;  ///< a sentence for the status line; empty clears it
    void loadModel (const juce::File&);

    void resized() override;

    MarkButton mark;
    PresetBox preset;
    PlayButton play;
    ModelButton model;
    TrainButton train;
    StudioButton studio;
    HistoryButton undo { false }, redo { true };
    CompareButton compare;
    MidiButton midi;

private:
    void openModelMenu();
    void chooseModel();
    void openNotes();
    void openPresets();
    void say (const juce::String&) const;

    Processor& processor;
    juce::AudioProcessorValueTreeState::ButtonAttachment playAttachment;
    std::unique_ptr<juce::FileChooser> chooser;
    std::uint32_t seenNotes = 0;
};

} // namespace groovefield
