#include "loss_curve.h"

#include "look_and_feel.h"

#include <algorithm>

namespace groovefield {

namespace {

constexpr float margin = 10.0f;
constexpr std::size_t mostPoints = 400;   // a curve has no more pixels than that to say

} // namespace

LossCurve::LossCurve()
{
    setTitle ("Loss while training");
    setTooltip ("How far the field is from your material, epoch by epoch: lower is nearer. "
                "The thin line is material that it does not train on, where there is enough to hold some back.");
}

void LossCurve::show (const std::vector<float>& newTraining, const std::vector<float>& newValidation, int newEpochs)
{
    if (newTraining.size() == training.size() && newEpochs == epochs)
        return;
    training = newTraining;
    validation = newValidation;
    epochs = newEpochs;
    if (! training.empty()) {
        const auto [least, most] = std::minmax_element (training.begin(), training.end());
        low = *least;
        high = *most;
        for (const auto value : validation) {
            low = std::min (low, value);
            high = std::max (high, value);
        }
        high = std::max (high, low + 1e-3f);
    }
    repaint();
}

juce::Path LossCurve::path (const std::vector<float>& values) const
{
    juce::Path line;
    const auto area = getLocalBounds().toFloat().reduced (margin).withTrimmedTop (14.0f);
    const auto whole = static_cast<float> (std::max ({ epochs - 1, static_cast<int> (values.size()) - 1, 1 }));
    const auto stride = std::max<std::size_t> (1, values.size() / mostPoints);
    for (std::size_t i = 0; i < values.size(); i += stride) {
        const auto x = area.getX() + area.getWidth() * static_cast<float> (i) / whole;
        const auto y = area.getBottom() - area.getHeight() * (values[i] - low) / (high - low);
        if (i == 0)
            line.startNewSubPath (x, y);
        else
            line.lineTo (x, y);
    }
    return line;
}

void LossCurve::paint (juce::Graphics& g)
{
    g.setColour (palette::well);
    g.fillRoundedRectangle (getLocalBounds().toFloat(), palette::corner);
    auto line = getLocalBounds().reduced (static_cast<int> (margin), 4).removeFromTop (18);
    g.setFont (Look::font (11.5f));
    g.setColour (palette::quiet);
    if (training.empty()) {
        g.drawText ("The loss is drawn here while it trains.", getLocalBounds(), juce::Justification::centred);
        return;
    }
    g.drawText ("Loss " + juce::String (training.back(), 2), line, juce::Justification::centredLeft);
    if (! validation.empty()) {
        g.setColour (palette::soft);
        g.drawText ("held back " + juce::String (validation.back(), 2), line, juce::Justification::centredRight);
        g.strokePath (path (validation), juce::PathStrokeType (1.0f));
    }
    g.setColour (palette::accent);
    g.strokePath (path (training), juce::PathStrokeType (1.8f, juce::PathStrokeType::curved, juce::PathStrokeType::rounded));
}

} // namespace groovefield
