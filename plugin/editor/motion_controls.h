// How motion is made: what moves the position, a path that is recorded on the pad, points that are kept.
#pragma once

#include "../processor/processor.h"
#include "segments.h"

namespace groovefield {

/// A red dot and a word; it turns to a square while it records.
class RecordButton final : public juce::Button {
public:
    RecordButton();
    void show (MotionRecorder::Phase, int bars);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    MotionRecorder::Phase phase = MotionRecorder::Phase::idle;
    int bars = 0;
};

/// All [message].
class MotionControls : public juce::Component {
public:
    explicit MotionControls (Processor&);

    /// Shows what is so, once a frame.
    void show();
    /// What there is to play: the path's length, the number of points; empty: neither. Or what is missing.
    juce::String inWords() const;
    /// What to do where the mode that is chosen has nothing to play; empty: it has.
    juce::String missing() const;

    juce::PopupMenu lengthMenu();
    juce::PopupMenu stayMenu();

    void resized() override;

    Segments mode;
    RecordButton record;
    juce::TextButton length, add { "+ Point" }, remove { "Remove" }, stay;

private:
    Motion chosen() const;
    void showTools (Motion);

    Processor& processor;
    int shown = -1;     // the mode whose tools are there
};

} // namespace groovefield
