#include "drums.h"

namespace groovefield::synth {

namespace {
constexpr float outputGain = 0.30f;
}

void Rim::prepare (double sampleRate) { clock.set (sampleRate); }

int Rim::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity;
    noise.start (hit.seed);
    wood.start (0.0f);
    shell.start (0.0f);
    woodRing.start (between (0.55f, 0.9f, v), hit.decay * 0.0085f, clock.rate);
    shellRing.start (0.65f, hit.decay * 0.0150f, clock.rate);
    tap.start (between (0.10f, 0.9f, v) * clock.noise, 0.0016f, clock.rate);
    tapBand.tune (hit.pitch * between (2600.0f, 4800.0f, v), 0.8f, clock.rate);
    tapBand.clear();
    pitch = hit.pitch;
    drive = between (0.8f, 2.0f, v);
    level = outputGain * hitGain (v) / softClip (drive);
    return clock.lifetime (0.2f, hit.decay);
}

void Rim::render (float* left, float* right, int n) noexcept
{
    const auto woodTurns = clock.turns (pitch * 1690.0f);
    const auto shellTurns = clock.turns (pitch * 508.0f);
    for (int i = 0; i < n; ++i) {
        auto x = woodRing.next() * wood.next (woodTurns) + shellRing.next() * shell.next (shellTurns);
        if (tap.audible())
            x += tap.next() * tapBand.next (noise.next()).band;
        const auto y = level * softClip (drive * x);
        left[i] = y * place.left;
        right[i] = y * place.right;
    }
}

} // namespace groovefield::synth
