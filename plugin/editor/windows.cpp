#include "windows.h"

namespace groovefield {

namespace {

juce::AudioProcessorEditor* editorOf (juce::Component& component)
{
    auto* own = dynamic_cast<juce::AudioProcessorEditor*> (&component);
    return own != nullptr ? own : component.findParentComponentOfClass<juce::AudioProcessorEditor>();
}

// Gives the keyboard to what a call-out was opened for, and back when that is gone.
class Keyboard final : private juce::ComponentListener {
public:
    Keyboard (juce::Component& c, juce::Component& first, juce::Component& o) : content (&c), opener (&o)
    {
        content->addComponentListener (this);
        juce::MessageManager::callAsync ([at = juce::Component::SafePointer<juce::Component> (&first)] {
            if (at != nullptr && at->isShowing())
                at->grabKeyboardFocus();
        });
    }

private:
    void componentBeingDeleted (juce::Component&) override
    {
        juce::MessageManager::callAsync ([at = opener] {
            if (at != nullptr && at->isShowing() && juce::Component::getCurrentlyFocusedComponent() == nullptr)
                at->grabKeyboardFocus();
        });
        delete this;
    }

    juce::Component* content;
    juce::Component::SafePointer<juce::Component> opener;
};

} // namespace

// A menu looks as the default does unless it is told: its window is made before it lies in the editor.
void showMenu (juce::PopupMenu menu, juce::Component& component, bool atMouse)
{
    menu.setLookAndFeel (&component.getLookAndFeel());
    const auto options = juce::PopupMenu::Options().withTargetComponent (component).withParentComponent (editorOf (component)).withDeletionCheck (component);
    menu.showMenuAsync (atMouse ? options.withMousePosition() : options);
}

juce::CallOutBox* callOut (std::unique_ptr<juce::Component> content, juce::Component& first, juce::Component& opener)
{
    auto* const editor = editorOf (opener);
    if (editor == nullptr)
        return nullptr;
    new Keyboard (*content, first, opener);
    return &juce::CallOutBox::launchAsynchronously (std::move (content), editor->getLocalArea (&opener, opener.getLocalBounds()), editor);
}

} // namespace groovefield
