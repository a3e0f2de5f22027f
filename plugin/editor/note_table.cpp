#include "note_table.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int rowHeight = 24, width = 220, margin = 12, fieldWidth = 72, titleHeight = 28;
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
            names.add (juce::String::fromUTF8 (pattern.laneName[lane].data(),
                                               static_cast<int> (strnlen (pattern.laneName[lane].data(), pattern.laneName[lane].size()))));
            ownNotes.push_back (pattern.laneNote[lane]);
        }
    const auto map = processor.noteMap();
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
    for (std::size_t lane = 0; lane < ownNotes.size(); ++lane) {
        auto& label = *notes.emplace_back (std::make_unique<juce::Label>());
        setUp (label, noteText (map.note[lane] >= 0 ? map.note[lane] : ownNotes[lane]), "Note of " + names[static_cast<int> (lane)],
               "The MIDI note this lane sends. Click and type a number or a name such as F#1.", [this, lane] { changeNote (lane); });
    }
    setUp (channel, juce::String (static_cast<int> (map.channel)), "MIDI channel", "The MIDI channel of all notes, 1 to 16.", [this] { changeChannel(); });
    reset.setTooltip ("Every lane sends the note that the model names.");
    reset.onClick = [this] { changed ("Model's own notes", [] (NoteMap& chosen) { chosen.note.fill (-1); }); };
    addAndMakeVisible (reset);
    setSize (width, titleHeight + rowHeight * (static_cast<int> (notes.size()) + 1) + 44 + margin);
    startTimerHz (refreshHertz);    // what is undone meanwhile is seen
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
    changed ("Note of " + names[static_cast<int> (lane)], [&] (NoteMap& map) {
        const auto before = map.note[lane] >= 0 ? static_cast<int> (map.note[lane]) : static_cast<int> (ownNotes[lane]);
        const auto note = noteIn (notes[lane]->getText(), before);
        map.note[lane] = static_cast<std::int16_t> (note == ownNotes[lane] ? -1 : note);
    });
}

void NoteTable::changeChannel()
{
    changed ("MIDI channel", [&] (NoteMap& map) {
        const auto typed = channel.getText().getIntValue();
        if (typed >= 1 && typed <= 16)
            map.channel = static_cast<std::uint8_t> (typed);
    });
}

void NoteTable::refill()
{
    const auto map = processor.noteMap();
    const auto fill = [] (juce::Label& label, const juce::String& text) {
        if (! label.isBeingEdited())
            label.setText (text, juce::dontSendNotification);
    };
    for (std::size_t lane = 0; lane < notes.size(); ++lane)
        fill (*notes[lane], noteText (map.note[lane] >= 0 ? map.note[lane] : ownNotes[lane]));
    fill (channel, juce::String (static_cast<int> (map.channel)));
}

juce::Rectangle<int> NoteTable::rowAt (int index) const noexcept
{
    return { margin, titleHeight + index * rowHeight, getWidth() - 2 * margin, rowHeight };
}

void NoteTable::paint (juce::Graphics& g)
{
    g.setFont (Look::font (13.0f, true));
    g.setColour (palette::text);
    g.drawText ("Notes sent", margin, 6, getWidth() - 2 * margin, 18, juce::Justification::centredLeft);
    g.setFont (Look::font (13.0f));
    const auto lanes = static_cast<int> (notes.size());
    for (int i = 0; i <= lanes; ++i) {
        // The same order as in the grid: the kick at the bottom, the channel below it.
        const auto isChannel = i == lanes;
        const auto lane = lanes - 1 - i;
        g.setColour (isChannel ? palette::quiet : palette::soft);
        g.drawText (isChannel ? "Channel" : names[lane], rowAt (i).withTrimmedLeft (14), juce::Justification::centredLeft);
        if (! isChannel) {
            g.setColour (palette::lane (static_cast<std::size_t> (lane)));
            g.fillEllipse (rowAt (i).removeFromLeft (7).withSizeKeepingCentre (7, 7).toFloat());
        }
    }
}

void NoteTable::resized()
{
    const auto lanes = static_cast<int> (notes.size());
    for (int i = 0; i < lanes; ++i)
        notes[static_cast<std::size_t> (lanes - 1 - i)]->setBounds (rowAt (i).removeFromRight (fieldWidth).reduced (0, 1));
    channel.setBounds (rowAt (lanes).removeFromRight (fieldWidth).reduced (0, 1));
    reset.setBounds (rowAt (lanes + 1).withHeight (28).translated (0, 10));
}

} // namespace groovefield
