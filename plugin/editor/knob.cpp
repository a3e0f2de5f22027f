#include "knob.h"

#include "learn_layer.h"
#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr float narrowest = 0.7f;    // of a name where there is little room
constexpr float quarterTurn = juce::MathConstants<float>::halfPi;

KnobScale plainScale (const juce::RangedAudioParameter& parameter, const juce::String& unit)
{
    const auto& range = parameter.getNormalisableRange();
    const auto isDecibels = unit == "dB";
    const auto isWhole = ! isDecibels;
    return { double { range.start }, double { range.end }, isWhole ? 1.0 : 0.1,
             [] (float v) { return double { v }; },
             [] (double v) { return static_cast<float> (v); },
             [=, low = double { range.start }] (double v) {
                 if (isDecibels && v <= low)
                     return juce::String::fromUTF8 ("\u2212\u221e dB");
                 const auto number = isWhole ? juce::String (juce::roundToInt (v)) : juce::String (v, 1);
                 return number.replaceCharacter ('-', juce::juce_wchar (0x2212)) + (unit.isEmpty() ? "" : " " + unit);
             },
             {} };
}

} // namespace

KnobScale densityScale()
{
    return { 0.0, 100.0, 1.0,
             [] (float threshold) { return 100.0 * (1.0 - double { threshold }); },
             [] (double density) { return static_cast<float> (1.0 - density / 100.0); },
             [] (double density) { return juce::String (juce::roundToInt (density)) + " %"; },
             {} };
}

KnobScale choiceScale (const juce::StringArray& names, const juce::String& unit)
{
    const auto named = [names, unit] (const juce::String& text, double fallback) {
        const auto name = text.trim();
        for (int i = 0; i < names.size(); ++i)
            if (name.equalsIgnoreCase (names[i]) || name.equalsIgnoreCase (names[i] + unit))
                return static_cast<double> (i);
        for (int i = 0; i < names.size() && name.isNotEmpty(); ++i)
            if (names[i].startsWithIgnoreCase (name))
                return static_cast<double> (i);
        return fallback;
    };
    return { 0.0, static_cast<double> (names.size() - 1), 1.0,
             [] (float v) { return double { v }; },
             [] (double v) { return static_cast<float> (v); },
             [names, unit] (double v) { return names[juce::roundToInt (v)] + unit; },
             named };
}

KnobScale styleScale (std::shared_ptr<const juce::StringArray> styles)
{
    return { 0.0, 1.0, 0.001,
             [] (float v) { return double { v }; },
             [] (double v) { return static_cast<float> (v); },
             [styles] (double v) { return styleText (*styles, v); },
             [styles] (const juce::String& text, double fallback) { return styleNamed (*styles, text, fallback); } };
}

void setUpDial (juce::Slider& slider)
{
    slider.setSliderStyle (juce::Slider::RotaryHorizontalVerticalDrag);
    slider.setRotaryParameters (quarterTurn * 2.5f, quarterTurn * 5.5f, true);
    slider.setMouseDragSensitivity (220);
    // With shift the mouse's speed counts, and little of it: fine moves.
    slider.setVelocityModeParameters (0.25, 1, 0.0, true, juce::ModifierKeys::shiftModifier);
    slider.setTextBoxStyle (juce::Slider::TextBoxBelow, false, 64, 18);
    slider.setWantsKeyboardFocus (true);
}

void paintKnobName (juce::Graphics& g, const juce::Component& knob, const juce::String& name)
{
    g.setFont (Look::font (12.0f));
    g.setColour (palette::quiet);
    g.drawFittedText (name, knob.getLocalBounds().removeFromTop (knobNameHeight).reduced (2, 0), juce::Justification::centred, 1, narrowest);
}

Knob::Knob (juce::RangedAudioParameter& parameter, const juce::String& name, const juce::String& unit, const juce::String& tooltip)
    : Knob (parameter, name, tooltip, plainScale (parameter, unit))
{
}

Knob::Knob (juce::RangedAudioParameter& parameter, const juce::String& name, const juce::String& tooltip, KnobScale s)
    : title (name),
      scale (std::move (s)),
      attachment (parameter, [this] (float v) { slider.setValue (scale.toKnob (v), juce::dontSendNotification); })
{
    setLearnable (*this, { parameter.paramID });
    setUpDial (slider);
    slider.setRange (scale.minimum, scale.maximum, scale.step);
    slider.setDoubleClickReturnValue (true, scale.toKnob (parameter.convertFrom0to1 (parameter.getDefaultValue())));
    slider.textFromValueFunction = scale.toText;
    slider.valueFromTextFunction = [this] (const juce::String& text) {
        const auto read = scale.fromText ? scale.fromText : numberIn;
        return juce::jlimit (scale.minimum, scale.maximum, read (text, slider.getValue()));
    };
    slider.setTitle (name);
    slider.setTooltip (tooltip);

    slider.onDragStart = [this] {
        dragging = true;
        attachment.beginGesture();
    };
    slider.onDragEnd = [this] {
        dragging = false;
        attachment.endGesture();
    };
    slider.onValueChange = [this] { changed(); };
    addAndMakeVisible (slider);
    attachment.sendInitialUpdate();
    slider.updateText();
}

// Closed in the midst of a drag: what the slider does in its own end comes too late for us.
Knob::~Knob()
{
    slider.onDragEnd = nullptr;
    if (dragging)
        attachment.endGesture();
}

void Knob::changed()
{
    const auto value = scale.fromKnob (slider.getValue());
    if (dragging)
        attachment.setValueAsPartOfGesture (value);
    else
        attachment.setValueAsCompleteGesture (value);
}

void Knob::paint (juce::Graphics& g) { paintKnobName (g, *this, title); }

void Knob::resized() { slider.setBounds (getLocalBounds().withTrimmedTop (knobNameHeight)); }

} // namespace groovefield
