// Above the pad: what its map shows, whether it snaps to items, and how long a glide takes.
#pragma once

#include "../processor/pad_settings.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// All [message].
class PadTools : public juce::Component {
public:
    explicit PadTools (PadSettings&);

    /// Shows the settings as they are; `hasItems`: the model has dots to show and to snap to.
    void show (bool hasItems);

    juce::PopupMenu timesMenu();
    juce::PopupMenu mapMenu();
    static juce::String inBeats (float beats);

    void paint (juce::Graphics&) override;
    void resized() override;

    juce::TextButton map { "Map" }, dots { "Dots" }, snap { "Snap" }, glide { "Glide" };

private:
    PadSettings& settings;
};

} // namespace groovefield
