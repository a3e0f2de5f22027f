// What the drums are built from: noise, decays, sines, filters, saturation. All state is a few
// floats, every function is [audio] and per sample, so that block size cannot matter.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

/// Before a render function that works on eight numbers at a time: compiled twice, and the one for wide
/// registers is chosen where the processor has them. Both compute the same numbers in the same order.
#if defined(__GNUC__) && ! defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__)
#define GROOVEFIELD_WIDE __attribute__ ((target_clones ("avx2", "default")))
#define GROOVEFIELD_INLINE __attribute__ ((always_inline)) inline
#else
#define GROOVEFIELD_WIDE
#define GROOVEFIELD_INLINE inline
#endif

namespace groovefield {
struct Sample;
}

namespace groovefield::synth {

constexpr int chunkSize = 64;  ///< samples; the longest stretch rendered in one go

/// One stroke, as a drum receives it.
struct Hit {
    float velocity = 1.0f;     ///< 0..1, above 0
    std::uint32_t seed = 1;    ///< of this hit's noise
    float pitch = 1.0f;        ///< times every frequency
    float decay = 1.0f;        ///< times every ring
    float gain = 1.0f;         ///< beside what the velocity does
    const Sample* sample = nullptr;
};

/// How loud a velocity is: v^1.25, so 0.5 is 7.5 dB below 1 and a ghost note at 0.25 is 15 dB;
/// the duller sound of a soft stroke takes a few more.
inline float hitGain (float velocity) noexcept { return velocity * std::sqrt (std::sqrt (velocity)); }

inline float between (float low, float high, float amount) noexcept { return low + (high - low) * amount; }

/// White noise in -1..1 from a linear congruential generator (the high bits are good enough to
/// hear no pattern, and it costs one multiplication).
class Noise {
public:
    /// The first sample is always one of the loud ones, so that a hit is heard from its sample.
    void start (std::uint32_t seed) noexcept
    {
        state = seed * 2654435761u + 0x9e3779b9u;
        state ^= state >> 15;
        state *= 2246822519u;
        state ^= state >> 13;
    }

    float next() noexcept
    {
        state = state * 1664525u + 1013904223u;
        return static_cast<float> (static_cast<std::int32_t> (state)) * (1.0f / 2147483648.0f);
    }

    /// A number in 0..1 for small differences from hit to hit.
    float unit() noexcept { return 0.5f + 0.5f * next(); }

private:
    std::uint32_t state = 1;
};

/// An exponential decay: level, times exp (-1) every `seconds`.
class Decay {
public:
    void start (float level, float seconds, float sampleRate) noexcept
    {
        value = level;
        factor = std::exp (-1.0f / (seconds * sampleRate));
    }

    float next() noexcept
    {
        const auto now = value;
        value *= factor;
        return now;
    }

    bool audible() const noexcept { return value > 1.0e-6f; }

private:
    float value = 0.0f, factor = 0.0f;
};

/// A decay that holds and then falls ever faster, as a damped drum does: level times
/// exp (-(t / slow) - (t / fast)^2). In double, because the factor changes by 1e-9 a sample.
class DampedDecay {
public:
    void start (float level, float slowSeconds, float fastSeconds, float sampleRate) noexcept
    {
        const auto slow = 1.0 / (static_cast<double> (slowSeconds) * static_cast<double> (sampleRate));
        const auto fast = 1.0 / (static_cast<double> (fastSeconds) * static_cast<double> (sampleRate));
        value = static_cast<double> (level);
        factor = std::exp (-slow - fast * fast);
        bend = std::exp (-2.0 * fast * fast);
    }

    float next() noexcept
    {
        const auto now = static_cast<float> (value);
        value *= factor;
        factor *= bend;
        return now;
    }

private:
    double value = 0.0, factor = 0.0, bend = 1.0;
};

/// sin (2 pi turns) for turns in 0..1, within 4e-6: Taylor to the ninth order on a folded quarter.
inline float sineOfTurns (float turns) noexcept
{
    const auto x = turns - 0.5f;
    const auto folded = 0.25f - std::abs (std::abs (x) - 0.25f);
    const auto a = folded * 6.2831853f;
    const auto a2 = a * a;
    const auto s = a * (1.0f + a2 * (-1.6666667e-1f + a2 * (8.3333333e-3f + a2 * (-1.9841270e-4f + a2 * 2.7557319e-6f))));
    return x < 0.0f ? s : -s;
}

/// A sine whose frequency may change at every sample.
class Sine {
public:
    void start (float turns) noexcept { phase = turns; }

    /// Increment in turns a sample, below 1.
    float next (float increment) noexcept
    {
        phase += increment;
        phase -= static_cast<float> (phase >= 1.0f);
        return sineOfTurns (phase);
    }

private:
    float phase = 0.0f;
};

/// tanh by its Pade approximant: odd, smooth, reaches exactly 1 at 3 and stays there.
inline float softClip (float x) noexcept
{
    const auto y = std::clamp (x, -3.0f, 3.0f);
    const auto y2 = y * y;
    return y * (27.0f + y2) / (27.0f + 9.0f * y2);
}

/// A second-order state-variable filter by the trapezoidal rule (stable while it is swept).
class Filter {
public:
    struct Outputs {
        float low, band, high;  ///< band peaks at 1 whatever the resonance
    };

    /// Cutoff in Hz, clamped below the Nyquist frequency; Q 0.5 and up.
    void tune (float hz, float q, float sampleRate) noexcept
    {
        const auto g = std::tan (3.14159265f * std::min (hz, 0.46f * sampleRate) / sampleRate);
        k = 1.0f / q;
        a1 = 1.0f / (1.0f + g * (g + k));
        a2 = g * a1;
        a3 = g * a2;
    }

    void clear() noexcept { s1 = s2 = 0.0f; }

    Outputs next (float x) noexcept
    {
        const auto v3 = x - s2;
        const auto v1 = a1 * s1 + a2 * v3;
        const auto v2 = s2 + a2 * s1 + a3 * v3;
        s1 = 2.0f * v1 - s1;
        s2 = 2.0f * v2 - s2;
        return { v2, k * v1, x - k * v1 - v2 };
    }

private:
    float k = 1.0f, a1 = 0.0f, a2 = 0.0f, a3 = 0.0f, s1 = 0.0f, s2 = 0.0f;
};

/// What every drum knows about time: the sample rate, and how much louder white noise must be
/// for the same loudness in the audible band (its power spreads up to half the sample rate).
struct Clock {
    float rate = 48000.0f;
    float noise = 1.0f;

    void set (double sampleRate) noexcept
    {
        rate = static_cast<float> (sampleRate);
        noise = std::sqrt (rate / 48000.0f);
    }

    int samples (float seconds) const noexcept { return static_cast<int> (seconds * rate); }
    float turns (float hz) const noexcept { return hz / rate; }

    /// How long a stroke sounds whose rings are so many times its own: never longer than any drum may.
    int lifetime (float seconds, float decay) const noexcept
    {
        constexpr float longest = 5.0f;
        return samples (std::min (longest, seconds * std::max (1.0f, decay)));
    }
};

/// Places a mono stroke: 0 centre, -1 left, +1 right, equal power, centre at full level.
struct Place {
    float left = 1.0f, right = 1.0f;

    explicit Place (float pan = 0.0f) noexcept
    {
        const auto angle = 0.78539816f * (1.0f + pan);
        left = 1.41421356f * std::cos (angle);
        right = 1.41421356f * std::sin (angle);
    }
};

} // namespace groovefield::synth
