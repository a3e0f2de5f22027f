#include "lane_strip.h"

#include "../processor/incoming_notes.h"
#include "knob.h"
#include "lane_card.h"
#include "learn_layer.h"
#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr float lightSeconds = 0.22f;
constexpr int densityWidth = 48, signWidth = 18, cardWidth = 16;

} // namespace

LaneLabel::LaneLabel (std::size_t index) : Button ({}), lane (index) { setClickingTogglesState (true); }

void LaneLabel::setLane (const juce::String& shown)
{
    if (shown == getButtonText())
        return;
    setButtonText (shown);
    setTitle ("Mute " + shown);
    setTooltip ("Click to mute or unmute " + shown + "; right-click for its sound and notes. Keys: Enter for those, M mute, S solo, L lock.");
}

// The other button is the card's, and mutes nothing.
void LaneLabel::mouseDown (const juce::MouseEvent& event)
{
    if (! event.mods.isPopupMenu())
        Button::mouseDown (event);
    else if (onCard)
        onCard();
}

void LaneLabel::mouseUp (const juce::MouseEvent& event)
{
    if (! event.mods.isPopupMenu())
        Button::mouseUp (event);
}

bool LaneLabel::keyPressed (const juce::KeyPress& key)
{
    if (key != juce::KeyPress (juce::KeyPress::returnKey) || ! onCard)
        return false;
    onCard();
    return true;
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

void LaneSign::paintButton (juce::Graphics& g, bool over, bool)
{
    const auto on = getToggleState();
    const auto sign = getLocalBounds().toFloat().withSizeKeepingCentre (16.0f, 16.0f);
    if (kind == Kind::card) {
        paintCard (g, sign, over);
        return;
    }
    if (on || over) {
        g.setColour (on ? palette::accent : palette::edge);
        g.fillRoundedRectangle (sign, 3.0f);
    }
    g.setColour (on ? palette::well : over ? palette::text : palette::quiet);
    if (kind == Kind::solo) {
        g.setFont (Look::font (10.5f, true));
        g.drawText ("S", sign, juce::Justification::centred);
    } else {
        const auto body = sign.withSizeKeepingCentre (8.0f, 6.0f).translated (0.0f, 2.0f);
        g.fillRoundedRectangle (body, 1.0f);
        juce::Path shackle;
        shackle.addCentredArc (body.getCentreX(), body.getY(), 2.6f, 3.4f, 0.0f, -juce::MathConstants<float>::halfPi,
                               on ? juce::MathConstants<float>::halfPi : 0.6f, true);
        g.strokePath (shackle, juce::PathStrokeType (1.4f));
    }
    drawFocus (g, *this, getLocalBounds().toFloat());
}

void LaneSign::paintCard (juce::Graphics& g, juce::Rectangle<float> sign, bool over) const
{
    if (over) {
        g.setColour (palette::edge);
        g.fillRoundedRectangle (sign, 3.0f);
    }
    g.setColour (over ? palette::text : palette::quiet);
    if (getToggleState()) {
        const float heights[] = { 4.0f, 9.0f, 6.0f, 3.0f };
        for (int i = 0; i < 4; ++i)
            g.fillRoundedRectangle (juce::Rectangle<float> (1.5f, heights[i]).withCentre (sign.getCentre().translated (3.0f * (static_cast<float> (i) - 1.5f), 0)), 0.75f);
    } else {
        for (int i = -1; i <= 1; ++i)
            g.fillEllipse (juce::Rectangle<float> (2.4f, 2.4f).withCentre (sign.getCentre().translated (4.0f * static_cast<float> (i), 0)));
    }
    drawFocus (g, *this, getLocalBounds().toFloat());
}

DensitySlider::DensitySlider()
{
    setSliderStyle (LinearHorizontal);
    setTextBoxStyle (NoTextBox, true, 0, 0);
    setWantsKeyboardFocus (true);
    textFromValueFunction = [] (double value) { return juce::String (juce::roundToInt (value)) + " %"; };
    typed.setFont (Look::font (12.5f));
    typed.setJustificationType (juce::Justification::centred);
    typed.setBorderSize ({ 0, 2, 0, 2 });
    typed.setColour (juce::Label::backgroundColourId, palette::well);
    typed.setEditable (true);
    typed.onTextChange = [this] {
        const ScopedDragNotification gesture (*this);
        setValue (numberIn (typed.getText(), getValue()), juce::sendNotificationSync);
    };
    typed.onEditorHide = [this] {
        typed.setVisible (false);
        grabKeyboardFocus();
    };
    addChildComponent (typed);
}

void DensitySlider::type (const juce::String& begun)
{
    typed.setText (getTextFromValue (getValue()), juce::dontSendNotification);
    typed.setVisible (true);
    typed.showEditor();
    if (auto* editor = typed.getCurrentTextEditor(); editor != nullptr && begun.isNotEmpty()) {
        editor->setText (begun, false);
        editor->moveCaretToEnd();
    }
}

bool DensitySlider::keyPressed (const juce::KeyPress& key)
{
    const auto letter = key.getTextCharacter();
    const bool digit = letter >= '0' && letter <= '9';
    if (! digit && key != juce::KeyPress (juce::KeyPress::returnKey)) {
        // By keys too hosts see a gesture: JUCE's attachments make one of drags alone.
        const bool moves = key == juce::KeyPress::leftKey || key == juce::KeyPress::rightKey || key == juce::KeyPress::upKey || key == juce::KeyPress::downKey;
        const auto gesture = moves ? std::make_unique<ScopedDragNotification> (*this) : nullptr;
        return Slider::keyPressed (key);
    }
    type (digit ? juce::String::charToString (letter) : juce::String());
    return true;
}

void DensitySlider::resized()
{
    Slider::resized();
    typed.setBounds (getLocalBounds());
}

LaneStrip::LaneStrip (Processor& p, std::size_t index) : name (index), processor (p), lane (index)
{
    addMouseListener (this, true);
    addAndMakeVisible (card);
    card.onClick = [this] { openCard(); };
    name.onCard = [this] { openCard(); };
    addAndMakeVisible (solo);
    addAndMakeVisible (lock);
    solo.onClick = [this] { toggleSolo(); };
    lock.onClick = [this] { toggleLock(); };
    setLearnable (solo, { laneTarget (lane, "solo") });
    setLearnable (lock, { laneTarget (lane, "lock") });
    auto& parameters = p.parameters;
    addAndMakeVisible (name);
    name.setEnabled (lane < parameterLanes);
    if (lane >= parameterLanes)
        return;

    const juce::String id (laneNames[lane].id), shown (laneNames[lane].name);
    muteAttachment = std::make_unique<juce::AudioProcessorValueTreeState::ButtonAttachment> (parameters, "mute_" + id, name);

    density.setColour (juce::Slider::trackColourId, palette::lane (lane));
    density.setTitle ("Hits of " + shown);
    density.setTooltip ("How many hits the " + shown.toLowerCase() + " plays: the middle leaves it to the Density knob, "
                        "right adds hits, left takes them away. Double-click: the middle. Keys: arrows, or type a number.");
    densityAttachment = std::make_unique<juce::AudioProcessorValueTreeState::SliderAttachment> (parameters, "density_" + id, density);
    setLearnable (name, { "mute_" + id }, true);
    setLearnable (density, { "density_" + id });
    density.setDoubleClickReturnValue (true, 50.0);
    addAndMakeVisible (density);
}

void LaneStrip::show (const ShownLane& shown, bool isSolo)
{
    const auto title = juce::String::fromUTF8 (shown.name.c_str());
    name.setLane (title);
    solo.setToggleState (isSolo, juce::dontSendNotification);
    lock.setToggleState (shown.locked, juce::dontSendNotification);
    showSample (voiceOf (shown.note));
    if (solo.getTitle() == "Solo " + title)
        return;
    solo.setTitle ("Solo " + title);
    solo.setTooltip ("Solo: only the lanes that have this lit play.");
    lock.setTitle ("Lock " + title);
    lock.setTooltip ("Lock: this lane keeps its hits while the pad moves, and in other models. Its mute, swing and groove still work.");
}

void LaneStrip::showSample (Voice voice)
{
    const auto now = processor.sampleName (voice);
    const auto title = "Sound and notes of " + name.getButtonText();
    if (std::exchange (sample, now) == now && card.getTitle() == title)
        return;
    card.setTitle (title);
    card.setTooltip (title + (now.isEmpty() ? juce::String (": level, tune, choke, one-shot, note, push.") : ". Its one-shot: " + now));
    card.setToggleState (now.isNotEmpty(), juce::dontSendNotification);
}

void LaneStrip::openCard() { LaneCard::open (processor, lane, card); }

// Of the whole strip, whichever part of it has the keyboard.
bool LaneStrip::keyPressed (const juce::KeyPress& key)
{
    if (key == juce::KeyPress ('m') && name.isEnabled())
        name.triggerClick();
    else if (key == juce::KeyPress ('s'))
        toggleSolo();
    else if (key == juce::KeyPress ('l'))
        toggleLock();
    else if (key == juce::KeyPress (juce::KeyPress::F10Key, juce::ModifierKeys::shiftModifier, 0) || key == juce::KeyPress (juce::KeyPress::returnKey))
        openCard();
    else
        return false;
    return true;
}

void LaneStrip::toggleSolo()
{
    const auto bit = static_cast<std::uint16_t> (1u << lane);
    const auto on = (processor.laying.overlay()->solo & bit) == 0;
    processor.laying.lay ((on ? "Solo " : "Unsolo ") + name.getButtonText(),
                          [bit] (Overlay& o) { o.solo = static_cast<std::uint16_t> (o.solo ^ bit); });
}

void LaneStrip::toggleLock()
{
    if (processor.laying.overlay()->isLocked (lane))
        processor.laying.lay ("Unlock " + name.getButtonText(),
                              [this] (Overlay& o) { o.locked = static_cast<std::uint16_t> (o.locked & ~(1u << lane)); });
    else
        processor.laying.lay ("Lock " + name.getButtonText(), [this] (Overlay& o) { processor.lock (o, lane); });
}

void LaneStrip::resized()
{
    auto area = getLocalBounds();
    density.setBounds (area.removeFromRight (densityWidth));
    area.removeFromRight (4);
    lock.setBounds (area.removeFromRight (signWidth));
    solo.setBounds (area.removeFromRight (signWidth));
    card.setBounds (area.removeFromRight (cardWidth));
    name.setBounds (area);
}

} // namespace groovefield
