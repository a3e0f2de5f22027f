// Metal, in two ways: a bank of decaying sines (what a plate does when it is struck) and a bank
// of inharmonic squares (what a drum machine does instead). Laid out in arrays of eight, so that
// the compiler works on several partials at a time.
#pragma once

#include "blocks.h"

#include <array>

namespace groovefield::synth {

struct Stereo {
    float mid, side;
};

/// `count` decaying sines, a multiple of eight.
template <int count>
class Modes {
    static_assert (count % 8 == 0);
    using Bank = std::array<float, static_cast<std::size_t> (count)>;

public:
    /// [message] A mode above 0.45 of the sample rate stays silent. Side -1..1 is how far the
    /// mode leans to the left (+) or right.
    void tune (int mode, float hz, float ringSeconds, float lean, const Clock& clock) noexcept
    {
        const auto at = static_cast<std::size_t> (mode);
        const auto angle = 6.2831853f * clock.turns (hz);
        const auto shrink = std::exp (-1.0f / (ringSeconds * clock.rate));
        cosine[at] = shrink * std::cos (angle);
        sine[at] = shrink * std::sin (angle);
        side[at] = lean;
        allowed[at] = hz < 0.45f * clock.rate ? 1.0f : 0.0f;
    }

    /// [audio] Strikes one mode from rest.
    void strike (int mode, float amplitude, float turns) noexcept
    {
        const auto at = static_cast<std::size_t> (mode);
        re[at] = allowed[at] * amplitude * sineOfTurns (turns < 0.75f ? turns + 0.25f : turns - 0.75f);
        im[at] = allowed[at] * amplitude * sineOfTurns (turns);
    }

    /// [audio]
    Stereo next() noexcept
    {
        std::array<float, 8> m {}, s {};
        for (std::size_t group = 0; group < count; group += 8) {
            for (std::size_t j = 0; j < 8; ++j) {
                const auto k = group + j;
                const auto r = re[k] * cosine[k] - im[k] * sine[k];
                const auto i = re[k] * sine[k] + im[k] * cosine[k];
                re[k] = r;
                im[k] = i;
                m[j] += i;
                s[j] += i * side[k];
            }
        }
        return { sum (m), sum (s) };
    }

private:
    static float sum (const std::array<float, 8>& v) noexcept
    {
        return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
    }

    alignas (32) Bank cosine {}, sine {}, re {}, im {}, side {};
    Bank allowed {};
};

/// Six squares with rounded edges (polynomial band-limited steps), for hats.
class Squares {
public:
    /// [audio] Frequencies in turns a sample.
    void tune (std::size_t square, float turnsPerSample, float startTurns) noexcept
    {
        increment[square] = turnsPerSample;
        reciprocal[square] = 1.0f / turnsPerSample;
        phase[square] = startTurns;
        weight[square] = 1.0f;
    }

    /// [audio] Their sum, -6..6.
    float next() noexcept
    {
        std::array<float, 8> out;
        for (std::size_t k = 0; k < 8; ++k) {
            auto p = phase[k] + increment[k];
            p -= p >= 1.0f ? 1.0f : 0.0f;
            phase[k] = p;
            const auto rise = p > 0.5f ? p - 1.0f : p;           // -0.5..0.5 around the rising edge
            const auto fall = p - 0.5f;                          // and around the falling one
            const auto a = std::max (0.0f, 1.0f - std::abs (rise) * reciprocal[k]);
            const auto b = std::max (0.0f, 1.0f - std::abs (fall) * reciprocal[k]);
            const auto level = p < 0.5f ? 1.0f : -1.0f;
            const auto edge = (rise < 0.0f ? a * a : -a * a) - (fall < 0.0f ? b * b : -b * b);
            out[k] = weight[k] * (level + edge);
        }
        return ((out[0] + out[4]) + (out[1] + out[5])) + (out[2] + out[3]);
    }

private:
    alignas (32) std::array<float, 8> phase {}, increment {}, reciprocal {}, weight {};
};

} // namespace groovefield::synth
