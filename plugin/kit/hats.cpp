#include "drums.h"

namespace groovefield::synth {

namespace {
// No two in a simple ratio, so that their harmonics above the high-pass are a dense cloud.
constexpr std::array<float, 6> squareHz { 317.3f, 409.1f, 521.7f, 633.9f, 797.0f, 983.0f };
constexpr float closedGain = 0.36f;
constexpr float openGain = 0.30f;
} // namespace

void Hat::prepare (double sampleRate) { clock.set (sampleRate); }

int Hat::start (const Hit& hit) noexcept
{
    const auto v = hit.velocity, pitch = hit.pitch, decay = hit.decay;
    noise.start (hit.seed);
    // Half of the squares begin up and half down: together they begin at rest, and the attack is
    // the stick's alone, alike from hit to hit.
    for (std::size_t k = 0; k < squareHz.size(); ++k)
        metal.tune (k, clock.turns (pitch * squareHz[k] * (1.0f + 0.004f * noise.next())),
                    0.499f * noise.unit() + (k % 2 == 0 ? 0.0f : 0.5f));
    strike.start (between (0.5f, 1.0f, v), open ? 0.020f : 0.0075f, clock.rate);
    const auto slow = decay * (open ? between (0.26f, 0.36f, v) : between (0.024f, 0.040f, v));
    const auto fast = decay * (open ? between (0.40f, 0.50f, v) : between (0.070f, 0.095f, v));
    ring.start (open ? 0.50f : 0.42f, slow, fast, clock.rate);
    hiss.start (between (0.25f, 0.55f, v) * clock.noise, 0.75f * slow, 0.85f * fast, clock.rate);
    tick.start (between (0.05f, 0.42f, v) * clock.noise, 0.0012f, clock.rate);
    metalBand.tune (pitch * between (7600.0f, 9200.0f, v), 0.8f, clock.rate);
    metalFloor.tune (pitch * (open ? 0.78f : 1.0f) * between (5800.0f, 6800.0f, v), 0.8f, clock.rate);
    hissFloor.tune (pitch * (open ? 5600.0f : 7200.0f), 0.7f, clock.rate);
    top.tune (pitch * between (9000.0f, 17500.0f, v), 0.6f, clock.rate);
    for (auto* filter : { &metalBand, &metalFloor, &hissFloor, &top })
        filter->clear();
    level = (open ? openGain : closedGain) * hitGain (v);
    return clock.lifetime (open ? 1.5f : 0.26f, decay);
}

GROOVEFIELD_WIDE void Hat::render (float* left, float* right, int n) noexcept
{
    const Place place (0.16f);
    for (int i = 0; i < n; ++i) {
        const auto squares = metal.next();
        const auto white = noise.next();
        auto plate = (strike.next() + ring.next()) * (0.30f * squares + 0.25f * metalBand.next (squares).band);
        if (tick.audible())
            plate += tick.next() * white;
        const auto x = metalFloor.next (plate).high + hiss.next() * hissFloor.next (white).high;
        // Squares whose edges meet by chance would stick out; the clipper evens them.
        const auto y = level * top.next (softClip (x)).low;
        left[i] = y * place.left;
        right[i] = y * place.right;
    }
}

} // namespace groovefield::synth
