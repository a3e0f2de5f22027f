#include "feel.h"

#include "random.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr double neutralVelocity = 100.0 / 127.0; // where velocity amount 0 leaves every hit
constexpr double earliest = -0.5;
constexpr double latest = 1.0 - 1.0 / 1048576.0;
constexpr double beatsPerTurn = 2.0;
constexpr double fullWander = 0.5;
constexpr std::int64_t driftBeats = 4;

// How a hit strays from its mean has four parts, each with its share of the variance: its own, new
// for each hit; a drift common to all lanes that wanders over some beats; and two that are the same
// in every cycle, as a drummer repeats himself: one for each place in the beat, common to all
// lanes, and one for each lane and step. models/groovefield/reference.py says where the shares are from.
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

std::int64_t floorDivide (std::int64_t a, std::int64_t b) noexcept
{
    return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

double drawn (Draw draw, std::int64_t seed, std::int64_t where) noexcept
{
    return normal (hashWords ({ static_cast<std::int64_t> (draw), seed, where }));
}

// Between two draws the variance would sink: the square root keeps it 1.
double drifted (Draw draw, std::int64_t seed, std::int64_t gridStep, std::int64_t stepsPerBeat) noexcept
{
    const auto span = stepsPerBeat * driftBeats;
    const auto index = floorDivide (gridStep, span);
    const auto along = static_cast<double> (gridStep - index * span) / static_cast<double> (span);
    const auto eased = (1.0 - along) * drawn (draw, seed, index) + along * drawn (draw, seed, index + 1);
    return eased / std::sqrt ((1.0 - along) * (1.0 - along) + along * along);
}

// How many spreads a hit lies from its mean: mean 0, variance 1, a function of its address.
double strayed (const Stray& stray, std::int64_t seed, std::size_t lane, const CellAddress& at,
                std::int64_t stepsPerBeat) noexcept
{
    const auto l = static_cast<std::int64_t> (lane);
    const auto word = [] (Draw draw) { return static_cast<std::int64_t> (draw); };
    const auto own = normal (hashWords ({ word (stray.own.draw), seed, l, at.cycle, at.step }));
    const auto manner = normal (hashWords ({ word (stray.manner.draw), seed, l, at.step }));
    const auto drift = drifted (stray.drift.draw, seed, at.gridStep, stepsPerBeat);
    const auto placeInBeat = at.gridStep - floorDivide (at.gridStep, stepsPerBeat) * stepsPerBeat;
    const auto place = drawn (stray.place.draw, seed, placeInBeat);
    return std::sqrt (stray.own.share) * own + std::sqrt (stray.drift.share) * drift
         + std::sqrt (stray.place.share) * place + std::sqrt (stray.manner.share) * manner;
}

double turn (std::int64_t seed, std::int64_t dimension, std::int64_t index) noexcept
{
    return 2.0 * uniform (hashWords ({ static_cast<std::int64_t> (Draw::wander), seed, dimension, index })) - 1.0;
}

double reflected (double v) noexcept
{
    if (v < 0.0)
        v = -v;
    return v > 1.0 ? 2.0 - v : v;
}

} // namespace

CellAddress addressOf (std::int64_t gridStep, int cycleSteps) noexcept
{
    const auto cycle = floorDivide (gridStep, cycleSteps);
    return { gridStep, cycle, static_cast<int> (gridStep - cycle * cycleSteps) };
}

double thresholdOf (const PlayParameters& play, std::size_t lane) noexcept
{
    const auto density = play.density[lane];
    return density <= 0.5 ? 1.0 - (1.0 - play.threshold) * (2.0 * density) : play.threshold * (2.0 - 2.0 * density);
}

std::optional<Strike> strike (const Cell& cell, const PlayParameters& play, std::size_t lane, const CellAddress& at,
                              std::uint32_t stepsPerBeat) noexcept
{
    if (play.mute[lane] || ! (double { cell.probability } > thresholdOf (play, lane)))
        return std::nullopt;

    auto displacement = double { cell.offset } * 0.5 * play.groove;
    auto velocity = neutralVelocity + play.velocityAmount * (double { cell.velocity } - neutralVelocity);

    // Swing moves every other step; grids with an odd number of steps a beat have no pairs.
    const bool odd = (at.gridStep & 1) != 0;
    if (odd && stepsPerBeat % 2 == 0)
        displacement += 2.0 * play.swing - 1.0;

    if (play.humanise > 0.0) {
        const auto perBeat = static_cast<std::int64_t> (stepsPerBeat);
        displacement += play.humanise * double { cell.offsetSpread } * 0.5 * strayed (offsetStray, play.seed, lane, at, perBeat);
        velocity += play.humanise * double { cell.velocitySpread } * strayed (velocityStray, play.seed, lane, at, perBeat);
    }

    Strike result;
    result.displacement = std::clamp (displacement, earliest, latest);
    result.velocity = static_cast<int> (std::floor (std::clamp (velocity * 127.0, 1.0, 127.0) + 0.5));
    return result;
}

PadPosition wandered (const PlayParameters& play, std::int64_t gridStep, std::uint32_t stepsPerBeat) noexcept
{
    auto position = play.position;
    if (! (play.wander > 0.0))
        return position;

    const auto time = static_cast<double> (gridStep) / stepsPerBeat / beatsPerTurn;
    const auto index = std::floor (time);
    const auto along = time - index;
    const auto eased = along * along * (3.0 - 2.0 * along);

    for (std::size_t dimension = 0; dimension < 2; ++dimension) {
        const auto d = static_cast<std::int64_t> (dimension), i = static_cast<std::int64_t> (index);
        const auto from = turn (play.seed, d, i), to = turn (play.seed, d, i + 1);
        const auto away = play.wander * fullWander * (from + (to - from) * eased);
        position.latent[dimension] = static_cast<float> (reflected (double { position.latent[dimension] } + away));
    }
    return position;
}

} // namespace groovefield
