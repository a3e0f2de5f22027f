// A choice that is no parameter: its name above, the chosen one on a button that opens a menu; up and down go through it.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include <functional>

namespace groovefield {

/// All [message].
class ChoiceButton : public juce::Component {
public:
    ChoiceButton (const juce::String& name, const juce::String& tooltip);

    /// What there is to choose from, and which of it is chosen.
    void show (const juce::StringArray& choices, int chosen);
    int chosen() const noexcept { return now; }

    void paint (juce::Graphics&) override;
    void resized() override;
    bool keyPressed (const juce::KeyPress&) override;

    std::function<void (int)> onChoice;
    juce::TextButton button;

private:
    void openMenu();

    juce::String title;
    juce::StringArray names;
    int now = -1;
};

} // namespace groovefield
