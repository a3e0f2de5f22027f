#include "laying.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

Laying::Laying (SharedOverlay& s, History& h, std::function<void()> c) : shared (s), history (h), changed (std::move (c)) {}

// As the present model has it: on its grid, and with its fills. Null: the one there is.
void Laying::put (std::shared_ptr<const Overlay> next)
{
    const std::lock_guard<std::mutex> writes (writing);
    if (next == nullptr)
        next = shared.get();
    const auto perBeat = grid.load();
    auto fitting = std::make_shared<Overlay> (next->stepsPerBeat == perBeat ? *next : regridded (*next, perBeat));
    {
        const std::lock_guard<std::mutex> lock (fillsLock);
        fitting->fills = fills;
    }
    shared.set (std::move (fitting));
}

void Laying::set (std::shared_ptr<const Overlay> next)
{
    put (std::move (next));
    changed();
}

void Laying::lay (const juce::String& deed, const std::function<void (Overlay&)>& alter)
{
    finish();
    begin();
    change (alter);
    end (deed);
}

void Laying::layTogether (const juce::String& deed, const std::function<void (Overlay&)>& alter)
{
    const auto from = shared.get();
    alterNow (alter);
    const auto to = shared.get();
    history.end (deed, [this, from] { set (from); }, [this, to] { set (to); });
    changed();
}

void Laying::begin()
{
    before = shared.get();
    replaced.store (false);
}

void Laying::change (const std::function<void (Overlay&)>& alter)
{
    if (before != nullptr && ! replaced.load())
        alterNow (alter);
}

void Laying::finish()
{
    if (before != nullptr)
        end ("Edit");
}

// States, models and their grids come from other threads too.
void Laying::alterNow (const std::function<void (Overlay&)>& alter)
{
    const std::lock_guard<std::mutex> lock (writing);
    auto next = std::make_shared<Overlay> (*shared.get());
    alter (*next);
    shared.set (std::move (next));
}

void Laying::end (const juce::String& deed)
{
    const auto from = std::exchange (before, nullptr), to = shared.get();
    if (from == nullptr || from == to || replaced.load())
        return;
    history.add (deed, [this, from] { set (from); }, [this, to] { set (to); });
    changed();
}

void Laying::layOn (std::shared_ptr<Going>& going, const juce::String& deed, const std::function<void (Overlay&)>& alter)
{
    if (history.letGo)
        history.letGo();
    const auto from = shared.get();
    alterNow (alter);
    if (going == nullptr || going->to != from || history.undoName() != deed) {
        going = std::make_shared<Going> (Going { from, nullptr });
        history.add (deed, [this, g = going] { set (g->from); }, [this, g = going] { set (g->to); });
    }
    going->to = shared.get();
    changed();
}

void Laying::restore (std::shared_ptr<const Overlay> overlay, std::uint32_t stepsPerBeat)
{
    grid.store (stepsPerBeat);
    replaced.store (true);
    put (std::move (overlay));
}

void Laying::useGrid (std::uint32_t stepsPerBeat)
{
    if (grid.exchange (stepsPerBeat) != stepsPerBeat)
        put (nullptr);
}

void Laying::useFills (const FillPlaces& places)
{
    {
        const std::lock_guard<std::mutex> lock (fillsLock);
        fills = places;
    }
    put (nullptr);
}

void lockLane (Overlay& overlay, const Pattern& pattern, const PlayParameters& play, std::size_t lane)
{
    // What plays may still be the model's before, on another grid: there is nothing to hold yet.
    if (overlay.isLocked (lane) || overlay.stepsPerBeat != pattern.stepsPerBeat)
        return;
    auto& held = overlay.held[lane];
    held.fill ({});
    // Edits stay edits: they can still be cleared.
    const auto edits = overlay.edits[lane];
    overlay.edits[lane].fill ({});
    const auto threshold = thresholdOf (play, lane);
    for (std::size_t step = 0; step < pattern.steps; ++step) {
        held[step] = laidCell (pattern, overlay, play, lane, step).cell;
        held[step].probability = double { held[step].probability } > threshold ? 1.0f : 0.0f;
    }
    overlay.edits[lane] = edits;
    overlay.locked = static_cast<std::uint16_t> (overlay.locked | 1u << lane);
}

