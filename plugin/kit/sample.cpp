#include "sample.h"

#include <memory>
#include <utility>

namespace groovefield {

namespace {

double ringOf (const std::vector<float>& left, const std::vector<float>& right, double rate)
{
    const auto energy = [&] (std::size_t i) {
        const auto l = static_cast<double> (left[i]), r = right.empty() ? l : static_cast<double> (right[i]);
        return l * l + r * r;
    };
    double whole = 0.0;
    for (std::size_t i = 0; i < left.size(); ++i)
        whole += energy (i);
    double behind = 0.0;
    for (std::size_t i = left.size(); i-- > 0;) {
        behind += energy (i);
        if (behind > 0.01 * whole)
            return static_cast<double> (i + 1) / rate;
    }
    return static_cast<double> (left.size()) / rate;
}

} // namespace

Sample::Sample (std::vector<float> leftChannel, std::vector<float> rightChannel, double sampleRate, std::string itsName)
    : left (std::move (leftChannel)), right (std::move (rightChannel)), rate (sampleRate), name (std::move (itsName)),
      ringSeconds (ringOf (left, right, rate))
{
}

namespace synth {

namespace {

// The widest step that each bank is for, in frames a sample. Wider ones than the last fold over a little.
constexpr std::array<double, Interpolation::banks> widestStep { 1.0, 1.25, 1.6, 2.0, 2.7, 4.0, 6.0, 12.0 };
constexpr double passed = 0.94;    // of the band that could be heard: the sincs are too short to cut more sharply
constexpr double kaiserBeta = 8.0;
constexpr double one = 4294967296.0;

double bessel (double x)
{
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 40; ++k) {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

} // namespace

Interpolation::Interpolation()
{
    constexpr double pi = 3.14159265358979323846, half = taps / 2;
    for (std::size_t bank = 0; bank < banks; ++bank) {
        const auto cutoff = passed / widestStep[bank];
        for (std::size_t phase = 0; phase <= phases; ++phase) {
            std::array<double, taps> weights {};
            double sum = 0.0;
            for (std::size_t k = 0; k < taps; ++k) {
                const auto x = static_cast<double> (k) - (half - 1.0) - static_cast<double> (phase) / phases;
                const auto inside = std::max (0.0, 1.0 - (x / half) * (x / half));
                const auto sinc = x == 0.0 ? 1.0 : std::sin (pi * cutoff * x) / (pi * cutoff * x);
                weights[k] = sinc * bessel (kaiserBeta * std::sqrt (inside));
                sum += weights[k];
            }
            for (std::size_t k = 0; k < taps; ++k)
                tables[bank][phase][k] = static_cast<float> (weights[k] / sum);
        }
    }
}

const Interpolation& Interpolation::shared()
{
    static const std::unique_ptr<const Interpolation> tables (new Interpolation());
    return *tables;
}

int Interpolation::bankFor (double step) noexcept
{
    int bank = 0;
    while (bank + 1 < banks && step > widestStep[static_cast<std::size_t> (bank)])
        ++bank;
    return bank;
}

void OneShot::prepare (double sampleRate)
{
    rate = sampleRate;
    interpolation = &Interpolation::shared();
    playing = nullptr;
}

int OneShot::start (const Hit& hit) noexcept
{
    playing = hit.sample;
    const auto ratio = playing->rate / rate * static_cast<double> (hit.pitch);
    place = 0;
    step = static_cast<std::uint64_t> (std::llround (std::max (ratio, 1.0e-4) * one));
    bank = Interpolation::bankFor (ratio);
    level = outputGain * hitGain (hit.velocity);
    // A sound that dies by e each `ring` dies by e more of them when it is to ring for less.
    constexpr double toHundredth = 2.302585;
    const auto ring = playing->ringSeconds / static_cast<double> (hit.pitch) / toHundredth;
    const auto more = 1.0 / static_cast<double> (std::min (hit.decay, 1.0f)) - 1.0;
    damped = 1.0f;
    damping = more > 0.0 ? static_cast<float> (std::exp (-more / (ring * rate))) : 1.0f;

    const auto whole = std::ceil (static_cast<double> (playing->frames()) * one / static_cast<double> (step));
    const auto most = static_cast<double> (longestSeconds) * rate;
    toEnd = static_cast<int> (std::min (whole, most));
    fadeFrom = whole > most ? static_cast<int> (static_cast<double> (endSeconds) * rate) : 0;
    return toEnd;
}

void OneShot::frame (float& left, float& right) const noexcept
{
    const auto frames = playing->frames();
    const auto at = static_cast<std::size_t> (place >> 32);
    const auto* l = playing->left.data();
    const auto* r = playing->rightOrLeft();
    const auto fraction = static_cast<float> (place & 0xffffffffu) * static_cast<float> (1.0 / one);
    if (step == static_cast<std::uint64_t> (one) || at >= frames) {
        left = at < frames ? l[at] : 0.0f;
        right = at < frames ? r[at] : 0.0f;
        return;
    }
    constexpr std::size_t before = Interpolation::taps / 2 - 1, taps = Interpolation::taps;
    const auto kernel = interpolation->at (bank, fraction);
    std::array<float, taps> a {}, b {};
    if (at >= before && at - before + taps <= frames) {
        std::copy_n (l + (at - before), taps, a.begin());
        std::copy_n (r + (at - before), taps, b.begin());
    } else {
        for (std::size_t k = 0; k < taps; ++k)
            if (at + k >= before && at + k - before < frames) {
                a[k] = l[at + k - before];
                b[k] = r[at + k - before];
            }
    }
    // In eight parts, which the compiler keeps in one register; the order of the sums is always this one.
    std::array<float, 8> sumLeft {}, sumRight {};
    for (std::size_t k = 0; k < taps; k += 8)
        for (std::size_t m = 0; m < 8; ++m) {
            sumLeft[m] += kernel[k + m] * a[k + m];
            sumRight[m] += kernel[k + m] * b[k + m];
        }
    left = right = 0.0f;
    for (std::size_t m = 0; m < 8; ++m) {
        left += sumLeft[m];
        right += sumRight[m];
    }
}

void OneShot::render (float* left, float* right, int n) noexcept
{
    for (int i = 0; i < n; ++i) {
        float l = 0.0f, r = 0.0f;
        frame (l, r);
        const auto ending = toEnd < fadeFrom ? static_cast<float> (toEnd) / static_cast<float> (fadeFrom) : 1.0f;
        const auto gain = level * damped * ending;
        left[i] = gain * l;
        right[i] = gain * r;
        damped *= damping;
        place += step;
        --toEnd;
    }
}

} // namespace synth
} // namespace groovefield
