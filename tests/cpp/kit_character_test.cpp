// What the drums sound like: that each can be told from the others, at any velocity and sample
// rate, and that a harder stroke is louder and brighter.
#include "kit_spectrum.h"

#include <doctest/doctest.h>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr int featureCount = 11;
using Features = std::array<double, featureCount>;

/// Levels of ten bands (dB of the whole, not below -45) and the decay time (in thirds of an
/// octave, so that a doubling counts as 9 dB). The bands end at 10 kHz, which every rate has.
Features featuresOf (const Audio& audio, double rate)
{
    constexpr double edges[] = { 20, 65, 100, 140, 220, 450, 900, 1800, 3600, 6500, 10000 };
    const auto sound = audio.mono();
    const auto spectrum = spectrumOf (sound, rate);
    const auto all = spectrum.between (20, 10000);
    Features features {};
    for (std::size_t band = 0; band + 1 < featureCount; ++band)
        features[band] = std::max (-45.0, 10.0 * std::log10 (spectrum.between (edges[band], edges[band + 1]) / all + 1e-9));
    features[featureCount - 1] = 9.0 * std::log2 (decaySeconds (sound, rate));
    return features;
}

double distance (const Features& a, const Features& b)
{
    double sum = 0.0;
    for (std::size_t k = 0; k < featureCount; ++k)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return std::sqrt (sum);
}

/// The second stroke of a drum is judged, so that its noise is not the one that was learned.
Features featuresOfStroke (Voice voice, float velocity, double rate, int strokesBefore)
{
    Kit kit;
    kit.prepare (rate);
    for (int k = 0; k < strokesBefore; ++k)
        playOn (kit, static_cast<int> (Kit::tailSeconds * rate), { { 0, voice, 0.5f } }, [] { return 1024; });
    return featuresOf (playOn (kit, static_cast<int> (2.0 * rate), { { 0, voice, velocity } }, [] { return 512; }), rate);
}

std::array<Features, voiceCount> learnedCentroids()
{
    std::array<Features, voiceCount> centroids {};
    constexpr std::array<float, 3> velocities { 0.4f, 0.7f, 1.0f };
    for (const auto voice : allVoices)
        for (const auto velocity : velocities) {
            const auto features = featuresOfStroke (voice, velocity, 48000.0, 0);
            for (std::size_t k = 0; k < featureCount; ++k)
                centroids[static_cast<std::size_t> (voice)][k] += features[k] / static_cast<double> (velocities.size());
        }
    return centroids;
}

Voice nearest (const std::array<Features, voiceCount>& centroids, const Features& features)
{
    return *std::min_element (allVoices.begin(), allVoices.end(), [&] (Voice a, Voice b) {
        return distance (centroids[static_cast<std::size_t> (a)], features)
             < distance (centroids[static_cast<std::size_t> (b)], features);
    });
}

} // namespace

TEST_CASE ("the drums can be told apart at every velocity")
{
    const auto centroids = learnedCentroids();
    for (const auto voice : allVoices)
        for (const auto velocity : { 0.15f, 0.3f, 0.5f, 0.6f, 0.85f, 0.95f }) {
            CAPTURE (velocity);
            const auto heard = nearest (centroids, featuresOfStroke (voice, velocity, 48000.0, 1));
            CHECK_MESSAGE (heard == voice, nameOf (voice), " heard as ", nameOf (heard));
        }
}

TEST_CASE ("every sample rate keeps each drum's character and loudness")
{
    const auto centroids = learnedCentroids();
    for (const auto rate : { 22050.0, 44100.0, 88200.0, 96000.0, 192000.0 })
        for (const auto voice : allVoices) {
            CAPTURE (rate);
            CAPTURE (nameOf (voice));
            const auto features = featuresOfStroke (voice, 0.8f, rate, 0);
            const auto heard = nearest (centroids, features);
            CHECK_MESSAGE (heard == voice, nameOf (voice), " heard as ", nameOf (heard));
            // Loudness where every rate has sound, below 9 kHz.
            const auto loudness = [voice] (double r) {
                const auto spectrum = spectrumOf (play (r, 1.0, { { 0, voice, 0.8f } }).mono(), r);
                const auto n = static_cast<double> (spectrum.power.size());
                return 10.0 * std::log10 (spectrum.between (20, 9000) / (n * r));
            };
            CHECK (std::abs (loudness (rate) - loudness (48000.0)) < 3.0);
        }
}

TEST_CASE ("a harder stroke is louder and brighter")
{
    for (const auto voice : allVoices) {
        double lastLevel = -200.0, lastCentroid = 0.0;
        for (int tenths = 1; tenths <= 10; ++tenths) {
            CAPTURE (nameOf (voice));
            CAPTURE (tenths);
            const auto audio = play (48000.0, 1.0, { { 0, voice, static_cast<float> (tenths) / 10.0f } });
            const auto sound = audio.mono();
            const auto level = 10.0 * std::log10 (energyOf (sound));
            const auto centroid = spectrumOf (sound, 48000.0).centroid();
            CHECK (level > lastLevel + 0.5);
            CHECK (centroid > lastCentroid);
            lastLevel = level;
            lastCentroid = centroid;
        }
    }
}

TEST_CASE ("kick, snare and middle tom are in the centre, the other drums have a place")
{
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        const auto audio = play (48000.0, 0.5, { { 0, voice, 0.8f } });
        const auto centred = voice == Voice::kick || voice == Voice::snare || voice == Voice::midTom;
        CHECK ((audio.left == audio.right) == centred);
    }
}
