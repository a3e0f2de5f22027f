// The colours stay apart for every kind of colour vision.
//
// Dichromatic vision after Machado, Oliveira and Fernandes 2009 ("A Physiologically-based Model for Simulation of Color Vision
// Deficiency", severity 1), distances in OKLab (Ottosson 2020), times 100: about 2 is the least that eyes tell apart side by side.
#include "../../plugin/editor/palette.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace groovefield;

namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

constexpr Matrix normal { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
constexpr Matrix protan { { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } } };
constexpr Matrix deutan { { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } } };
constexpr Matrix tritan { { { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 }, { 0.004733, 0.691367, 0.303900 } } };
constexpr Matrix cones { { { 0.4122214708, 0.5363325363, 0.0514459929 }, { 0.2119034982, 0.6806995451, 0.1073969566 }, { 0.0883024619, 0.2817188376, 0.6299787005 } } };
constexpr Matrix lab { { { 0.2104542553, 0.7936177850, -0.0040720468 }, { 1.9779984951, -2.4285922050, 0.4505937099 }, { 0.0259040371, 0.7827717662, -0.8086757660 } } };

Vector times (const Matrix& m, const Vector& v)
{
    Vector out {};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            out[i] += m[i][j] * v[j];
    return out;
}

Vector seen (juce::Colour colour, const Matrix& eyes)
{
    const auto linear = [] (double c) { return c <= 0.04045 ? c / 12.92 : std::pow ((c + 0.055) / 1.055, 2.4); };
    auto light = times (eyes, { linear (double { colour.getFloatRed() }), linear (double { colour.getFloatGreen() }), linear (double { colour.getFloatBlue() }) });
    for (auto& c : light)
        c = juce::jlimit (0.0, 1.0, c);
    auto response = times (cones, light);
    for (auto& c : response)
        c = std::cbrt (c);
    return times (lab, response);
}

double apart (juce::Colour one, juce::Colour other)
{
    double least = 1.0e9;
    for (const auto* eyes : { &normal, &protan, &deutan, &tritan }) {
        const auto a = seen (one, *eyes), b = seen (other, *eyes);
        least = std::min (least, 100.0 * std::hypot (a[0] - b[0], a[1] - b[1], a[2] - b[2]));
    }
    return least;
}

} // namespace

TEST_CASE ("labels of dots are told apart with every kind of colour vision")
{
    for (std::size_t i = 0; i < palette::labels; ++i)
        for (std::size_t j = i + 1; j < palette::labels; ++j) {
            CAPTURE (i);
            CAPTURE (j);
            CHECK (apart (palette::label (i), palette::label (j)) > 12.0);
        }
}

TEST_CASE ("lanes that lie beside each other are told apart with every kind of colour vision")
{
    for (std::size_t lane = 0; lane + 1 < 11; ++lane) {
        CAPTURE (lane);
        CHECK (apart (palette::lane (lane), palette::lane (lane + 1)) > 6.0);
    }
}

TEST_CASE ("what warns, records and is chosen is told apart from text and from each other")
{
    for (const auto& [one, other] : { std::pair { palette::warning, palette::text }, std::pair { palette::recording, palette::text },
                                      std::pair { palette::accent, palette::text }, std::pair { palette::recording, palette::quiet } })
        CHECK (apart (one, other) > 5.0);
}
