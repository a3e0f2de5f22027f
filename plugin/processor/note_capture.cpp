#include "note_capture.h"

#include "incoming_notes.h"

#include <cmath>

namespace groovefield {

namespace {

constexpr int lookEvery = 20;            // milliseconds
constexpr double together = 0.04;        // seconds between the first and the last note of one stroke of both hands
constexpr double pause = 2.0;            // seconds: what comes later is another deed

} // namespace

NoteCapture::NoteCapture (Laying& l, std::function<bool (Heard&)> heard) : laying (l), heardNow (std::move (heard)) {}

NoteCapture::~NoteCapture() { stopTimer(); }

void NoteCapture::setOn (bool shouldBe)
{
    if (on.load() == shouldBe)
        return;
    if (shouldBe) {
        deed.reset();
        last.reset();
        on.store (true);
        startTimer (lookEvery);
    } else {
        on.store (false);
        stopTimer();
        look();
    }
}

void NoteCapture::hear (const IncomingNote& note) noexcept
{
    const auto place = ring.write (1);
    if (place.blockSize1 > 0)
        notes[static_cast<std::size_t> (place.startIndex1)] = note;
}

void NoteCapture::look()
{
    const auto ready = ring.getNumReady();
    if (ready == 0)
        return;
    Heard heard;
    const auto plays = heardNow (heard);
    ring.read (ready).forEach ([&] (int index) {
        if (plays)
            lay (notes[static_cast<std::size_t> (index)], heard);
    });
}

void NoteCapture::lay (const IncomingNote& note, const Heard& heard)
{
    const auto lane = laneOfNote (heard, note.note);
    if (! lane)
        return;
    const auto& pattern = heard.pattern;
    const auto grid = gridOf (pattern, heard.play);
    const auto feel = laying.overlay()->feel[*lane];
    const auto cycleSteps = static_cast<std::size_t> (cycleStepsOf (heard.play, feel, grid.steps));
    const auto since = last ? note.seconds - last->seconds : pause;
    PlayedAt at;
    if (note.running) {
        at = playedAt (note, heard.play, *laying.overlay(), *lane, grid.rate);
    } else {
        if (! last || last->running || since > together) {
            standing = next % cycleSteps;
            next = (standing + 1) % cycleSteps;
        }
        at.gridStep = static_cast<std::int64_t> (standing);
        at.displacement = swingOf (heard.play, at.gridStep, grid.rate) + double { feel.push };
    }
    const auto address = addressOf (heard.play, feel, at.gridStep, grid.steps);
    // Another round, a jump back, a pause, or from standing to playing: another deed.
    if (! last || since < 0.0 || since >= pause || note.running != last->running
        || (note.running && (address.cycle != lastCycle || at.gridStep < lastStep - 1)))
        deed.reset();
    laying.layOn (deed, "Capture", [&] (Overlay& overlay) {
        auto& edit = overlay.edits[*lane][static_cast<std::size_t> (address.cell)];
        edit.hit = CellEdit::Hit::struck;
        edit.velocity = velocityFor (heard.play, note.velocity);
        edit.offset = offsetFor (heard.play, overlay, *lane, at.gridStep, at.displacement);
    });
    last = note;
    lastCycle = address.cycle;
    lastStep = at.gridStep;
}

std::optional<std::size_t> laneOfNote (const NoteCapture::Heard& heard, int note) noexcept
{
    const auto& pattern = heard.pattern;
    for (std::size_t lane = 0; lane < pattern.lanes; ++lane)
        if (heard.notes[lane] == note)
            return lane;
    const auto drum = drumOfNote[static_cast<std::size_t> (note & 0x7F)];
    for (std::size_t lane = 0; lane < pattern.lanes && drum >= 0; ++lane)
        if (drumOfNote[pattern.laneNote[lane] & 0x7Fu] == drum)
            return lane;
    return std::nullopt;
}

PlayedAt playedAt (const IncomingNote& note, const PlayParameters& play, const Overlay& overlay, std::size_t lane,
                   double rate) noexcept
{
    const auto at = note.song * rate;
    const auto below = static_cast<std::int64_t> (std::floor (at));
    PlayedAt best { below, at - static_cast<double> (below) };
    auto nearest = 2.0;
    for (auto step = below - 1; step <= below + 1; ++step) {
        const auto from = at - static_cast<double> (step);
        const auto onTime = swingOf (play, step, rate) + double { overlay.feel[lane].push };
        if (from < -0.5 || from >= 1.0 || std::abs (from - onTime) >= nearest)
            continue;
        nearest = std::abs (from - onTime);
        best = { step, from };
    }
    // What is early for the line where a loop ends is early for the one where it begins.
    const auto loopSteps = (note.loopEnd - note.loopStart) * rate;
    if (loopSteps >= 1.0 && static_cast<double> (best.gridStep) >= note.loopEnd * rate - 1e-6)
        best.gridStep -= std::llround (loopSteps);
    return best;
}

} // namespace groovefield
