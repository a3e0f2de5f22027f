// The left end of a lane's row: a light for its hits, its name, mute, the way to its card, solo, lock, and its own density.
#pragma once

#include "../processor/processor.h"
#include "shown_cycle.h"

#include <juce_audio_processors/juce_audio_processors.h>

namespace groovefield {

/// Shows a light and a name; clicked, it mutes the lane; the other button, or Enter, opens the lane's card.
class LaneLabel final : public juce::Button {
public:
    explicit LaneLabel (std::size_t lane);

    void setLane (const juce::String& shown);
    void strike (float strength);        ///< 0..1
    void fade (double seconds);          ///< lets the light go out; repaints only while it does

    void paintButton (juce::Graphics&, bool over, bool down) override;
    void mouseDown (const juce::MouseEvent&) override;
    void mouseUp (const juce::MouseEvent&) override;
    bool keyPressed (const juce::KeyPress&) override;

    std::function<void()> onCard;

private:
    std::size_t lane;
    float light = 0.0f;
};

/// A sign that is quiet until it is on: a letter, a padlock, or the way to the card: dots, and a wave where a one-shot
/// stands in for the drum.
class LaneSign final : public juce::Button {
public:
    enum class Kind { solo, lock, card };
    explicit LaneSign (Kind k) : Button ({}), kind (k) {}
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    void paintCard (juce::Graphics&, juce::Rectangle<float> sign, bool over) const;

    Kind kind;
};

/// A small slider; with the keyboard on it arrows move it, and Enter or a digit opens a box to type into.
class DensitySlider final : public juce::Slider {
public:
    DensitySlider();

    bool keyPressed (const juce::KeyPress&) override;
    void resized() override;

    juce::Label typed;    ///< seen while it is typed into

private:
    void type (const juce::String& begun);
};

/// All [message].
class LaneStrip : public juce::Component {
public:
    /// Lanes beyond the table's have no parameters: they show a name, solo and lock.
    LaneStrip (Processor&, std::size_t lane);

    /// Once a frame.
    void show (const ShownLane&, bool solo);

    void resized() override;
    bool keyPressed (const juce::KeyPress&) override;

    /// The lane's sound and notes in a call-out.
    void openCard();

    LaneLabel name;
    LaneSign card { LaneSign::Kind::card }, solo { LaneSign::Kind::solo }, lock { LaneSign::Kind::lock };
    DensitySlider density;

private:
    void toggleSolo();
    void toggleLock();
    void showSample (Voice);

    Processor& processor;
    std::size_t lane;
    juce::String sample;    // the one-shot's name
    std::unique_ptr<juce::AudioProcessorValueTreeState::ButtonAttachment> muteAttachment;
    std::unique_ptr<juce::AudioProcessorValueTreeState::SliderAttachment> densityAttachment;
};

} // namespace groovefield
