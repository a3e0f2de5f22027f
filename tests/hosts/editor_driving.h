// A mouse for the editor's tests.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield::testing {

inline juce::MouseEvent mouse (juce::Component& on, juce::Point<float> at, juce::Point<float> downAt, bool dragged,
                               juce::ModifierKeys keys = juce::ModifierKeys::leftButtonModifier)
{
    const auto now = juce::Time::getCurrentTime();
    return { juce::Desktop::getInstance().getMainMouseSource(), at, keys,
             juce::MouseInputSource::defaultPressure, juce::MouseInputSource::defaultOrientation,
             juce::MouseInputSource::defaultRotation, juce::MouseInputSource::defaultTiltX,
             juce::MouseInputSource::defaultTiltY, &on, &on, now, downAt, now, 1, dragged };
}

inline void hover (juce::Component& on, juce::Point<float> at) { on.mouseMove (mouse (on, at, at, false, {})); }
inline void leave (juce::Component& on) { on.mouseExit (mouse (on, {}, {}, false, {})); }

inline void click (juce::Component& on, juce::Point<float> at, juce::ModifierKeys keys = juce::ModifierKeys::leftButtonModifier)
{
    on.mouseDown (mouse (on, at, at, false, keys));
    on.mouseUp (mouse (on, at, at, false, keys));
}

inline void drag (juce::Component& on, juce::Point<float> from, juce::Point<float> to,
                  juce::ModifierKeys keys = juce::ModifierKeys::leftButtonModifier)
{
    on.mouseDown (mouse (on, from, from, false, keys));
    for (int i = 1; i <= 20; ++i)
        on.mouseDrag (mouse (on, from + (to - from) * (static_cast<float> (i) / 20.0f), from, true, keys));
    on.mouseUp (mouse (on, to, from, true, keys));
}

} // namespace groovefield::testing
