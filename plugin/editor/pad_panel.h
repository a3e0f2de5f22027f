// The left half: the pad with its tools, its coordinates as typed values, Generate, Back and Find.
#pragma once

#include "frame.h"
#include "pad.h"
#include "pad_legend.h"
#include "pad_tools.h"
#include "slice_row.h"

namespace groovefield {

/// Finds what plays in the present field; while it looks, a click ends that.
class FindButton final : public juce::Button {
public:
    FindButton();
    /// `seconds` move what turns while it looks; `before`: it would find what another model played.
    void show (bool looking, bool before, double seconds);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    bool looking = false, before = false;
    double seconds = 0.0;
};

/// All [message].
class PadPanel : public juce::Component {
public:
    explicit PadPanel (Processor&);
    ~PadPanel() override;

    void show (const Frame&);
    void generate();
    void goBack();
    void find();

    void paint (juce::Graphics&) override;
    void resized() override;

    /// Width that makes the pad square at a height.
    int widthFor (int height) const noexcept;

    /// True if that asks for another layout.
    bool setLatents (int latents);

    Place& place;
    Pad pad;
    PadTools tools;
    PadLegend legend;
    juce::TextButton generateButton { "Generate" }, backButton { "Back" };
    FindButton findButton;
    SliceRow slice;

private:
    struct Heights {
        int tools, row, gap, slice;
    };
    Heights heightsFor (int height) const noexcept;

    void typed();
    void showMenu();
    void showSearch (double seconds);
    void showLegend (double seconds);

    Processor& processor;
    juce::Point<float> foundAt;      // what was found is said while the place is there
    double foundUntil = 0.0;         // seconds
    PlaceFinder::Phase lastPhase = PlaceFinder::Phase::idle;
    int lastSearch = 0;
    int lastMap = -1;
    bool lastDots = false;
    PadLegend::About explained = PadLegend::About::nothing;
    double explainedUntil = 0.0;     // seconds

    juce::Label x, y;
};

} // namespace groovefield
