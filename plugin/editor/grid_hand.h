// A hand on the grid: what mouse and keys do to the cells of the pattern.
//
// A click adds a hit, or takes one away; dragged up or down it is struck harder or softer, to the sides
// earlier or later. All of it is an edit that stays until it is cleared, wherever the pad goes.
#pragma once

#include "shown_cycle.h"

#include "../processor/processor.h"

#include <optional>

namespace groovefield {

/// A place on the grid: a step of a lane's cycle.
struct CellPlace {
    std::size_t lane = 0, step = 0;
    bool operator== (const CellPlace& o) const noexcept { return lane == o.lane && step == o.step; }
};

/// All [message].
class GridHand {
public:
    explicit GridHand (Processor& p) : processor (p) {}
    ~GridHand() { release(); }    // an editor closed in the midst of a drag
    GridHand (const GridHand&) = delete;
    GridHand& operator= (const GridHand&) = delete;

    /// Whether cells are where they are shown: another model's pattern may still play, on its own grid.
    bool fits (const ShownCycle& cycle) const { return static_cast<int> (processor.laying.overlay()->stepsPerBeat) == cycle.stepsPerBeat; }

    /// The mouse goes down on a cell that looks like this; `back`: the cell is to be the field's again.
    void press (CellPlace, const ShownCell&, bool back);
    /// It has moved so far from there: steps to the right, and 1 upwards for the whole range of loudness.
    void drag (float steps, float rows);
    void release();
    bool isHolding() const noexcept { return held.has_value(); }

    // Each one deed, for the keyboard.
    void toggle (CellPlace, const ShownCell&);
    void changeVelocity (CellPlace, const ShownCell&, int by);
    void changeTiming (CellPlace, const ShownCell&, float bySteps);
    void giveBack (CellPlace, const ShownCell&);

private:
    struct Held {
        CellPlace at;
        ShownCell before;
        bool moved = false;
        bool upright = false;   ///< dragged up or down, not to the sides
    };

    void setVelocity (CellEdit&, int heard) const;
    void setTiming (Overlay&, CellPlace, const ShownCell&, float displacement) const;

    Processor& processor;
    std::optional<Held> held;
};

} // namespace groovefield
