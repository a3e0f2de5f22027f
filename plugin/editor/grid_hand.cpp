#include "grid_hand.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr float leastSteps = 0.15f, leastRows = 0.05f;   // before a press becomes a drag
constexpr int usualVelocity = 96;

CellEdit& editAt (Overlay& overlay, CellPlace at, const ShownCell& cell) { return overlay.edits[at.lane][cell.cell]; }

} // namespace

void GridHand::press (CellPlace at, const ShownCell& cell, bool back)
{
    if (back) {
        giveBack (at, cell);
        return;
    }
    held = Held { at, cell };
    processor.laying.begin();
    if (cell.velocity == 0) {
        held->before.velocity = usualVelocity;
        processor.laying.change ([&] (Overlay& o) {
            auto& edit = editAt (o, at, cell);
            edit.hit = CellEdit::Hit::struck;
            setVelocity (edit, usualVelocity);
        });
    }
}

// The way that the drag begins is the way it stays: a velocity that is set moves nothing in time.
void GridHand::drag (float steps, float rows)
{
    if (! held || (! held->moved && std::abs (steps) < leastSteps && std::abs (rows) < leastRows))
        return;
    if (! std::exchange (held->moved, true))
        held->upright = std::abs (rows) / leastRows >= std::abs (steps) / leastSteps;
    processor.laying.change ([&] (Overlay& o) {
        auto& edit = editAt (o, held->at, held->before);
        edit.hit = CellEdit::Hit::struck;
        if (held->upright)
            setVelocity (edit, held->before.velocity + juce::roundToInt (rows * 127.0f));
        else
            setTiming (o, held->at, held->before, held->before.displacement + steps);
    });
}

void GridHand::release()
{
    if (! held)
        return;
    const auto done = *std::exchange (held, std::nullopt);
    const bool wasThere = processor.laying.overlay() == processor.laying.overlayBefore();
    if (done.moved)
        processor.laying.end (done.upright ? "Velocity" : "Timing");
    else if (wasThere) {
        processor.laying.change ([&] (Overlay& o) { editAt (o, done.at, done.before) = { CellEdit::Hit::silent, 0, CellEdit::patternOffset }; });
        processor.laying.end ("Remove a hit");
    } else
        processor.laying.end ("Add a hit");
}

void GridHand::toggle (CellPlace at, const ShownCell& cell)
{
    press (at, cell, false);
    release();
}

void GridHand::changeVelocity (CellPlace at, const ShownCell& cell, int by)
{
    if (cell.velocity > 0)
        processor.laying.lay ("Velocity", [&] (Overlay& o) {
            auto& edit = editAt (o, at, cell);
            edit.hit = CellEdit::Hit::struck;
            setVelocity (edit, cell.velocity + by);
        });
}

void GridHand::changeTiming (CellPlace at, const ShownCell& cell, float bySteps)
{
    if (cell.velocity > 0)
        processor.laying.lay ("Timing", [&] (Overlay& o) {
            editAt (o, at, cell).hit = CellEdit::Hit::struck;
            setTiming (o, at, cell, cell.displacement + bySteps);
        });
}

void GridHand::giveBack (CellPlace at, const ShownCell& cell)
{
    if (processor.laying.overlay()->edits[at.lane][cell.cell].any())
        processor.laying.lay ("Clear an edit", [&] (Overlay& o) { editAt (o, at, cell) = {}; });
}

// What is drawn is what the knobs make of a cell: an edit is what they make that of.
void GridHand::setVelocity (CellEdit& edit, int heard) const
{
    edit.velocity = velocityFor (processor.play(), std::clamp (heard, 1, 127));
}

void GridHand::setTiming (Overlay& overlay, CellPlace at, const ShownCell& cell, float displacement) const
{
    editAt (overlay, at, cell).offset =
        offsetFor (processor.play(), overlay, at.lane, static_cast<std::int64_t> (at.step), double { displacement });
}

} // namespace groovefield
