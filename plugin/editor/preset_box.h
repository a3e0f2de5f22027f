// The preset in the top line: its name, which opens the list of all, between the one before and the next.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// All [message].
class PresetBox : public juce::Component {
public:
    PresetBox();

    /// An empty name: none was loaded.
    void show (const juce::String& name, bool edited);

    void paint (juce::Graphics&) override;
    void resized() override;

    class Part final : public juce::Button {
    public:
        enum class Kind { previous, name, next };
        Part (Kind, const juce::String& title);
        void paintButton (juce::Graphics&, bool over, bool down) override;

        juce::String text;
        bool edited = false;

    private:
        Kind kind;
    };
    Part previous { Part::Kind::previous, "Preset before" }, name { Part::Kind::name, "Presets" }, next { Part::Kind::next, "Next preset" };
};

} // namespace groovefield
