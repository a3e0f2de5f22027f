// The buttons of the top line: Play, the model, Train, the studio, undo and redo, A and B, the light for outgoing notes.
#pragma once

#include "../processor/processor.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// What lies under all of them.
void paintHeaderButton (juce::Graphics&, juce::Button&, bool over, bool down);

/// The mark at the left end, which opens a menu.
class MarkButton final : public juce::Button {
public:
    MarkButton();
    void paintButton (juce::Graphics&, bool over, bool down) override;
};

/// A button that shows whether music runs, and who runs it.
class PlayButton final : public juce::Button {
public:
    PlayButton();
    void setHostRuns (bool);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    bool hostRuns = false;
};

/// The model's name; opens its menu.
class ModelButton final : public juce::Button {
public:
    ModelButton();
    void setModel (const juce::String& name);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    juce::String model;
};

/// Opens the training panel; a ring shows how far a training is.
class TrainButton final : public juce::Button {
public:
    TrainButton();
    /// 0..1, or below 0 when none runs.
    void setProgress (float);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    float progress = -1.0f;
};

/// Opens the studio, a window of its own; in a narrow line it is its picture alone.
class StudioButton final : public juce::Button {
public:
    StudioButton();
    void show (bool opening, bool open);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    bool opening = false, open = false;
};

/// A light for MIDI notes and where they go; opens the table of notes.
class MidiButton final : public juce::Button {
public:
    MidiButton();
    /// The melody's channel is 0 while there is none.
    void setTarget (Output, int channel, int melodyChannel);
    void sent();
    void fade (double seconds);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    juce::StringArray said;   // the first that has room is shown
    bool on = true;
    float light = 0.0f;
};

/// Undo, redo: a bent arrow. Its tooltip says what would be done.
class HistoryButton final : public juce::Button {
public:
    explicit HistoryButton (bool forward);
    void show (const juce::String& deed);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    bool forward;
    juce::String deed;
};

/// A and B, the one that plays lit.
class CompareButton final : public juce::Button {
public:
    CompareButton();
    void show (bool b);
    void paintButton (juce::Graphics&, bool over, bool down) override;

private:
    bool showsB = false;
};

} // namespace groovefield
