#include "value_knob.h"

#include <utility>

#include "look_and_feel.h"

namespace groovefield {

ValueKnob::ValueKnob (const juce::String& name, const juce::String& tooltip, Range r) : title (name), range (std::move (r))
{
    setUpDial (slider);
    slider.setRange (range.minimum, range.maximum, range.step);
    if (range.middle > range.minimum)
        slider.setSkewFactorFromMidPoint (range.middle);
    slider.setDoubleClickReturnValue (true, range.normal);
    slider.textFromValueFunction = range.toText;
    slider.valueFromTextFunction = [this] (const juce::String& text) {
        const auto read = range.fromText ? range.fromText : numberIn;
        return juce::jlimit (range.minimum, range.maximum, read (text, slider.getValue()));
    };
    slider.setTitle (name);
    slider.setTooltip (tooltip);
    slider.onDragStart = [this] {
        dragging = true;
        onBegin();
    };
    slider.onDragEnd = [this] {
        dragging = false;
        onEnd();
    };
    slider.onValueChange = [this] { changed(); };
    addAndMakeVisible (slider);
}

// Closed in the midst of a drag.
ValueKnob::~ValueKnob() { leave(); }

void ValueKnob::leave()
{
    slider.onDragStart = slider.onDragEnd = slider.onValueChange = nullptr;
    if (std::exchange (dragging, false))
        onEnd();
}

void ValueKnob::changed()
{
    if (! dragging)
        onBegin();
    onChange (slider.getValue());
    if (! dragging)
        onEnd();
}

void ValueKnob::show (double value)
{
    if (! dragging)
        slider.setValue (value, juce::dontSendNotification);
    slider.updateText();
}

void ValueKnob::setColour (juce::Colour colour) { slider.setColour (juce::Slider::rotarySliderFillColourId, colour); }

void ValueKnob::paint (juce::Graphics& g) { paintKnobName (g, *this, title); }

void ValueKnob::resized() { slider.setBounds (getLocalBounds().withTrimmedTop (knobNameHeight)); }

} // namespace groovefield
