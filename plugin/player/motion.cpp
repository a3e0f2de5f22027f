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

std::int64_t changeStepOf (const PlayParameters& play, const StepGrid& grid, std::int64_t gridStep) noexcept
{
    const auto everyBeats = [&] (double beats) {
        const auto begun = std::floor (static_cast<double> (gridStep) / grid.rate / beats) * beats;
        return std::min (gridStep, static_cast<std::int64_t> (std::ceil (begun * grid.rate)));
    };
    switch (play.change) {
        case Change::beat: return everyBeats (1.0);
        case Change::bar: return everyBeats (grid.barBeats);
        case Change::cycle: {
            const auto steps = std::int64_t { cycleStepsOf (play, grid.steps) };
            return floorDivide (gridStep, steps) * steps;
        }
        case Change::atOnce: break;
    }
    return gridStep;
}

bool isFill (const PlayParameters& play, const StepGrid& grid, std::int64_t gridStep) noexcept
{
    if (play.fillBars < 1 || ! (play.fillAmount > 0.0))
        return false;
    const auto beats = static_cast<double> (gridStep) / grid.rate;
    const auto bar = std::floor (beats / grid.barBeats);
    const auto number = static_cast<std::int64_t> (bar);
    return beats - bar * grid.barBeats >= 1.0 && number - floorDivide (number, play.fillBars) * play.fillBars == play.fillBars - 1;
}

PadPosition positionAt (const PlayParameters& play, const Overlay& overlay, const StepGrid& grid, std::int64_t gridStep) noexcept
{
    auto position = play.position;
    const auto beats = static_cast<double> (changeStepOf (play, grid, gridStep)) / grid.rate;
    if (play.motion == Motion::path && overlay.path.any())
        followPath (overlay.path, beats * play.motionSpeed, play.motionSize, position);
    else if (play.motion == Motion::points && overlay.points.any())
        visitPoints (overlay.points, beats * play.motionSpeed, play.motionSize, position);
    if (play.wander > 0.0)
        wanderOff (play, beats, position);
    if (isFill (play, grid, gridStep))
        goIntoFill (overlay.fills, play.fillAmount, position);
    return position;
}

PlayParameters parametersAt (const PlayParameters& play, const Overlay& overlay, const StepGrid& grid, std::int64_t gridStep) noexcept
{
    auto now = play;
    if (overlay.fills.count == 0 && isFill (play, grid, gridStep))
        now.threshold *= 1.0 - play.fillAmount * (1.0 - fillThreshold);
    return now;
}

} // namespace groovefield
