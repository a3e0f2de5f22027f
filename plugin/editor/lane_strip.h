// The left end of a lane's row: a light for its hits, its name, mute, and its own density.
#pragma once

#include "../processor/parameters.h"

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

/// All [message].
class LaneStrip : public juce::Component {
public:
    /// Lanes beyond the table's have no parameters: they show a name only.
    LaneStrip (juce::AudioProcessorValueTreeState&, std::size_t lane);

    void resized() override;

    LaneLabel name;
    juce::Slider density;

private:
    std::unique_ptr<juce::AudioProcessorValueTreeState::ButtonAttachment> muteAttachment;
    std::unique_ptr<juce::AudioProcessorValueTreeState::SliderAttachment> densityAttachment;
};

} // namespace groovefield
