#include "segments.h"

#include "learn_layer.h"
#include "palette.h"

namespace groovefield {

Segments::Segments (juce::RangedAudioParameter& parameter, const juce::String& title, const std::vector<Choice>& choices)
    : attachment (parameter, [this] (float v) {
          for (std::size_t i = 0; i < buttons.size(); ++i)
              buttons[i]->setToggleState (static_cast<int> (i) == juce::roundToInt (v), juce::dontSendNotification);
      })
{
    setLearnable (*this, { parameter.paramID });
    for (std::size_t i = 0; i < choices.size(); ++i) {
        auto& button = *buttons.emplace_back (std::make_unique<juce::TextButton> (choices[i].name));
        addAndMakeVisible (button);
        button.setTooltip (choices[i].tooltip);
        button.setTitle (title + ": " + choices[i].name);
        button.setColour (juce::TextButton::buttonOnColourId, palette::soft);
        button.setConnectedEdges ((i > 0 ? juce::Button::ConnectedOnLeft : 0) | (i + 1 < choices.size() ? juce::Button::ConnectedOnRight : 0));
        button.onClick = [this, i] { attachment.setValueAsCompleteGesture (static_cast<float> (i)); };
    }
    attachment.sendInitialUpdate();
}

void Segments::resized()
{
    auto area = getLocalBounds();
    for (std::size_t left = buttons.size(); left > 0; --left)
        buttons[buttons.size() - left]->setBounds (area.removeFromLeft (area.getWidth() / static_cast<int> (left)).withTrimmedRight (left > 1 ? 1 : 0));
}

} // namespace groovefield
