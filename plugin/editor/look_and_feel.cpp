#include "look_and_feel.h"

#include "groovefield_data.h"

namespace groovefield {

namespace {

constexpr float tooltipWidth = 300.0f;
constexpr float knobTrack = 3.0f;

juce::TextLayout tooltipLayout (const juce::String& text)
{
    juce::AttributedString string;
    string.setJustification (juce::Justification::centredLeft);
    string.append (text, Look::font (12.5f), palette::text);
    juce::TextLayout layout;
    layout.createLayoutWithBalancedLineLengths (string, tooltipWidth);
    return layout;
}

} // namespace

void drawFocus (juce::Graphics& g, const juce::Component& component, juce::Rectangle<float> area, float corner)
{
    if (! component.hasKeyboardFocus (true))
        return;
    g.setColour (palette::accent.withAlpha (0.8f));
    g.drawRoundedRectangle (area.reduced (0.75f), corner, 1.5f);
}

Look::Look()
{
    using namespace juce;
    setColour (ResizableWindow::backgroundColourId, palette::ground);
    setColour (Label::textColourId, palette::soft);
    setColour (Label::textWhenEditingColourId, palette::text);
    setColour (Label::backgroundWhenEditingColourId, palette::well);
    setColour (Label::outlineWhenEditingColourId, palette::accent);
    setColour (TextEditor::backgroundColourId, palette::well);
    setColour (TextEditor::textColourId, palette::text);
    setColour (TextEditor::highlightColourId, palette::accentDeep);
    setColour (TextEditor::highlightedTextColourId, palette::text);
    setColour (TextEditor::outlineColourId, Colours::transparentBlack);
    setColour (TextEditor::focusedOutlineColourId, palette::accent);
    setColour (CaretComponent::caretColourId, palette::accent);
    setColour (Slider::textBoxTextColourId, palette::soft);
    setColour (Slider::textBoxOutlineColourId, Colours::transparentBlack);
    setColour (Slider::textBoxHighlightColourId, palette::accentDeep);
    setColour (Slider::rotarySliderFillColourId, palette::text);
    setColour (TextButton::buttonColourId, palette::raised);
    setColour (TextButton::buttonOnColourId, palette::accent);
    setColour (TextButton::textColourOffId, palette::soft);
    setColour (TextButton::textColourOnId, palette::well);
    setColour (PopupMenu::backgroundColourId, palette::panel);
    setColour (PopupMenu::textColourId, palette::text);
    setColour (PopupMenu::headerTextColourId, palette::quiet);
    setColour (PopupMenu::highlightedBackgroundColourId, palette::hover);
    setColour (PopupMenu::highlightedTextColourId, palette::text);
    setColour (BubbleComponent::backgroundColourId, palette::hover);
    setColour (BubbleComponent::outlineColourId, palette::edge);
    setColour (TooltipWindow::textColourId, palette::text);
    setColour (ScrollBar::thumbColourId, palette::edge);
}

// The typefaces live as long as anything draws with them: editors come and go, and fonts that are
// made anew for each of them would be rasterised anew.
Look::Typefaces::Typefaces()
    : regular (juce::Typeface::createSystemTypefaceFor (data::InterRegular_otf, static_cast<size_t> (data::InterRegular_otfSize))),
      semiBold (juce::Typeface::createSystemTypefaceFor (data::InterSemiBold_otf, static_cast<size_t> (data::InterSemiBold_otfSize)))
{
}

// JUCE's "point height" is the em; line heights differ from typeface to typeface, ems do not. The
// typeface is named here because fonts ask the default look for theirs, not the component's.
juce::Font Look::font (float pixels, bool strong)
{
    const juce::SharedResourcePointer<Typefaces> typefaces;
    return juce::Font (strong ? typefaces->semiBold : typefaces->regular).withPointHeight (pixels);
}

// An arc that fills from the left end, a body, and a pointer; a tick stands where the default is.
void Look::drawRotarySlider (juce::Graphics& g, int x, int y, int width, int height, float position, float startAngle,
                             float endAngle, juce::Slider& slider)
{
    const auto area = juce::Rectangle<int> (x, y, width, height).toFloat();
    const auto radius = std::min (area.getWidth(), area.getHeight()) * 0.5f - knobTrack * 0.5f - 1.0f;
    const auto centre = area.getCentre();
    const auto angle = startAngle + position * (endAngle - startAngle);
    const auto enabled = slider.isEnabled();
    const auto fill = slider.findColour (juce::Slider::rotarySliderFillColourId).withMultipliedAlpha (enabled ? 1.0f : 0.3f);
    const juce::PathStrokeType stroke (knobTrack, juce::PathStrokeType::curved, juce::PathStrokeType::rounded);

    juce::Path track, arc;
    track.addCentredArc (centre.x, centre.y, radius, radius, 0, startAngle, endAngle, true);
    g.setColour (palette::line);
    g.strokePath (track, stroke);
    arc.addCentredArc (centre.x, centre.y, radius, radius, 0, startAngle, angle, true);
    g.setColour (fill);
    g.strokePath (arc, stroke);

    const auto body = radius - knobTrack - 2.0f;
    g.setColour (slider.isMouseOverOrDragging() ? palette::hover : palette::raised);
    g.fillEllipse (juce::Rectangle<float> (body * 2, body * 2).withCentre (centre));
    g.setColour (palette::text.withAlpha (0.08f));
    g.drawEllipse (juce::Rectangle<float> (body * 2 - 1, body * 2 - 1).withCentre (centre), 1.0f);

    const auto normal = slider.getDoubleClickReturnValue();
    const auto normalAngle = startAngle + static_cast<float> (slider.valueToProportionOfLength (normal)) * (endAngle - startAngle);
    const auto tick = [&] (float at, float from, float to) {
        return juce::Line<float> (centre.getPointOnCircumference (from, at), centre.getPointOnCircumference (to, at));
    };
    g.setColour (palette::quiet);
    g.drawLine (tick (normalAngle, radius + 2.0f, radius + 4.5f), 1.5f);

    g.setColour (enabled ? palette::text : palette::quiet);
    juce::Path pointer;
    const auto line = tick (angle, body * 0.35f, body - 2.5f);
    pointer.startNewSubPath (line.getStart());
    pointer.lineTo (line.getEnd());
    g.strokePath (pointer, juce::PathStrokeType (2.0f, juce::PathStrokeType::curved, juce::PathStrokeType::rounded));
    drawFocus (g, slider, slider.getLocalBounds().toFloat());
}

// The lanes' density: a thin track that fills from its middle, where the lane is left as it is.
void Look::drawLinearSlider (juce::Graphics& g, int x, int y, int width, int height, float position, float, float,
                             juce::Slider::SliderStyle, juce::Slider& slider)
{
    const auto area = juce::Rectangle<int> (x, y, width, height).toFloat();
    if (slider.isBar())
        return drawValueBar (g, slider, position);
    const auto middle = area.getCentreY(), centre = area.getCentreX();
    const auto active = slider.isMouseOverOrDragging();
    const auto colour = slider.findColour (juce::Slider::trackColourId);
    g.setColour (active ? palette::edge : palette::hover);
    g.fillRoundedRectangle (area.getX(), middle - 1.5f, area.getWidth(), 3.0f, 1.5f);
    const auto moved = std::abs (position - centre) > 0.75f;
    if (moved) {
        g.setColour (colour);
        g.fillRect (juce::Rectangle<float>::leftTopRightBottom (std::min (position, centre), middle - 1.5f,
                                                                std::max (position, centre), middle + 1.5f));
    }
    const auto size = active ? 9.0f : 7.0f;
    g.setColour (moved || active ? palette::text : palette::quiet);
    g.fillEllipse (juce::Rectangle<float> (size, size).withCentre ({ position, middle }));
    drawFocus (g, slider, slider.getLocalBounds().toFloat());
}

// A number in a box: the box fills from the left as the number grows.
void Look::drawValueBar (juce::Graphics& g, juce::Slider& slider, float position)
{
    const auto area = slider.getLocalBounds().toFloat();
    const auto active = slider.isMouseOverOrDragging();
    g.setColour (active ? palette::hover : palette::raised);
    g.fillRoundedRectangle (area, palette::corner);
    const juce::Graphics::ScopedSaveState clipped (g);
    g.reduceClipRegion (area.withRight (std::max (area.getX(), position)).toNearestInt());
    g.setColour (palette::edge.withAlpha (active ? 0.9f : 0.6f));
    g.fillRoundedRectangle (area.withTop (area.getBottom() - 3.0f), 1.5f);
    drawFocus (g, slider, area);
}

juce::Label* Look::createSliderTextBox (juce::Slider& slider)
{
    auto* label = LookAndFeel_V4::createSliderTextBox (slider);
    label->setFont (font (12.0f));
    label->setMinimumHorizontalScale (0.8f);
    label->setJustificationType (juce::Justification::centred);
    label->setBorderSize ({ 0, 2, 0, 2 });
    return label;
}

// A square dial above, the typed value below.
juce::Slider::SliderLayout Look::getSliderLayout (juce::Slider& slider)
{
    if (! slider.isRotary())
        return LookAndFeel_V4::getSliderLayout (slider);
    auto area = slider.getLocalBounds();
    juce::Slider::SliderLayout layout;
    layout.textBoxBounds = area.removeFromBottom (18);
    const auto side = std::min (area.getWidth(), area.getHeight());
    layout.sliderBounds = area.withSizeKeepingCentre (side, side).reduced (side < 48 ? 1 : 4);
    return layout;
}

void Look::drawButtonBackground (juce::Graphics& g, juce::Button& button, const juce::Colour&, bool over, bool down)
{
    auto area = button.getLocalBounds().toFloat();
    const auto on = button.getToggleState();
    auto colour = button.findColour (on ? juce::TextButton::buttonOnColourId : juce::TextButton::buttonColourId);
    if (! button.isEnabled())
        colour = palette::panel;
    else if (down)
        colour = colour.overlaidWith (juce::Colours::black.withAlpha (0.2f));
    else if (over)
        colour = colour.overlaidWith (juce::Colours::white.withAlpha (on ? 0.15f : 0.06f));

    juce::Path shape;
    shape.addRoundedRectangle (area.getX(), area.getY(), area.getWidth(), area.getHeight(), palette::corner, palette::corner,
                               ! (button.isConnectedOnLeft()), ! (button.isConnectedOnRight()),
                               ! (button.isConnectedOnLeft()), ! (button.isConnectedOnRight()));
    g.setColour (colour);
    g.fillPath (shape);
    drawFocus (g, button, area);
}

juce::Font Look::getTextButtonFont (juce::TextButton&, int height)
{
    return font (std::min (13.0f, static_cast<float> (height) * 0.5f), true);
}

void Look::drawButtonText (juce::Graphics& g, juce::TextButton& button, bool, bool)
{
    const auto on = button.getToggleState();
    g.setFont (getTextButtonFont (button, button.getHeight()));
    const auto ink = button.findColour (on ? juce::TextButton::textColourOnId : juce::TextButton::textColourOffId);
    g.setColour (button.isEnabled() ? ink : palette::quiet.withAlpha (0.65f));
    g.drawFittedText (button.getButtonText(), button.getLocalBounds().reduced (2, 0), juce::Justification::centred, 1, 0.75f);
}

void Look::drawPopupMenuBackground (juce::Graphics& g, int width, int height)
{
    g.fillAll (palette::panel);
    g.setColour (palette::edge);
    g.drawRect (0, 0, width, height);
}

juce::Rectangle<int> Look::getTooltipBounds (const juce::String& text, juce::Point<int> at, juce::Rectangle<int> parent)
{
    const auto layout = tooltipLayout (text);
    const auto width = static_cast<int> (layout.getWidth()) + 20, height = static_cast<int> (layout.getHeight()) + 14;
    return juce::Rectangle<int> (at.x > parent.getCentreX() ? at.x - width - 12 : at.x + 16,
                                 at.y > parent.getCentreY() ? at.y - height - 6 : at.y + 12, width, height)
        .constrainedWithin (parent);
}

void Look::drawTooltip (juce::Graphics& g, const juce::String& text, int width, int height)
{
    const auto area = juce::Rectangle<int> (width, height).toFloat();
    g.setColour (palette::hover);
    g.fillRect (area);
    g.setColour (palette::edge);
    g.drawRect (area, 1.0f);
    tooltipLayout (text).draw (g, area.reduced (10.0f, 7.0f));
}

void Look::drawBubble (juce::Graphics& g, juce::BubbleComponent&, const juce::Point<float>&, const juce::Rectangle<float>& body)
{
    g.setColour (palette::hover);
    g.fillRoundedRectangle (body, palette::corner);
    g.setColour (palette::edge);
    g.drawRoundedRectangle (body.reduced (0.5f), palette::corner, 1.0f);
}

void Look::drawCallOutBoxBackground (juce::CallOutBox&, juce::Graphics& g, const juce::Path& shape, juce::Image&)
{
    g.setColour (palette::panel);
    g.fillPath (shape);
    g.setColour (palette::edge);
    g.strokePath (shape, juce::PathStrokeType (1.0f));
}

} // namespace groovefield
