// The editor.
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

namespace groovefield {

class Processor;

class Editor : public juce::AudioProcessorEditor {
public:
    explicit Editor (Processor&);
    void resized() override;

private:
    juce::GenericAudioProcessorEditor generic;
};

} // namespace groovefield
