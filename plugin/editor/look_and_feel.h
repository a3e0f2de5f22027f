// How the editor's controls look: typefaces, knobs, small sliders, buttons, menus, tooltips.
#pragma once

#include "palette.h"

namespace groovefield {

/// [message]
class Look : public juce::LookAndFeel_V4 {
public:
    Look();

    /// A font whose capitals suit a line of `pixels`; `strong` is semi-bold.
    static juce::Font font (float pixels, bool strong = false);

    void drawRotarySlider (juce::Graphics&, int x, int y, int width, int height, float position, float startAngle,
                           float endAngle, juce::Slider&) override;
    void drawLinearSlider (juce::Graphics&, int x, int y, int width, int height, float position, float minPosition,
                           float maxPosition, juce::Slider::SliderStyle, juce::Slider&) override;
    juce::Label* createSliderTextBox (juce::Slider&) override;
    juce::Slider::SliderLayout getSliderLayout (juce::Slider&) override;

    void drawButtonBackground (juce::Graphics&, juce::Button&, const juce::Colour&, bool over, bool down) override;
    juce::Font getTextButtonFont (juce::TextButton&, int height) override;
    void drawButtonText (juce::Graphics&, juce::TextButton&, bool over, bool down) override;

    juce::Font getPopupMenuFont() override { return font (13.0f); }
    juce::Font getLabelFont (juce::Label& label) override { return label.getFont(); }
    void drawPopupMenuBackground (juce::Graphics&, int width, int height) override;

    juce::Rectangle<int> getTooltipBounds (const juce::String&, juce::Point<int>, juce::Rectangle<int>) override;
    void drawTooltip (juce::Graphics&, const juce::String&, int width, int height) override;
    juce::Font getSliderPopupFont (juce::Slider&) override { return font (12.0f, true); }
    void drawBubble (juce::Graphics&, juce::BubbleComponent&, const juce::Point<float>& tip,
                     const juce::Rectangle<float>& body) override;
    int getCallOutBoxBorderSize (const juce::CallOutBox&) override { return 16; }
    void drawCallOutBoxBackground (juce::CallOutBox&, juce::Graphics&, const juce::Path&, juce::Image&) override;

private:
    struct Typefaces {
        Typefaces();
        juce::Typeface::Ptr regular, semiBold;
    };
    static void drawValueBar (juce::Graphics&, juce::Slider&, float position);

    juce::SharedResourcePointer<Typefaces> typefaces;
};

/// A line around what has the keyboard; drawn by every control that can take it.
void drawFocus (juce::Graphics&, const juce::Component&, juce::Rectangle<float>, float corner = palette::corner);

} // namespace groovefield
