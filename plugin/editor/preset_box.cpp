#include "preset_box.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int arrowWidth = 26;

} // namespace

PresetBox::Part::Part (Kind k, const juce::String& title) : Button (title), kind (k) { setTitle (title); }

void PresetBox::Part::paintButton (juce::Graphics& g, bool over, bool down)
{
    const auto area = getLocalBounds().toFloat();
    if (over || down) {
        g.setColour (palette::hover);
        g.fillRoundedRectangle (area, palette::corner);
    }
    drawFocus (g, *this, area);
    if (kind == Kind::name) {
        g.setFont (Look::font (13.0f, true));
        g.setColour (text.isEmpty() ? palette::soft : palette::text);
        auto line = area.reduced (6, 0);
        const auto shown = text.isEmpty() ? juce::String ("Presets") : text;
        const auto width = std::min (line.getWidth() - 10.0f, Look::font (13.0f, true).getStringWidthFloat (shown));
        line = line.withSizeKeepingCentre (width + 1.0f, line.getHeight());
        g.drawText (shown, line, juce::Justification::centred, true);
        if (edited) {
            g.setColour (palette::accent);
            g.fillEllipse (juce::Rectangle<float> (5, 5).withCentre ({ line.getRight() + 7.0f, line.getCentreY() + 1.0f }));
        }
        return;
    }
    const auto side = kind == Kind::next ? 1.0f : -1.0f;
    juce::Path arrow;
    arrow.startNewSubPath (-side * 2.5f, -4.5f);
    arrow.lineTo (side * 2.5f, 0.0f);
    arrow.lineTo (-side * 2.5f, 4.5f);
    g.setColour (over ? palette::text : palette::soft);
    g.strokePath (arrow, juce::PathStrokeType (1.6f, juce::PathStrokeType::curved, juce::PathStrokeType::rounded),
                  juce::AffineTransform::translation (area.getCentre()));
}

PresetBox::PresetBox()
{
    previous.setTooltip ("The preset before this one. It goes on playing.");
    next.setTooltip ("The next preset. It goes on playing.");
    for (auto* part : { &previous, &name, &next })
        addAndMakeVisible (part);
    show ({}, false);
}

void PresetBox::show (const juce::String& text, bool edited)
{
    if (text == name.text && edited == name.edited && name.getTooltip().isNotEmpty())
        return;
    name.text = text;
    name.edited = edited;
    name.setTitle (text.isEmpty() ? juce::String ("Presets") : "Preset: " + text + (edited ? ", changed" : ""));
    name.setTooltip (text.isEmpty() ? juce::String ("Presets: click to browse.")
                                    : text + (edited ? ", changed since it was loaded" : "") + ". Click to browse, save and search.");
    name.repaint();
}

void PresetBox::paint (juce::Graphics& g)
{
    g.setColour (palette::raised);
    g.fillRoundedRectangle (getLocalBounds().toFloat(), palette::corner);
}

void PresetBox::resized()
{
    auto area = getLocalBounds();
    previous.setBounds (area.removeFromLeft (arrowWidth));
    next.setBounds (area.removeFromRight (arrowWidth));
    name.setBounds (area);
}

} // namespace groovefield
