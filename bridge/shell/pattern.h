// A pattern as the player reads it, and where patterns come from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace groovefield {

constexpr std::size_t maxLanes = 16;
constexpr std::size_t maxSteps = 128;
constexpr std::size_t maxLatents = 8;

/// Where in the field, after wander: X, Y and up to six further dimensions, and the style; each 0..1.
struct PadPosition {
    std::array<float, maxLatents> latent {};
    float style = 0.0f;     ///< 0: none; from there to 1 the model's styles at equal distances
    bool operator== (const PadPosition& other) const noexcept { return latent == other.latent && style == other.style; }
    bool operator!= (const PadPosition& other) const noexcept { return ! (*this == other); }
};

/// What one step of one lane holds.
struct Cell {
    float probability = 0.0f;     ///< 0..1
    float velocity = 0.0f;        ///< 0..1
    float offset = 0.0f;          ///< half steps, [-1, 1)
    float velocitySpread = 0.0f;  ///< standard deviation, in the unit of velocity
    float offsetSpread = 0.0f;    ///< standard deviation, in half steps
};

/// A decoded pattern: lanes x steps cells, the grid, and the model's lane table.
struct Pattern {
    std::uint64_t id = 0;             ///< of the request it answers; 0: none yet
    std::uint32_t lanes = 0;          ///< 1..maxLanes once it is a pattern
    std::uint32_t steps = 0;          ///< 1..maxSteps: the grid's length
    std::uint32_t stepsPerBeat = 4;   ///< a beat is a quarter note
    std::uint32_t latents = 2;        ///< how many of the position's numbers the model uses
    std::array<std::uint8_t, maxLanes> laneNote {};               ///< MIDI notes out
    std::array<std::array<char, 16>, maxLanes> laneName {};       ///< UTF-8, zero-padded
    /// Five packed arrays of lanes x steps, as in the shared memory: probability, velocity,
    /// offset, velocity spread, offset spread.
    std::array<float, 5 * maxLanes * maxSteps> values {};

    bool valid() const noexcept { return lanes > 0 && lanes <= maxLanes && steps > 0 && steps <= maxSteps; }

    /// Lane and step must be inside the pattern.
    Cell cell (std::size_t lane, std::size_t step) const noexcept
    {
        const auto area = std::size_t { lanes } * steps;
        const auto at = lane * steps + step;
        return { values[at], values[area + at], values[2 * area + at], values[3 * area + at], values[4 * area + at] };
    }
};

/// Where the player gets its patterns. One thread, the audio thread, calls it.
class PatternSource {
public:
    virtual ~PatternSource() = default;

    /// [audio] Asks for the pattern at a position; answers come by the ID returned (1, 2, 3 ...).
    virtual std::uint64_t request (const PadPosition&) noexcept = 0;

    /// [audio] Copies the answer to request `id` into `into` when it is there; false, and `into`
    /// as it was, when it is not. Offline it waits for it, with a bound.
    virtual bool answer (std::uint64_t id, Pattern& into) noexcept = 0;
};

} // namespace groovefield
