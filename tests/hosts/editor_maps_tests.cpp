// Maps of notes out: those of common samplers, edited ones, and the user's own files.
#include "editor_driving.h"
#include "editor_session.h"
#include "own_data.h"
#include "processor_testing.h"

#include "../../plugin/editor/note_table.h"

#include <set>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr std::size_t kick = 0, snare = 1, closedHat = 2;

juce::File mapsIn (const OwnData& data) { return data.folder.getChildFile ("groovefield/note maps"); }

const NamedNotes& builtin (const juce::String& name)
{
    const auto& all = builtinNoteMaps();
    const auto found = std::find_if (all.begin(), all.end(), [&] (const auto& map) { return map.name == name; });
    REQUIRE (found != all.end());
    return *found;
}

std::vector<NamedNotes> ownMaps()
{
    juce::StringArray refusals;
    return userNoteMaps (refusals);
}

std::set<int> notesHeard (Session& session)
{
    session.heard.clear();
    session.run (4.0);
    std::set<int> notes;
    for (const auto& n : session.heard)
        notes.insert (n.note);
    return notes;
}

} // namespace

TEST_CASE ("a sampler's map is chosen by name, is what goes out, and is one deed")
{
    const OwnData data;
    Session session;
    session.open();
    session.host.playing = true;
    session.run (0.2);
    NoteTable table (session.processor);
    CHECK (table.map.getButtonText() == "General MIDI");
    const auto before = notesHeard (session);
    CHECK (before.count (36) == 1);
    CHECK (before.count (42) == 1);

    table.useMap (builtin ("GGD Invasion"));
    CHECK (table.map.getButtonText() == "GGD Invasion");
    CHECK (table.map.getTitle() == "Note map: GGD Invasion");
    CHECK (session.processor.history.undoName() == "Notes of GGD Invasion");
    session.run (0.1);
    const auto sent = notesHeard (session);
    CHECK (sent.count (24) == 1);
    CHECK (sent.count (43) == 1);
    CHECK (sent.count (36) == 0);
    CHECK (sent.count (42) == 0);
    CHECK (table.notes[kick]->getText() == "24  C0");

    // The project keeps the notes, and with them the name.
    Session other;
    restore (other.processor, stateOf (session.processor));
    other.run (0.1);
    CHECK (NoteTable (other.processor).map.getButtonText() == "GGD Invasion");

    CHECK (session.processor.history.undo());
    NoteTable again (session.processor);
    CHECK (again.map.getButtonText() == "General MIDI");
    session.run (0.1);
    CHECK (notesHeard (session) == before);
}

TEST_CASE ("a note changed by hand makes a map edited; saved by a name it comes back, here and in the next instance")
{
    const OwnData data;
    Session session;
    session.open();
    session.run (0.2);
    NoteTable table (session.processor);
    table.useMap (builtin ("Superior Drummer 3"));
    table.notes[snare]->setText ("F#1", juce::sendNotificationSync);
    CHECK (session.processor.noteMap().note[snare] == 42);
    CHECK (table.map.getButtonText() == "Edited");
    CHECK (session.processor.history.undo());
    CHECK (NoteTable (session.processor).map.getButtonText() == "Superior Drummer 3");
    CHECK (session.processor.history.redo());

    const auto name = juce::String::fromUTF8 ("\u30c9\u30e9\u30e0 ../../\u00fcber \\ *");
    table.saveAs (name);
    CHECK (table.map.getButtonText() == name);
    // Whatever the name holds, there is one more file, and it lies in the folder.
    CHECK (data.folder.findChildFiles (juce::File::findFiles, true).size() == 1);
    CHECK (mapsIn (data).findChildFiles (juce::File::findFiles, false, "*.notes.json").size() == 1);

    Session other;
    other.run (0.2);
    NoteTable there (other.processor);
    REQUIRE (ownMaps().size() == 1);
    there.useMap (ownMaps()[0]);
    CHECK (other.processor.noteMap().note[snare] == 42);
    CHECK (there.map.getButtonText() == name);

    // A map is replaced when its name is given twice running; those of the plugin never are.
    const auto snareOf = [] (const juce::String& wanted) {
        const auto own = ownMaps();
        return std::find_if (own.begin(), own.end(), [&] (const auto& one) { return one.name == wanted; })->notes.at ("Snare");
    };
    there.notes[snare]->setText ("50", juce::sendNotificationSync);
    there.saveAs (name);
    there.saveAs ("Ludwig");
    there.saveAs (name);
    CHECK (snareOf (name) == 42);
    there.saveAs (name);
    CHECK (snareOf (name) == 50);
    there.notes[snare]->setText ("51", juce::sendNotificationSync);
    there.saveAs (name);
    CHECK (snareOf (name) == 50);
    there.saveAs ("General MIDI");
    there.saveAs ("General MIDI");
    REQUIRE (ownMaps().size() == 2);
    there.removeMap (ownMaps()[0]);
    there.removeMap (ownMaps()[0]);
    CHECK (ownMaps().empty());
    CHECK (there.map.getButtonText() == "Edited");
}

