#include "pattern_player.h"

#include "floor_divide.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace groovefield {

namespace {

constexpr double askAhead = 0.75, latchAhead = 0.5; // steps before the straight line
constexpr double lineRounding = 1e-6;               // beats: a loop's end this close to a line is on it
constexpr std::size_t requestsInFlight = 3;         // one place of the four is being read

double lineTime (const Pass& pass, std::int64_t gridStep, double rate) noexcept
{
    return static_cast<double> (gridStep) / rate + pass.shift;
}

std::int64_t firstStepFrom (double song, double rate) noexcept
{
    return static_cast<std::int64_t> (std::ceil (song * rate));
}

template <typename Array, typename Unwanted>
std::size_t removeIf (Array& items, std::size_t count, Unwanted unwanted) noexcept
{
    const auto first = items.begin();
    return static_cast<std::size_t> (std::remove_if (first, first + static_cast<std::ptrdiff_t> (count), unwanted) - first);
}

} // namespace

void PatternPlayer::prepare (double sampleRate) noexcept
{
    clock.prepare (sampleRate);
    running = false;
    stepCount = hitCount = 0;
    for (std::size_t i = 0; i < openCount; ++i)
        open[i].earliest = 0;
}

void PatternPlayer::process (int numSamples, const Transport& host, bool freeRun, const PlayParameters& play,
                             const Overlay& overlay, const NoteMap& noteMap, PatternSource& source, NoteSink& sink) noexcept
{
    const auto block = clock.advance (host, freeRun, numSamples);

    if (! (noteMap == map)) {
        endOpenNotes (sink);
        map = noteMap;
    }

    if (block.kind == ClockBlock::Kind::stopped) {
        endOpenNotes (sink);
        stepCount = hitCount = 0;
        running = false;
        songAt = clock.stoppedPosition();
        keepAnswerReady (host, play, overlay, source);
        return;
    }

    if (block.kind == ClockBlock::Kind::newRun) {
        endOpenNotes (sink);
        beginRun (block, gridOf (pattern, play).rate);
    } else if (block.passesChanged) {
        dropVoidPlans (block.pass);
    }

    plan (block, play, overlay, source);
    emit (block, numSamples, sink);
    songAt = clock.songPosition (block.pass, block.until);
}

void PatternPlayer::endOpenNotes (NoteSink& sink) noexcept
{
    for (std::size_t i = 0; i < openCount; ++i)
        sink.noteOff (0, open[i].note, open[i].channel);
    openCount = 0;
}

void PatternPlayer::interrupt() noexcept
{
    clock.interrupt();
    running = false;
}

void PatternPlayer::forgetRequests() noexcept
{
    forgottenId = requestedId;
    hasRequested = false;
}

void PatternPlayer::setPattern (const Pattern& p) noexcept
{
    pattern = p;
    pattern.id = 0;
    forgetRequests();
}

void PatternPlayer::beginRun (const ClockBlock& block, double rate) noexcept
{
    running = true;
    ++run;
    stepCount = hitCount = aheadCount = 0;
    hasPresent = false;
    askedUntil = latchedUntil = block.from - positionTolerance;
    placeCursor (block.pass, block.pass.start - positionTolerance, rate);
}

// The cursor stands on the first line of the grid at or after a song position; past the pass's
// end it goes on in the next.
void PatternPlayer::placeCursor (const Pass& pass, double fromSong, double rate) noexcept
{
    cursorPass = pass;
    cursorRate = rate;
    cursorStep = firstStepFrom (fromSong, rate) - 1;
    moveCursorOn();
}

void PatternPlayer::moveCursorOn() noexcept
{
    ++cursorStep;
    // A pass can be too short to hold a line: then the next one is tried, up to a bound that
    // a block never reaches (the rest is tried when the next step is asked for).
    for (int tries = 0; tries < 4096; ++tries) {
        if (static_cast<double> (cursorStep) / cursorRate < cursorPass.end - lineRounding)
            return;
        cursorPass = clock.nextPass (cursorPass);
        cursorStep = firstStepFrom (cursorPass.start - positionTolerance, cursorRate);
    }
}

