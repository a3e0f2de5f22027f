#include "preset_browser.h"

#include "look_and_feel.h"

#include <algorithm>

namespace groovefield {

namespace {

constexpr int width = 600, height = 436, margin = 12, fieldHeight = 28, gap = 8, categoryWidth = 152, wordHeight = 26, rowHeight = 44;
const char* const allWord = "All";

void paintRow (juce::Graphics& g, int w, int h, bool selected)
{
    if (! selected)
        return;
    g.setColour (palette::hover);
    g.fillRoundedRectangle (juce::Rectangle<int> (w, h).toFloat().reduced (1.0f), palette::corner);
}

void setUpList (juce::ListBox& list, const juce::String& title, int rows)
{
    list.setRowHeight (rows);
    list.setTitle (title);
    list.setColour (juce::ListBox::backgroundColourId, juce::Colours::transparentBlack);
    list.setColour (juce::ListBox::outlineColourId, juce::Colours::transparentBlack);
}

} // namespace

WordList::WordList (const juce::String& title)
{
    setUpList (list, title, wordHeight);
    list.setModel (this);
    addAndMakeVisible (list);
}

WordList::~WordList() { list.setModel (nullptr); }

void WordList::show (const juce::StringArray& now)
{
    const auto was = words[list.getSelectedRow()];
    words = now;
    list.updateContent();
    list.selectRow (std::max (0, words.indexOf (was)));
    list.repaint();
}

void WordList::paintListBoxItem (int row, juce::Graphics& g, int w, int h, bool selected)
{
    paintRow (g, w, h, selected);
    g.setFont (Look::font (13.0f, selected));
    g.setColour (selected ? palette::text : palette::soft);
    g.drawText (words[row], juce::Rectangle<int> (w, h).reduced (8, 0), juce::Justification::centredLeft, true);
}

void WordList::selectedRowsChanged (int row)
{
    if (onChoose)
        onChoose (row);
}

PresetBrowser::PresetBrowser (Presets& p) : presets (p)
{
    setTitle ("Presets");
    setFocusContainerType (FocusContainerType::keyboardFocusContainer);
    setUpText (search, "Search presets", "Search by name, style or word");
    search.setTooltip ("Every word of it is looked for in names, styles, descriptions and tags. Arrow keys go on to the list.");
    search.onTextChange = [this] {
        categories.list.selectRow (0);    // what is typed is looked for everywhere
        filter();
    };
    search.onEscapeKey = [this] { close(); };
    search.addKeyListener (this);
    search.onReturnKey = [this] {
        if (! rows.empty())
            list.selectRow (0);
        list.grabKeyboardFocus();
    };
    setUpText (name, "Name of the preset", "Name, then Return");
    name.setTooltip ("What your preset is called. Return keeps it, Escape does not.");
    name.setVisible (false);
    name.onReturnKey = [this] { answer(); };
    name.onEscapeKey = [this] { ask (Asked::nothing); };
    categories.onChoose = [this] (int) { filter(); };
    addAndMakeVisible (categories);
    setUpList (list, "Presets", rowHeight);
    list.setModel (this);
    addAndMakeVisible (list);
    for (auto* button : { &save, &saveAs, &rename, &remove })
        addAndMakeVisible (button);
    save.setTooltip ("Keeps what plays in the place of your preset that is on.");
    saveAs.setTooltip ("Keeps what plays as a preset of your own: everything but the model, the one-shots and where notes go.");
    rename.setTooltip ("Gives your preset another name.");
    remove.setTooltip ("Removes your preset's file. Undo does not bring it back.");
    save.onClick = [this] {
        say (presets.save (presets.on().name));
        readAll();
    };
    saveAs.onClick = [this] { ask (Asked::save); };
    rename.onClick = [this] { ask (Asked::rename); };
    remove.onClick = [this] { removeChosen(); };
    setSize (width, height);
    readAll();
}

PresetBrowser::~PresetBrowser()
{
    search.removeKeyListener (this);
    list.setModel (nullptr);
}

void PresetBrowser::setUpText (juce::TextEditor& text, const juce::String& title, const juce::String& invitation)
{
    text.setFont (Look::font (13.5f));
    text.setTitle (title);
    text.setTextToShowWhenEmpty (invitation, palette::quiet);
    text.setJustification (juce::Justification::centredLeft);
    text.setIndents (8, 0);
    addAndMakeVisible (text);
}

// What the user's folder holds now, and what is on, chosen in it.
void PresetBrowser::readAll()
{
    presets.all();
    if (trouble.isEmpty() && ! presets.refusals().isEmpty())
        trouble = presets.refusals()[0] + (presets.refusals().size() > 1 ? " (And " + juce::String (presets.refusals().size() - 1) + " more.)" : juce::String());
    words = presets.categories();
    words.insert (0, allWord);
    categories.show (words);
    filter();
}

void PresetBrowser::filter()
{
    const juce::ScopedValueSetter<bool> quietly (loading, true);
    const auto category = words[categories.list.getSelectedRow()];
    const auto on = presets.on();
    rows.clear();
    for (const auto& preset : presets.known())
        if ((category == allWord || category.isEmpty() || preset->category == category) && preset->matches (search.getText()))
            rows.push_back (preset);
    list.updateContent();
    const auto at = std::find_if (rows.begin(), rows.end(), [&] (const auto& preset) { return on == PresetName { preset->users, preset->name }; });
    if (at != rows.end())
        list.selectRow (static_cast<int> (at - rows.begin()));
    else
        list.deselectAllRows();
    list.repaint();
    showButtons();
}

std::shared_ptr<const Preset> PresetBrowser::chosen() const
{
    const auto row = list.getSelectedRow();
    return row >= 0 && row < static_cast<int> (rows.size()) ? rows[static_cast<std::size_t> (row)] : nullptr;
}

// A row that is chosen plays.
void PresetBrowser::selectedRowsChanged (int)
{
    sureToRemove = false;
    if (const auto preset = chosen(); preset != nullptr && ! loading) {
        trouble.clear();
        const auto said = presets.load (preset);
        if (onMessage)
            onMessage (said);
    }
    showButtons();
}

void PresetBrowser::showButtons()
{
    const auto preset = chosen();
    const bool own = preset != nullptr && preset->users, asks = asked != Asked::nothing;
    save.setEnabled (presets.on().users && presets.isEdited());
    rename.setEnabled (own);
    remove.setEnabled (own);
    remove.setButtonText (sureToRemove ? "Really delete" : "Delete");
    for (auto* button : { &save, &saveAs, &rename, &remove })
        button->setVisible (! asks);
    name.setVisible (asks);
    list.repaint();
    repaint();
}

void PresetBrowser::ask (Asked what)
{
    const auto preset = chosen();
    asked = what;
    showButtons();
    if (what == Asked::nothing)
        return;
    name.setText (what == Asked::rename && preset != nullptr ? preset->name : juce::String(), false);
    name.selectAll();
    name.grabKeyboardFocus();
}

void PresetBrowser::answer()
{
    const auto preset = chosen();
    const auto refusal = asked == Asked::save ? presets.save (name.getText()) : preset != nullptr ? presets.rename (*preset, name.getText()) : juce::String();
    say (refusal);
    if (refusal.isNotEmpty())
        return;
    asked = Asked::nothing;
    search.setText ({}, false);
    readAll();
    list.grabKeyboardFocus();
}

void PresetBrowser::removeChosen()
{
    const auto preset = chosen();
    if (preset == nullptr || ! preset->users)
        return;
    if (! std::exchange (sureToRemove, true)) {
        showButtons();
        return;
    }
    sureToRemove = false;
    say (presets.remove (*preset));
    readAll();
}

void PresetBrowser::deleteKeyPressed (int) { removeChosen(); }

void PresetBrowser::say (const juce::String& sentence)
{
    trouble = sentence;
    repaint();
}

void PresetBrowser::close()
{
    if (auto* box = findParentComponentOfClass<juce::CallOutBox>())
        box->dismiss();
}

// From the search field down into the list.
bool PresetBrowser::keyPressed (const juce::KeyPress& key, juce::Component*)
{
    if (key.getKeyCode() != juce::KeyPress::downKey || rows.empty())
        return false;
    if (chosen() == nullptr)
        list.selectRow (0);
    list.grabKeyboardFocus();
    return true;
}

juce::String PresetBrowser::getNameForRow (int row)
{
    if (row < 0 || row >= static_cast<int> (rows.size()))
        return {};
    const auto& preset = *rows[static_cast<std::size_t> (row)];
    return preset.name + ", " + preset.category + (preset.about.isEmpty() ? juce::String() : ". " + preset.about);
}

juce::String PresetBrowser::getTooltipForRow (int row)
{
    return row >= 0 && row < static_cast<int> (rows.size()) ? rows[static_cast<std::size_t> (row)]->about : juce::String();
}

void PresetBrowser::paintListBoxItem (int row, juce::Graphics& g, int w, int h, bool selected)
{
    if (row < 0 || row >= static_cast<int> (rows.size()))
        return;
    const auto& preset = *rows[static_cast<std::size_t> (row)];
    paintRow (g, w, h, selected);
    auto area = juce::Rectangle<int> (w, h).reduced (8, 5);
    const auto mark = area.removeFromRight (12).removeFromRight (8).withSizeKeepingCentre (6, 6).toFloat();
    if (presets.on() == PresetName { preset.users, preset.name }) {
        g.setColour (palette::accent);
        g.fillEllipse (mark);
    }
    auto line = area.removeFromTop (h / 2 - 4);
    g.setFont (Look::font (12.0f));
    g.setColour (palette::quiet);
    if (preset.bpm > 0.0)
        g.drawText ("for " + juce::String (juce::roundToInt (preset.bpm)) + " bpm", line.removeFromRight (76), juce::Justification::centredRight);
    g.setFont (Look::font (13.5f, true));
    g.setColour (selected ? palette::text : palette::soft);
    g.drawText (preset.name, line, juce::Justification::centredLeft, true);
    g.setFont (Look::font (12.0f));
    g.setColour (palette::quiet);
    g.drawText (preset.about, area, juce::Justification::centredLeft, true);
}

void PresetBrowser::paint (juce::Graphics& g)
{
    g.setColour (palette::well);
    g.fillRoundedRectangle (list.getBounds().expanded (4, 4).toFloat(), palette::corner);
    const auto foot = getLocalBounds().reduced (margin).removeFromBottom (fieldHeight);
    g.setFont (Look::font (12.0f));
    if (asked == Asked::nothing && trouble.isEmpty()) {
        g.setColour (palette::quiet);
        g.drawText (juce::String (rows.size()) + (rows.size() == 1 ? " preset" : " presets"), foot, juce::Justification::centredLeft);
    }
    g.setColour (palette::warning);
    g.drawFittedText (trouble, foot.withWidth (asked == Asked::nothing ? save.getX() - margin - gap : name.getX() - margin - gap), juce::Justification::centredLeft, 2, 0.85f);
    if (rows.empty()) {
        g.setColour (palette::quiet);
        g.setFont (Look::font (13.0f));
        g.drawText ("Nothing is called that.", list.getBounds(), juce::Justification::centred);
    }
}

void PresetBrowser::resized()
{
    auto area = getLocalBounds().reduced (margin);
    search.setBounds (area.removeFromTop (fieldHeight));
    area.removeFromTop (gap + 4);
    auto foot = area.removeFromBottom (fieldHeight);
    area.removeFromBottom (gap + 4);
    name.setBounds (foot.removeFromRight (300));
    auto buttons = name.getBounds().withLeft (getWidth() - margin - 384);
    for (auto* button : { &saveAs, &save, &rename, &remove })
        button->setBounds (buttons.removeFromLeft (button == &remove ? 108 : 92).withTrimmedRight (button == &remove ? 0 : gap));
    categories.setBounds (area.removeFromLeft (categoryWidth));
    area.removeFromLeft (gap + 4);
    list.setBounds (area.reduced (4));
}

} // namespace groovefield
