#include "feel.h"

#include "floor_divide.h"
#include "random.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr double earliest = -0.5;
constexpr double latest = 1.0 - 1.0 / 1048576.0;
constexpr double surest = 1.0e-9;                   // no probability is nearer to 0 or 1 than this in a take
constexpr double driftBeats = 4.0;
constexpr double slowestRate = 1.0;                 // steps a beat: the player's room is made for it

// How a hit strays from its mean has four parts, each with its share of the variance: its own, new
// for each hit; a drift common to all lanes that wanders over some beats; and two that are the same
// in every cycle, as a drummer repeats himself: one for each place in the beat, common to all
// lanes, and one for each lane and step. models/groovefield/reference/draws.py says where the shares are from.
struct Part {
    Draw draw;
    double share;
};

struct Stray {
    Part own, drift, place, manner;
};

constexpr Stray offsetStray { { Draw::offset, 0.35 }, { Draw::offsetDrift, 0.20 }, { Draw::offsetPlace, 0.20 },
                              { Draw::offsetManner, 0.25 } };
constexpr Stray velocityStray { { Draw::velocity, 0.35 }, { Draw::velocityDrift, 0.05 }, { Draw::velocityPlace, 0.15 },
                                { Draw::velocityManner, 0.45 } };

double drawn (Draw draw, std::int64_t seed, std::int64_t where) noexcept
{
    return normal (hashWords ({ static_cast<std::int64_t> (draw), seed, where }));
}

// Between two draws the variance would sink: the square root keeps it 1.
double drifted (Draw draw, std::int64_t seed, std::int64_t gridStep, double rate) noexcept
{
    const auto span = std::llround (rate * driftBeats);
    const auto index = floorDivide (gridStep, span);
    const auto along = static_cast<double> (gridStep - index * span) / static_cast<double> (span);
    const auto eased = (1.0 - along) * drawn (draw, seed, index) + along * drawn (draw, seed, index + 1);
    return eased / std::sqrt ((1.0 - along) * (1.0 - along) + along * along);
}

// How many spreads a hit lies from its mean: mean 0, variance 1, a function of its address.
double strayed (const Stray& stray, std::int64_t seed, std::size_t lane, const CellAddress& at,
                double rate) noexcept
{
    const auto l = static_cast<std::int64_t> (lane);
    const auto word = [] (Draw draw) { return static_cast<std::int64_t> (draw); };
    const auto own = normal (hashWords ({ word (stray.own.draw), seed, l, at.cycle, at.step }));
    const auto manner = normal (hashWords ({ word (stray.manner.draw), seed, l, at.step }));
    const auto drift = drifted (stray.drift.draw, seed, at.gridStep, rate);
    // One and a half steps a beat: the beats then go in pairs.
    const auto perBeat = std::llround (rate == std::floor (rate) ? rate : 2.0 * rate);
    const auto placeInBeat = at.gridStep - floorDivide (at.gridStep, perBeat) * perBeat;
    const auto place = drawn (stray.place.draw, seed, placeInBeat);
    return std::sqrt (stray.own.share) * own + std::sqrt (stray.drift.share) * drift
         + std::sqrt (stray.place.share) * place + std::sqrt (stray.manner.share) * manner;
}

Cell inTake (Cell cell, std::uint16_t take, double variation, std::size_t lane, std::size_t step) noexcept
{
    if (take == 0 || ! (variation > 0.0))
        return cell;
    const auto hash = [&] (Draw draw) {
        return hashWords ({ static_cast<std::int64_t> (draw), take, static_cast<std::int64_t> (lane), static_cast<std::int64_t> (step) });
    };
    const auto p = std::clamp (double { cell.probability }, surest, 1.0 - surest);
    const auto u = std::clamp (uniform (hash (Draw::take)), surest, 1.0 - surest);
    const auto odds = p / (1.0 - p) * std::pow (u / (1.0 - u), variation);
    cell.probability = static_cast<float> (odds / (1.0 + odds));
    const auto strayed = [&] (Draw draw, float spread) { return variation * double { spread } * normal (hash (draw)); };
    cell.velocity = static_cast<float> (double { cell.velocity } + strayed (Draw::takeVelocity, cell.velocitySpread));
    cell.offset = static_cast<float> (double { cell.offset } + strayed (Draw::takeOffset, cell.offsetSpread));
    return cell;
}

} // namespace

double rateOf (const PlayParameters& play, std::uint32_t stepsPerBeat) noexcept
{
    return std::max (slowestRate, (play.division > 0.0 ? play.division : static_cast<double> (stepsPerBeat)) * play.time);
}

