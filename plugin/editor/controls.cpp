#include "controls.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int titleHeight = 26, padding = 8, gap = 8;
constexpr int outputShare = 2;   // the output's buttons take the room of so many knobs

} // namespace

OutputChoice::OutputChoice (juce::RangedAudioParameter& parameter)
    : attachment (parameter, [this] (float v) {
          const auto chosen = juce::roundToInt (v);
          kit.setToggleState (chosen == 0, juce::dontSendNotification);
          midi.setToggleState (chosen == 1, juce::dontSendNotification);
          both.setToggleState (chosen == 2, juce::dontSendNotification);
      })
{
    juce::TextButton* buttons[] = { &kit, &midi, &both };
    const char* tooltips[] = { "Plays the built-in kit only.", "Sends MIDI notes only: another instrument plays them.",
                               "Plays the built-in kit and sends MIDI notes." };
    for (int i = 0; i < 3; ++i) {
        addAndMakeVisible (buttons[i]);
        buttons[i]->setTooltip (tooltips[i]);
        buttons[i]->setTitle (juce::String ("Output: ") + buttons[i]->getButtonText());
        buttons[i]->setColour (juce::TextButton::buttonOnColourId, palette::soft);
        buttons[i]->setConnectedEdges ((i > 0 ? juce::Button::ConnectedOnLeft : 0) | (i < 2 ? juce::Button::ConnectedOnRight : 0));
        buttons[i]->onClick = [this, i] { attachment.setValueAsCompleteGesture (static_cast<float> (i)); };
    }
    attachment.sendInitialUpdate();
}

void OutputChoice::paint (juce::Graphics& g)
{
    g.setFont (Look::font (12.0f));
    g.setColour (palette::quiet);
    g.drawText ("Notes go to", getLocalBounds().removeFromTop (16), juce::Justification::centred);
}

void OutputChoice::resized()
{
    auto area = getLocalBounds().withTrimmedTop (16).withTrimmedBottom (18);
    area = area.withSizeKeepingCentre (area.getWidth(), 26);
    const auto width = area.getWidth() / 3;
    kit.setBounds (area.removeFromLeft (width).withTrimmedRight (1));
    both.setBounds (area.removeFromRight (width).withTrimmedLeft (1));
    midi.setBounds (area);
}

Controls::Controls (juce::AudioProcessorValueTreeState& parameters) : output (*parameters.getParameter ("output"))
{
    const auto knob = [&] (const char* id, const char* name, const char* unit, const char* tooltip) {
        return std::make_unique<Knob> (*parameters.getParameter (id), name, unit, tooltip);
    };
    const auto addGroup = [this] (const char* title, auto... knobs) {
        Group group;
        group.title = title;
        (group.knobs.push_back (std::move (knobs)), ...);
        groups.push_back (std::move (group));
    };

    auto styleKnob = std::make_unique<Knob> (*parameters.getParameter ("style"), "Style", "", styleScale (styles));
    style = styleKnob.get();
    addGroup ("Pattern", std::move (styleKnob),
              std::make_unique<Knob> (*parameters.getParameter ("threshold"), "Density",
                                      "How many of the possible hits sound: clockwise, less likely ones join in.", densityScale()),
              knob ("steps", "Steps", "", "Length of the cycle in steps. Odd lengths turn against the bar."));
    addGroup ("Feel",
              knob ("groove", "Groove", "%", "How much of the learned micro-timing is played: 0 is straight, 100 as learned."),
              knob ("swing", "Swing", "%", "Delays every second step: 50 is straight, 66 triplets."),
              knob ("velocity", "Accents", "%", "How much of the learned loud and soft is played: 0 makes all hits equal."),
              knob ("humanise", "Humanise", "%", "Varies timing and loudness from cycle to cycle, as widely as the drummers did."));
    addGroup ("Motion",
              knob ("wander", "Wander", "%", "Lets the position stray around where you put it, turning every two beats."),
              knob ("seed", "Seed", "", "Which variations humanise and wander draw. The same seed plays the same every time."));
    addGroup ("Output",
              knob ("note_length", "Length", "%", "Length of the MIDI notes, in percent of a step."),
              knob ("level", "Level", "dB", "Level of the built-in kit."));
    for (auto& group : groups)
        for (auto& one : group.knobs)
            addAndMakeVisible (*one);
    addAndMakeVisible (output);
    showStyles ({});
}

void Controls::showStyles (const juce::StringArray& now)
{
    if (now == *styles && style->slider.getTooltip().isNotEmpty())
        return;
    *styles = now;
    style->setEnabled (! now.isEmpty());
    style->slider.setTooltip (now.isEmpty()
                                  ? "This model has no styles: train on folders with names, or with an info.csv, and it has."
                                  : "Plays the whole field in one style, or between two: " + now.joinIntoString (", ")
                                        + ". Click the name to type another; double-click for all.");
    style->slider.updateText();
}

void Controls::paint (juce::Graphics& g)
{
    for (const auto& group : groups) {
        const auto area = group.bounds.toFloat();
        g.setColour (palette::panel);
        g.fillRoundedRectangle (area, palette::corner);
        g.setFont (Look::font (12.0f, true));
        g.setColour (palette::soft);
        g.drawText (group.title, group.bounds.reduced (padding + 2, 0).withTrimmedTop (6).withHeight (16),
                    juce::Justification::centredLeft);
    }
}

// Every knob gets the same width; groups are as wide as what they hold.
void Controls::resized()
{
    int shares = outputShare;
    for (const auto& group : groups)
        shares += static_cast<int> (group.knobs.size());
    const auto room = getWidth() - gap * (static_cast<int> (groups.size()) - 1) - 2 * padding * static_cast<int> (groups.size());
    const auto share = static_cast<float> (room) / static_cast<float> (shares);

    float left = 0.0f;
    for (auto& group : groups) {
        const auto isLast = &group == &groups.back();
        const auto held = static_cast<int> (group.knobs.size()) + (isLast ? outputShare : 0);
        const auto width = 2.0f * padding + share * static_cast<float> (held);
        group.bounds = juce::Rectangle<float> (left, 0, width, static_cast<float> (getHeight())).getSmallestIntegerContainer();
        left += width + gap;
        auto inside = group.bounds.withTrimmedTop (titleHeight).reduced (padding, 0).withTrimmedBottom (4).toFloat();
        for (auto& one : group.knobs)
            one->setBounds (inside.removeFromLeft (share).toNearestInt());
        if (isLast)
            output.setBounds (inside.toNearestInt().reduced (4, 0));
    }
}

} // namespace groovefield
