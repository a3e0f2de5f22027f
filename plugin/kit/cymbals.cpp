#include "drums.h"

namespace groovefield::synth {

namespace {

constexpr float rideGain = 0.17f;
constexpr float crashGain = 0.26f;
constexpr int darkeningEvery = 32;  // samples between two steps of the crash's top

// The ride's modes: a few of the bell, many of the bow (they ring), and some that only ping.
constexpr int bellModes = 8, bowModes = 28, pingModes = 12, rideModes = bellModes + bowModes + pingModes;
constexpr int crashModes = 64;

/// How far along its group a mode lies, 0..1, shaken so that no two are in a simple ratio.
float along (int k, int count, Noise& luck) noexcept
{
    return (static_cast<float> (k) + 0.5f + 0.42f * luck.next()) / static_cast<float> (count);
}

float logarithmic (float low, float high, float amount) noexcept { return low * std::pow (high / low, amount); }

} // namespace

void Ride::prepare (double sampleRate)
{
    clock.set (sampleRate);
    Noise luck;
    luck.start (51);
    int mode = 0;
    for (int k = 0; k < bellModes; ++k) {
        const auto hz = logarithmic (390.0f, 2300.0f, along (k, bellModes, luck));
        modes.tune (mode++, hz, 0.36f, 0.3f * luck.next(), clock);
    }
    for (int k = 0; k < bowModes; ++k) {
        const auto at = along (k, bowModes, luck);
        modes.tune (mode++, logarithmic (2300.0f, 11500.0f, at), between (0.62f, 0.22f, at), 0.6f * luck.next(), clock);
    }
    for (int k = 0; k < pingModes; ++k) {
        const auto hz = logarithmic (2700.0f, 7400.0f, along (k, pingModes, luck));
        modes.tune (mode++, hz, 0.055f, 0.3f * luck.next(), clock);
    }
}

int Ride::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity, pitch = hit.pitch, decay = hit.decay;
    noise.start (hit.seed);
    other.start (hit.seed + 77u);
    Noise luck;
    luck.start (hit.seed);
    modes.rest();
    modes.change (pitch, decay, clock);
    for (int k = 0; k < rideModes; ++k) {
        const auto bow = static_cast<float> (k - bellModes) / static_cast<float> (bowModes - 1);
        const auto amplitude = k < bellModes ? between (0.030f, 0.075f, v)
                             : k < bellModes + bowModes ? 0.090f * between (1.0f - 0.8f * bow, 1.0f, v)
                                                        : between (0.07f, 0.23f, v);
        modes.strike (k, amplitude * between (0.6f, 1.0f, luck.unit()), 0.999f * luck.unit());
    }
    wash.start (between (0.10f, 0.22f, v) * clock.noise, decay * 0.070f, clock.rate);
    shimmer.start (between (0.06f, 0.12f, v) * clock.noise, decay * between (0.26f, 0.36f, v), clock.rate);
    tick.start (between (0.20f, 1.1f, v) * clock.noise, 0.0016f, clock.rate);
    washFloor.tune (pitch * 4600.0f, 0.7f, clock.rate);
    sideFloor.tune (pitch * 5200.0f, 0.7f, clock.rate);
    washTop.tune (pitch * between (7000.0f, 14000.0f, v), 0.6f, clock.rate);
    for (auto* filter : { &washFloor, &washTop, &sideFloor })
        filter->clear();
    level = rideGain * hitGain (v);
    return clock.lifetime (4.6f, decay);
}

GROOVEFIELD_WIDE void Ride::render (float* left, float* right, int n) noexcept
{
    std::array<float, chunkSize> metal, lean;
    modes.render (metal, lean, n);
    for (int i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t> (i);
        const auto rustle = wash.next() + shimmer.next();
        const auto middle = metal[at] + washTop.next ((rustle + tick.next()) * washFloor.next (noise.next()).high).low;
        const auto side = lean[at] + 0.35f * rustle * sideFloor.next (other.next()).high;
        left[i] = level * place.left * (middle + side);
        right[i] = level * place.right * (middle - side);
    }
}

void Crash::prepare (double sampleRate)
{
    clock.set (sampleRate);
    Noise luck;
    luck.start (49);
    for (int k = 0; k < crashModes; ++k) {
        const auto at = along (k, crashModes, luck);
        modes.tune (k, 290.0f + 11300.0f * at, between (0.60f, 0.22f, at), 0.7f * luck.next(), clock);
    }
}

int Crash::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity, decay = hit.decay;
    pitch = hit.pitch;
    noise.start (hit.seed);
    other.start (hit.seed + 77u);
    Noise luck;
    luck.start (hit.seed);
    modes.rest();
    modes.change (pitch, decay, clock);
    for (int k = 0; k < crashModes; ++k) {
        const auto high = static_cast<float> (k) / static_cast<float> (crashModes - 1);
        const auto tilt = std::min (1.0f, 0.45f + 5.0f * high) * between (1.0f - 0.85f * high, 1.0f, v);
        modes.strike (k, 0.055f * tilt * between (0.4f, 1.0f, luck.unit()), 0.999f * luck.unit());
    }
    burst.start (between (0.35f, 0.70f, v) * clock.noise, decay * 0.060f, clock.rate);
    body.start (between (0.40f, 0.62f, v) * clock.noise, decay * between (0.38f, 0.52f, v), decay * 1.6f, clock.rate);
    bloom.start (0.75f, 0.022f, clock.rate);
    tick.start (between (0.10f, 0.8f, v) * clock.noise, 0.002f, clock.rate);
    darken.start (1.0f, decay * 0.45f, clock.rate / static_cast<float> (darkeningEvery));
    floor.tune (pitch * 1700.0f, 0.6f, clock.rate);
    sideFloor.tune (pitch * 2400.0f, 0.6f, clock.rate);
    for (auto* filter : { &floor, &top, &sideFloor, &sideTop })
        filter->clear();
    age = 0;
    brightness = v;
    level = crashGain * hitGain (v);
    return clock.lifetime (4.9f, decay);
}

GROOVEFIELD_WIDE void Crash::render (float* left, float* right, int n) noexcept
{
    std::array<float, chunkSize> metal, lean;
    modes.render (metal, lean, n);
    for (int i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t> (i);
        if (age++ % darkeningEvery == 0) {
            const auto hz = pitch * between (3000.0f, between (7000.0f, 16500.0f, brightness), darken.next());
            top.tune (hz, 0.6f, clock.rate);
            sideTop.tune (hz, 0.6f, clock.rate);
        }
        // The noise swells behind the stick for some twenty milliseconds.
        const auto rush = (burst.next() + body.next()) * (1.0f - bloom.next());
        const auto middle = metal[at] + top.next ((rush + tick.next()) * floor.next (noise.next()).high).low;
        const auto side = lean[at] + 0.5f * sideTop.next (rush * sideFloor.next (other.next()).high).low;
        left[i] = level * place.left * (middle + side);
        right[i] = level * place.right * (middle - side);
    }
}

} // namespace groovefield::synth
