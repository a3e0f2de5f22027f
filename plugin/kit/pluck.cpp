#include "pluck.h"

namespace groovefield::synth {

namespace {

constexpr float concertA = 440.0f, lowest = 8.0f;   // Hz; MIDI note 0 is 8.2
constexpr float outputGain = 0.27f;
constexpr float riseSeconds = 0.0015f;
constexpr int sweepSamples = 16;    // between two settings of the filter

} // namespace

void Pluck::prepare (double sampleRate) { clock.set (sampleRate); }

int Pluck::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity;
    const auto hz = std::max (lowest, concertA * hit.pitch);
    // An octave higher rings about a third shorter.
    const auto seconds = hit.decay * std::clamp (1.1f * std::pow (hz / 65.4f, -0.55f), 0.09f, 1.4f);
    turn = std::min (0.45f, clock.turns (hz));
    phase = 0.5f;
    body.start (0.0f);
    ring.start (1.0f, seconds, clock.rate);
    brightness.start (1.0f, between (0.05f, 0.16f, v) + 0.12f * seconds, clock.rate);
    open = std::min (9000.0f, hz * between (2.0f, 16.0f, v) + between (100.0f, 900.0f, v));
    rest = between (1.4f, 3.2f, v) * hz + 60.0f;
    tone.clear();
    rise = 0.0f;
    rising = 1.0f / (riseSeconds * clock.rate);
    age = 0;
    drive = between (0.7f, 1.35f, v);
    level = outputGain * hitGain (v) / softClip (drive);
    return clock.lifetime (7.0f * seconds, 1.0f);
}

// A saw whose jump is rounded over two samples, so that high notes fold back little.
float Pluck::saw() noexcept
{
    phase += turn;
    phase -= static_cast<float> (phase >= 1.0f);
    auto x = 2.0f * phase - 1.0f;
    if (phase < turn) {
        const auto t = phase / turn;
        x -= t + t - t * t - 1.0f;
    } else if (phase > 1.0f - turn) {
        const auto t = (phase - 1.0f) / turn;
        x -= t * t + t + t + 1.0f;
    }
    return x;
}

void Pluck::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i) {
        const auto bright = brightness.next();
        if (age++ % sweepSamples == 0)
            tone.tune (rest + open * bright, 0.8f, clock.rate);
        const auto x = 0.85f * tone.next (saw()).low + 0.40f * body.next (turn);
        rise = std::min (1.0f, rise + rising);
        left[i] = right[i] = level * rise * ring.next() * softClip (drive * x);
    }
}

} // namespace groovefield::synth
