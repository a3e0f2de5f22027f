// What the musician's hand does to the overlay: each deed whole, and each one that can be undone.
#pragma once

#include "../player/feel.h"
#include "history.h"
#include "shared_overlay.h"

#include <bitset>
#include <functional>

namespace groovefield {

/// Some cells of the pattern.
struct Region {
    std::array<std::bitset<maxSteps>, maxLanes> cells;

    static Region all() noexcept
    {
        Region region;
        for (auto& lane : region.cells)
            lane.set();
        return region;
    }
};

/// All [message].
class Laying {
public:
    /// `changed` is told of everything that a host's project should keep.
    Laying (SharedOverlay&, History&, std::function<void()> changed);

    std::shared_ptr<const Overlay> overlay() const { return shared.get(); }
    /// What it was when the deed that goes on began; null: none does.
    const std::shared_ptr<const Overlay>& overlayBefore() const noexcept { return before; }

    /// A deed at once.
    void lay (const juce::String& deed, const std::function<void (Overlay&)>&);

    /// A deed at once that parameters belong to as well: whatever gestures moved since `history.begin()`.
    void layTogether (const juce::String& deed, const std::function<void (Overlay&)>&);

    /// A deed of many changes: a drag. What is changed sounds at once, and is one deed when it ends.
    void begin();
    void change (const std::function<void (Overlay&)>&);
    void end (const juce::String& deed);
    /// Ends a drag that something else comes between; what is dragged on changes nothing more.
    void finish();

    /// A deed that goes on: joins the last one if that is `going` and nothing was done since, else begins a new one there.
    struct Going {
        std::shared_ptr<const Overlay> from, to;
    };
    void layOn (std::shared_ptr<Going>& going, const juce::String& deed, const std::function<void (Overlay&)>&);

    /// Another state's overlay, on the grid of the state's model; nothing that can be undone.
    void restore (std::shared_ptr<const Overlay>, std::uint32_t stepsPerBeat);

    /// Another model's grid: what was done by hand lies where it did in time.
    void useGrid (std::uint32_t stepsPerBeat);

    /// Where another model has fills. They are the model's: no state keeps them, and nothing that is undone changes them.
    void useFills (const FillPlaces&);

private:
    void set (std::shared_ptr<const Overlay>);
    void alterNow (const std::function<void (Overlay&)>&);
    void put (std::shared_ptr<const Overlay>);

    SharedOverlay& shared;
    History& history;
    std::function<void()> changed;
    std::shared_ptr<const Overlay> before;
    // What is undone may be from another model's time.
    std::atomic<std::uint32_t> grid { 4 };
    mutable std::mutex fillsLock;
    FillPlaces fills;
    std::mutex writing;                      // what alters the overlay reads it first
    std::atomic<bool> replaced { false };    // by a state, in the midst of a deed: that then is none
};

/// The overlay with a lane held as it plays: its hits are those that exceed the threshold now.
void lockLane (Overlay&, const Pattern&, const PlayParameters&, std::size_t lane);

/// Another take of a region's cells, locked lanes left out. `take` is 1..65535; 0 brings the field's own back.
void takeAgain (Overlay&, const Region&, std::uint16_t take);

/// The velocity of an edit that is heard as `heard`, 1..127, before humanise.
std::uint8_t velocityFor (const PlayParameters&, int heard) noexcept;

/// The offset of an edit on a step that sounds `displacement` steps from its line, before humanise.
std::int16_t offsetFor (const PlayParameters&, const Overlay&, std::size_t lane, std::int64_t gridStep, double displacement) noexcept;

/// What was done by hand to a region's cells goes.
void clearEdits (Overlay&, const Region&);

/// The same on another grid: each cell at the nearest step, its offset what it was in time.
Overlay regridded (const Overlay&, std::uint32_t stepsPerBeat);

} // namespace groovefield