TEST_CASE ("the light says where notes go: channel, the melody's beside it, or the kit alone")
{
    Session session;
    auto& editor = session.open();
    session.run (0.4);
    auto& light = editor.header.midi;
    CHECK (light.getTitle() == "Notes: MIDI out, channel 10");
    session.processor.laying.lay ("Melody", [] (Overlay& o) {
        o.melody.mode = Melody::Mode::beside;
        o.melody.channel = 3;
    });
    session.run (0.4);
    CHECK (light.getTitle() == "Notes: MIDI out, channel 10 + 3");
    session.set ("output", 0.0f);
    session.run (0.4);
    CHECK (light.getTitle() == "Notes: Kit only, no MIDI out");
}

TEST_CASE ("files that are no note maps are a sentence, and the good ones are there")
{
    const OwnData data;
    Session session;
    session.run (0.2);
    const LaneNotes lanes { { "Kick", "Snare" }, { 36, 38 } };
    REQUIRE (saveNoteMap ({ "Good", {}, { { "Kick", 60 } }, {} }).isEmpty());
    const auto write = [&] (const char* file, const juce::String& text) { mapsIn (data).getChildFile (file).replaceWithText (text); };
    write ("a.notes.json", "{ \"groovefield_notes\": 1, \"name\": \"High\", \"notes\": { \"Kick\": 128 } }");
    write ("b.notes.json", "no JSON");
    write ("c.notes.json", "{ \"groovefield_notes\": 7, \"name\": \"Newer\", \"notes\": {} }");
    write ("d.notes.json", juce::String::repeatedString ("[", 100000));
    write ("e.notes.json", "{ \"groovefield_notes\": 1, \"name\": \"Half\", \"notes\": { \"Kick\": \"36\" } }");
    juce::StringArray refusals;
    const auto maps = userNoteMaps (refusals);
    REQUIRE (maps.size() == 1);
    CHECK (maps[0].name == "Good");
    CHECK (refusals.size() == 5);
    CHECK (refusals[0] == "The note map in a.notes.json cannot be used: the note of Kick is none from 0 to 127.");
    CHECK (refusals[2].contains ("newer Groovefield"));

    // A lane that a map does not name sends the model's own note.
    auto sent = NoteMap();
    sent.note[1] = 99;
    sent.channel = 3;
    sent = underMap (maps[0], lanes, sent);
    CHECK (sent.note[0] == 60);
    CHECK (sent.note[1] == -1);
    CHECK (sent.channel == 3);

    CHECK (saveNoteMap ({ " \n ", {}, {}, {} }) == "A note map needs a name.");
    CHECK (saveNoteMap ({ juce::String::repeatedString ("x", 100), {}, {}, {} }).contains ("at most"));
}
