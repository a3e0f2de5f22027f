#include "drums.h"

namespace groovefield::synth {

namespace {
constexpr float lowHz = 184.0f;
constexpr float highHz = 332.0f;
constexpr float outputGain = 0.38f;
} // namespace

void Snare::prepare (double sampleRate) { clock.set (sampleRate); }

int Snare::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity, pitch = hit.pitch, decay = hit.decay;
    noise.start (hit.seed);
    low.start (0.0f);
    high.start (0.0f);
    bend.start (between (0.15f, 0.65f, v), 0.011f, clock.rate);
    lowRing.start (0.74f, decay * 0.075f, decay * 0.120f, clock.rate);
    highRing.start (between (0.25f, 0.45f, v), decay * 0.045f, decay * 0.080f, clock.rate);
    rattle.start (between (0.40f, 0.90f, v) * clock.noise, decay * 0.024f, clock.rate);
    buzz.start (between (0.42f, 0.62f, v) * clock.noise, decay * between (0.090f, 0.130f, v), decay * 0.22f,
                clock.rate);
    snap.start (between (0.05f, 1.3f, v * v) * clock.noise, 0.0035f, clock.rate);
    wiresFloor.tune (pitch * 800.0f, 0.7f, clock.rate);
    wiresBody.tune (pitch * 2900.0f, 0.5f, clock.rate);
    wiresTop.tune (pitch * between (4500.0f, 13000.0f, v), 0.6f, clock.rate);
    snapFloor.tune (pitch * 4500.0f, 0.7f, clock.rate);
    for (auto* filter : { &wiresFloor, &wiresBody, &wiresTop, &snapFloor })
        filter->clear();
    turn = pitch / clock.rate;
    drive = between (0.7f, 1.05f, v);
    level = outputGain * hitGain (v) / softClip (drive);
    return clock.lifetime (0.75f, decay);
}

void Snare::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i) {
        const auto pitch = (1.0f + bend.next()) * turn;
        const auto skin = lowRing.next() * low.next (lowHz * pitch) + highRing.next() * high.next (highHz * pitch);
        const auto white = noise.next();
        const auto floored = wiresFloor.next (white).high;
        const auto wires = wiresTop.next (0.55f * floored + 0.75f * wiresBody.next (floored).band).low;
        auto x = skin + (rattle.next() + buzz.next()) * wires;
        if (snap.audible())
            x += snap.next() * snapFloor.next (white).high;
        left[i] = right[i] = level * softClip (drive * x);
    }
}

} // namespace groovefield::synth