void takeAgain (Overlay& overlay, const Region& region, std::uint16_t take)
{
    for (std::size_t lane = 0; lane < maxLanes; ++lane)
        for (std::size_t step = 0; step < maxSteps && ! overlay.isLocked (lane); ++step)
            if (region.cells[lane][step])
                overlay.take[lane][step] = take;
}

std::uint8_t velocityFor (const PlayParameters& play, int heard) noexcept
{
    const auto away = static_cast<double> (heard) / 127.0 - neutralVelocity;
    const auto own = play.velocityAmount > 0.0 ? neutralVelocity + away / play.velocityAmount : static_cast<double> (heard) / 127.0;
    return static_cast<std::uint8_t> (std::lround (std::clamp (own * 127.0, 1.0, 127.0)));
}

std::int16_t offsetFor (const PlayParameters& play, const Overlay& overlay, std::size_t lane, std::int64_t gridStep,
                        double displacement) noexcept
{
    const auto own = displacement - double { overlay.feel[lane].push } - swingOf (play, gridStep, rateOf (play, overlay.stepsPerBeat));
    const auto amount = play.groove > 0.0 ? play.groove : 1.0;
    return static_cast<std::int16_t> (std::lround (std::clamp (2.0 * own / amount * 32768.0, -32767.0, 32767.0)));
}

void clearEdits (Overlay& overlay, const Region& region)
{
    for (std::size_t lane = 0; lane < maxLanes; ++lane)
        for (std::size_t step = 0; step < maxSteps; ++step)
            if (region.cells[lane][step])
                overlay.edits[lane][step] = {};
}

namespace {

// A step's place on another grid: the nearest step, and what is left in its steps.
struct Moved {
    std::size_t step;
    double left;
};

Moved movedTo (std::size_t step, double ratio)
{
    const auto exact = static_cast<double> (step) * ratio;
    const auto nearest = std::floor (exact + 0.5);
    return { static_cast<std::size_t> (nearest), exact - nearest };
}

float offsetOn (double offset, double ratio, double left)
{
    return static_cast<float> (std::clamp (offset * ratio + 2.0 * left, -1.0, 32767.0 / 32768.0));
}

} // namespace

Overlay regridded (const Overlay& overlay, std::uint32_t stepsPerBeat)
{
    Overlay out = overlay;
    out.stepsPerBeat = stepsPerBeat;
    out.edits = {};
    out.take = {};
    out.held = {};
    const auto ratio = static_cast<double> (stepsPerBeat) / overlay.stepsPerBeat;
    for (std::size_t lane = 0; lane < maxLanes; ++lane)
        for (std::size_t step = 0; step < maxSteps; ++step) {
            const auto [to, left] = movedTo (step, ratio);
            if (to >= maxSteps)
                break;
            if (auto edit = overlay.edits[lane][step]; edit.any()) {
                if (edit.offset != CellEdit::patternOffset || left != 0.0) {
                    const auto offset = edit.offset == CellEdit::patternOffset ? 0.0 : edit.offset / 32768.0;
                    edit.offset = static_cast<std::int16_t> (std::lround (std::max (-32767.0f, 32768.0f * offsetOn (offset, ratio, left))));
                }
                out.edits[lane][to] = edit;
            }
            if (overlay.take[lane][step] != 0)
                out.take[lane][to] = overlay.take[lane][step];
            // Where two steps fall on one, the struck one stays.
            if (auto cell = overlay.held[lane][step]; out.held[lane][to].probability < cell.probability || cell.probability > 0.5f) {
                cell.offset = offsetOn (double { cell.offset }, ratio, left);
                out.held[lane][to] = cell;
            }
        }
    return out;
}

} // namespace groovefield
