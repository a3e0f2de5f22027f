// What happens to a drum's sound on its way to the mix: level and pan, which glide when they change.
#pragma once

#include "kit_settings.h"

#include <array>
#include <cmath>

namespace groovefield::synth {

/// How much of each side goes to each side.
struct Balance {
    float leftToLeft = 1.0f, rightToLeft = 0.0f, leftToRight = 0.0f, rightToRight = 1.0f;

    /// A sound in the middle keeps its power wherever it is put; of one with two sides, what was on the far side
    /// comes along.
    static Balance of (const VoiceSettings& v) noexcept
    {
        const auto gain = v.level <= VoiceSettings::silentLevel ? 0.0f : std::pow (10.0f, v.level / 20.0f);
        if (v.pan == 0.0f)
            return { gain, 0.0f, 0.0f, gain };
        const auto angle = 0.78539816f * (1.0f + std::abs (v.pan));
        const auto near = 1.41421356f * std::sin (angle), far = 1.41421356f * std::cos (angle);
        return v.pan < 0.0f ? Balance { gain, gain * (near - 1.0f), 0.0f, gain * far }
                            : Balance { gain * far, 0.0f, gain * (near - 1.0f), gain };
    }

    bool neutral() const noexcept
    {
        return leftToLeft == 1.0f && rightToLeft == 0.0f && leftToRight == 0.0f && rightToRight == 1.0f;
    }
};

class Strip {
public:
    static constexpr float glideSeconds = 0.006f;

    /// [message]
    void prepare (double sampleRate) noexcept
    {
        glide = static_cast<float> (1.0 / (static_cast<double> (glideSeconds) * sampleRate));
        settle();
    }

    /// [audio] From the coming sample on.
    void set (const VoiceSettings& v) noexcept
    {
        from = now();
        to = Balance::of (v);
        way = 0.0f;
    }

    /// [audio] There at once: for where nothing sounds.
    void settle() noexcept { way = 1.0f; }

    bool neutral() const noexcept { return way >= 1.0f && to.neutral(); }

    /// [audio] In place, sample by sample.
    void apply (float* left, float* right, int n) noexcept
    {
        for (int i = 0; i < n; ++i) {
            const auto b = now();
            const auto l = left[i], r = right[i];
            left[i] = b.leftToLeft * l + b.rightToLeft * r;
            right[i] = b.leftToRight * l + b.rightToRight * r;
            way = std::min (1.0f, way + glide);
        }
    }

private:
    Balance now() const noexcept
    {
        if (way >= 1.0f)
            return to;
        const auto on = [this] (float a, float b) { return a + way * (b - a); };
        return { on (from.leftToLeft, to.leftToLeft), on (from.rightToLeft, to.rightToLeft),
                 on (from.leftToRight, to.leftToRight), on (from.rightToRight, to.rightToRight) };
    }

    Balance from, to;
    float way = 1.0f, glide = 0.003f;
};

} // namespace groovefield::synth
