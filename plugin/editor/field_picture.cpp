#include "field_picture.h"

#include "palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace groovefield {

namespace {

constexpr int channels = 4;             // red, green, blue, lightness
constexpr float contourLevels = 11.0f;  // lines of equal lightness over the whole range
constexpr float contourStrength = 0.16f;
constexpr float evenLightness = 0.52f, evenChroma = 0.11f;   // of the map of character

using Plane = std::vector<float>;

/// A row or a column stretched by a cubic B-spline: smooth in the second derivative, no overshoot.
struct Taps {
    int first = 0;
    std::array<float, 4> weight {};
};

std::vector<Taps> tapsFor (int from, int to)
{
    std::vector<Taps> taps (static_cast<std::size_t> (to));
    for (int i = 0; i < to; ++i) {
        // The outermost pixels lie on the edges, as positions 0 and 1 of the pad do.
        const auto at = static_cast<float> (i) * static_cast<float> (from - 1) / static_cast<float> (to - 1);
        const auto low = std::floor (at), t = at - low, u = 1.0f - t;
        taps[static_cast<std::size_t> (i)] = { static_cast<int> (low) - 1,
                                               { u * u * u / 6, (3 * t * t * t - 6 * t * t + 4) / 6,
                                                 (3 * u * u * u - 6 * u * u + 4) / 6, t * t * t / 6 } };
    }
    return taps;
}

/// Stretches the first axis of [from][inner] to [to][inner].
Plane stretch (const Plane& in, int from, int to, std::size_t inner)
{
    Plane out (static_cast<std::size_t> (to) * inner, 0.0f);
    const auto taps = tapsFor (from, to);
    for (std::size_t row = 0; row < taps.size(); ++row)
        for (int t = 0; t < 4; ++t) {
            const auto source = static_cast<std::size_t> (std::clamp (taps[row].first + t, 0, from - 1));
            const auto weight = taps[row].weight[static_cast<std::size_t> (t)];
            for (std::size_t i = 0; i < inner; ++i)
                out[row * inner + i] += weight * in[source * inner + i];
        }
    return out;
}

/// [rows][columns][channels] -> [columns][rows][channels]
Plane transpose (const Plane& in, std::size_t rows, std::size_t columns)
{
    Plane out (in.size());
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            std::copy_n (in.begin() + static_cast<std::ptrdiff_t> ((r * columns + c) * channels), channels,
                         out.begin() + static_cast<std::ptrdiff_t> ((c * rows + r) * channels));
    return out;
}

Plane enlarge (const std::vector<std::uint8_t>& rgba, int side, int imageSide)
{
    Plane plane (rgba.size());
    for (std::size_t i = 0; i + 3 < rgba.size(); i += channels) {
        const auto r = static_cast<float> (rgba[i]), g = static_cast<float> (rgba[i + 1]), b = static_cast<float> (rgba[i + 2]);
        plane[i] = r;
        plane[i + 1] = g;
        plane[i + 2] = b;
        plane[i + 3] = (0.30f * r + 0.59f * g + 0.11f * b) / 255.0f;
    }
    const auto small = static_cast<std::size_t> (side), large = static_cast<std::size_t> (imageSide);
    plane = stretch (plane, side, imageSide, small * channels);
    plane = transpose (plane, large, small);
    plane = stretch (plane, side, imageSide, large * channels);
    return transpose (plane, large, large);
}

// sRGB and OKLab (Ottosson 2020, "A perceptual color space for image processing").
float linear (std::uint8_t value)
{
    const auto v = static_cast<float> (value) / 255.0f;
    return v <= 0.04045f ? v / 12.92f : std::pow ((v + 0.055f) / 1.055f, 2.4f);
}

std::uint8_t encoded (float value)
{
    const auto v = std::clamp (value, 0.0f, 1.0f);
    const auto curved = v <= 0.0031308f ? v * 12.92f : 1.055f * std::pow (v, 1.0f / 2.4f) - 0.055f;
    return static_cast<std::uint8_t> (std::lround (curved * 255.0f));
}

struct Lab {
    float lightness, a, b;
};

Lab labOf (const std::uint8_t* rgb)
{
    const auto r = linear (rgb[0]), g = linear (rgb[1]), b = linear (rgb[2]);
    const auto l = std::cbrt (0.4122215f * r + 0.5363325f * g + 0.0514460f * b);
    const auto m = std::cbrt (0.2119035f * r + 0.6806995f * g + 0.1073970f * b);
    const auto s = std::cbrt (0.0883025f * r + 0.2817188f * g + 0.6299787f * b);
    return { 0.2104543f * l + 0.7936178f * m - 0.0040720f * s, 1.9779985f * l - 2.4285922f * m + 0.4505937f * s,
             0.0259040f * l + 0.7827718f * m - 0.8086758f * s };
}

void put (std::uint8_t* rgb, Lab c)
{
    const auto cube = [] (float v) { return v * v * v; };
    const auto l = cube (c.lightness + 0.3963378f * c.a + 0.2158038f * c.b), m = cube (c.lightness - 0.1055613f * c.a - 0.0638542f * c.b),
               s = cube (c.lightness - 0.0894842f * c.a - 1.2914855f * c.b);
    rgb[0] = encoded (4.0767417f * l - 3.3077116f * m + 0.2309699f * s);
    rgb[1] = encoded (-1.2684380f * l + 2.6097574f * m - 0.3413194f * s);
    rgb[2] = encoded (-0.0041961f * l - 0.7034186f * m + 1.7076147f * s);
}

template <class Change>
std::vector<std::uint8_t> recoloured (std::vector<std::uint8_t> rgba, Change&& change)
{
    for (std::size_t i = 0; i + 3 < rgba.size(); i += channels)
        put (&rgba[i], change (labOf (&rgba[i])));
    return rgba;
}

} // namespace

