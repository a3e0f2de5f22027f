// The right half while training: what to train on, how, how it goes, and what became of it.
#pragma once

#include "../processor/processor.h"
#include "loss_curve.h"
#include "source_list.h"

#include <array>

namespace groovefield {

/// All [message].
class TrainPanel : public juce::Component {
public:
    explicit TrainPanel (Processor&);

    void show();                     ///< a few times a second
    void add (const juce::StringArray& paths);

    std::function<void()> onClose;

    void paint (juce::Graphics&) override;
    void resized() override;

    SourceList sources;
    LossCurve curve;
    juce::TextEditor name, report;
    juce::TextEditor epochs;
    juce::TextButton automatic;                      ///< closeness as the material has it
    std::array<juce::TextButton, 3> closeness;
    juce::TextButton addFiles { "Add files..." }, addFolder { "Add folder..." }, clear { "Clear" }, close { "Back to the pattern" };
    juce::TextButton train { "Train" }, pause { "Pause" }, hear { "Hear it now" }, finish { "Finish now" }, cancel { "Cancel" };

private:
    void setUpChoices();
    void setUpCloseness (juce::TextButton&, const char* word, const char* tooltip, std::optional<Training::Closeness> meant);
    void setUpButtons();
    void choose (bool folders);
    void start();
    void showState (const Training::State&);
    juce::String progressText (const Training::State&) const;

    Training& training;
    std::unique_ptr<juce::FileChooser> chooser;
    juce::String sentence;
    double progress = 0.0;           // 0..1
    bool running = false, failed = false;
    juce::Rectangle<int> titleArea, nameLabel, closenessLabel, lengthLabel, epochsLabel, progressArea;
};

} // namespace groovefield
