// One-shot samples in a drum's place: what of the file is heard, at which sample, pitch and level, and when the kit lets go.
#include "kit_spectrum.h"
#include "sample.h"

#include <doctest/doctest.h>

#include <memory>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr double pi = 3.141592653589793;

/// Half a second of a decaying sine, the right side a fifth higher.
std::shared_ptr<const Sample> tone (double hz, double rate, double ring = 0.2, double seconds = 0.5)
{
    std::vector<float> left, right;
    for (int i = 0; i < static_cast<int> (seconds * rate); ++i) {
        const auto t = i / rate;
        left.push_back (static_cast<float> (0.8 * std::cos (2 * pi * hz * t) * std::exp (-t / ring)));
        right.push_back (static_cast<float> (0.8 * std::cos (2 * pi * 1.5 * hz * t) * std::exp (-t / ring)));
    }
    return std::make_shared<Sample> (left, right, rate, "tone");
}

KitSamples on (Voice voice, const std::shared_ptr<const Sample>& sample)
{
    KitSamples samples {};
    samples[static_cast<std::size_t> (voice)] = sample.get();
    return samples;
}

Audio playSample (const Sample& sample, const VoiceSettings& settings, double rate, double seconds, const std::vector<Note>& notes, int block = 512)
{
    Kit kit;
    kit.prepare (rate);
    KitSettings all;
    all[Voice::clap] = settings;
    kit.set (all);
    KitSamples samples {};
    samples[static_cast<std::size_t> (Voice::clap)] = &sample;
    kit.setSamples (samples);
    return playOn (kit, static_cast<int> (seconds * rate), notes, [block] { return block; });
}

double strongest (const std::vector<float>& side, double rate)
{
    const auto spectrum = spectrumOf ({ side.begin(), side.end() }, rate);
    const auto most = std::max_element (spectrum.power.begin(), spectrum.power.end()) - spectrum.power.begin();
    return static_cast<double> (most) * spectrum.hzPerBin;
}

double energy (const std::vector<float>& side)
{
    return energyOf ({ side.begin(), side.end() });
}

} // namespace

TEST_CASE ("a sample at the host's rate is heard frame for frame from its note on, in place of the drum")
{
    const auto sample = tone (440.0, 48000.0);
    for (const auto at : { 0, 1, 63, 64, 777 }) {
        CAPTURE (at);
        const auto audio = playSample (*sample, {}, 48000.0, 0.6, { { at, Voice::clap, 1.0f } });
        REQUIRE (audio.firstSound() == at);
        for (std::size_t i = 0; i < sample->frames(); ++i) {
            REQUIRE (audio.left[i + static_cast<std::size_t> (at)] == doctest::Approx (0.66 * 0.5 * static_cast<double> (sample->left[i])).epsilon (1e-5));
            REQUIRE (audio.right[i + static_cast<std::size_t> (at)] == doctest::Approx (0.66 * 0.5 * static_cast<double> (sample->right[i])).epsilon (1e-5));
        }
        CHECK (audio.lastSound() < at + static_cast<int> (sample->frames()));
    }
}

TEST_CASE ("at any host rate a sample has its pitch and its length")
{
    for (const auto from : { 22050.0, 44100.0, 96000.0 })
        for (const auto to : { 44100.0, 48000.0, 88200.0 }) {
            CAPTURE (from);
            CAPTURE (to);
            const auto sample = tone (1000.0, from);
            const auto audio = playSample (*sample, {}, to, 0.7, { { 0, Voice::clap, 1.0f } });
            CHECK (audio.firstSound() == 0);
            CHECK (strongest (audio.left, to) == doctest::Approx (1000.0).epsilon (0.003));
            CHECK (strongest (audio.right, to) == doctest::Approx (1500.0).epsilon (0.003));
            CHECK (std::abs (audio.lastSound() / to - 0.5) < 0.001);
            CHECK (energy (audio.left) / to == doctest::Approx (0.1089 * energy (sample->left) / from).epsilon (0.01));
        }
}

TEST_CASE ("what is tuned up does not fold over, and what lies between the frames is found")
{
    // 15 kHz, an octave and a half up: beyond what can be heard, so nearly nothing is to be left of it.
    const auto high = tone (15000.0, 48000.0);
    VoiceSettings up;
    up.tune = 19.0f;
    const auto plain = playSample (*high, {}, 48000.0, 0.6, { { 0, Voice::clap, 1.0f } });
    const auto folded = playSample (*high, up, 48000.0, 0.6, { { 0, Voice::clap, 1.0f } });
    CHECK (10.0 * std::log10 (energy (folded.left) / energy (plain.left)) < -40.0);
    // A steady sine read at an odd step: all but a ten-thousandth of its energy stays in its line.
    const auto steady = tone (3000.0, 44100.0, 1e9);
    const auto audio = playSample (*steady, {}, 48000.0, 0.4, { { 0, Voice::clap, 1.0f } });
    std::vector<double> middle (audio.left.begin() + 1000, audio.left.begin() + 1000 + 16384);
    for (std::size_t i = 0; i < middle.size(); ++i)
        middle[i] *= 0.5 - 0.5 * std::cos (2 * pi * static_cast<double> (i) / 16384.0);
    const auto spectrum = spectrumOf (middle, 48000.0);
    CHECK (spectrum.between (2950.0, 3050.0) > 0.999999 * spectrum.between (0.0, 24000.0));
}

