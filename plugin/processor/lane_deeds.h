// What the musician's hand does to how a lane sounds and to the notes that it sends: each deed whole, each one undone.
#pragma once

#include "../player/pattern_player.h"
#include "history.h"
#include "lane_sounds.h"

#include <functional>
#include <optional>

namespace groovefield {

/// All [message].
class LaneDeeds {
public:
    using Notes = std::function<void (const NoteMap&)>;

    /// `notes` takes another note map; `changed` is told of everything that a host's project should keep.
    LaneDeeds (LaneSounds&, History&, Notes notes, std::function<void()> changed);

    /// A drag: what is changed sounds at once, and is one deed when it ends.
    void begin();
    void change (const std::function<void (KitSettings&)>&);
    void end (const juce::String& deed);
    /// Ends a drag that something else comes between.
    void finish();
    /// [any] Another state was loaded: a drag that goes on is no deed.
    void interrupt() noexcept { replaced.store (true); }

    /// A deed at once.
    void set (const juce::String& deed, const std::function<void (KitSettings&)>&);

    /// Puts a file's sound in a drum's place. Returns a sentence if it is refused; all then stays as it is.
    juce::String load (Voice, const juce::File&, const juce::String& lane);
    void clear (Voice, const juce::String& lane);

    void setNotes (const juce::String& deed, const NoteMap& from, const NoteMap& to);

private:
    void put (const KitSettings&);
    void put (const KeptSamples&);
    void put (const NoteMap&);
    void addSamples (const juce::String& deed, const KeptSamples& from);

    LaneSounds& sounds;
    History& history;
    Notes useNotes;
    std::function<void()> changed;
    std::optional<KitSettings> before;
    std::atomic<bool> replaced { false };    // by a state, in the midst of a drag
};

} // namespace groovefield
