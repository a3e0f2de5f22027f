// The editor's colours and measures. Neutral ink with a hint of blue, one accent (a yellow green
// that the pad's picture leaves out), and a colour for each lane.
//
// All are chosen in OKLCH. Lanes next to each other differ in lightness as well as in hue, so that
// they stay apart for eyes that see fewer hues.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include <array>

namespace groovefield::palette {

const juce::Colour well { 0xff0d0f13 };        ///< sunk: pad, grid, text boxes
const juce::Colour ground { 0xff14161b };      ///< the window
const juce::Colour panel { 0xff1a1c22 };       ///< what lies on it
const juce::Colour raised { 0xff262931 };      ///< what can be pressed
const juce::Colour hover { 0xff31353f };
const juce::Colour line { 0xff2b2e36 };        ///< hairlines
const juce::Colour edge { 0xff454953 };        ///< outlines of controls
const juce::Colour quiet { 0xff8d919b };       ///< secondary text: 5.5 to 1 on the ground
const juce::Colour soft { 0xffbabdc6 };        ///< text of controls
const juce::Colour text { 0xffebeef7 };
const juce::Colour accent { 0xffd4ed5c };
const juce::Colour accentDeep { 0xff6c792f };
const juce::Colour recording { 0xffff5a4f };
const juce::Colour warning { 0xfff9b64f };

/// In the order of the lane table; further lanes of a model take them in turn.
inline juce::Colour lane (std::size_t index)
{
    static constexpr std::array<juce::uint32, 11> colours {
        0xfff69835, // kick
        0xffee6570, // snare
        0xff80ebf7, // closed hat
        0xff44a8e7, // open hat
        0xff816bd8, // low tom
        0xffaf8ceb, // mid tom
        0xffd8b8f5, // high tom
        0xfff89dc9, // clap
        0xffeed286, // rim
        0xff3bb5a1, // ride
        0xffa4f2cf, // crash
    };
    return juce::Colour (colours[index % colours.size()]);
}

/// Labels of items: light enough for small dots on the map, and as far apart as seven can be for eyes without one of the three
/// kinds of cones (tests/hosts/editor_palette_tests.cpp measures it).
constexpr std::size_t labels = 7;
inline juce::Colour label (std::size_t index)
{
    static constexpr std::array<juce::uint32, labels> colours { 0xffff9a00, 0xff99fdeb, 0xff58d0a6, 0xfff0f216,
                                                               0xff8c69f3, 0xffdf511b, 0xffbf9bff };
    return juce::Colour (colours[index % labels]);
}

constexpr int unit = 8;          ///< all distances are multiples or halves of it
constexpr float corner = 4.0f;

} // namespace groovefield::palette
