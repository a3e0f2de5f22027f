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

std::int64_t floorDivide (std::int64_t a, std::int64_t b) noexcept
{
    return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

double drawn (Draw draw, const PlayParameters& play, std::size_t lane, const CellAddress& at) noexcept
{
    return normal (hashWords ({ static_cast<std::int64_t> (draw), play.seed, static_cast<std::int64_t> (lane),
                                at.cycle, at.step }));
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
        displacement += play.humanise * double { cell.offsetSpread } * 0.5 * drawn (Draw::offset, play, lane, at);
        velocity += play.humanise * double { cell.velocitySpread } * drawn (Draw::velocity, play, lane, at);
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
