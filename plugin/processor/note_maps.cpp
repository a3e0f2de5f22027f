#include "note_maps.h"

#include "parameters.h"
#include "user_files.h"

#include <algorithm>
#include <array>

namespace groovefield {

namespace {

struct Row {
    const char* name;
    const char* about;
    std::array<std::uint8_t, parameterLanes> notes;   // in the order of laneNames
};

// models/groovefield/note_maps.py says where each of them is from; tests/python/test_note_maps.py holds the two together.
constexpr std::array<Row, 8> rows { {
    { "General MIDI", "The standard; most instruments have a setting for it",
      { { 36, 38, 42, 46, 43, 47, 50, 39, 37, 51, 49 } } },
    { "Live Drum Rack", "Ableton Live's own kits: toms on 41, 43 and 45",
      { { 36, 38, 42, 46, 41, 43, 45, 39, 37, 51, 49 } } },
    { "Roland V-Drums", "TD modules and samplers set to them: toms on 43, 45 and 48",
      { { 36, 38, 42, 46, 43, 45, 48, 39, 37, 51, 49 } } },
    { "Addictive Drums 2", "XLN's own map; claps go to the first Flexi slot",
      { { 36, 38, 49, 56, 67, 69, 71, 47, 42, 60, 77 } } },
    { "EZdrummer", "Toontrack's standard kit; claps go to 39, a snare in kits without any",
      { { 36, 38, 22, 26, 43, 47, 50, 39, 37, 51, 55 } } },
    { "Superior Drummer 3", "Toontrack's own map; claps go to the rimshot",
      { { 36, 38, 42, 46, 43, 47, 48, 40, 37, 51, 49 } } },
    { "GGD Invasion", "GetGood Drums' own map; claps go to the stack",
      { { 24, 26, 43, 46, 36, 34, 33, 78, 30, 62, 54 } } },
    { "Pads from 36 up", "One lane a pad or key: Battery's cells, Maschine, MPC banks, slices in a sampler",
      { { 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46 } } },
} };

constexpr const char* formProperty = "groovefield_notes";
constexpr int form = 1, longestLaneName = 64, mostNotes = 64;

const UserFiles& files()
{
    static const UserFiles kept { "note maps", ".notes.json", "note map" };
    return kept;
}

std::optional<NamedNotes> readMap (const juce::File& file, juce::String& refusal)
{
    const auto content = files().read (file, refusal);
    if (refusal.isNotEmpty())
        return std::nullopt;
    const auto refuse = [&] (const juce::String& reason) -> std::optional<NamedNotes> {
        refusal = "The note map in " + file.getFileName() + " cannot be used: " + reason + ".";
        return std::nullopt;
    };
    if (! content[formProperty].isInt())
        return refuse ("it is no note map");
    if (static_cast<int> (content[formProperty]) > form)
        return refuse ("a newer Groovefield made it");
    NamedNotes map;
    map.name = content["name"].isString() ? UserFiles::tidy (content["name"].toString()) : juce::String();
    map.file = file;
    auto* const notes = content["notes"].getDynamicObject();
    if (files().refusalOf (map.name).isNotEmpty() || notes == nullptr || notes->getProperties().size() > mostNotes)
        return refuse ("it has no name, or no notes");
    for (const auto& [lane, note] : notes->getProperties()) {
        const auto name = lane.toString().substring (0, longestLaneName);
        if (! note.isInt() || static_cast<int> (note) < 0 || static_cast<int> (note) > 127)
            return refuse ("the note of " + name + " is none from 0 to 127");
        map.notes[name] = note;
    }
    return map;
}

} // namespace

const std::vector<NamedNotes>& builtinNoteMaps()
{
    static const auto maps = [] {
        std::vector<NamedNotes> made;
        for (const auto& row : rows) {
            NamedNotes map { row.name, row.about, {}, {} };
            for (std::size_t lane = 0; lane < parameterLanes; ++lane)
                map.notes[laneNames[lane].name] = row.notes[lane];
            made.push_back (std::move (map));
        }
        return made;
    }();
    return maps;
}

std::vector<NamedNotes> userNoteMaps (juce::StringArray& refusals)
{
    std::vector<NamedNotes> maps;
    for (const auto& file : files().all()) {
        juce::String refusal;
        if (auto map = readMap (file, refusal))
            maps.push_back (std::move (*map));
        else
            refusals.add (refusal);
    }
    return maps;
}

// A lane set to the model's own note follows the model.
NoteMap underMap (const NamedNotes& map, const LaneNotes& lanes, NoteMap notes)
{
    notes.note.fill (-1);
    for (std::size_t lane = 0; lane < lanes.own.size() && lane < notes.note.size(); ++lane)
        if (const auto found = map.notes.find (lanes.names[static_cast<int> (lane)]); found != map.notes.end() && found->second != lanes.own[lane])
            notes.note[lane] = static_cast<std::int16_t> (found->second);
    return notes;
}

NamedNotes mapOf (const juce::String& name, const LaneNotes& lanes, const NoteMap& notes)
{
    NamedNotes map { UserFiles::tidy (name), {}, {}, {} };
    for (std::size_t lane = 0; lane < lanes.own.size(); ++lane)
        map.notes[lanes.names[static_cast<int> (lane)]] = notes.note[lane] >= 0 ? int { notes.note[lane] } : int { lanes.own[lane] };
    return map;
}

const NamedNotes* mapNamedFor (const std::vector<NamedNotes>& maps, const LaneNotes& lanes, const NoteMap& notes)
{
    const auto sent = mapOf ({}, lanes, notes).notes;
    for (const auto& map : maps)
        if (mapOf ({}, lanes, underMap (map, lanes, notes)).notes == sent)
            return &map;
    return nullptr;
}

juce::String saveNoteMap (const NamedNotes& map)
{
    auto notes = std::make_unique<juce::DynamicObject>();
    for (const auto& [lane, note] : map.notes)
        notes->setProperty (lane, note);
    auto content = std::make_unique<juce::DynamicObject>();
    content->setProperty (formProperty, form);
    content->setProperty ("name", map.name);
    content->setProperty ("notes", juce::var (notes.release()));
    return files().write (map.name, juce::var (content.release()));
}

juce::String removeNoteMap (const NamedNotes& map) { return files().remove (map.file); }

} // namespace groovefield