// Another division: its lines follow those that were asked for. What lies before the block is past.
void PatternPlayer::changeRate (const ClockBlock& block, double rate) noexcept
{
    const auto from = std::max (askedUntil + lineRounding, block.from - lineRounding);
    placeCursor (block.pass, std::max (from - block.pass.shift, block.pass.start - positionTolerance), rate);
    while (lineTime (cursorPass, cursorStep, rate) < from && cursorPass.end < std::numeric_limits<double>::infinity())
        moveCursorOn();
}

// The loop was moved or switched: what was planned for later passes, or past the pass's new end,
// will never be reached; lines up to the new end that were not the pass's before now are.
void PatternPlayer::dropVoidPlans (const Pass& pass) noexcept
{
    const auto isVoid = [&] (std::uint32_t index, double time) {
        return index > pass.index || (index == pass.index && time - pass.shift >= pass.end - lineRounding);
    };
    double resume = static_cast<double> (cursorStep) / cursorRate;
    if (cursorPass.index > pass.index)
        resume = clock.passEndBeforeChange() - lineRounding;

    stepCount = removeIf (steps, stepCount, [&] (const Step& s) { return isVoid (s.pass.index, s.time); });
    hitCount = removeIf (hits, hitCount, [&] (const Hit& h) { return isVoid (h.passIndex, h.lineTime); });
    placeCursor (pass, resume, cursorRate);
    askedUntil = stepCount > 0 ? steps[stepCount - 1].time
                               : std::min (latchedUntil, clock.passEndBeforeChange() + pass.shift - 2.0 * lineRounding);
}

void PatternPlayer::plan (const ClockBlock& block, const PlayParameters& play, const Overlay& overlay, PatternSource& source) noexcept
{
    for (;;) {
        // A pattern that was latched may have come on another grid.
        if (const auto rate = gridOf (pattern, play).rate; rate != cursorRate)
            changeRate (block, rate);
        const auto line = lineTime (cursorPass, cursorStep, cursorRate);
        const auto askTime = line - askAhead / cursorRate;
        const auto latchTime = stepCount > 0 ? steps[0].time - latchAhead / steps[0].rate
                                             : std::numeric_limits<double>::infinity();
        if (std::min (askTime, latchTime) >= block.until)
            return;
        if (latchTime <= askTime || stepCount == stepRoom)
            latch (block, overlay, source);
        else
            ask (play, overlay, source);
    }
}

void PatternPlayer::ask (PlayParameters play, const Overlay& overlay, PatternSource& source) noexcept
{
    const auto grid = gridOf (pattern, play);
    const bool isFirst = ! std::exchange (hasPresent, true), comesRound = std::exchange (presentPass, cursorPass.index) != cursorPass.index;
    if (isFirst || comesRound || changeStepOf (play, grid, cursorStep) == cursorStep)
        present = play.position;
    play.position = present;

    auto& step = steps[stepCount++];
    step.pass = cursorPass;
    step.gridStep = cursorStep;
    step.rate = cursorRate;
    step.time = askedUntil = lineTime (cursorPass, cursorStep, cursorRate);
    step.play = parametersAt (play, overlay, grid, cursorStep);
    step.request = requestFor (positionAt (play, overlay, grid, cursorStep), source);
    moveCursorOn();
}

std::uint64_t PatternPlayer::requestFor (const PadPosition& position, PatternSource& source) noexcept
{
    // Only a loop shorter than a step can have more steps waiting than there are places for
    // requests; there the newest request serves for all of them.
    if (! hasRequested || (position != requested && stepCount <= requestsInFlight)) {
        requestedId = source.request (position);
        requested = position;
        hasRequested = true;
    }
    return requestedId;
}

void PatternPlayer::adopt (std::uint64_t request, PatternSource& source) noexcept
{
    if (pattern.id == request || request <= forgottenId)
        return;
    if (source.answer (request, pattern)) {
        heard = requested;
        return;
    }
    // The newest of the earlier answers that came too late for their own steps.
    const auto known = std::max (pattern.id, forgottenId);
    for (auto id = request - 1; id > known && id + requestsInFlight > request; --id)
        if (source.answer (id, pattern))
            return;
}

