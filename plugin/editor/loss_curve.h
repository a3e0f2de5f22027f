// How training goes: the loss over the epochs, and that of what was held back.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include <vector>

namespace groovefield {

/// All [message].
class LossCurve : public juce::Component, public juce::SettableTooltipClient {
public:
    LossCurve();

    /// An epoch each; `validation` may be empty. `epochs` is how many there will be.
    void show (const std::vector<float>& training, const std::vector<float>& validation, int epochs);

    void paint (juce::Graphics&) override;

private:
    juce::Path path (const std::vector<float>&) const;

    std::vector<float> training, validation;
    int epochs = 0;
    float low = 0.0f, high = 1.0f;
};

} // namespace groovefield
