#include "learn_layer.h"

#include "look_and_feel.h"
#include "windows.h"

#include <utility>

namespace groovefield {

namespace {

const juce::Identifier targetProperty { "midi_target" }, ownMenuProperty { "midi_own_menu" };
constexpr float signHeight = 13.0f;
constexpr int signRoom = 46;

} // namespace

void setLearnable (juce::Component& component, const juce::StringArray& targets, bool ownMenu)
{
    component.getProperties().set (targetProperty, targets.joinIntoString (" "));
    component.getProperties().set (ownMenuProperty, ownMenu);
}

juce::String learnTargetOf (const juce::Component* component)
{
    for (; component != nullptr; component = component->getParentComponent())
        if (const auto* target = component->getProperties().getVarPointer (targetProperty))
            return target->toString().upToFirstOccurrenceOf (" ", false, false);
    return {};
}

void addLearnItems (juce::PopupMenu& menu, MidiLearn& midi, const juce::String& target)
{
    const auto name = midi.nameOf (target);
    if (midi.learning() == target)
        menu.addItem ("Stop learning", [&midi] { midi.cancel(); });
    else
        menu.addItem ("MIDI learn " + name, [&midi, target] { midi.learn (target); });
    if (const auto learned = midi.of (target))
        menu.addItem ("Forget " + MidiLearn::text (*learned) + " on channel " + juce::String (learned->channel) + (learned->fine ? ", 14 bit" : ""),
                      [&midi, target] { midi.forget (target); });
}

LearnLayer::LearnLayer (MidiLearn& m, juce::Component& e) : midi (m), editor (e)
{
    setInterceptsMouseClicks (false, false);
    setAlwaysOnTop (true);
    setAccessible (false);
    editor.addMouseListener (this, true);
    openMenu = [] (juce::PopupMenu& menu, juce::Component& at) {
        showMenu (menu, at, true);
    };
}

// Without an editor nobody sees that a controller is waited for.
LearnLayer::~LearnLayer()
{
    midi.cancel();
    editor.removeMouseListener (this);
}

// Of any component of the editor. A button that was meant for its menu is not pressed.
void LearnLayer::mouseDown (const juce::MouseEvent& event)
{
    if (! event.mods.isPopupMenu() || event.eventComponent == nullptr || learnTargetOf (event.eventComponent).isEmpty()
        || event.eventComponent->getProperties()[ownMenuProperty])
        return;
    if (auto* button = dynamic_cast<juce::Button*> (event.eventComponent))
        button->setState (juce::Button::buttonNormal);
    juce::PopupMenu menu;
    addLearnItems (menu, midi, learnTargetOf (event.eventComponent));
    openMenu (menu, *event.eventComponent);
}

bool LearnLayer::keyPressed (const juce::KeyPress& key)
{
    if (key == juce::KeyPress::escapeKey && midi.learning().isNotEmpty()) {
        midi.cancel();
        show();
        return true;
    }
    auto* const focused = juce::Component::getCurrentlyFocusedComponent();
    if (key != juce::KeyPress ('l', juce::ModifierKeys::commandModifier, 0) || ! editor.isParentOf (focused) || learnTargetOf (focused).isEmpty())
        return false;
    midi.learn (learnTargetOf (focused));
    show();
    return true;
}

void LearnLayer::collect (juce::Component& component, std::vector<Sign>& into) const
{
    for (auto* child : component.getChildren()) {
        if (child == this || ! child->isVisible())
            continue;
        auto area = editor.getLocalArea (child, child->getLocalBounds());
        for (const auto& target : juce::StringArray::fromTokens (child->getProperties()[targetProperty].toString(), false)) {
            const auto learned = midi.of (target);
            const auto learns = midi.learning() == target;
            if (! learned && ! learns)
                continue;
            into.push_back ({ area, learned ? MidiLearn::text (*learned) : "CC ?", learns, midi.waits (target) });
            area.removeFromRight (signRoom);
        }
        collect (*child, into);
    }
}

void LearnLayer::show()
{
    setBounds (editor.getLocalBounds());
    std::vector<Sign> now;
    const auto learning = midi.learning();
    if (learning.isNotEmpty() || ! midi.all().empty())
        collect (editor, now);
    if (now != signs) {
        signs = std::move (now);
        repaint();
    }
    if (std::exchange (lastLearning, learning) != learning && onMessage)
        onMessage (learning.isEmpty() ? juce::String() : "Move a MIDI controller for " + midi.nameOf (learning) + ". Escape stops.");
}

void LearnLayer::paint (juce::Graphics& g)
{
    const auto font = Look::font (10.0f, true);
    g.setFont (font);
    for (const auto& sign : signs) {
        const auto area = sign.at.toFloat();
        if (sign.learning) {
            g.setColour (palette::accent);
            g.drawRoundedRectangle (area.reduced (0.5f), palette::corner, 1.5f);
        }
        // One that waits for its controller to come to the value is an outline.
        const auto tag = juce::Rectangle<float> (font.getStringWidthFloat (sign.text) + 8.0f, signHeight)
                             .withRightX (area.getRight())
                             .withY (std::max (0.0f, area.getY() - (area.getHeight() < 30.0f ? signHeight - 3.0f : 0.0f)));
        g.setColour (sign.waits ? palette::ground : palette::accentDeep);
        g.fillRoundedRectangle (tag, 3.0f);
        g.setColour (sign.waits ? palette::warning : palette::accent);
        if (sign.waits)
            g.drawRoundedRectangle (tag.reduced (0.5f), 3.0f, 1.0f);
        g.drawText (sign.text, tag, juce::Justification::centred);
    }
}

} // namespace groovefield
