#include "drums.h"

namespace groovefield::synth {

namespace {

constexpr float rideGain = 0.30f;
constexpr float crashGain = 0.35f;
constexpr int darkeningEvery = 32;  // samples at 48 kHz between two steps of the crash's top

/// A plate's modes lie evenly in frequency, roughly: `first` + k x `spacing`, shaken by a seed.
struct Plate {
    float first, spacing;
    Noise luck;

    float hz (int k) noexcept { return first + (static_cast<float> (k) + 0.45f * luck.next()) * spacing; }
};

} // namespace

void Ride::prepare (double sampleRate)
{
    clock.set (sampleRate);
    Plate plate { 620.0f, 245.0f, {} };
    plate.luck.start (51);
    for (int k = 0; k < 48; ++k) {
        const auto hz = plate.hz (k);
        modes.tune (k, hz, between (0.55f, 0.16f, hz / 13000.0f), 0.5f * plate.luck.next(), clock);
    }
}

int Ride::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity;
    noise.start (hit.seed);
    other.start (hit.seed + 77u);
    Noise luck;
    luck.start (hit.seed);
    for (int k = 0; k < 48; ++k) {
        const auto high = static_cast<float> (k) / 47.0f;
        const auto bell = k == 0 || k == 2 || k == 5 ? 2.4f : 1.0f;
        const auto tilt = between (1.0f - 0.85f * high, 1.0f, v);
        modes.strike (k, 0.05f * bell * tilt * between (0.6f, 1.0f, luck.unit()), 0.999f * luck.unit());
    }
    wash.start (between (0.06f, 0.13f, v) * clock.noise, between (0.26f, 0.36f, v), clock.rate);
    tick.start (between (0.06f, 0.55f, v) * clock.noise, 0.0030f, clock.rate);
    washFloor.tune (4200.0f, 0.7f, clock.rate);
    sideFloor.tune (5200.0f, 0.7f, clock.rate);
    washTop.tune (between (7000.0f, 15000.0f, v), 0.6f, clock.rate);
    for (auto* filter : { &washFloor, &washTop, &sideFloor })
        filter->clear();
    level = rideGain * hitGain (v);
    return clock.samples (4.0f);
}

void Ride::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i) {
        const auto metal = modes.next();
        const auto rustle = wash.next() + tick.next();
        const auto middle = metal.mid + rustle * washTop.next (washFloor.next (noise.next()).high).low;
        const auto side = metal.side + 0.35f * rustle * sideFloor.next (other.next()).high;
        left[i] = level * place.left * (middle + side);
        right[i] = level * place.right * (middle - side);
    }
}

void Crash::prepare (double sampleRate)
{
    clock.set (sampleRate);
    Plate plate { 380.0f, 170.0f, {} };
    plate.luck.start (49);
    for (int k = 0; k < 64; ++k) {
        const auto hz = plate.hz (k);
        modes.tune (k, hz, between (0.75f, 0.20f, hz / 11500.0f), 0.7f * plate.luck.next(), clock);
    }
}

int Crash::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity;
    noise.start (hit.seed);
    other.start (hit.seed + 77u);
    Noise luck;
    luck.start (hit.seed);
    for (int k = 0; k < 64; ++k) {
        const auto high = static_cast<float> (k) / 63.0f;
        const auto tilt = between (1.0f - 0.9f * high, 1.0f, v);
        modes.strike (k, 0.045f * tilt * between (0.4f, 1.0f, luck.unit()), 0.999f * luck.unit());
    }
    burst.start (between (0.30f, 0.65f, v) * clock.noise, 0.055f, clock.rate);
    body.start (between (0.25f, 0.40f, v) * clock.noise, between (0.38f, 0.55f, v), clock.rate);
    tick.start (between (0.05f, 0.4f, v) * clock.noise, 0.002f, clock.rate);
    darken.start (1.0f, 0.45f, clock.rate / static_cast<float> (darkeningEvery));
    floor.tune (1500.0f, 0.6f, clock.rate);
    sideFloor.tune (2200.0f, 0.6f, clock.rate);
    for (auto* filter : { &floor, &top, &sideFloor, &sideTop })
        filter->clear();
    age = 0;
    brightness = v;
    level = crashGain * hitGain (v);
    return clock.samples (4.9f);
}

void Crash::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i) {
        if (age++ % darkeningEvery == 0) {
            const auto hz = between (3200.0f, between (7000.0f, 16500.0f, brightness), darken.next());
            top.tune (hz, 0.6f, clock.rate);
            sideTop.tune (hz, 0.6f, clock.rate);
        }
        const auto metal = modes.next();
        const auto rush = burst.next() + body.next() + tick.next();
        const auto middle = metal.mid + top.next (rush * floor.next (noise.next()).high).low;
        const auto side = metal.side + 0.5f * sideTop.next (rush * sideFloor.next (other.next()).high).low;
        left[i] = level * place.left * (middle + side);
        right[i] = level * place.right * (middle - side);
    }
}

} // namespace groovefield::synth
