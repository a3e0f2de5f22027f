// Plays patterns in time with the host.
//
// The rule in prose. Every grid line of a pass is a step. Three quarters of a step before its
// line it is *asked for*: the parameters of that block are its parameters for good, and the pattern
// at the position they give is requested. Half a step before its line it is *latched*: the answer
// to that request (live, if it has come; offline, waited for) decides its hits. From then on
// nothing changes them. A hit is displaced by at most [-1/2, +1) step from its line, so it never
// lies before its latch, and no change of pattern, parameters or model doubles or loses one.
//
//        ask            latch           line
//     ----|---------------|---------------|----------------------------> run time
//        -3/4            -1/2             0 ......... hits up to +1
//
// One thread, the audio thread, calls everything here but prepare. No JUCE.
#pragma once

#include "feel.h"
#include "host_clock.h"
#include "motion.h"

#include <array>
#include <cstdint>

namespace groovefield {

/// A note as it is sent, with all that the event record keeps of it.
struct PlayedNote {
    int sample = 0;              ///< within the block
    std::uint8_t lane = 0, note = 0, velocity = 0, channel = 0;   ///< `melodyLane`: no drum's
    std::uint8_t drum = 0;       ///< the note that the model gives the lane: which drum it is
    double songBeats = 0.0;      ///< song position where it sounds, exact
    double runSamples = 0.0;     ///< samples since the run began, exact
    double lengthBeats = 0.0;
    double bpm = 0.0;
    CellAddress address;
    double rate = 4.0;           ///< steps a beat
    std::uint32_t run = 0;       ///< counts starts and seeks
};

/// Where notes go: MIDI out, the kit, the event record.
class NoteSink {
public:
    virtual ~NoteSink() = default;
    virtual void noteOn (const PlayedNote&) noexcept = 0;                                     // [audio]
    virtual void noteOff (int sample, std::uint8_t note, std::uint8_t channel) noexcept = 0;  // [audio]
};

/// Which MIDI note each lane sends.
struct NoteMap {
    std::array<std::int16_t, maxLanes> note;  ///< 0..127; -1: the model's own
    std::uint8_t channel = 10;                ///< 1..16
    std::array<std::uint8_t, 7> pad {};       ///< whole 8-byte words, for copying between threads

    NoteMap() { note.fill (-1); }
    bool operator== (const NoteMap& o) const noexcept { return note == o.note && channel == o.channel; }
};

class PatternPlayer {
    // A loop of 1/64 beat at one step a beat: 16 steps wait between ask and latch, and
    // 96 passes' hits may be pending at once. A block that holds more than 96 full steps (8,192
    // samples at 44.1 kHz and 999 bpm do at 32 steps a beat) loses the hits that come last: whole,
    // before their on is sent, so that no off is ever missing.
    static constexpr std::size_t voices = maxLanes + 1, stepRoom = 64, hitRoom = 96 * voices, openRoom = 128 + 1,
                                 aheadRoom = 8 * voices;   // the lanes and the melody

public:
    /// No block gives a sink more ons and offs than this, whatever the host does: every hit there
    /// is room for and its off, and the offs of all notes that were open before.
    static constexpr std::size_t mostMessages = 2 * hitRoom + openRoom;

    /// [message] Starts anew at a sample rate in Hz. Notes left open are ended in the next block.
    void prepare (double sampleRate) noexcept;

    /// [audio] Plays one block.
    void process (int numSamples, const Transport&, bool freeRun, const PlayParameters&, const Overlay&, const NoteMap&,
                  PatternSource&, NoteSink&) noexcept;

    /// [audio] Ends every open note at the first sample (bypass, another output, another map).
    void endOpenNotes (NoteSink&) noexcept;

    /// [audio] Bypassed or reset: the next block that plays is a new run.
    void interrupt() noexcept;

    /// [audio] The next step asks again even if the position is the same (a process that has come
    /// to life).
    void askAgain() noexcept { hasRequested = false; }

    /// [audio] Another model: asks again, and takes no answer to what was asked for before.
    void forgetRequests() noexcept;

