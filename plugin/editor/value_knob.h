// A labelled knob on a number that is no parameter: as a parameter's knob, with deeds instead of gestures.
#pragma once

#include "knob.h"

namespace groovefield {

/// All [message].
class ValueKnob : public juce::Component {
public:
    struct Range {
        double minimum, maximum, step, normal;
        double middle = 0.0;   ///< the value at the middle of the travel, if it is not half-way; 0: it is
        std::function<juce::String (double)> toText;
        std::function<double (const juce::String&, double)> fromText;   ///< else the number that it begins with
    };

    ValueKnob (const juce::String& name, const juce::String& tooltip, Range);
    ~ValueKnob() override;

    /// Ends a drag and calls nobody any more.
    void leave();

    /// What it is now, unless a hand is on it.
    void show (double value);
    void setColour (juce::Colour);

    void paint (juce::Graphics&) override;
    void resized() override;

    /// One deed: begin, any number of changes, end.
    std::function<void()> onBegin, onEnd;
    std::function<void (double)> onChange;

    juce::Slider slider;

private:
    void changed();

    juce::String title;
    Range range;
    bool dragging = false;
};

} // namespace groovefield
