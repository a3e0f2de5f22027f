// Metal, in two ways: a bank of decaying sines (what a plate does when it is struck) and a bank
// of inharmonic squares (what a drum machine does instead). Both work on several partials at a
// time.
#pragma once

#include "blocks.h"

#include <array>

namespace groovefield::synth {

/// Eight floats in one register or two, where the compiler has a name for that.
#if defined(__GNUC__)
using Eight = float __attribute__ ((vector_size (32)));
#else
struct Eight {
    float lane[8];
    float& operator[] (std::size_t k) noexcept { return lane[k]; }
    float operator[] (std::size_t k) const noexcept { return lane[k]; }
    template <typename Operation>
    static Eight each (Operation&& of) noexcept
    {
        Eight result {};
        for (std::size_t k = 0; k < 8; ++k)
            result[k] = of (k);
        return result;
    }
    friend Eight operator+ (const Eight& a, const Eight& b) noexcept { return each ([&] (auto k) { return a[k] + b[k]; }); }
    friend Eight operator- (const Eight& a, const Eight& b) noexcept { return each ([&] (auto k) { return a[k] - b[k]; }); }
    friend Eight operator* (const Eight& a, const Eight& b) noexcept { return each ([&] (auto k) { return a[k] * b[k]; }); }
};
#endif

/// `count` decaying sines, a multiple of eight. Eight neighbours ring until the longest of them is
/// inaudible, so put modes that die together side by side.
template <int count>
class Modes {
    static_assert (count % 8 == 0);

public:
    /// [message] A mode above 0.45 of the sample rate stays silent. Lean -1..1 is how much of
    /// the mode is in the difference of the sides.
    void tune (int mode, float hz, float ringSeconds, float lean, const Clock& clock) noexcept
    {
        hertz[static_cast<std::size_t> (mode)] = hz;
        seconds[static_cast<std::size_t> (mode)] = ringSeconds;
        groups[groupOf (mode)].lean[laneOf (mode)] = lean;
        place (mode, hz, ringSeconds, clock);
        changedPitch = changedDecay = 1.0f;
    }

    /// [audio] All frequencies and all rings times these, from the next strikes on.
    void change (float pitch, float decay, const Clock& clock) noexcept
    {
        if (pitch == changedPitch && decay == changedDecay)
            return;
        changedPitch = pitch;
        changedDecay = decay;
        for (int mode = 0; mode < count; ++mode)
            place (mode, pitch * hertz[static_cast<std::size_t> (mode)], decay * seconds[static_cast<std::size_t> (mode)], clock);
    }

    /// [audio] Before the strikes of a new hit.
    void rest() noexcept
    {
        for (auto& group : groups)
            group.life = 0;
    }

    /// [audio] Strikes one mode from rest, beginning at a phase.
    void strike (int mode, float amplitude, float turns) noexcept
    {
        auto& group = groups[groupOf (mode)];
        const auto k = laneOf (mode);
        const auto heard = group.ring[k] > 0.0f ? amplitude : 0.0f;
        group.state.re[k] = heard * sineOfTurns (turns < 0.75f ? turns + 0.25f : turns - 0.75f);
        group.state.im[k] = heard * sineOfTurns (turns);
        const auto toSilence = group.ring[k] * std::log (std::max (1.0f, amplitude / 3.0e-6f));
        group.life = std::max (group.life, static_cast<int> (toSilence));
    }

