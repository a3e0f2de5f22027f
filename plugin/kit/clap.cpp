#include "drums.h"

namespace groovefield::synth {

namespace {
constexpr float outputGain = 0.33f;
constexpr float width = 0.35f;  // of the difference between the sides
} // namespace

void Clap::prepare (double sampleRate) { clock.set (sampleRate); }

void Clap::Side::next() noexcept
{
    const auto white = noise.next();
    const auto body = palm.next (white).band;
    const auto skin = fingers.next (white);
    dry = top.next (1.25f * body + 0.70f * skin.band + 0.28f * skin.high).low;
    wet = body;
}

int Clap::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity, pitch = hit.pitch;
    Noise luck;
    luck.start (hit.seed);
    // The hands come 8 to 11 ms apart, the last one the loudest.
    auto at = 0.0f;
    for (std::size_t k = 0; k < hands; ++k) {
        when[k] = clock.samples (at);
        at += between (0.0080f, 0.0105f, luck.unit());
        loudness[k] = k + 1 == hands ? 1.0f : between (0.70f, 0.90f, luck.unit());
    }
    auto seed = hit.seed;
    for (auto& side : sides) {
        side.noise.start (++seed);
        side.palm.tune (pitch * between (950.0f, 1150.0f, v), 1.1f, clock.rate);
        side.fingers.tune (pitch * between (2000.0f, 2600.0f, v), 1.0f, clock.rate);
        side.top.tune (pitch * between (3800.0f, 12000.0f, v), 0.6f, clock.rate);
        side.palm.clear();
        side.fingers.clear();
        side.top.clear();
        // The filters are swinging when the first hand lands, and no hand lands on a zero.
        for (int i = 0; i < 100 || (std::abs (side.dry) < 0.3f / clock.noise && i < 1000); ++i)
            side.next();
    }
    age = hand = 0;
    decay = hit.decay;
    room.start (0.0f, 1.0f, clock.rate);
    drive = between (0.8f, 1.8f, v) * clock.noise;
    level = outputGain * hitGain (v) / softClip (between (0.8f, 1.8f, v));
    return clock.lifetime (1.2f, hit.decay);
}

void Clap::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i, ++age) {
        if (hand < hands && age == when[static_cast<std::size_t> (hand)]) {
            const auto last = ++hand == hands;
            burst.start (loudness[static_cast<std::size_t> (hand - 1)], last ? decay * 0.030f : 0.0045f, clock.rate);
            if (last)
                room.start (0.14f, decay * 0.110f, clock.rate);
        }
        const auto dry = burst.next();
        const auto wet = room.next();
        const auto middle = dry * sides[0].dry + wet * sides[0].wet;
        const auto difference = width * (dry * sides[1].dry + wet * sides[1].wet);
        left[i] = level * softClip (drive * (middle + difference));
        right[i] = level * softClip (drive * (middle - difference));
        sides[0].next();
        sides[1].next();
    }
}

} // namespace groovefield::synth
