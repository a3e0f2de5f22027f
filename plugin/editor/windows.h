// Menus and call-outs of the editor: inside of it, in its look and as large as it is magnified, and reached by the keyboard.
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include <memory>

namespace groovefield {

/// [message] Opens a menu at a component, or where the mouse is on it. It does nothing any more once the component is gone.
void showMenu (juce::PopupMenu, juce::Component&, bool atMouse = false);

/// [message] Shows it in a call-out beside `opener`. `first` of it then has the keyboard, and the opener again when it is closed.
/// Nothing, where the opener is in no editor.
juce::CallOutBox* callOut (std::unique_ptr<juce::Component>, juce::Component& first, juce::Component& opener);

} // namespace groovefield