    /// [audio] The pattern that plays before the first answer comes. No answer to what was asked
    /// for before takes its place.
    void setPattern (const Pattern&) noexcept;

    const Pattern& currentPattern() const noexcept { return pattern; }
    const PadPosition& heardPosition() const noexcept { return heard; }
    bool isRunning() const noexcept { return running; }
    /// Song position of the last block's end (or where the host stands), in beats.
    double songPosition() const noexcept { return songAt; }

private:
    struct Step {
        Pass pass;
        std::int64_t gridStep = 0;
        double time = 0.0;              // run time of its straight line
        double rate = 4.0;              // steps a beat
        std::uint64_t request = 0;
        PlayParameters play;
    };
    struct Hit {
        double time = 0.0;              // run time where it sounds
        double lineTime = 0.0;
        std::uint32_t passIndex = 0;
        double rate = 4.0;
        std::uint8_t lane = 0, note = 0, drum = 0, velocity = 0;
        std::uint8_t channel = 0;       // the melody's; the drums go where the map says
        double lengthBeats = 0.0;
        CellAddress address;
    };
    struct Sounded {
        std::uint32_t passIndex = 0;
        std::int64_t gridStep = 0;
        double rate = 4.0;
        std::uint8_t lane = 0;
    };
    struct OpenNote {
        double end = 0.0;               // run time
        std::int64_t earliest = 0;      // run sample: an off never comes at its own on's sample
        std::uint8_t lane = 0, note = 0, channel = 0;
    };

    void beginRun (const ClockBlock&, double rate) noexcept;
    void placeCursor (const Pass&, double fromSong, double rate) noexcept;
    void moveCursorOn() noexcept;
    void changeRate (const ClockBlock&, double rate) noexcept;
    void dropVoidPlans (const Pass&) noexcept;
    void plan (const ClockBlock&, const PlayParameters&, const Overlay&, PatternSource&) noexcept;
    void ask (PlayParameters, const Overlay&, PatternSource&) noexcept;
    void latch (const ClockBlock&, const Overlay&, PatternSource&) noexcept;
    bool changeGrid (Step&) noexcept;
    std::uint64_t requestFor (const PadPosition&, PatternSource&) noexcept;
    void adopt (std::uint64_t request, PatternSource&) noexcept;
    void keepAnswerReady (const Transport&, const PlayParameters&, const Overlay&, PatternSource&) noexcept;
    Hit hitOf (const Step&, const Strike&, double ownLength, const ClockBlock&) const noexcept;
    void addHit (const Hit&) noexcept;
    bool hasSoundedAhead (const Hit&) const noexcept;
    void emit (const ClockBlock&, int numSamples, NoteSink&) noexcept;
    void startNote (const Hit&, const ClockBlock&, int sample, NoteSink&) noexcept;
    void endDueNotes (const ClockBlock&, int untilSample, NoteSink&) noexcept;

    HostClock clock;
    Pattern pattern;
    NoteMap map;
    bool running = false;
    std::uint32_t run = 0;
    double songAt = 0.0;

    Pass cursorPass;                    // the next step to ask for
    std::int64_t cursorStep = 0;
    double cursorRate = 4.0;
    double askedUntil = 0.0, latchedUntil = 0.0;  // run times of the last lines

    std::array<Step, stepRoom> steps;   // asked, not yet latched; in order of time
    std::size_t stepCount = 0;
    std::array<Hit, hitRoom> hits;      // latched, not yet played; in order of time
    std::size_t hitCount = 0;
    std::array<Sounded, aheadRoom> ahead; // the last cells that sounded before their lines
    std::size_t aheadCount = 0;           // counts on; the place is modulo the room
    std::array<OpenNote, openRoom> open;
    std::size_t openCount = 0;

    PadPosition requested, heard;
    PadPosition present;                // where the position was put when a change was last due
    bool hasPresent = false;
    std::uint32_t presentPass = 0;
    std::uint64_t requestedId = 0;
    std::uint64_t forgottenId = 0;      // no answer up to this one is taken
    bool hasRequested = false;
};

} // namespace groovefield
