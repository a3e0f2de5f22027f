#include "host_clock.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr double noEnd = std::numeric_limits<double>::infinity();

// Not-a-number fails each comparison.
bool isPosition (double beats) noexcept { return std::abs (beats) < farthestPosition; }
bool isTempo (double bpm) noexcept { return bpm >= slowestTempo && bpm <= fastestTempo; }

} // namespace

void HostClock::prepare (double sampleRate) noexcept
{
    const auto bpm = lastBpm;
    *this = HostClock {};
    rate = sampleRate > 0.0 && std::isfinite (sampleRate) ? sampleRate : 48000.0;
    lastBpm = bpm;
}

ClockBlock HostClock::advance (const Transport& host, bool freeRun, int numSamples) noexcept
{
    if (isTempo (host.bpm))
        lastBpm = host.bpm;

    const bool hostPosition = host.hasPosition && isPosition (host.position);
    const auto wanted = host.playing ? (hostPosition ? Source::host : Source::own)
                                     : (freeRun ? Source::own : Source::none);

    ClockBlock block;
    block.bpm = lastBpm;
    block.beatsPerSample = lastBpm / (60.0 * rate);

    if (wanted == Source::none) {
        source = Source::none;
        stoppedAt = hostPosition ? host.position : 0.0;
        return block;
    }

    // The clock's own time begins at 0 and cannot jump; a change of source is a seek.
    const bool changed = wanted != source;
    source = wanted;
    if (changed && source == Source::own)
        ownPosition = 0.0;
    const auto position = source == Source::host ? host.position : ownPosition;

    if (changed || ! follow (position)) {
        block.kind = ClockBlock::Kind::newRun;
        hasLoop = false;
        beginRun (position);
    } else {
        block.kind = ClockBlock::Kind::sameRun;
    }

    const bool moved = applyLoop (source == Source::host ? host : Transport {}, blockStart - current.shift);
    block.passesChanged = moved && block.kind == ClockBlock::Kind::sameRun;

    lastSpan = numSamples * block.beatsPerSample;
    block.start = blockStart;
    block.from = played;
    block.until = std::max (played, blockStart + lastSpan);
    block.runStart = runStart;
    block.runSample = runSample;
    block.pass = current;

    expected = blockStart + lastSpan;
    played = block.until;
    runSample += static_cast<std::uint64_t> (numSamples);
    ownPosition += lastSpan;
    crossWraps();
    return block;
}

void HostClock::beginRun (double position) noexcept
{
    current = Pass {};
    current.start = position;
    previous = current;
    runStart = expected = played = blockStart = position;
    lastSpan = 0.0;
    runSample = 0;
}

// Finds the run time that the host's position stands for, nearest to the expected one: it may
// lie in the pass expected, in the one before (a wrap that the host rounds up) or after.
bool HostClock::follow (double position) noexcept
{
    double best = position + current.shift;
    Pass pass = current;

    const auto consider = [&] (const Pass& candidate) {
        const auto time = position + candidate.shift;
        if (std::abs (time - expected) < std::abs (best - expected)) {
            best = time;
            pass = candidate;
        }
    };
    if (previous.index != current.index && position <= previous.end + positionTolerance)
        consider (previous);
    if (hasLoop && current.end < noEnd && position >= loopStart - positionTolerance)
        consider (nextPass (current));

    constexpr double arithmetic = 1e-9; // what adding up beats in doubles may lose
    if (std::abs (best - expected) > std::max (positionTolerance, lastSpan + arithmetic))
        return false;

    if (pass.index > current.index) {
        previous = current;
        current = pass;
    } else if (pass.index < current.index) {
        current = pass;
    }
    blockStart = best;
    return true;
}

// The current pass ends at the loop's end when the host announces a loop that lies ahead of it.
// True if what follows the current pass is another stretch than it was.
bool HostClock::applyLoop (const Transport& host, double position) noexcept
{
    endBefore = current.end;
    const auto startBefore = loopStart;
    hasLoop = host.looping && isPosition (host.loopStart) && isPosition (host.loopEnd)
              && host.loopEnd - host.loopStart >= shortestLoop;
    loopStart = host.loopStart;
    loopEnd = host.loopEnd;
    current.end = hasLoop && position < loopEnd ? loopEnd : noEnd;
    return current.end != endBefore || (current.end < noEnd && loopStart != startBefore);
}

Pass HostClock::nextPass (const Pass& pass) const noexcept
{
    Pass next;
    next.index = pass.index + 1;
    next.shift = pass.shift + (pass.end - loopStart);
    next.start = loopStart;
    next.end = loopEnd;
    return next;
}

double HostClock::songPosition (Pass pass, double runTime) const noexcept
{
    while (runTime >= pass.end + pass.shift)
        pass = nextPass (pass);
    return runTime - pass.shift;
}

void HostClock::crossWraps() noexcept
{
    while (expected >= current.end + current.shift) {
        previous = current;
        current = nextPass (current);
    }
}

} // namespace groovefield
