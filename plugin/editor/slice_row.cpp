#include "slice_row.h"

#include <algorithm>
#include <utility>

namespace groovefield {

namespace {

constexpr int gap = 6;
constexpr std::size_t onThePad = 2;

KnobScale latentScale()
{
    return { 0.0, 1.0, 0.001, [] (float v) { return double { v }; }, [] (double v) { return static_cast<float> (v); },
             [] (double v) { return juce::String (v, 3); }, {} };
}

} // namespace

SliceRow::SliceRow (juce::AudioProcessorValueTreeState& state)
{
    setTitle ("Further dimensions");
    for (auto i = onThePad; i < latentIds.size(); ++i) {
        const auto name = "Z" + juce::String (i + 1);
        auto& bar = *bars.emplace_back (std::make_unique<Knob> (*state.getParameter (latentIds[i]), name,
                                                                "Another dimension of this model's field: the pad is one slice through it. 0 to 1; 0.5 is the middle.",
                                                                latentScale()));
        bar.slider.setSliderStyle (juce::Slider::LinearBar);
        addChildComponent (bar);
    }
}

bool SliceRow::setLatents (int latents)
{
    const auto wanted = std::clamp (latents - static_cast<int> (onThePad), 0, static_cast<int> (bars.size()));
    if (std::exchange (count, wanted) == wanted)
        return false;
    for (std::size_t i = 0; i < bars.size(); ++i)
        bars[i]->setVisible (static_cast<int> (i) < count);
    return true;
}

void SliceRow::resized()
{
    auto area = getLocalBounds();
    for (int i = 0; i < count; ++i) {
        bars[static_cast<std::size_t> (i)]->setBounds (area.removeFromLeft ((area.getWidth() - (count - 1 - i) * gap) / (count - i)));
        area.removeFromLeft (gap);
    }
}

} // namespace groovefield
