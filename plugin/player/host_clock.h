// Follows the host's transport and turns it into one line of time that only goes forward.
//
// The player never sees a loop jump. It sees the *run*: time in beats that begins at the song
// position where the host started (or seeked to) and goes on through every wrap of an announced
// loop. Each stretch of a run between two wraps is a *pass*; a pass knows how far its song
// position lies behind the run's time (its shift).
//
//     song      8 ....... 12 | 8 ....... 12 | 8 ...       loop 8..12
//     run       8 ....... 12 | 12 ...... 16 | 16 ...
//     pass      0            | 1            | 2           shift 0, 4, 8
//
// The rules it keeps (what a host's position that differs from the expected one means):
//   - by up to 1/960 beat: rounding;
//   - back by no more than the previous block: the same run; time that was played is not played again;
//   - forward by no more than that: the same run; what was skipped is played at the first sample;
//   - anything else: a seek, that is, a new run.
#pragma once

#include "transport.h"

#include <cstdint>
#include <limits>

namespace groovefield {

/// Positions closer than this are the same position (hosts round their ppq).
constexpr double positionTolerance = 1.0 / 960.0;

/// A loop shorter than this is played as if it were not announced: no music is that short, and
/// the player's memory is bounded.
constexpr double shortestLoop = 1.0 / 64.0;

/// What lies outside is taken as not given. Further out a double no longer tells one sample from
/// the next, and a block of absurd length would be counted out line by line.
constexpr double farthestPosition = 1e9;                  // beats, either way
constexpr double slowestTempo = 1.0, fastestTempo = 10000.0;

/// One stretch of a run played without a wrap. `start` and `end` are song positions.
struct Pass {
    std::uint32_t index = 0;
    double shift = 0.0;  ///< run time minus song position
    double start = 0.0;
    double end = std::numeric_limits<double>::infinity();
};

/// What one block is to the player.
struct ClockBlock {
    enum class Kind { stopped, newRun, sameRun };
    Kind kind = Kind::stopped;
    bool passesChanged = false;  ///< the loop was switched or moved: what was planned past it is void
    double start = 0.0;          ///< run time of the first sample, as the host says it
    double from = 0.0;           ///< run time from which nothing was played yet; may lie past `start`
    double until = 0.0;          ///< run time of the block's end
    double beatsPerSample = 0.0;
    double runStart = 0.0;
    double bpm = 120.0;
    std::uint64_t runSample = 0; ///< samples since the run began, at the first sample
    Pass pass;                   ///< the pass at `start`
};

class HostClock {
public:
    /// [message] Forgets everything; a sample rate (Hz) that is not above 0 counts as 48,000.
    void prepare (double sampleRate) noexcept;

    /// [audio] Takes the next block. `freeRun` lets time go on without the host.
    ClockBlock advance (const Transport&, bool freeRun, int numSamples) noexcept;

    /// [audio] The next block that plays begins a new run.
    void interrupt() noexcept { source = Source::none; }

    /// [audio] The pass that follows one, by the loop of the last block; none if it has no end.
    Pass nextPass (const Pass&) const noexcept;

    /// [audio] Where the current pass ended before the last block's change of the loop.
    double passEndBeforeChange() const noexcept { return endBefore; }

    /// [audio] The song position of a run time, counted on from the pass that a block began in.
    double songPosition (Pass, double runTime) const noexcept;

    /// [audio] Where a stopped host stands, so that the first step can be asked for ahead.
    double stoppedPosition() const noexcept { return stoppedAt; }

private:
    enum class Source { none, host, own };

    void beginRun (double position) noexcept;
    bool follow (double position) noexcept;
    bool applyLoop (const Transport&, double position) noexcept;
    void crossWraps() noexcept;

    double rate = 44100.0;
    double lastBpm = 120.0;
    Source source = Source::none;
    double ownPosition = 0.0;   // song position while the clock counts by itself
    double stoppedAt = 0.0;

    bool hasLoop = false;
    double loopStart = 0.0, loopEnd = 0.0;
    double endBefore = std::numeric_limits<double>::infinity();

    Pass current;
    Pass previous;              // where a host that rounds may still stand just after a wrap
    double runStart = 0.0;
    double expected = 0.0;      // run time that the next block should begin at
    double played = 0.0;        // run time up to which all was played
    double lastSpan = 0.0;
    double blockStart = 0.0;
    std::uint64_t runSample = 0;
};

} // namespace groovefield
