#include "drums.h"

namespace groovefield::synth {

namespace {
constexpr float overtoneRatio = 1.593f;  // the ideal membrane's (1,1) mode over its (0,1)
constexpr float edgeRatio = 2.295f;      // and its (0,2)
constexpr float outputGain = 0.30f;
} // namespace

void Tom::prepare (double sampleRate) { clock.set (sampleRate); }

int Tom::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity, rings = size.ring * hit.decay;
    noise.start (hit.seed);
    skin.start (0.0f);
    overtone.start (0.0f);
    edge.start (0.0f);
    bend.start (between (0.18f, 0.62f, v), 0.038f, clock.rate);
    punch.start (0.35f, 0.035f, clock.rate);
    ring.start (0.75f, rings * between (1.0f, 1.35f, v), rings * between (1.7f, 2.1f, v), clock.rate);
    overtoneRing.start (between (0.26f, 0.42f, v), rings * 0.60f, clock.rate);
    edgeRing.start (between (0.12f, 0.28f, v), rings * 0.35f, clock.rate);
    breath.start (between (0.16f, 0.42f, v) * clock.noise, rings * 0.55f, clock.rate);
    breathBand.tune (hit.pitch * size.hz * 7.0f, 0.5f, clock.rate);
    stick.start (between (0.12f, 1.5f, v * std::sqrt (v)) * clock.noise, 0.0035f, clock.rate);
    stickBand.tune (hit.pitch * between (1400.0f, 3400.0f, v), 0.7f, clock.rate);
    breathBand.clear();
    stickBand.clear();
    turn = hit.pitch * size.hz / clock.rate;
    drive = between (0.6f, 1.3f, v);
    level = outputGain * hitGain (v) / softClip (drive);
    return clock.lifetime (6.0f * size.ring, hit.decay);
}

void Tom::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i) {
        const auto pitch = (1.0f + bend.next()) * turn;
        auto x = (punch.next() + ring.next()) * skin.next (pitch)
               + overtoneRing.next() * overtone.next (overtoneRatio * pitch)
               + edgeRing.next() * edge.next (edgeRatio * pitch);
        if (breath.audible()) {
            const auto white = noise.next();
            x += breath.next() * breathBand.next (white).band;
            if (stick.audible())
                x += stick.next() * stickBand.next (white).band;
        }
        const auto y = level * softClip (drive * x);
        left[i] = y * place.left;
        right[i] = y * place.right;
    }
}

} // namespace groovefield::synth
