// Notes out by name: maps for common drum samplers, and those that the user named.
//
// Which map is on is not kept anywhere: it is the one whose notes are sent. So a note that is edited, undone or brought
// by a project tells by itself whether a map still is what its name says.
#pragma once

#include "../player/pattern_player.h"

#include <juce_core/juce_core.h>

#include <map>
#include <optional>
#include <vector>

namespace groovefield {

struct NamedNotes {
    juce::String name, about;
    std::map<juce::String, int> notes;   ///< by the lane's name
    juce::File file;                     ///< the user's; else none
};

/// The lanes of the model that plays: their names and the notes that the model gives them.
struct LaneNotes {
    juce::StringArray names;
    std::vector<std::uint8_t> own;
};

/// All [message].
/// The twin of models/groovefield/note_maps.py; the first one is the default.
const std::vector<NamedNotes>& builtinNoteMaps();

/// Those in the user's folder; what cannot be read is said in `refusals`.
std::vector<NamedNotes> userNoteMaps (juce::StringArray& refusals);

/// The notes under a map. A lane that it does not name sends the model's own note.
NoteMap underMap (const NamedNotes&, const LaneNotes&, NoteMap);

/// The notes that are sent, as a map.
NamedNotes mapOf (const juce::String& name, const LaneNotes&, const NoteMap&);

/// The first of them whose notes are those that are sent; nothing: they were edited.
const NamedNotes* mapNamedFor (const std::vector<NamedNotes>&, const LaneNotes&, const NoteMap&);

/// Keeps a map in the user's folder, in the place of one of the same name. Returns a sentence if that cannot be.
juce::String saveNoteMap (const NamedNotes&);
juce::String removeNoteMap (const NamedNotes&);

} // namespace groovefield
