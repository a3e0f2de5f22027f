#include "drums.h"

namespace groovefield::synth {

namespace {
constexpr float restHz = 50.0f;   // G1: where the pitch comes to rest
constexpr float outputGain = 0.47f;
} // namespace

void Kick::prepare (double sampleRate) { clock.set (sampleRate); }

int Kick::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity;
    noise.start (hit.seed);
    body.start (0.0f);
    fall.start (between (50.0f, 88.0f, v), 0.023f, clock.rate);
    drop.start (between (200.0f, 1150.0f, v), 0.0020f, clock.rate);
    punch.start (0.40f, 0.040f, clock.rate);
    sustain.start (0.85f, hit.decay * between (0.28f, 0.40f, v), hit.decay * between (0.165f, 0.205f, v),
                   clock.rate);
    beater.start (between (0.05f, 0.30f, v), 0.0022f, clock.rate);
    click.start (between (0.08f, 1.35f, v * v) * clock.noise, 0.0040f, clock.rate);
    clickBand.tune (hit.pitch * between (2200.0f, 4200.0f, v), 0.9f, clock.rate);
    clickBand.clear();
    turn = hit.pitch / clock.rate;
    drive = between (0.5f, 1.05f, v);
    level = outputGain * hitGain (v) / softClip (drive);
    return clock.lifetime (0.75f, hit.decay);
}

void Kick::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i) {
        const auto hz = restHz + fall.next() + drop.next();
        auto x = (punch.next() + sustain.next()) * body.next (hz * turn);
        if (beater.audible())
            x += beater.next();
        if (click.audible())
            x += click.next() * clickBand.next (noise.next()).band;
        left[i] = right[i] = level * softClip (drive * x);
    }
}

} // namespace groovefield::synth
