#include "motion.h"

#include "floor_divide.h"
#include "random.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr double beatsPerTurn = 2.0;
constexpr double fullWander = 0.5;

// Without fills to go to: how far towards the dense end of X, and how much of the threshold stays.
constexpr double fillTravel = 0.4, fillThreshold = 0.45;

double reflected (double v) noexcept
{
    v = std::abs (v);
    return v > 1.0 ? std::max (0.0, 2.0 - v) : v;
}

float moved (float from, double away) noexcept { return static_cast<float> (reflected (double { from } + away)); }

// How far along its round something is, [0, 1).
double along (double beats, double round) noexcept
{
    const auto rounds = beats / round;
    return std::clamp (rounds - std::floor (rounds), 0.0, 1.0);
}

void followPath (const MotionPath& path, double beats, double size, PadPosition& position) noexcept
{
    const auto at = along (beats, path.beats) * static_cast<double> (path.count);
    const auto first = std::min (static_cast<std::size_t> (at), static_cast<std::size_t> (path.count) - 1);
    const auto next = (first + 1) % path.count;
    const auto between = at - static_cast<double> (first);
    for (std::size_t d = 0; d < 2; ++d) {
        const auto from = double { path.away[first][d] }, to = double { path.away[next][d] };
        position.latent[d] = moved (position.latent[d], size * (from + (to - from) * between));
    }
}

void goTowards (const std::array<float, maxLatents>& place, double amount, PadPosition& position) noexcept
{
    for (std::size_t d = 0; d < maxLatents; ++d)
        position.latent[d] = moved (position.latent[d], amount * (double { place[d] } - double { position.latent[d] }));
}

void visitPoints (const MotionPoints& points, double beats, double size, PadPosition& position) noexcept
{
    const auto visit = along (beats, points.beats * static_cast<double> (points.count)) * static_cast<double> (points.count);
    const auto index = std::min (static_cast<std::size_t> (visit), static_cast<std::size_t> (points.count) - 1);
    goTowards (points.at[index], std::min (size, 1.0), position);
}

void goIntoFill (const FillPlaces& fills, double amount, PadPosition& position) noexcept
{
    if (fills.count == 0) {
        position.latent[0] = static_cast<float> (std::min (1.0, double { position.latent[0] } + amount * fillTravel));
        return;
    }
    const auto distance = [&] (const std::array<float, maxLatents>& place) {
        double sum = 0.0;
        for (std::size_t d = 0; d < maxLatents; ++d) {
            const auto apart = double { place[d] } - double { position.latent[d] };
            sum += apart * apart;
        }
        return sum;
    };
    const auto end = fills.at.begin() + static_cast<std::ptrdiff_t> (std::min<std::uint64_t> (fills.count, FillPlaces::room));
    const auto nearest = std::min_element (fills.at.begin(), end, [&] (const auto& a, const auto& b) { return distance (a) < distance (b); });
    goTowards (*nearest, amount, position);
}

double turn (std::int64_t seed, std::int64_t dimension, std::int64_t index) noexcept
{
    return 2.0 * uniform (hashWords ({ static_cast<std::int64_t> (Draw::wander), seed, dimension, index })) - 1.0;
}

void wanderOff (const PlayParameters& play, double beats, PadPosition& position) noexcept
{
    const auto time = beats / beatsPerTurn;
    const auto index = std::floor (time);
    const auto past = time - index;
    const auto eased = past * past * (3.0 - 2.0 * past);
    for (std::size_t dimension = 0; dimension < 2; ++dimension) {
        const auto d = static_cast<std::int64_t> (dimension), i = static_cast<std::int64_t> (index);
        const auto from = turn (play.seed, d, i), to = turn (play.seed, d, i + 1);
        position.latent[dimension] = moved (position.latent[dimension], play.wander * fullWander * (from + (to - from) * eased));
    }
}

} // namespace

BarPlace barPlaceOf (std::int64_t gridStep, std::uint32_t gridSteps) noexcept
{
    const auto steps = static_cast<std::int64_t> (std::max (1u, gridSteps % 2 == 0 ? gridSteps / 2 : gridSteps));
    const auto bar = floorDivide (gridStep, steps);
    return { bar, static_cast<int> (gridStep - bar * steps), static_cast<int> (steps) };
}

bool isFill (const PlayParameters& play, const BarPlace& at, std::uint32_t stepsPerBeat) noexcept
{
    if (play.fillBars < 1 || ! (play.fillAmount > 0.0) || at.step < static_cast<int> (stepsPerBeat))
        return false;
    return at.bar - floorDivide (at.bar, play.fillBars) * play.fillBars == play.fillBars - 1;
}

PadPosition positionAt (const PlayParameters& play, const Overlay& overlay, std::int64_t gridStep, std::uint32_t stepsPerBeat,
                        std::uint32_t gridSteps) noexcept
{
    auto position = play.position;
    const auto beats = static_cast<double> (gridStep) / stepsPerBeat;
    if (play.motion == Motion::path && overlay.path.any())
        followPath (overlay.path, beats * play.motionSpeed, play.motionSize, position);
    else if (play.motion == Motion::points && overlay.points.any())
        visitPoints (overlay.points, beats * play.motionSpeed, play.motionSize, position);
    if (isFill (play, barPlaceOf (gridStep, gridSteps), stepsPerBeat))
        goIntoFill (overlay.fills, play.fillAmount, position);
    if (play.wander > 0.0)
        wanderOff (play, beats, position);
    return position;
}

PlayParameters playedAt (const PlayParameters& play, const Overlay& overlay, std::int64_t gridStep, std::uint32_t stepsPerBeat,
                         std::uint32_t gridSteps) noexcept
{
    auto now = play;
    if (overlay.fills.count == 0 && isFill (play, barPlaceOf (gridStep, gridSteps), stepsPerBeat))
        now.threshold *= 1.0 - play.fillAmount * (1.0 - fillThreshold);
    return now;
}

} // namespace groovefield
