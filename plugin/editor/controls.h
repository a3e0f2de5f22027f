// The bottom rows: the parameters as knobs in groups, motion, and where the notes go.
#pragma once

#include "knob.h"
#include "motion_controls.h"

#include <memory>
#include <vector>

namespace groovefield {

/// All [message].
class Controls : public juce::Component {
public:
    explicit Controls (Processor&);

    /// What motion is, once a frame.
    void showMotion();

    /// Those of the model; without any the control rests.
    void showStyles (const juce::StringArray&);

    void paint (juce::Graphics&) override;
    void resized() override;

    /// So high are they, at any width.
    static int height() noexcept;

    MotionControls motion;
    Segments output;

private:
    struct Group {
        juce::String title;
        int row = 0;
        std::vector<std::unique_ptr<Knob>> knobs;
        juce::Component* others = nullptr;      // buttons,
        float othersShare = 0.0f;               // as wide as so many knobs,
        bool othersFirst = false;               // left of them or right
        juce::Rectangle<int> bounds;
    };
    void layOutRow (int row, juce::Rectangle<int>);

    std::shared_ptr<juce::StringArray> styles = std::make_shared<juce::StringArray>();
    Knob* style = nullptr;      // in its group
    std::vector<Group> groups;
    juce::String motionInWords;
    bool motionMisses = false;
};

} // namespace groovefield
