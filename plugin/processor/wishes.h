// Where somebody beside the plugin, such as the studio, would have it go: taken as movements of X and Y.
#pragma once

#include "client.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <functional>
#include <optional>

namespace groovefield {

/// All [message], but for `start`.
class Wishes : private juce::Timer {
public:
    using Next = std::function<std::optional<PatternClient::Wish>()>;

    /// `next` gives the newest wish, once.
    Wishes (juce::AudioProcessorValueTreeState&, Next next);
    ~Wishes() override;

    /// Begins to look for wishes. Any thread but the audio thread.
    void start();

    /// Takes the newest wish; a timer of ours calls it.
    void look();

private:
    void timerCallback() override { look(); }
    void begin();
    void end();

    juce::RangedAudioParameter &x, &y;
    Next next;
    bool moving = false;
    juce::uint32 lastWish = 0;      // milliseconds

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (Wishes)
};

} // namespace groovefield
