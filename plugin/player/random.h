// Randomness addressed by place, never by call order: the same cell of the same cycle draws the
// same numbers in every loop, seek and bounce. Integer arithmetic only, so that every platform
// and the Python reference agree to the last bit.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace groovefield {

/// Absorbs the words one after the other; each step is the finaliser of SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
inline std::uint64_t hashWords (std::initializer_list<std::int64_t> words) noexcept
{
    std::uint64_t h = 0;
    for (const auto word : words) {
        h += static_cast<std::uint64_t> (word) + 0x9E3779B97F4A7C15ull;
        h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
        h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
        h ^= h >> 31;
    }
    return h;
}

/// Uniform in [0, 1), from the top 53 bits.
inline double uniform (std::uint64_t h) noexcept
{
    return static_cast<double> (h >> 11) * (1.0 / 9007199254740992.0);
}

/// Nearly normal with mean 0 and variance 1, never beyond 3.47: the sum of four 16-bit uniforms.
/// Bounded on purpose, since a drummer is never ten deviations late.
inline double normal (std::uint64_t h) noexcept
{
    double sum = 0.0;
    for (int i = 0; i < 4; ++i)
        sum += static_cast<double> ((h >> (16 * i)) & 0xFFFFu) + 0.5;
    return (sum / 65536.0 - 2.0) * 1.7320508075688772;
}

/// What a draw is for; part of the address. How a hit strays has four parts (see feel.cpp).
enum class Draw : std::int64_t {
    velocity = 1,
    offset = 2,
    wander = 3,
    velocityDrift = 4,
    offsetDrift = 5,
    velocityPlace = 6,
    offsetPlace = 7,
    velocityManner = 8,
    offsetManner = 9,
    take = 10,
    takeVelocity = 11,
    takeOffset = 12
};

} // namespace groovefield
