// The editor: puts the parts together and gives each a frame of what is to be seen.
//
// It reads what the processor publishes, moves parameters with gestures, hands on what the user
// chooses (models, notes out, material), and drives training; nothing here touches the audio thread.
#pragma once

#include "controls.h"
#include "header.h"
#include "learn_layer.h"
#include "look_and_feel.h"
#include "pad_panel.h"
#include "pattern_panel.h"
#include "status_bar.h"
#include "train_panel.h"

namespace groovefield {

/// All [message].
class Editor : public juce::AudioProcessorEditor, public juce::FileDragAndDropTarget {
public:
    explicit Editor (Processor&);
    ~Editor() override;

    /// One frame; the display's refresh calls it, at most 60 times a second.
    void tick (double seconds);

    /// Magnifies everything, beside what the host does; the state keeps it. Percent, 100 to 300. Where the display has too little
    /// room the window shows less, and as much as before when it is made smaller again.
    void setZoom (int percent);
    bool zoomFits (int percent) const;
    void setScaleFactor (float hosts) override;

    void paint (juce::Graphics&) override;
    void resized() override;

    void paintOverChildren (juce::Graphics&) override;
    bool keyPressed (const juce::KeyPress&) override;

    bool isInterestedInFileDrag (const juce::StringArray&) override;
    void fileDragEnter (const juce::StringArray&, int x, int y) override;
    void fileDragMove (const juce::StringArray&, int x, int y) override;
    void fileDragExit (const juce::StringArray&) override;
    void filesDropped (const juce::StringArray&, int x, int y) override;

private:
    Processor& processor;
    Look look;
    FrameReader frames;

public:
    Header header;
    PadPanel pad;
    PatternPanel pattern;
    TrainPanel training;
    Controls controls;
    StatusBar status;
    LearnLayer learning;

private:
    void refresh();
    void tickSlowly();
    void showPicture();
    void showTraining (bool);
    void hearOthers();

    // What becomes of files that are held over the editor.
    enum class Drop { none, train, place, lane };
    struct Held {
        Drop drop = Drop::none;
        std::size_t lane = 0;
        bool padTakes = false, lanesTake = false;   // they could be dropped there too
        bool operator== (const Held& o) const noexcept
        {
            return drop == o.drop && lane == o.lane && padTakes == o.padTakes && lanesTake == o.lanesTake;
        }
    };
    Held heldAt (const juce::StringArray&, juce::Point<int>) const;
    void setHeld (const Held&);
    void train (const juce::StringArray&);
    void paintDrop (juce::Graphics&, juce::Rectangle<int>, const juce::String&, bool chosen) const;

    juce::TooltipWindow tooltips { this, 600 };
    Held held;
    juce::String message;           // what the last action here could not do
    juce::String lastSearch, lastStudio;   // what was last heard of what goes on beside us
    std::shared_ptr<const Model> pictured;
    std::uint64_t pictureVersion = 0;
    juce::Rectangle<float> roomAt (int percent) const;

    float hostsScale = 1.0f;
    int zoomed = 100;              // percent
    juce::Point<int> chosenSize;   // before zoom took of it
    bool zooming = false;
    double lastTick = 0.0, lastSlowTick = -1.0;
    juce::VBlankAttachment display;

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (Editor)
};

} // namespace groovefield