    /// [audio] Writes 1..chunk samples of the sum, and of the part that leans.
    template <std::size_t chunk>
    GROOVEFIELD_INLINE void render (std::array<float, chunk>& middle, std::array<float, chunk>& side, int n) noexcept
    {
        const auto length = static_cast<std::size_t> (n);
        std::array<Eight, chunk> sums, leans;
        for (std::size_t i = 0; i < length; ++i)
            sums[i] = leans[i] = Eight {};
        // Two groups at a time: while the one waits for its product, the other computes.
        for (std::size_t g = 0; g < groups.size(); g += 2) {
            auto& one = groups[g];
            auto& two = groups[std::min (g + 1, groups.size() - 1)];
            const auto heard = one.heard (n), alsoHeard = &two == &one ? std::size_t { 0 } : two.heard (n);
            const auto both = std::min (heard, alsoHeard);
            auto a = one.state, b = two.state;
            for (std::size_t i = 0; i < both; ++i) {
                const auto x = a.next (one), y = b.next (two);
                sums[i] = sums[i] + (x + y);
                leans[i] = leans[i] + (x * one.lean + y * two.lean);
            }
            for (std::size_t i = both; i < heard; ++i) {
                const auto x = a.next (one);
                sums[i] = sums[i] + x;
                leans[i] = leans[i] + x * one.lean;
            }
            one.state = a;
            if (&two == &one)
                continue;
            for (std::size_t i = both; i < alsoHeard; ++i) {
                const auto y = b.next (two);
                sums[i] = sums[i] + y;
                leans[i] = leans[i] + y * two.lean;
            }
            two.state = b;
        }
        for (std::size_t i = 0; i < length; ++i) {
            middle[i] = total (sums[i]);
            side[i] = total (leans[i]);
        }
    }

private:
    void place (int mode, float hz, float ringSeconds, const Clock& clock) noexcept
    {
        auto& group = groups[groupOf (mode)];
        const auto k = laneOf (mode);
        const auto angle = 6.2831853f * clock.turns (hz);
        const auto samples = ringSeconds * clock.rate;
        const auto shrink = std::exp (-1.0f / samples);
        group.cosine[k] = shrink * std::cos (angle);
        group.sine[k] = shrink * std::sin (angle);
        group.ring[k] = hz < 0.45f * clock.rate ? samples : 0.0f;
    }

    struct Group;

    struct State {
        Eight re {}, im {};

        GROOVEFIELD_INLINE Eight next (const Group& group) noexcept
        {
            const auto turned = re * group.cosine - im * group.sine;
            im = re * group.sine + im * group.cosine;
            re = turned;
            return im;
        }
    };

    struct Group {
        Eight cosine {}, sine {}, lean {};
        State state;
        std::array<float, 8> ring {};  ///< decay in samples; 0: above the sample rate's band
        int life = 0;                  ///< samples until it is inaudible

        /// How many of n samples it still sounds.
        std::size_t heard (int n) noexcept
        {
            const auto sounding = std::min (n, life);
            life -= sounding;
            return static_cast<std::size_t> (sounding);
        }
    };

    static float total (const Eight& x) noexcept
    {
        return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
    }

    static std::size_t groupOf (int mode) noexcept { return static_cast<std::size_t> (mode) / 8; }
    static std::size_t laneOf (int mode) noexcept { return static_cast<std::size_t> (mode) % 8; }

    std::array<Group, static_cast<std::size_t> (count / 8)> groups {};
    std::array<float, static_cast<std::size_t> (count)> hertz {}, seconds {};
    float changedPitch = 1.0f, changedDecay = 1.0f;
};

/// Six squares with rounded edges (polynomial band-limited steps), for hats. A phase is a whole
/// 32-bit turn, which wraps by itself.
class Squares {
public:
    /// [audio] Frequency in turns a sample, starting phase in turns 0..1.
    void tune (std::size_t square, float turnsPerSample, float startTurns) noexcept
    {
        increment[square] = static_cast<std::uint32_t> (turnsPerSample * 4294967296.0f);
        phase[square] = static_cast<std::uint32_t> (startTurns * 4294967040.0f);
        reciprocal[square] = 1.0f / turnsPerSample;
    }

    /// [audio] Their sum, -6..6.
    GROOVEFIELD_INLINE float next() noexcept
    {
        std::array<float, 8> out;
        for (std::size_t k = 0; k < 8; ++k) {
            phase[k] += increment[k];
            const auto turns = static_cast<float> (static_cast<std::int32_t> (phase[k])) * (1.0f / 4294967296.0f);
            const auto away = std::abs (turns);  // from the rising edge; the falling one is at a half
            const auto rise = std::max (0.0f, 1.0f - away * reciprocal[k]);
            const auto fall = std::max (0.0f, 1.0f - (0.5f - away) * reciprocal[k]);
            out[k] = std::copysign (1.0f - rise * rise - fall * fall, turns);
        }
        return (out[0] + out[1]) + (out[2] + out[3]) + (out[4] + out[5]);
    }

private:
    alignas (32) std::array<std::uint32_t, 8> phase {}, increment {};
    alignas (32) std::array<float, 8> reciprocal {};
};

} // namespace groovefield::synth
