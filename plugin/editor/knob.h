// A labelled knob on a parameter, with a value that can be typed.
#pragma once

#include "../processor/parameter_text.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <memory>

namespace groovefield {

/// How a parameter reads on its knob, where that is not its own value.
struct KnobScale {
    double minimum, maximum, step;
    std::function<double (float)> toKnob;      ///< from the parameter's value
    std::function<float (double)> fromKnob;
    std::function<juce::String (double)> toText;
    std::function<double (const juce::String&, double)> fromText;   ///< else the number that it begins with
};

/// All [message].
class Knob : public juce::Component {
public:
    /// The parameter as it is, or by a scale.
    Knob (juce::RangedAudioParameter&, const juce::String& name, const juce::String& unit, const juce::String& tooltip);
    Knob (juce::RangedAudioParameter&, const juce::String& name, const juce::String& tooltip, KnobScale);
    ~Knob() override;

    void paint (juce::Graphics&) override;
    void resized() override;

    juce::Slider slider;

private:
    void changed();

    juce::String title;
    KnobScale scale;
    bool dragging = false;
    juce::ParameterAttachment attachment;
};

/// What all knobs share: the way the mouse turns them, fine with shift, and the typed value below.
void setUpDial (juce::Slider&);
constexpr int knobNameHeight = 15;
void paintKnobName (juce::Graphics&, const juce::Component& knob, const juce::String& name);

/// Styles by their names, as far as there are any when they are read: 0 is all of them.
KnobScale styleScale (std::shared_ptr<const juce::StringArray>);

/// A choice parameter by its names, and what follows each; typed, the beginning of a name will do.
KnobScale choiceScale (const juce::StringArray& names, const juce::String& unit = {});

/// Density: the threshold turned round, more hits clockwise.
KnobScale densityScale();

} // namespace groovefield
