// The model's items as dots on the pad: which of them there is room for, where they lie, which one is meant.
#pragma once

#include "../processor/model.h"
#include "../processor/place.h"

#include <memory>
#include <vector>

namespace groovefield {

/// All [message]. Pixels are those of the pad; a dot is a number from 0 to below `count`.
class PadItems {
public:
    void setModel (std::shared_ptr<const Model>);

    /// Chooses and places the dots in a field for the slice of the further latents; false if nothing changed.
    bool layOut (juce::Rectangle<float> field, const Place::Spot& slice);

    int count() const noexcept { return static_cast<int> (dots.size()); }
    int latents() const noexcept;
    juce::Point<float> at (int dot) const { return dots[static_cast<std::size_t> (dot)].at; }
    Place::Spot spot (int dot) const { return item (dot).latent; }
    juce::String name (int dot) const { return item (dot).name; }
    juce::String label (int dot) const;
    juce::Colour colour (int dot) const { return colourOf (item (dot)); }

    /// The dot nearest to a point, -1 where none is within so many pixels.
    int nearest (juce::Point<float>, float within) const;
    /// The nearest dot in a direction of unit length, to either side of it as far as ahead; -1: none.
    int towards (juce::Point<float> from, juce::Point<float> direction) const;
    /// The dot whose item lies at a place exactly, in all latents of the model; -1: none.
    int exactlyAt (const Place::Spot&) const;

    /// What the dots' colours mean: the labels that have one, the most frequent first, and what the plain ones are.
    struct Meaning {
        juce::Colour colour;
        juce::String name;
    };
    std::vector<Meaning> legend() const;

    void paint (juce::Graphics&) const;

    /// Pixels between dots that are drawn; others have no room.
    static constexpr float room = 13.0f;

private:
    struct Dot {
        std::size_t item;
        juce::Point<float> at;
        float strength;     // 1 on the slice, fainter off it
    };

    const ModelItem& item (int dot) const { return model->items.items[dots[static_cast<std::size_t> (dot)].item]; }
    juce::Colour colourOf (const ModelItem&) const;
    float strengthOf (const ModelItem&) const;
    void rankLabels();

    std::shared_ptr<const Model> model;
    std::vector<std::size_t> rank;      // of each label, the most frequent first
    std::vector<Dot> dots;
    juce::Rectangle<float> area;
    Place::Spot slice {};
    bool stale = true;
};

} // namespace groovefield
