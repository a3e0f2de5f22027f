#include "drums.h"

namespace groovefield::synth {

namespace {
constexpr float outputGain = 0.50f;
constexpr float width = 0.45f;  // of the difference between the sides
} // namespace

void Clap::prepare (double sampleRate) { clock.set (sampleRate); }

int Clap::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity;
    Noise luck;
    luck.start (hit.seed);
    // The hands come 8 to 11 ms apart, the last one the loudest.
    auto at = 0.0f;
    for (std::size_t k = 0; k < hands; ++k) {
        when[k] = clock.samples (at);
        at += between (0.0085f, 0.0110f, luck.unit());
        loudness[k] = k + 1 == hands ? 1.0f : between (0.6f, 0.85f, luck.unit());
    }
    std::uint32_t seed = hit.seed;
    for (auto& side : sides) {
        side.noise.start (++seed);
        side.palm.tune (between (950.0f, 1250.0f, v), 1.5f, clock.rate);
        side.air.tune (2100.0f, 0.7f, clock.rate);
        side.top.tune (between (3800.0f, 11500.0f, v), 0.6f, clock.rate);
        side.palm.clear();
        side.air.clear();
        side.top.clear();
    }
    age = hand = 0;
    room.start (0.0f, 1.0f, clock.rate);
    level = outputGain * hitGain (v) * clock.noise;
    return clock.samples (1.4f);
}

float Clap::sideSample (Side& side, float dry, float wet) noexcept
{
    const auto white = side.noise.next();
    const auto palm = side.palm.next (white).band;
    const auto air = side.air.next (white).high;
    return side.top.next ((dry + wet) * 1.5f * palm + dry * 0.32f * air).low;
}

void Clap::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i, ++age) {
        if (hand < hands && age == when[static_cast<std::size_t> (hand)]) {
            const auto last = ++hand == hands;
            burst.start (loudness[static_cast<std::size_t> (hand - 1)], last ? 0.034f : 0.0042f, clock.rate);
            if (last)
                room.start (0.16f, 0.125f, clock.rate);
        }
        const auto dry = burst.next();
        const auto wet = room.next();
        const auto middle = level * sideSample (sides[0], dry, wet);
        const auto difference = level * width * sideSample (sides[1], dry, wet);
        left[i] = middle + difference;
        right[i] = middle - difference;
    }
}

} // namespace groovefield::synth
