#include "pad_panel.h"

#include "knob.h"
#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int rowHeight = 32, gap = 8, valueWidth = 50, roomyWidth = 280;

void setUp (juce::Label& label, const juce::String& title, const juce::String& tooltip)
{
    label.setEditable (true);
    label.setFont (Look::font (12.5f));
    label.setTitle (title);
    label.setTooltip (tooltip);
    label.setJustificationType (juce::Justification::centredLeft);
    label.setMinimumHorizontalScale (1.0f);
    label.setBorderSize ({ 1, 2, 1, 2 });
}

} // namespace

PadPanel::PadPanel (Processor& p) : place (p.parameters), pad (place)
{
    addAndMakeVisible (pad);
    addAndMakeVisible (generateButton);
    addAndMakeVisible (backButton);
    generateButton.setTooltip ("Jumps to another place of the field: another groove. (G on the pad)");
    generateButton.setColour (juce::TextButton::buttonColourId, palette::accent);
    generateButton.setColour (juce::TextButton::textColourOffId, palette::well);
    backButton.setTooltip ("Returns to the place before the last move or jump. (Backspace on the pad)");
    generateButton.onClick = pad.onGenerate = [this] { generate(); };
    backButton.onClick = pad.onBack = [this] { goBack(); };

    setUp (x, "X", "Place from left to right, 0 to 1. Click to type.");
    setUp (y, "Y", "Place from bottom to top, 0 to 1. Click to type.");
    x.onTextChange = y.onTextChange = [this] { typed(); };
    addAndMakeVisible (x);
    addAndMakeVisible (y);
}

int PadPanel::widthFor (int height) noexcept { return height - rowHeight - gap; }

void PadPanel::generate() { place.generate (random); }
void PadPanel::goBack() { place.back(); }

void PadPanel::typed()
{
    const auto at = place.get();
    place.jump ({ static_cast<float> (numberIn (x.getText(), at.x)), static_cast<float> (numberIn (y.getText(), at.y)) });
}

void PadPanel::show (const Frame& frame)
{
    pad.show (frame.heard, frame.running, frame.seconds);
    backButton.setEnabled (place.canGoBack());
    const auto at = place.get();
    if (! x.isBeingEdited())
        x.setText (juce::String (at.x, 3), juce::dontSendNotification);
    if (! y.isBeingEdited())
        y.setText (juce::String (at.y, 3), juce::dontSendNotification);
}

void PadPanel::paint (juce::Graphics& g)
{
    g.setFont (Look::font (12.5f, true));
    g.setColour (palette::quiet);
    for (const auto* label : { &x, &y })
        if (label->isVisible())
            g.drawText (label == &x ? "X" : "Y", label->getBounds().withX (label->getX() - 14).withWidth (14), juce::Justification::centred);
}

void PadPanel::resized()
{
    auto area = getLocalBounds();
    auto buttons = area.removeFromBottom (rowHeight);
    area.removeFromBottom (gap);
    const auto side = std::min (area.getWidth(), area.getHeight());
    pad.setBounds (area.withSize (side, side));
    buttons.setWidth (side);

    // Where there is little room, the pad itself says where it stands.
    const bool roomy = side >= roomyWidth;
    x.setVisible (roomy);
    y.setVisible (roomy);
    if (roomy) {
        y.setBounds (buttons.removeFromRight (valueWidth));
        buttons.removeFromRight (16);
        x.setBounds (buttons.removeFromRight (valueWidth));
        buttons.removeFromRight (22);
    }
    backButton.setBounds (buttons.removeFromRight (std::min (64, buttons.getWidth() / 3)));
    buttons.removeFromRight (gap);
    generateButton.setBounds (buttons);
}

} // namespace groovefield
