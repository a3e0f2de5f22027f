// What was dropped to train on: a row for each file or folder, or the invitation to drop some.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include <functional>

namespace groovefield {

/// All [message].
class SourceList : public juce::Component, private juce::ListBoxModel {
public:
    SourceList();
    ~SourceList() override;

    void show (const juce::StringArray& paths, bool editable);

    std::function<void (int)> onRemove;     ///< the row's cross was clicked, or Delete pressed on it
    std::function<void()> onChoose;         ///< the empty list was clicked

    void paint (juce::Graphics&) override;
    void resized() override;
    void mouseUp (const juce::MouseEvent&) override;
    int getNumRows() override { return paths.size(); }

private:
    void paintListBoxItem (int row, juce::Graphics&, int width, int height, bool selected) override;
    void listBoxItemClicked (int row, const juce::MouseEvent&) override;
    void deleteKeyPressed (int row) override;
    juce::String getTooltipForRow (int row) override { return paths[row]; }
    juce::String getNameForRow (int row) override { return juce::File (paths[row]).getFileName(); }

    juce::StringArray paths;
    bool editable = true;
    juce::ListBox list;
};

} // namespace groovefield
