#include "new_take.h"

namespace groovefield {

juce::String takeAnother (juce::AudioProcessorValueTreeState& parameters, Laying& laying, History& history, const Region& region, bool chosen,
                          std::size_t lanes, juce::Random& random)
{
    const auto overlay = laying.overlay();
    bool changes = false;
    for (std::size_t lane = 0; lane < lanes; ++lane)
        changes = changes || (region.cells[lane].any() && ! overlay->isLocked (lane));
    if (! changes)
        return juce::String (chosen ? "All lanes that are selected" : "All lanes") + " are locked: a new take would change none of them.";
    auto& variation = *parameters.getParameter ("variation");
    const bool raises = variation.getValue() <= 0.0f;
    history.begin();
    if (raises) {
        variation.beginChangeGesture();
        variation.setValueNotifyingHost (variation.getDefaultValue());
        variation.endChangeGesture();
    }
    const auto number = static_cast<std::uint16_t> (1 + random.nextInt (65535));
    laying.layTogether ("New take", [&] (Overlay& o) { takeAgain (o, region, number); });
    return raises ? "Variation was 0 %, where every take is the field itself: it is " + variation.getCurrentValueAsText() + " % now." : juce::String();
}

} // namespace groovefield
