// What a stroke sounds like in a few numbers: octave levels, spectral centroid, decay time.
#pragma once

#include "kit_testing.h"

#include <complex>
#include <map>

namespace groovefield::testing {

/// Fourier transform in place, radix 2; the length is a power of two.
inline void fourier (std::vector<std::complex<double>>& x)
{
    const auto n = x.size();
    for (std::size_t i = 1, j = 0; i < n; ++i) {
        auto bit = n >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j)
            std::swap (x[i], x[j]);
    }
    for (std::size_t length = 2; length <= n; length <<= 1) {
        const auto turn = std::polar (1.0, -2.0 * 3.141592653589793 / static_cast<double> (length));
        for (std::size_t start = 0; start < n; start += length) {
            std::complex<double> w = 1.0;
            for (std::size_t k = 0; k < length / 2; ++k, w *= turn) {
                const auto a = x[start + k], b = w * x[start + k + length / 2];
                x[start + k] = a + b;
                x[start + k + length / 2] = a - b;
            }
        }
    }
}

struct Spectrum {
    std::vector<double> power;
    double hzPerBin = 1.0;

    /// Energy between two frequencies.
    double between (double low, double high) const
    {
        double sum = 0.0;
        for (std::size_t k = 0; k < power.size(); ++k) {
            const auto hz = static_cast<double> (k) * hzPerBin;
            sum += hz >= low && hz < high ? power[k] : 0.0;
        }
        return sum;
    }

    double centroid() const
    {
        double sum = 0.0, weighted = 0.0;
        for (std::size_t k = 0; k < power.size(); ++k) {
            sum += power[k];
            weighted += power[k] * static_cast<double> (k) * hzPerBin;
        }
        return weighted / sum;
    }
};

inline Spectrum spectrumOf (const std::vector<double>& sound, double rate)
{
    std::size_t n = 1;
    while (n < sound.size())
        n *= 2;
    std::vector<std::complex<double>> x (n);
    std::copy (sound.begin(), sound.end(), x.begin());
    fourier (x);
    Spectrum spectrum;
    spectrum.hzPerBin = rate / static_cast<double> (n);
    for (std::size_t k = 0; k <= n / 2; ++k)
        spectrum.power.push_back (std::norm (x[k]));
    return spectrum;
}

inline double energyOf (const std::vector<double>& sound)
{
    double sum = 0.0;
    for (const auto x : sound)
        sum += x * x;
    return sum;
}

/// Seconds until all but 1 % of the energy has gone.
inline double decaySeconds (const std::vector<double>& sound, double rate)
{
    const auto all = energyOf (sound);
    double sum = 0.0;
    for (std::size_t i = 0; i < sound.size(); ++i) {
        sum += sound[i] * sound[i];
        if (sum > 0.99 * all)
            return static_cast<double> (i + 1) / rate;
    }
    return static_cast<double> (sound.size()) / rate;
}

} // namespace groovefield::testing
