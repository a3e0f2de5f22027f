// Mouse and keys on the pad, for its tests.
#pragma once

#include <doctest/doctest.h>

#include "editor_session.h"

#include <cmath>

namespace groovefield::testing {

inline constexpr int left = juce::ModifierKeys::leftButtonModifier, right = juce::ModifierKeys::rightButtonModifier,
              shift = juce::ModifierKeys::shiftModifier, alt = juce::ModifierKeys::altModifier;
inline constexpr const char* latentNames[] { "x", "y", "z3", "z4", "z5", "z6", "z7", "z8" };

inline juce::MouseEvent mouse (juce::Component& on, juce::Point<float> at, juce::Point<float> downAt, int modifiers)
{
    const auto now = juce::Time::getCurrentTime();
    return { juce::Desktop::getInstance().getMainMouseSource(), at, juce::ModifierKeys (modifiers), juce::MouseInputSource::defaultPressure,
             juce::MouseInputSource::defaultOrientation, juce::MouseInputSource::defaultRotation, juce::MouseInputSource::defaultTiltX,
             juce::MouseInputSource::defaultTiltY, &on, &on, now, downAt, now, 1, at != downAt };
}

inline void click (Pad& pad, juce::Point<float> at, int modifiers = left)
{
    pad.mouseDown (mouse (pad, at, at, modifiers));
    pad.mouseUp (mouse (pad, at, at, modifiers));
}

inline void drag (Pad& pad, juce::Point<float> from, juce::Point<float> to, int modifiers = left)
{
    pad.mouseDown (mouse (pad, from, from, modifiers));
    for (int i = 1; i <= 20; ++i)
        pad.mouseDrag (mouse (pad, from + (to - from) * (static_cast<float> (i) / 20.0f), from, modifiers));
    pad.mouseUp (mouse (pad, to, from, modifiers));
}

/// A place of the pad in pixels.
inline juce::Point<float> pixels (Pad& pad, float x, float y)
{
    return { x * static_cast<float> (pad.getWidth()), (1.0f - y) * static_cast<float> (pad.getHeight()) };
}

/// The dot nearest to a place of the pad.
inline int dotNear (Pad& pad, float x, float y)
{
    const auto dot = pad.dots().nearest (pixels (pad, x, y), 1000.0f);
    REQUIRE (dot >= 0);
    return dot;
}

inline bool isAt (Session& session, const Place::Spot& spot, int latents)
{
    for (int i = 0; i < latents; ++i)
        if (std::abs (session.get (latentNames[i]) - spot[static_cast<std::size_t> (i)]) > 1.0e-6f)
            return false;
    return true;
}

} // namespace groovefield::testing
