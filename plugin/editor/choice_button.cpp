#include "choice_button.h"

#include "knob.h"
#include "windows.h"

namespace groovefield {

ChoiceButton::ChoiceButton (const juce::String& name, const juce::String& tooltip) : title (name)
{
    button.setTooltip (tooltip);
    button.setWantsKeyboardFocus (true);
    button.onClick = [this] { openMenu(); };
    addAndMakeVisible (button);
}

void ChoiceButton::show (const juce::StringArray& choices, int chosenNow)
{
    if (now == chosenNow && names == choices)
        return;
    names = choices;
    now = chosenNow;
    button.setButtonText (names[now]);
    button.setTitle (title + ": " + names[now]);
}

void ChoiceButton::openMenu()
{
    juce::PopupMenu menu;
    for (int i = 0; i < names.size(); ++i)
        menu.addItem (names[i], true, i == now, [this, i] { onChoice (i); });
    showMenu (menu, button);
}

// The button has the focus; what it does not take comes here.
bool ChoiceButton::keyPressed (const juce::KeyPress& key)
{
    const int by = key.getKeyCode() == juce::KeyPress::downKey ? 1 : key.getKeyCode() == juce::KeyPress::upKey ? -1 : 0;
    const auto to = juce::jlimit (0, std::max (0, names.size() - 1), now + by);
    if (by == 0)
        return false;
    if (to != now)
        onChoice (to);
    return true;
}

void ChoiceButton::paint (juce::Graphics& g) { paintKnobName (g, *this, title); }

void ChoiceButton::resized() { button.setBounds (getLocalBounds().withTrimmedTop (knobNameHeight)); }

} // namespace groovefield
