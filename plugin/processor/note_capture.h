// Notes played on a keyboard, on their way into the grid.
//
// The rule in prose. While it is on, the audio thread puts each incoming note into a ring with the place in the song where it
// was played; a timer takes it out again and makes it an edit: the hit of that drum at the nearest step, struck as hard, and
// as far from its line as it was played. While nothing plays, notes go to the grid's cursor, one step after the other; notes
// struck together share a step. The deeds of one round of the cycle, or of one stretch without a pause, are undone together.
#pragma once

#include "laying.h"

#include <juce_events/juce_events.h>

namespace groovefield {

struct NoteMap;

/// A note as it came in.
struct IncomingNote {
    double song = 0.0;                    ///< beats
    double loopStart = 0.0, loopEnd = 0.0;   ///< beats; equal: no loop
    double seconds = 0.0;                 ///< of the stream, whatever the song does
    std::uint8_t note = 0, velocity = 0;
    bool running = false;
};

class NoteCapture : private juce::Timer {
public:
    /// What plays when a note is taken.
    struct Heard {
        Pattern pattern;
        PlayParameters play;
        std::array<std::int16_t, maxLanes> notes {};   ///< that each lane sends
    };

    /// `heard` fills in what plays; false: nothing does yet.
    NoteCapture (Laying&, std::function<bool (Heard&)> heard);
    ~NoteCapture() override;

    void setOn (bool);                                      // [message]
    bool isOn() const noexcept { return on.load(); }        // any thread

    /// Where the next note goes while nothing plays: a step of the pattern. The keyboard's cursor in the grid.
    std::size_t step() const noexcept { return next; }      // [message]
    void setStep (std::size_t to) noexcept { next = to; }   // [message]

    void hear (const IncomingNote&) noexcept;               // [audio] what finds no room is lost
    void look();                                            // [message] lays what was heard; a timer of ours calls it

private:
    void timerCallback() override { look(); }
    void lay (const IncomingNote&, const Heard&);

    Laying& laying;
    std::function<bool (Heard&)> heardNow;
    std::atomic<bool> on { false };

    static constexpr int room = 512;
    juce::AbstractFifo ring { room };
    std::array<IncomingNote, room> notes;

    // The message thread's.
    std::size_t next = 0, standing = 0;   // the cursor, and where the last note was put
    std::shared_ptr<Laying::Going> deed;
    std::optional<IncomingNote> last;
    std::int64_t lastCycle = 0, lastStep = 0;

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (NoteCapture)
};

/// [message] The lane that a note means: the one that sends it, else the first whose drum it is.
std::optional<std::size_t> laneOfNote (const NoteCapture::Heard&, int note) noexcept;

/// The step of the song that a place in it belongs to, and how far from its straight line it is: of the steps whose hits can
/// sound there, the one whose hits do when they are on time, swing and the lane's push included.
struct PlayedAt {
    std::int64_t gridStep = 0;
    double displacement = 0.0;    ///< steps, [-1/2, +1)
};
PlayedAt playedAt (const IncomingNote&, const PlayParameters&, const Overlay&, std::size_t lane, double rate) noexcept;

} // namespace groovefield
