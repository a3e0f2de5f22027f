#include "note_table.h"

#include "look_and_feel.h"

#include "../processor/user_files.h"
#include "windows.h"

#include <algorithm>
#include <utility>

namespace groovefield {

namespace {

constexpr int rowHeight = 24, width = 236, margin = 12, fieldWidth = 72, titleHeight = 28, mapHeight = 36, troubleHeight = 48;
const char* const edited = "Edited";
constexpr int octaveOfMiddleC = 3, refreshHertz = 5;

} // namespace

juce::String noteText (int note)
{
    return juce::String (note) + "  " + juce::MidiMessage::getMidiNoteName (note, true, true, octaveOfMiddleC);
}

int noteIn (const juce::String& text, int fallback)
{
    const auto typed = text.trim().upToFirstOccurrenceOf (" ", false, false);
    if (typed.isEmpty())
        return fallback;
    if (typed.containsOnly ("0123456789"))
        return typed.length() < 4 && typed.getIntValue() < 128 ? typed.getIntValue() : fallback;
    for (int note = 0; note < 128; ++note)
        for (const auto sharps : { true, false })
            if (typed.equalsIgnoreCase (juce::MidiMessage::getMidiNoteName (note, sharps, true, octaveOfMiddleC)))
                return note;
    return fallback;
}

NoteTable::NoteTable (Processor& p) : processor (p)
{
    Pattern pattern;
    if (processor.pattern (pattern))
        for (std::size_t lane = 0; lane < pattern.lanes; ++lane) {
            lanes.names.add (juce::String::fromUTF8 (pattern.laneName[lane].data(),
                                                     static_cast<int> (strnlen (pattern.laneName[lane].data(), pattern.laneName[lane].size()))));
            lanes.own.push_back (pattern.laneNote[lane]);
        }
    setTitle ("Notes sent");
    const auto sent = processor.noteMap();
    const auto setUp = [this] (juce::Label& label, const juce::String& text, const juce::String& title, const juce::String& tooltip, std::function<void()> onChange) {
        label.setFont (Look::font (13.0f));
        label.setEditable (true);
        label.setText (text, juce::dontSendNotification);
        label.setTitle (title);
        label.setTooltip (tooltip);
        label.setColour (juce::Label::backgroundColourId, palette::well);
        label.onTextChange = std::move (onChange);
        addAndMakeVisible (label);
    };
    for (std::size_t lane = 0; lane < lanes.own.size(); ++lane) {
        auto& label = *notes.emplace_back (std::make_unique<juce::Label>());
        setUp (label, noteText (sent.note[lane] >= 0 ? sent.note[lane] : lanes.own[lane]), "Note of " + lanes.names[static_cast<int> (lane)],
               "The MIDI note this lane sends. Click and type a number or a name such as F#1.", [this, lane] { changeNote (lane); });
    }
    setUp (channel, juce::String (static_cast<int> (sent.channel)), "MIDI channel", "The MIDI channel of all notes, 1 to 16.", [this] { changeChannel(); });
    map.setTooltip ("Notes for common drum samplers, and maps of your own. A note that is changed below makes a map Edited.");
    map.onClick = [this] { openMenu(); };
    addAndMakeVisible (map);
    setUp (name, {}, "Name of the note map", "Type a name and press Return.", {});
    name.setVisible (false);
    name.onEditorHide = [this] {
        name.setVisible (false);
        map.setVisible (true);
    };
    name.onTextChange = [this] { saveAs (name.getText()); };
    readMaps();
    refill();
    setSize (width, titleHeight + mapHeight + rowHeight * (static_cast<int> (notes.size()) + 1) + margin + (trouble.isNotEmpty() ? troubleHeight : 0));
    startTimerHz (refreshHertz);    // what is undone meanwhile is seen
}

void NoteTable::readMaps()
{
    refusals.clear();
    maps = builtinNoteMaps();
    for (auto& own : userNoteMaps (refusals))
        maps.push_back (std::move (own));
    say (refusals[0]);
}

juce::PopupMenu NoteTable::menu()
{
    readMaps();
    const auto* on = mapNamedFor (maps, lanes, processor.noteMap());
    juce::PopupMenu all;
    bool heading = false;
    for (const auto& one : maps) {
        if (one.file != juce::File() && ! std::exchange (heading, true))
            all.addSectionHeader ("Your maps");
        all.addItem (one.name + (one.about.isEmpty() ? juce::String() : juce::String::fromUTF8 (" \u00b7 ") + one.about), true, &one == on,
                     [this, one] { useMap (one); });
    }
    all.addSeparator();
    all.addItem ("Save these notes as...", [this] { askName(); });
    if (on != nullptr && on->file != juce::File()) {
        // There is no way back: not with one click.
        juce::PopupMenu sure;
        sure.addItem ("Really delete it", [this, one = *on] { removeMap (one); });
        all.addSubMenu ("Delete " + on->name, sure);
    }
    return all;
}

void NoteTable::openMenu()
{
    showMenu (menu(), map);
}

void NoteTable::useMap (const NamedNotes& chosen)
{
    changed ("Notes of " + chosen.name, [&] (NoteMap& sent) { sent = underMap (chosen, lanes, sent); });
}

void NoteTable::askName()
{
    map.setVisible (false);
    name.setVisible (true);
    name.setText ({}, juce::dontSendNotification);
    name.showEditor();
}

void NoteTable::saveAs (const juce::String& typed)
{
    if (typed.trim().isEmpty())
        return;
    auto refusal = nameTaken (UserFiles::tidy (typed));
    if (refusal.isEmpty())
        refusal = saveNoteMap (mapOf (typed, lanes, processor.noteMap()));
    readMaps();
    if (refusal.isNotEmpty())
        say (refusal);
    refill();
}

// One's own map is replaced when its name is given twice running.
juce::String NoteTable::nameTaken (const juce::String& typed)
{
    const auto found = std::find_if (maps.begin(), maps.end(), [&] (const auto& one) { return one.name == typed; });
    const auto asked = std::exchange (toReplace, juce::String());
    if (found == maps.end() || (found->file != juce::File() && asked == typed))
        return {};
    toReplace = typed;
    return found->file == juce::File() ? typed + " comes with the plugin: choose another name."
                                       : "There is a map called " + typed + ". Save by this name once more to replace it.";
}

void NoteTable::removeMap (const NamedNotes& chosen)
{
    const auto refusal = removeNoteMap (chosen);
    readMaps();
    if (refusal.isNotEmpty())
        say (refusal);
    refill();
}

// A sentence makes the table a little longer.
void NoteTable::say (const juce::String& sentence)
{
    const auto was = std::exchange (trouble, sentence);
    setSize (width, getHeight() + (sentence.isNotEmpty() ? troubleHeight : 0) - (was.isNotEmpty() ? troubleHeight : 0));
    repaint();
}

void NoteTable::changed (const juce::String& deed, const std::function<void (NoteMap&)>& alter)
{
    const auto from = processor.noteMap();
    auto to = from;
    alter (to);
    processor.laneDeeds.setNotes (deed, from, to);
    refill();
}

// A lane set to the model's own note follows the model.
void NoteTable::changeNote (std::size_t lane)
{
    changed ("Note of " + lanes.names[static_cast<int> (lane)], [&] (NoteMap& sent) {
        const auto before = sent.note[lane] >= 0 ? static_cast<int> (sent.note[lane]) : static_cast<int> (lanes.own[lane]);
        const auto note = noteIn (notes[lane]->getText(), before);
        sent.note[lane] = static_cast<std::int16_t> (note == lanes.own[lane] ? -1 : note);
    });
}

void NoteTable::changeChannel()
{
    changed ("MIDI channel", [&] (NoteMap& sent) {
        const auto typed = channel.getText().getIntValue();
        if (typed >= 1 && typed <= 16)
            sent.channel = static_cast<std::uint8_t> (typed);
    });
}

void NoteTable::refill()
{
    const auto sent = processor.noteMap();
    const auto* on = mapNamedFor (maps, lanes, sent);
    map.setButtonText (on != nullptr ? on->name : juce::String (edited));
    map.setTitle ("Note map: " + map.getButtonText());
    const auto fill = [] (juce::Label& label, const juce::String& text) {
        if (! label.isBeingEdited())
            label.setText (text, juce::dontSendNotification);
    };
    for (std::size_t lane = 0; lane < notes.size(); ++lane)
        fill (*notes[lane], noteText (sent.note[lane] >= 0 ? sent.note[lane] : lanes.own[lane]));
    fill (channel, juce::String (static_cast<int> (sent.channel)));
}

juce::Rectangle<int> NoteTable::rowAt (int index) const noexcept
{
    return { margin, titleHeight + mapHeight + index * rowHeight, getWidth() - 2 * margin, rowHeight };
}

void NoteTable::paint (juce::Graphics& g)
{
    g.setFont (Look::font (13.0f, true));
    g.setColour (palette::text);
    g.drawText ("Notes sent", margin, 6, getWidth() - 2 * margin, 18, juce::Justification::centredLeft);
    g.setFont (Look::font (13.0f));
    const auto count = static_cast<int> (notes.size());
    for (int i = 0; i <= count; ++i) {
        // The same order as in the grid: the kick at the bottom, the channel below it.
        const auto isChannel = i == count;
        const auto lane = count - 1 - i;
        g.setColour (isChannel ? palette::quiet : palette::soft);
        g.drawText (isChannel ? "Channel" : lanes.names[lane], rowAt (i).withTrimmedLeft (14), juce::Justification::centredLeft);
        if (! isChannel) {
            g.setColour (palette::lane (static_cast<std::size_t> (lane)));
            g.fillEllipse (rowAt (i).removeFromLeft (7).withSizeKeepingCentre (7, 7).toFloat());
        }
    }
    g.setColour (palette::warning);
    g.setFont (Look::font (12.0f));
    g.drawFittedText (trouble, margin, rowAt (count + 1).getY() + 4, getWidth() - 2 * margin, troubleHeight - 4, juce::Justification::topLeft, 3, 0.9f);
}

void NoteTable::resized()
{
    const auto count = static_cast<int> (notes.size());
    map.setBounds (margin, titleHeight, getWidth() - 2 * margin, 28);
    name.setBounds (map.getBounds());
    for (int i = 0; i < count; ++i)
        notes[static_cast<std::size_t> (count - 1 - i)]->setBounds (rowAt (i).removeFromRight (fieldWidth).reduced (0, 1));
    channel.setBounds (rowAt (count).removeFromRight (fieldWidth).reduced (0, 1));
}

} // namespace groovefield