TEST_CASE ("tune, decay, level, pan, velocity and choke hold for samples too")
{
    const auto sample = tone (500.0, 48000.0);
    const std::vector<Note> one { { 0, Voice::clap, 0.5f } };
    const auto plain = playSample (*sample, {}, 48000.0, 1.2, one);
    VoiceSettings s;
    s.tune = -12.0f;
    const auto low = playSample (*sample, s, 48000.0, 1.2, one);
    CHECK (strongest (low.left, 48000.0) == doctest::Approx (250.0).epsilon (0.005));
    CHECK (low.lastSound() > 47000);
    s = {};
    s.decay = 0.5f;
    CHECK (decaySeconds (playSample (*sample, s, 48000.0, 1.2, one).mono(), 48000.0)
           == doctest::Approx (0.5 * decaySeconds (plain.mono(), 48000.0)).epsilon (0.05));
    s = {};
    s.level = 6.0f;
    CHECK (10.0 * std::log10 (energy (playSample (*sample, s, 48000.0, 1.2, one).left) / energy (plain.left)) == doctest::Approx (6.0).epsilon (0.01));
    s = {};
    s.pan = 1.0f;
    CHECK (energy (playSample (*sample, s, 48000.0, 1.2, one).left) < 1e-12);
    s = {};
    s.velocity = 0.0f;
    CHECK (energy (playSample (*sample, s, 48000.0, 1.2, one).left)
           == doctest::Approx (energy (playSample (*sample, s, 48000.0, 1.2, { { 0, Voice::clap, 0.9f } }).left)).epsilon (1e-4));
    // At velocity 0.5 a sample is 7.5 dB softer than at 1, as a drum.
    const auto hard = playSample (*sample, {}, 48000.0, 1.2, { { 0, Voice::clap, 1.0f } });
    CHECK (10.0 * std::log10 (energy (plain.left) / energy (hard.left)) == doctest::Approx (-7.53).epsilon (0.01));
    s = {};
    s.choke = 1;    // the hats'
    const auto choked = playSample (*sample, s, 48000.0, 1.2, { { 0, Voice::clap, 0.5f }, { 4800, Voice::closedHat, 0.01f } });
    const auto hat = playSample (*sample, s, 48000.0, 1.2, { { 4800, Voice::closedHat, 0.01f } });
    for (std::size_t i = 4800 + 1441; i < choked.left.size(); ++i)
        REQUIRE (choked.left[i] == hat.left[i]);
}

TEST_CASE ("the split into blocks never changes a sample of a sample")
{
    const auto sample = tone (700.0, 44100.0);
    VoiceSettings s;
    s.tune = 3.7f;
    s.decay = 0.6f;
    s.level = -3.0f;
    s.pan = 0.3f;
    const std::vector<Note> notes { { 5, Voice::clap, 0.9f }, { 3000, Voice::clap, 0.7f }, { 3100, Voice::clap, 0.7f },
                                    { 3200, Voice::clap, 0.7f }, { 3300, Voice::clap, 0.7f }, { 9000, Voice::kick, 1.0f } };
    const auto whole = playSample (*sample, s, 48000.0, 0.5, notes, 24000);
    for (const auto block : { 1, 7, 64, 65, 512 })
        CHECK (playSample (*sample, s, 48000.0, 0.5, notes, block) == whole);
}

TEST_CASE ("a sample longer than the tail ends there softly")
{
    const auto steady = tone (100.0, 48000.0, 1e9, 9.9);
    VoiceSettings s;
    s.tune = -12.0f;
    const auto audio = playSample (*steady, s, 48000.0, 10.5, { { 0, Voice::clap, 1.0f } });
    CHECK (audio.lastSound (0.001f) > 475000);
    CHECK (audio.lastSound() <= static_cast<int> (Kit::sampleTailSeconds * 48000.0));
    CHECK (std::abs (audio.left[static_cast<std::size_t> (audio.lastSound())]) < 1e-3f);
}

TEST_CASE ("the kit lets go of a sample as soon as its last stroke has faded, and not before")
{
    const auto first = tone (300.0, 48000.0, 1e9, 5.0), second = tone (600.0, 48000.0);
    Kit kit;
    kit.prepare (48000.0);
    kit.setSamples (on (Voice::snare, first));
    CHECK (kit.readsOnly (on (Voice::snare, first)));
    const auto before = playOn (kit, 1000, { { 0, Voice::snare, 1.0f } }, [] { return 64; });
    kit.setSamples (on (Voice::snare, second));
    CHECK_FALSE (kit.readsOnly (on (Voice::snare, second)));
    const auto during = playOn (kit, 100, {}, [] { return 10; });
    CHECK_FALSE (kit.readsOnly (on (Voice::snare, second)));
    CHECK (std::abs (during.left[0] - before.left.back()) < 0.03f);    // it fades, and does not stop
    playOn (kit, 200, {}, [] { return 10; });
    CHECK (kit.readsOnly (on (Voice::snare, second)));
    // The new one sounds, and after it the drum again.
    CHECK (strongest (playOn (kit, 20000, { { 0, Voice::snare, 1.0f } }, [] { return 64; }).left, 48000.0) == doctest::Approx (600.0).epsilon (0.01));
    kit.setSamples ({});
    kit.cut();
    CHECK (kit.readsOnly ({}));
    CHECK (playOn (kit, 20000, { { 0, Voice::snare, 1.0f } }, [] { return 64; }) == play (48000.0, 20000 / 48000.0, { { 0, Voice::snare, 1.0f } }));
}
