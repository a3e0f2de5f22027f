// A choice parameter as buttons side by side, one for each choice.
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include <memory>
#include <vector>

namespace groovefield {

/// All [message].
class Segments : public juce::Component {
public:
    struct Choice {
        const char *name, *tooltip;
    };

    /// `title` is what a screen reader says before each button's name.
    Segments (juce::RangedAudioParameter&, const juce::String& title, const std::vector<Choice>&);
    void resized() override;

    std::vector<std::unique_ptr<juce::TextButton>> buttons;

private:
    juce::ParameterAttachment attachment;
};

} // namespace groovefield