void PatternPlayer::latch (const ClockBlock& block, const Overlay& overlay, PatternSource& source) noexcept
{
    auto step = steps[0];
    std::move (steps.begin() + 1, steps.begin() + static_cast<std::ptrdiff_t> (stepCount), steps.begin());
    --stepCount;
    latchedUntil = step.time;

    adopt (step.request, source);
    if (! pattern.valid() || ! changeGrid (step))
        return;

    const auto& melody = overlay.melody;
    MelodyRhythm rhythm;
    for (std::size_t lane = 0; lane < pattern.lanes; ++lane) {
        const bool drum = melody.mode != Melody::Mode::instead && ! silenced (step.play, overlay, lane);
        const bool tone = melody.sounds() && drives (overlay, step.play, lane);
        if (! drum && ! tone)
            continue;
        const auto& feel = overlay.feel[lane];
        const auto address = addressOf (step.play, feel, step.gridStep, static_cast<int> (pattern.steps));
        const auto laid = laidCell (pattern, overlay, step.play, lane, static_cast<std::size_t> (address.cell));
        const auto struck = strike (laid, overlay, step.play, lane, address, step.rate);
        if (! struck)
            continue;
        if (tone)
            rhythm.hear (lane, *struck);
        if (! drum)
            continue;
        auto hit = hitOf (step, *struck, double { feel.noteLength }, block);
        hit.lane = static_cast<std::uint8_t> (lane);
        hit.drum = pattern.laneNote[lane];
        hit.note = map.note[lane] >= 0 ? static_cast<std::uint8_t> (map.note[lane]) : hit.drum;
        hit.address = address;
        addHit (hit);
    }
    if (const auto pitch = pitchAt (melody, step.play.transpose, step.gridStep); pitch && rhythm.any()) {
        auto hit = hitOf (step, { rhythm.displacement(), rhythm.velocity() }, double { melody.noteLength }, block);
        hit.lane = melodyLane;
        hit.note = *pitch;
        hit.channel = melody.channel;
        const auto place = static_cast<int> (melodyStep (melody, step.gridStep));
        hit.address = { step.gridStep, floorDivide (step.gridStep, melody.count), place, place };
        addHit (hit);
    }
}

PatternPlayer::Hit PatternPlayer::hitOf (const Step& step, const Strike& struck, double ownLength, const ClockBlock& block) const noexcept
{
    Hit hit;
    hit.lineTime = step.time;
    hit.time = std::max (step.time + struck.displacement / step.rate, block.runStart);
    hit.passIndex = step.pass.index;
    hit.rate = step.rate;
    hit.velocity = static_cast<std::uint8_t> (struck.velocity);
    hit.lengthBeats = (ownLength > 0.0 ? ownLength : step.play.noteLength) / step.rate;
    return hit;
}

// A pattern on another grid has come: the lines after this step's are the new grid's, and this
// step sounds only if its line is one of them. False if it is not.
bool PatternPlayer::changeGrid (Step& step) noexcept
{
    const auto rate = gridOf (pattern, step.play).rate;
    if (rate == step.rate)
        return true;

    const auto song = step.time - step.pass.shift;
    const auto exact = song * rate;
    stepCount = 0;
    askedUntil = step.time;
    placeCursor (step.pass, song + lineRounding, rate);

    if (std::abs (exact - std::round (exact)) > lineRounding * rate)
        return false;
    step.gridStep = static_cast<std::int64_t> (std::round (exact));
    step.rate = rate;
    return true;
}

// While the host stands still, the pattern for the present values is fetched, so that the first
// step has it and the editor shows it.
void PatternPlayer::keepAnswerReady (const Transport& host, const PlayParameters& play, const Overlay& overlay,
                                     PatternSource& source) noexcept
{
    const auto grid = gridOf (pattern, play);
    const auto id = requestFor (positionAt (play, overlay, grid, firstStepFrom (songAt - positionTolerance, grid.rate)), source);
    if (! host.offline)
        adopt (id, source);
}

// A cell that sounded before its line is not played again when the loop is moved between the two
// and its pass is planned anew.
bool PatternPlayer::hasSoundedAhead (const Hit& hit) const noexcept
{
    const auto count = std::min (aheadCount, aheadRoom);
    return std::any_of (ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t> (count), [&] (const Sounded& s) {
        return s.passIndex == hit.passIndex && s.gridStep == hit.address.gridStep && s.rate == hit.rate && s.lane == hit.lane;
    });
}

