// The left end of a lane's row: a light for its hits, its name, mute, solo, lock, and its own density.
#pragma once

#include "../processor/processor.h"
#include "shown_cycle.h"

#include <juce_audio_processors/juce_audio_processors.h>

namespace groovefield {

/// Shows a light and a name; clicked, it mutes the lane.
class LaneLabel final : public juce::Button {
public:
    explicit LaneLabel (std::size_t lane);

    void setLane (const juce::String& shown);
    void strike (float strength);        ///< 0..1
    void fade (double seconds);          ///< lets the light go out; repaints only while it does

    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    std::size_t lane;
    float light = 0.0f;
};

/// A sign that is quiet until it is on: a letter, or a padlock.
class LaneSign final : public juce::Button {
public:
    enum class Kind { solo, lock };
    explicit LaneSign (Kind k) : Button ({}), kind (k) {}
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    Kind kind;
};

/// All [message].
class LaneStrip : public juce::Component {
public:
    /// Lanes beyond the table's have no parameters: they show a name, solo and lock.
    LaneStrip (Processor&, std::size_t lane);

    /// Once a frame.
    void show (const ShownLane&, bool solo);

    void resized() override;

    LaneLabel name;
    LaneSign solo { LaneSign::Kind::solo }, lock { LaneSign::Kind::lock };
    juce::Slider density;

private:
    void toggleSolo();
    void toggleLock();

    Processor& processor;
    std::size_t lane;
    std::unique_ptr<juce::AudioProcessorValueTreeState::ButtonAttachment> muteAttachment;
    std::unique_ptr<juce::AudioProcessorValueTreeState::SliderAttachment> densityAttachment;
};

} // namespace groovefield
