// All presets: by category, by search; loading, saving, renaming, removing.
#pragma once

#include "../processor/presets.h"

#include <juce_gui_basics/juce_gui_basics.h>

#include <functional>

namespace groovefield {

/// A list of words to choose one of.
class WordList : public juce::Component, private juce::ListBoxModel {
public:
    explicit WordList (const juce::String& title);
    ~WordList() override;
    void show (const juce::StringArray&);

    std::function<void (int)> onChoose;
    juce::ListBox list;

private:
    void resized() override { list.setBounds (getLocalBounds()); }
    int getNumRows() override { return words.size(); }
    void paintListBoxItem (int row, juce::Graphics&, int width, int height, bool selected) override;
    void selectedRowsChanged (int row) override;
    juce::String getNameForRow (int row) override { return words[row]; }

    juce::StringArray words;
};

/// All [message].
class PresetBrowser : public juce::Component, private juce::ListBoxModel, private juce::KeyListener {
public:
    explicit PresetBrowser (Presets&);
    ~PresetBrowser() override;

    std::function<void (const juce::String&)> onMessage;

    /// What is listed at the moment.
    const Presets::List& shown() const noexcept { return rows; }

    void paint (juce::Graphics&) override;
    void resized() override;

    juce::TextEditor search;
    WordList categories { "Categories" };
    juce::ListBox list;
    juce::TextButton save { "Save" }, saveAs { "Save as..." }, rename { "Rename" }, remove { "Delete" };
    juce::TextEditor name;             ///< takes the place of the buttons while a name is asked for

private:
    enum class Asked { nothing, save, rename };

    using juce::Component::keyPressed;
    bool keyPressed (const juce::KeyPress&, juce::Component*) override;
    int getNumRows() override { return static_cast<int> (rows.size()); }
    void paintListBoxItem (int row, juce::Graphics&, int width, int height, bool selected) override;
    void selectedRowsChanged (int row) override;
    void listBoxItemDoubleClicked (int, const juce::MouseEvent&) override { close(); }
    void returnKeyPressed (int) override { close(); }
    void deleteKeyPressed (int) override;
    juce::String getNameForRow (int row) override;
    juce::String getTooltipForRow (int row) override;

    void setUpText (juce::TextEditor&, const juce::String& title, const juce::String& invitation);
    void readAll();
    void filter();
    void showButtons();
    void ask (Asked);
    void answer();
    void removeChosen();
    void say (const juce::String&);
    void close();
    std::shared_ptr<const Preset> chosen() const;

    Presets& presets;
    Presets::List rows;
    juce::StringArray words;           // categories, "All" first
    Asked asked = Asked::nothing;
    bool sureToRemove = false, loading = false;
    juce::String trouble;
};

} // namespace groovefield