StepGrid gridOf (const Pattern& pattern, const PlayParameters& play) noexcept
{
    if (pattern.steps == 0)
        return { rateOf (play, pattern.stepsPerBeat) };    // none has come yet
    const auto bars = pattern.steps % 2 == 0 ? 2.0 : 1.0;
    return { rateOf (play, pattern.stepsPerBeat), pattern.steps / bars / pattern.stepsPerBeat, static_cast<int> (pattern.steps) };
}

int cycleStepsOf (const PlayParameters& play, int patternSteps) noexcept { return std::clamp (play.steps, 1, patternSteps); }

int cycleStepsOf (const PlayParameters& play, const LaneFeel& feel, int patternSteps) noexcept
{
    return feel.steps > 0 ? std::min (static_cast<int> (feel.steps), patternSteps) : cycleStepsOf (play, patternSteps);
}

CellAddress addressOf (const PlayParameters& play, const LaneFeel& feel, std::int64_t gridStep, int patternSteps) noexcept
{
    const auto steps = std::int64_t { cycleStepsOf (play, feel, patternSteps) };
    const auto within = [&] (std::int64_t step) { return static_cast<int> (step - floorDivide (step, steps) * steps); };
    return { gridStep, floorDivide (gridStep, steps), within (gridStep), within (gridStep - play.rotate - feel.rotate) };
}

double thresholdOf (const PlayParameters& play, std::size_t lane) noexcept
{
    const auto density = play.density[lane];
    return density <= 0.5 ? 1.0 - (1.0 - play.threshold) * (2.0 * density) : play.threshold * (2.0 - 2.0 * density);
}

LaidCell laidCell (const Pattern& pattern, const Overlay& overlay, const PlayParameters& play, std::size_t lane,
                   std::size_t step) noexcept
{
    using Sounds = LaidCell::Sounds;
    if (overlay.stepsPerBeat != pattern.stepsPerBeat)
        return { pattern.cell (lane, step) };

    LaidCell laid;
    if (overlay.isLocked (lane)) {
        laid.cell = overlay.held[lane][step];
        laid.sounds = laid.cell.probability > 0.5f ? Sounds::always : Sounds::never;
    } else {
        laid.cell = inTake (pattern.cell (lane, step), overlay.take[lane][step], play.variation, lane, step);
    }
    const auto& edit = overlay.edits[lane][step];
    if (edit.hit != CellEdit::Hit::asThePattern)
        laid.sounds = edit.hit == CellEdit::Hit::struck ? Sounds::always : Sounds::never;
    if (edit.velocity > 0)
        laid.cell.velocity = static_cast<float> (edit.velocity) / 127.0f;
    if (edit.offset != CellEdit::patternOffset)
        laid.cell.offset = static_cast<float> (edit.offset) / 32768.0f;
    return laid;
}

double swingOf (const PlayParameters& play, std::int64_t gridStep, double rate) noexcept
{
    const bool odd = (gridStep & 1) != 0;
    return odd && std::fmod (rate, 2.0) == 0.0 ? 2.0 * play.swing - 1.0 : 0.0;
}

bool silenced (const PlayParameters& play, const Overlay& overlay, std::size_t lane) noexcept
{
    return play.mute[lane] || overlay.silences (lane);
}

std::optional<Strike> strike (const LaidCell& laid, const Overlay& overlay, const PlayParameters& play, std::size_t lane,
                              const CellAddress& at, double rate) noexcept
{
    using Sounds = LaidCell::Sounds;
    const auto& cell = laid.cell;
    if (laid.sounds == Sounds::never)
        return std::nullopt;
    if (laid.sounds == Sounds::ifLikely && ! (double { cell.probability } > thresholdOf (play, lane)))
        return std::nullopt;

    auto displacement = double { cell.offset } * 0.5 * play.groove + double { overlay.feel[lane].push };
    auto velocity = neutralVelocity + play.velocityAmount * (double { cell.velocity } - neutralVelocity);

    displacement += swingOf (play, at.gridStep, rate);

    if (play.humanise > 0.0) {
        displacement += play.humanise * double { cell.offsetSpread } * 0.5 * strayed (offsetStray, play.seed, lane, at, rate);
        velocity += play.humanise * double { cell.velocitySpread } * strayed (velocityStray, play.seed, lane, at, rate);
    }

    Strike result;
    result.displacement = std::clamp (displacement, earliest, latest);
    result.velocity = static_cast<int> (std::floor (std::clamp (velocity * 127.0, static_cast<double> (play.softest), 127.0) + 0.5));
    return result;
}

} // namespace groovefield
