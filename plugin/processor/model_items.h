// The items that a model carries: where windows of its material lie on the pad, and what they are called
// (docs/model-format.md, `pad.carried`). Read with care; what is wrong with them costs the dots, not the model.
#pragma once

#include "../player/overlay.h"

#include <juce_core/juce_core.h>

#include <array>
#include <cstdint>
#include <vector>

namespace groovefield {

struct ModelItem {
    std::array<float, 8> latent {};   ///< 0..1; those that the model has not are 0.5
    juce::String name;                ///< a file's name without its folder, or its own; "name, bar 3"
    int label = -1;                   ///< its label's place in `ModelItems::labels`; -1: none
};

/// In the order in which to draw them: every beginning is spread widely over the pad.
struct ModelItems {
    std::vector<ModelItem> items;
    juce::StringArray labels;         ///< each once

    juce::String labelOf (const ModelItem& item) const { return labels[item.label]; }
};

/// [message] `places` are half floats, (items, latents), `names` is a JSON text that was parsed; none if they do not fit.
ModelItems readItems (const std::uint8_t* places, std::size_t size, int latents, const juce::var& names);

/// [message] The places of the items whose name or label has the word "fill" in it; of many, those that are spread
/// most widely.
FillPlaces fillsAmong (const ModelItems&);

/// [message] The JSON text's size, and how many items are read at most.
constexpr std::size_t mostNameBytes = 256 * 1024;
constexpr std::size_t mostItems = 2000;

} // namespace groovefield
