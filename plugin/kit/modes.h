// Metal, in two ways: a bank of decaying sines (what a plate does when it is struck) and a bank
// of inharmonic squares (what a drum machine does instead). Both work on several partials at a
// time.
#pragma once

#include "blocks.h"

#include <array>

namespace groovefield::synth {

/// Four floats in one register, where the compiler has a name for that.
#if defined(__GNUC__)
using Four = float __attribute__ ((vector_size (16)));
#else
struct Four {
    float lane[4];
    float& operator[] (std::size_t k) noexcept { return lane[k]; }
    float operator[] (std::size_t k) const noexcept { return lane[k]; }
    friend Four operator+ (Four a, Four b) noexcept { return { a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3] }; }
    friend Four operator- (Four a, Four b) noexcept { return { a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3] }; }
    friend Four operator* (Four a, Four b) noexcept { return { a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3] }; }
};
#endif

/// `count` decaying sines, a multiple of four. Four neighbours ring until the longest of them is
/// inaudible, so put modes that die together side by side.
template <int count>
class Modes {
    static_assert (count % 4 == 0);

public:
    /// [message] A mode above 0.45 of the sample rate stays silent. Lean -1..1 is how much of
    /// the mode is in the difference of the sides.
    void tune (int mode, float hz, float ringSeconds, float lean, const Clock& clock) noexcept
    {
        auto& group = groups[groupOf (mode)];
        const auto k = laneOf (mode);
        const auto angle = 6.2831853f * clock.turns (hz);
        const auto samples = ringSeconds * clock.rate;
        const auto shrink = std::exp (-1.0f / samples);
        group.cosine[k] = shrink * std::cos (angle);
        group.sine[k] = shrink * std::sin (angle);
        group.lean[k] = lean;
        group.ring[k] = hz < 0.45f * clock.rate ? samples : 0.0f;
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
        group.re[k] = heard * sineOfTurns (turns < 0.75f ? turns + 0.25f : turns - 0.75f);
        group.im[k] = heard * sineOfTurns (turns);
        const auto toSilence = group.ring[k] * std::log (std::max (1.0f, amplitude / 3.0e-6f));
        group.life = std::max (group.life, static_cast<int> (toSilence));
    }

    /// [audio] Writes 1..chunk samples of the sum, and of the part that leans.
    template <std::size_t chunk>
    void render (std::array<float, chunk>& middle, std::array<float, chunk>& side, int n) noexcept
    {
        const auto length = static_cast<std::size_t> (n);
        std::array<Four, chunk> sums, leans;
        for (std::size_t i = 0; i < length; ++i)
            sums[i] = leans[i] = Four {};
        for (auto& group : groups) {
            const auto heard = static_cast<std::size_t> (std::min (n, group.life));
            group.life -= static_cast<int> (heard);
            auto re = group.re, im = group.im;
            for (std::size_t i = 0; i < heard; ++i) {
                const auto turned = re * group.cosine - im * group.sine;
                im = re * group.sine + im * group.cosine;
                re = turned;
                sums[i] = sums[i] + im;
                leans[i] = leans[i] + im * group.lean;
            }
            group.re = re;
            group.im = im;
        }
        for (std::size_t i = 0; i < length; ++i) {
            middle[i] = (sums[i][0] + sums[i][1]) + (sums[i][2] + sums[i][3]);
            side[i] = (leans[i][0] + leans[i][1]) + (leans[i][2] + leans[i][3]);
        }
    }

private:
    struct Group {
        Four cosine {}, sine {}, lean {}, re {}, im {};
        std::array<float, 4> ring {};  ///< decay in samples; 0: above the sample rate's band
        int life = 0;                  ///< samples until it is inaudible
    };

    static std::size_t groupOf (int mode) noexcept { return static_cast<std::size_t> (mode) / 4; }
    static std::size_t laneOf (int mode) noexcept { return static_cast<std::size_t> (mode) % 4; }

    std::array<Group, static_cast<std::size_t> (count / 4)> groups {};
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
    float next() noexcept
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