// As picture.py spreads lightness and hue.
juce::Colour mapColour (bool character, float at)
{
    constexpr float darkest = 0.20f, lightest = 0.70f, firstHue = 175.0f, lastHue = 425.0f, degree = juce::MathConstants<float>::pi / 180.0f;
    const auto angle = (firstHue + (lastHue - firstHue) * at) * degree;
    std::uint8_t rgb[3];
    put (rgb, character ? Lab { evenLightness, evenChroma * std::cos (angle), evenChroma * std::sin (angle) }
                        : Lab { darkest + (lightest - darkest) * at, -0.002f, -0.012f });
    return juce::Colour (rgb[0], rgb[1], rgb[2]);
}

std::vector<std::uint8_t> densityOf (std::vector<std::uint8_t> rgba)
{
    // A hint of the ink's blue, as in all that is neutral here.
    return recoloured (std::move (rgba), [] (Lab c) { return Lab { c.lightness, -0.002f, -0.012f }; });
}

std::vector<std::uint8_t> characterOf (std::vector<std::uint8_t> rgba)
{
    return recoloured (std::move (rgba), [] (Lab c) {
        const auto chroma = std::hypot (c.a, c.b);
        const auto scale = chroma > 1.0e-4f ? evenChroma / chroma : 0.0f;
        return Lab { evenLightness, c.a * scale, c.b * scale };
    });
}

juce::Image makeFieldPicture (const std::vector<std::uint8_t>& rgba, int side, int imageSide)
{
    if (rgba.size() != static_cast<std::size_t> (side * side * channels))
        return makePlainPicture (imageSide);
    const auto plane = enlarge (rgba, side, imageSide);
    const auto row = static_cast<std::size_t> (imageSide);
    const auto at = [&] (int x, int y) { return (static_cast<std::size_t> (y) * row + static_cast<std::size_t> (x)) * channels; };

    juce::Image image (juce::Image::RGB, imageSide, imageSide, false);
    juce::Image::BitmapData pixels (image, juce::Image::BitmapData::writeOnly);
    for (int y = 0; y < imageSide; ++y)
        for (int x = 0; x < imageSide; ++x) {
            const auto i = at (x, y);
            const auto level = plane[i + 3] * contourLevels;
            const auto right = plane[at (std::min (x + 1, imageSide - 1), y) + 3] * contourLevels;
            const auto up = plane[at (x, std::min (y + 1, imageSide - 1)) + 3] * contourLevels;
            // Distance to the nearest level in pixels, so that every line is equally thin.
            const auto slope = std::max (1e-4f, std::hypot (right - level, up - level));
            const auto distance = std::abs (level - std::round (level)) / slope;
            const auto line = contourStrength * std::clamp (1.6f - distance, 0.0f, 1.0f);
            const auto channel = [&] (std::size_t c) {
                const auto value = plane[i + c] + (255.0f - plane[i + c]) * line;
                return static_cast<std::uint8_t> (std::clamp (value, 0.0f, 255.0f));
            };
            pixels.setPixelColour (x, imageSide - 1 - y, juce::Colour (channel (0), channel (1), channel (2)));
        }
    return image;
}

juce::Image makePlainPicture (int imageSide)
{
    juce::Image image (juce::Image::RGB, imageSide, imageSide, false);
    juce::Graphics g (image);
    g.setGradientFill ({ palette::raised, 0, 0, palette::well, 0, static_cast<float> (imageSide), false });
    g.fillAll();
    return image;
}

} // namespace groovefield
