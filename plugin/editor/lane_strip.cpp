#include "lane_strip.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr float lightSeconds = 0.22f;
constexpr int densityWidth = 52;

} // namespace

LaneLabel::LaneLabel (std::size_t index) : Button ({}), lane (index) { setClickingTogglesState (true); }

void LaneLabel::setLane (const juce::String& shown)
{
    if (shown == getButtonText())
        return;
    setButtonText (shown);
    setTitle ("Mute " + shown);
    setTooltip ("Click to mute or unmute " + shown + ".");
}

void LaneLabel::strike (float strength)
{
    light = std::max (light, 0.35f + 0.65f * strength);
    repaint();
}

void LaneLabel::fade (double seconds)
{
    if (light <= 0.0f)
        return;
    light = std::max (0.0f, light - static_cast<float> (seconds) / lightSeconds);
    repaint();
}

void LaneLabel::paintButton (juce::Graphics& g, bool over, bool)
{
    auto area = getLocalBounds().toFloat();
    const auto muted = getToggleState();
    if (over && isEnabled()) {
        g.setColour (palette::hover.withAlpha (0.6f));
        g.fillRoundedRectangle (area.reduced (0, 1), 3.0f);
    }
    const auto colour = palette::lane (lane);
    auto lamp = area.removeFromLeft (18.0f).withSizeKeepingCentre (8.0f, 8.0f);
    g.setColour (muted ? palette::hover : colour.withMultipliedSaturation (0.9f).withMultipliedBrightness (0.5f + 0.5f * light));
    g.fillEllipse (lamp);
    if (light > 0.0f && ! muted) {
        g.setColour (colour.withAlpha (0.35f * light));
        g.fillEllipse (lamp.expanded (3.0f));
        g.setColour (colour.brighter (light));
        g.fillEllipse (lamp);
    }
    // The mute sign: a letter that is quiet until it matters.
    const auto sign = area.removeFromRight (20.0f).withSizeKeepingCentre (16.0f, 16.0f);
    if (isEnabled() && (muted || over)) {
        g.setColour (muted ? palette::warning : palette::edge);
        g.fillRoundedRectangle (sign, 3.0f);
        g.setColour (muted ? palette::well : palette::soft);
        g.setFont (Look::font (10.5f, true));
        g.drawText ("M", sign, juce::Justification::centred);
    }
    g.setFont (Look::font (13.0f));
    g.setColour (muted ? palette::quiet.withAlpha (0.7f) : palette::text);
    g.drawText (getButtonText(), area, juce::Justification::centredLeft);
    drawFocus (g, *this, getLocalBounds().toFloat());
}

LaneStrip::LaneStrip (juce::AudioProcessorValueTreeState& parameters, std::size_t lane) : name (lane)
{
    addAndMakeVisible (name);
    name.setEnabled (lane < parameterLanes);
    if (lane >= parameterLanes)
        return;

    const juce::String id (laneNames[lane].id), shown (laneNames[lane].name);
    muteAttachment = std::make_unique<juce::AudioProcessorValueTreeState::ButtonAttachment> (parameters, "mute_" + id, name);

    density.setSliderStyle (juce::Slider::LinearHorizontal);
    density.setTextBoxStyle (juce::Slider::NoTextBox, true, 0, 0);
    density.setColour (juce::Slider::trackColourId, palette::lane (lane));
    density.setTitle ("Density " + shown);
    density.setTooltip ("How many hits the " + shown.toLowerCase() + " plays: the middle leaves it to the density knob, "
                        "right adds hits, left takes them away. Double-click: the middle.");
    densityAttachment = std::make_unique<juce::AudioProcessorValueTreeState::SliderAttachment> (parameters, "density_" + id, density);
    density.setDoubleClickReturnValue (true, 50.0);
    addAndMakeVisible (density);
}

void LaneStrip::resized()
{
    auto area = getLocalBounds();
    density.setBounds (area.removeFromRight (densityWidth));
    area.removeFromRight (4);
    name.setBounds (area);
}

} // namespace groovefield
