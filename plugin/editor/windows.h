// Menus and call-outs of the editor: inside of it, in its look and as large as it is magnified, and reached by the keyboard.
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include <memory>

namespace groovefield {

/// [message] Where a menu of a component opens. It does nothing any more once the component is gone.
juce::PopupMenu::Options menuAt (juce::Component&);

/// [message] Shows it in a call-out beside `opener`. `first` of it then has the keyboard, and the opener again when it is closed.
/// Nothing, where the opener is in no editor.
juce::CallOutBox* callOut (std::unique_ptr<juce::Component>, juce::Component& first, juce::Component& opener);

} // namespace groovefield