void PatternPlayer::addHit (const Hit& hit) noexcept
{
    if (hitCount == hitRoom || hasSoundedAhead (hit))
        return;
    auto at = hitCount++;
    for (; at > 0 && hits[at - 1].time > hit.time; --at)
        hits[at] = hits[at - 1];
    hits[at] = hit;
}

void PatternPlayer::emit (const ClockBlock& block, int numSamples, NoteSink& sink) noexcept
{
    std::size_t played = 0;
    for (; played < hitCount; ++played) {
        const auto exact = (hits[played].time - block.start) / block.beatsPerSample;
        const auto sample = std::max (0.0, std::floor (exact + 0.5));
        if (sample >= numSamples)
            break;
        endDueNotes (block, static_cast<int> (sample) + 1, sink);
        startNote (hits[played], block, static_cast<int> (sample), sink);
        if (hits[played].time < hits[played].lineTime)
            ahead[aheadCount++ % aheadRoom] = { hits[played].passIndex, hits[played].address.gridStep, hits[played].rate, hits[played].lane };
    }
    std::move (hits.begin() + static_cast<std::ptrdiff_t> (played), hits.begin() + static_cast<std::ptrdiff_t> (hitCount),
               hits.begin());
    hitCount -= played;
    endDueNotes (block, numSamples, sink);
}

void PatternPlayer::startNote (const Hit& hit, const ClockBlock& block, int sample, NoteSink& sink) noexcept
{
    PlayedNote played;
    played.sample = sample;
    played.lane = hit.lane;
    played.note = hit.note;
    played.drum = hit.drum;
    played.velocity = hit.velocity;
    played.channel = hit.lane == melodyLane ? hit.channel : map.channel;
    // Its exact time, unless that was skipped and it sounds late, at the first sample. Half a
    // sample before the block is this block's first sample, rounded.
    const auto skipped = hit.time < block.start - 0.5 * block.beatsPerSample - lineRounding;
    const auto time = skipped ? block.start : hit.time;
    played.songBeats = clock.songPosition (block.pass, time);
    played.runSamples = static_cast<double> (block.runSample) + (time - block.start) / block.beatsPerSample;
    played.lengthBeats = hit.lengthBeats;
    played.bpm = block.bpm;
    played.address = hit.address;
    played.rate = hit.rate;
    played.run = run;

    // The same note struck again, from any lane, or the melody's note before: its off comes first.
    const auto ends = [&played] (const OpenNote& o) {
        return (o.note == played.note && o.channel == played.channel) || (o.lane == melodyLane && played.lane == melodyLane);
    };
    for (std::size_t i = 0; i < openCount;) {
        if (! ends (open[i])) {
            ++i;
            continue;
        }
        sink.noteOff (sample, open[i].note, open[i].channel);
        open[i] = open[--openCount];
    }

    sink.noteOn (played);
    const auto runSample = static_cast<std::int64_t> (block.runSample) + sample;
    open[openCount++] = { hit.time + hit.lengthBeats, runSample + 1, played.lane, played.note, played.channel };
}

// Sends the offs that fall before a sample of this block, earliest first.
void PatternPlayer::endDueNotes (const ClockBlock& block, int untilSample, NoteSink& sink) noexcept
{
    const auto sampleOf = [&] (const OpenNote& note) {
        const auto exact = std::floor ((note.end - block.start) / block.beatsPerSample + 0.5);
        const auto soonest = static_cast<double> (note.earliest - static_cast<std::int64_t> (block.runSample));
        return std::max ({ 0.0, exact, soonest });
    };
    for (;;) {
        std::size_t first = openCount;
        for (std::size_t i = 0; i < openCount; ++i)
            if (sampleOf (open[i]) < untilSample && (first == openCount || sampleOf (open[i]) < sampleOf (open[first])))
                first = i;
        if (first == openCount)
            return;
        sink.noteOff (static_cast<int> (sampleOf (open[first])), open[first].note, open[first].channel);
        open[first] = open[--openCount];
    }
}

} // namespace groovefield
