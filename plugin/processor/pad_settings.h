// How a musician has set the pad: editor settings that the state keeps, no parameters.
#pragma once

#include <juce_data_structures/juce_data_structures.h>

#include <array>
#include <atomic>

namespace groovefield {

/// Any thread may read and write them: hosts take states on threads of their own.
struct PadSettings {
    enum Map { both, density, character, mapViews };

    std::atomic<int> map { both };           ///< what the map under the pad shows
    std::atomic<bool> dots { true };         ///< whether the model's items are drawn
    std::atomic<bool> snap { false };        ///< a drag goes from item to item
    std::atomic<bool> glides { false };      ///< a click is a target to glide to
    std::atomic<float> glideBeats { 4.0f };  ///< how long that takes; one of `glideTimes`

    std::atomic<int> recordBars { 4 };       ///< how long a recorded path is; one of `recordLengths`

    void write (juce::ValueTree& state) const;
    /// What the tree does not say, or says wrongly, becomes the default.
    void read (const juce::ValueTree& state);
};

inline constexpr std::array<float, 8> glideTimes { 0.25f, 0.5f, 1.0f, 2.0f, 4.0f, 8.0f, 16.0f, 32.0f };   ///< beats
inline constexpr std::array<int, 5> recordLengths { 1, 2, 4, 8, 16 };   ///< bars

} // namespace groovefield
