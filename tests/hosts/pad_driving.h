// Mouse and keys on the pad, for its tests.
#pragma once

#include <doctest/doctest.h>

#include "editor_driving.h"
#include "editor_session.h"

#include <cmath>

namespace groovefield::testing {

inline constexpr int left = juce::ModifierKeys::leftButtonModifier, right = juce::ModifierKeys::rightButtonModifier,
              shift = juce::ModifierKeys::shiftModifier, alt = juce::ModifierKeys::altModifier;
inline constexpr const char* latentNames[] { "x", "y", "z3", "z4", "z5", "z6", "z7", "z8" };

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
