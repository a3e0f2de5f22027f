#include "header.h"

#include "learn_layer.h"
#include "look_and_feel.h"
#include "note_table.h"
#include "preset_browser.h"
#include "windows.h"

#include <algorithm>

namespace groovefield {

namespace {

/// How much there is room for, by the width of the line.
struct Widths {
    int mark, preset, play, studio, midi, gap;
};
constexpr Widths narrow { 30, 158, 34, 34, 78, 6 }, roomy { 34, 220, 88, 84, 104, 8 }, wide { 34, 250, 88, 88, 172, 8 };
constexpr int roomyFrom = 840, wideFrom = 1060;
constexpr int markWidth = 24, modelMost = 280, historyWidth = 30, compareWidth = 46, trainWidth = 76;
constexpr int mostModels = 30;   // of the library, in the menu

} // namespace

Header::Header (Processor& p) : processor (p), playAttachment (p.parameters, "free_run", play)
{
    for (juce::Component* child : { static_cast<juce::Component*> (&mark), static_cast<juce::Component*> (&preset), static_cast<juce::Component*> (&play), static_cast<juce::Component*> (&model),
                                    static_cast<juce::Component*> (&train), static_cast<juce::Component*> (&studio),
                                    static_cast<juce::Component*> (&undo), static_cast<juce::Component*> (&redo),
                                    static_cast<juce::Component*> (&compare), static_cast<juce::Component*> (&midi) })
        addAndMakeVisible (child);
    mark.onClick = [this] {
        showMenu (zoomMenu(), mark);
    };
    setLearnable (play, { "free_run" });
    setLearnable (undo, { actionTarget ("undo") });
    setLearnable (redo, { actionTarget ("redo") });
    setLearnable (compare, { actionTarget ("compare") });
    setLearnable (preset.previous, { actionTarget ("preset_previous") });
    setLearnable (preset.next, { actionTarget ("preset_next") });
    undo.onClick = [this] { processor.history.undo(); };
    redo.onClick = [this] { processor.history.redo(); };
    compare.onClick = [this] { processor.compare(); };
    model.onClick = [this] { openModelMenu(); };
    midi.onClick = [this] { openNotes(); };
    preset.name.onClick = [this] { openPresets(); };
    preset.previous.onClick = [this] { say (processor.presets.step (-1)); };
    preset.next.onClick = [this] { say (processor.presets.step (1)); };
    seenNotes = processor.now.notesSent.load();
    showSlowly();
}

void Header::show (const Frame& frame)
{
    undo.show (processor.history.undoName());
    redo.show (processor.history.redoName());
    compare.show (processor.playsB());
    play.setHostRuns (frame.running && ! play.getToggleState());
    midi.fade (frame.elapsed);
    if (std::exchange (seenNotes, frame.notesSent) != frame.notesSent)
        midi.sent();
}

void Header::showSlowly()
{
    model.setModel (processor.modelName());
    preset.show (processor.presets.on().name, processor.presets.isEdited());
    const auto& training = processor.training;
    const auto& state = training.state();
    train.setProgress (! training.active() ? -1.0f : state.epochs > 0 ? static_cast<float> (state.epoch) / static_cast<float> (state.epochs) : 0.0f);
    studio.show (processor.studio.opening(), processor.studio.isOpen());
    const auto output = processor.parameters.getRawParameterValue ("output")->load();
    midi.setTarget (static_cast<Output> (juce::roundToInt (output)), processor.noteMap().channel,
                    processor.laying.overlay()->melody.sounds() ? processor.laying.overlay()->melody.channel : 0);
}

void Header::openModelMenu()
{
    juce::PopupMenu menu;
    menu.addItem ("Load model...", [this] { chooseModel(); });
    menu.addItem ("Default model", [this] {
        processor.loadDefaultModel();
        say ({});
    });
    // The user's own, the newest first.
    auto own = Training::library().findChildFiles (juce::File::findFiles, false, "*.groovefield");
    own.removeIf ([] (const juce::File& file) { return file.isHidden() || file.getFileName().startsWithChar ('.'); });
    std::sort (own.begin(), own.end(), [] (const juce::File& a, const juce::File& b) {
        return a.getLastModificationTime() > b.getLastModificationTime();
    });
    if (! own.isEmpty())
        menu.addSectionHeader ("Your models");
    for (int i = 0; i < std::min (mostModels, own.size()); ++i)
        menu.addItem (own[i].getFileNameWithoutExtension(), [this, file = own[i]] { loadModel (file); });
    showMenu (menu, model);
}

void Header::chooseModel()
{
    chooser = std::make_unique<juce::FileChooser> ("Load a model", juce::File(), "*.groovefield");
    chooser->launchAsync (juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles,
                          [this] (const juce::FileChooser& chosen) {
                              if (chosen.getResult() != juce::File())
                                  loadModel (chosen.getResult());
                          });
}

void Header::loadModel (const juce::File& file)
{
    const auto refusal = processor.loadModel (file);
    say (refusal);
    showSlowly();
}

void Header::openNotes()
{
    auto table = std::make_unique<NoteTable> (processor);
    auto& first = table->map;
    callOut (std::move (table), first, midi);
}

void Header::openPresets()
{
    auto browser = std::make_unique<PresetBrowser> (processor.presets);
    browser->onMessage = [this] (const juce::String& sentence) { say (sentence); };
    auto& first = browser->search;
    callOut (std::move (browser), first, preset.name);
}

void Header::say (const juce::String& sentence) const
{
    if (onMessage)
        onMessage (sentence);
}

juce::PopupMenu Header::zoomMenu()
{
    juce::PopupMenu menu;
    menu.addSectionHeader ("Groovefield " JucePlugin_VersionString);
    for (const auto percent : zooms)
        menu.addItem ("Zoom " + juce::String (percent) + " %", fits == nullptr || fits (percent), processor.editorZoom == percent, [this, percent] {
            if (onZoom)
                onZoom (percent);
        });
    return menu;
}

void Header::resized()
{
    const auto& widths = getWidth() >= wideFrom ? wide : getWidth() >= roomyFrom ? roomy : narrow;
    auto area = getLocalBounds().withTrimmedLeft (widths.mark);
    mark.setBounds (0, 0, markWidth, getHeight());
    const auto fromLeft = [&] (juce::Component& part, int width) {
        part.setBounds (area.removeFromLeft (width));
        area.removeFromLeft (widths.gap);
    };
    const auto fromRight = [&] (juce::Component& part, int width, int gap) {
        part.setBounds (area.removeFromRight (width));
        area.removeFromRight (gap);
    };
    fromLeft (preset, widths.preset);
    fromLeft (play, widths.play);
    fromRight (midi, widths.midi, widths.gap);
    fromRight (compare, compareWidth, widths.gap);
    fromRight (redo, historyWidth, 2);
    fromRight (undo, historyWidth, widths.gap);
    fromLeft (model, std::min (modelMost, area.getWidth() - trainWidth - widths.studio - 2 * widths.gap));
    fromLeft (train, trainWidth);
    studio.setBounds (area.removeFromLeft (widths.studio));
}

} // namespace groovefield
