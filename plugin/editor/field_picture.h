// The picture under the pad: the model's 64 x 64 map made large, with lines of equal density as
// on a map of the land.
#pragma once

#include <juce_graphics/juce_graphics.h>

#include <cstdint>
#include <vector>

namespace groovefield {

/// [message] `rgba` is side x side pixels, row 0 at the bottom. The image is `imageSide` square.
juce::Image makeFieldPicture (const std::vector<std::uint8_t>& rgba, int side, int imageSide);

/// [message] The same map saying one thing alone: how dense the grooves are, as grey, or what character they
/// have, as colours of one lightness (models/groovefield/field/picture.py paints both together).
std::vector<std::uint8_t> densityOf (std::vector<std::uint8_t> rgba);
std::vector<std::uint8_t> characterOf (std::vector<std::uint8_t> rgba);

/// [message] How the map says few (0) to many hits (1), or one character to the other.
juce::Colour mapColour (bool character, float at);

/// [message] A plain ground for a model that brings no picture.
juce::Image makePlainPicture (int imageSide);

} // namespace groovefield
