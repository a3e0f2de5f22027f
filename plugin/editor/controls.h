// The bottom row: the parameters as knobs in four groups, and where the notes go.
#pragma once

#include "knob.h"

#include <memory>
#include <vector>

namespace groovefield {

/// Kit, MIDI or both, as three buttons side by side. All [message].
class OutputChoice : public juce::Component {
public:
    explicit OutputChoice (juce::RangedAudioParameter&);
    void paint (juce::Graphics&) override;
    void resized() override;

private:
    juce::TextButton kit { "Kit" }, midi { "MIDI" }, both { "Both" };
    juce::ParameterAttachment attachment;
};

/// All [message].
class Controls : public juce::Component {
public:
    explicit Controls (juce::AudioProcessorValueTreeState&);

    /// Those of the model; without any the control rests.
    void showStyles (const juce::StringArray&);

    void paint (juce::Graphics&) override;
    void resized() override;

private:
    struct Group {
        juce::String title;
        std::vector<std::unique_ptr<Knob>> knobs;
        juce::Rectangle<int> bounds;
    };

    std::shared_ptr<juce::StringArray> styles = std::make_shared<juce::StringArray>();
    Knob* style = nullptr;      // in its group
    std::vector<Group> groups;
    OutputChoice output;
};

} // namespace groovefield
