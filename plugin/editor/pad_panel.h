// The left half: the pad, its coordinates as typed values, Generate and Back.
#pragma once

#include "frame.h"
#include "pad.h"

namespace groovefield {

/// All [message].
class PadPanel : public juce::Component {
public:
    explicit PadPanel (Processor&);

    void show (const Frame&);
    void generate();
    void goBack();

    void paint (juce::Graphics&) override;
    void resized() override;

    /// Width that makes the pad square at a height.
    static int widthFor (int height) noexcept;

    Place place;
    Pad pad;
    juce::TextButton generateButton { "Generate" }, backButton { "Back" };

private:
    void typed();

    juce::Label x, y;
    juce::Random random;
};

} // namespace groovefield
