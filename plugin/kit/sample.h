// A one-shot sample, and how it is played in a drum's place.
#pragma once

#include "blocks.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace groovefield {

/// A sound of its own, in memory; nothing in it changes once it is made.
struct Sample {
    static constexpr double mostSeconds = 10.0;

    /// [message] One channel (right empty) or two of equal length, at least one frame; rate in Hz.
    Sample (std::vector<float> leftChannel, std::vector<float> rightChannel, double sampleRate, std::string itsName);

    const std::vector<float> left, right;   ///< right is empty: mono
    const double rate;
    const std::string name;
    const double ringSeconds;               ///< when only a hundredth of its energy is still to come

    std::size_t frames() const noexcept { return left.size(); }
    const float* rightOrLeft() const noexcept { return right.empty() ? left.data() : right.data(); }
};

namespace synth {

/// Windowed sincs to read a sample between its frames, a bank for each step through it: the wider the step, the lower they
/// cut, so that what is tuned up does not fold over.
class Interpolation {
public:
    static constexpr int taps = 32, phases = 128, banks = 8;
    using Kernel = std::array<float, taps>;

    /// [message] Makes the tables where this is the first call.
    static const Interpolation& shared();

    /// [audio] For a step of so many frames a sample.
    static int bankFor (double step) noexcept;

    /// [audio] The weights at a place between two frames, 0..1.
    GROOVEFIELD_INLINE Kernel at (int bank, float fraction) const noexcept
    {
        const auto place = fraction * static_cast<float> (phases);
        const auto phase = std::min (static_cast<int> (place), phases - 1);
        const auto more = place - static_cast<float> (phase);
        const auto& a = tables[static_cast<std::size_t> (bank)][static_cast<std::size_t> (phase)];
        const auto& b = tables[static_cast<std::size_t> (bank)][static_cast<std::size_t> (phase) + 1];
        Kernel kernel;
        for (std::size_t k = 0; k < taps; ++k)
            kernel[k] = a[k] + more * (b[k] - a[k]);
        return kernel;
    }

private:
    Interpolation();
    std::array<std::array<Kernel, phases + 1>, banks> tables;
};

/// A stroke of a sample: a Sound for Lane (see lane.h). The hit names the sample, which outlives the stroke.
class OneShot {
public:
    /// What comes of a sample is no louder than a drum: full scale is about as loud as the kick.
    static constexpr float outputGain = 0.5f;
    static constexpr float longestSeconds = 10.0f, endSeconds = 0.05f;

    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

    const Sample* sample() const noexcept { return playing; }

private:
    void frame (float& left, float& right) const noexcept;

    const Interpolation* interpolation = nullptr;
    const Sample* playing = nullptr;
    double rate = 48000.0;
    std::uint64_t place = 0, step = 0;    ///< frames, 32 bits of them after the point
    int bank = 0, toEnd = 0, fadeFrom = 0;
    float level = 0.0f, damped = 1.0f, damping = 1.0f;
};

} // namespace synth
} // namespace groovefield
