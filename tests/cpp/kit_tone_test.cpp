// The melodic voice: in tune at every rate, louder and brighter with velocity, of one voice, and none of it in the blocks.
#include "kit_spectrum.h"

#include <doctest/doctest.h>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

struct Tone {
    int sample, note;
    float velocity;    // 0: the end of what sounds
};

Audio playTones (double rate, double seconds, const std::vector<Tone>& tones, int block = 512, float level = 0.0f)
{
    Kit kit;
    kit.prepare (rate);
    kit.setToneLevel (level);
    Audio audio { std::vector<float> (static_cast<std::size_t> (seconds * rate)), std::vector<float> (static_cast<std::size_t> (seconds * rate)) };
    const auto length = static_cast<int> (audio.left.size());
    for (int begin = 0; begin < length; begin += block) {
        const auto n = std::min (block, length - begin);
        for (const auto& tone : tones)
            if (tone.sample >= begin && tone.sample < begin + n) {
                if (tone.velocity > 0.0f)
                    kit.toneOn (tone.sample - begin, tone.note, tone.velocity);
                else
                    kit.toneOff (tone.sample - begin);
            }
        kit.render (audio.left.data() + begin, audio.right.data() + begin, n);
    }
    return audio;
}

// How much of a frequency there is, by correlation under a smooth window.
double strengthAt (const std::vector<double>& sound, double hz, double rate)
{
    std::complex<double> sum = 0.0;
    const auto n = static_cast<double> (sound.size());
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const auto t = static_cast<double> (i);
        sum += sound[i] * (0.5 - 0.5 * std::cos (2.0 * 3.141592653589793 * t / n)) * std::polar (1.0, -2.0 * 3.141592653589793 * hz * t / rate);
    }
    return std::abs (sum);
}

// Cents away from what the note should be, to 1.
int centsOff (int note, double rate)
{
    const auto sound = playTones (rate, note < 48 ? 1.5 : 0.5, { { 0, note, 0.8f } }).mono();
    const auto right = 440.0 * std::exp2 ((note - 69) / 12.0);
    int best = -60;
    double most = 0.0;
    for (int cents = -60; cents <= 60; ++cents)
        if (const auto here = strengthAt (sound, right * std::exp2 (cents / 1200.0), rate); here > most) {
            most = here;
            best = cents;
        }
    return best;
}

double power (const Audio& audio, double from, double to, double rate)
{
    const auto sound = audio.mono();
    double sum = 0.0;
    for (auto i = static_cast<std::size_t> (from * rate); i < static_cast<std::size_t> (to * rate); ++i)
        sum += sound[i] * sound[i];
    return sum / ((to - from) * rate);
}

} // namespace

TEST_CASE ("the melodic voice is in tune")
{
    for (const auto rate : { 44100.0, 48000.0, 96000.0 })
        for (const auto note : { 28, 36, 45, 60, 69, 84 }) {
            CAPTURE (rate);
            CAPTURE (note);
            CHECK (std::abs (centsOff (note, rate)) <= 3);
        }
}

TEST_CASE ("a harder note is louder and brighter, a lower one rings longer")
{
    constexpr double rate = 48000.0;
    double before = -200.0, brightnessBefore = 0.0;
    for (const auto velocity : { 0.1f, 0.3f, 0.6f, 1.0f }) {
        const auto audio = playTones (rate, 1.0, { { 0, 40, velocity } });
        const auto loud = decibels (std::sqrt (power (audio, 0.0, 0.3, rate)));
        const auto bright = spectrumOf (audio.mono(), rate).centroid();
        CHECK (loud > before + 3.0);
        CHECK (bright > brightnessBefore * 1.05);
        before = loud;
        brightnessBefore = bright;
    }
    double rings = 10.0;
    for (const auto note : { 28, 40, 52, 64, 76, 88 }) {
        const auto now = decaySeconds (playTones (rate, 4.0, { { 0, note, 0.8f } }).mono(), rate);
        CHECK (now < rings);
        rings = now;
    }
}

TEST_CASE ("it sounds from its sample, a new note ends the one before, an end fades it")
{
    constexpr double rate = 48000.0;
    CHECK (playTones (rate, 0.2, { { 777, 45, 0.7f } }).firstSound() - 777 <= 1);

    // After a fifth of a second only the second note is there.
    const auto audio = playTones (rate, 1.0, { { 0, 36, 1.0f }, { 9600, 43, 1.0f } });
    const auto all = audio.mono();
    const std::vector<double> later (all.begin() + 12000, all.begin() + 36000);
    CHECK (strengthAt (later, 98.0, rate) > 50.0 * strengthAt (later, 65.41, rate));

    const auto held = playTones (rate, 1.0, { { 0, 36, 1.0f } }), ended = playTones (rate, 1.0, { { 0, 36, 1.0f }, { 4800, 0, 0.0f } });
    CHECK (power (held, 0.25, 0.3, rate) > 1e-4);
    CHECK (power (ended, 0.2, 0.3, rate) < 1e-8);
    CHECK (std::vector<float> (held.left.begin(), held.left.begin() + 4800) == std::vector<float> (ended.left.begin(), ended.left.begin() + 4800));
}

TEST_CASE ("block size never changes a sample of it, nothing leaves the tail, nothing clips")
{
    constexpr double rate = 48000.0;
    std::vector<Tone> line;
    for (int i = 0; i < 40; ++i) {
        line.push_back ({ i * 1500, 24 + (i * 17) % 70, 0.2f + 0.02f * static_cast<float> (i) });
        if (i % 3 == 0)
            line.push_back ({ i * 1500 + 700, 0, 0.0f });
    }
    const auto whole = playTones (rate, 2.0, line, 96000);
    for (const auto block : { 1, 17, 64, 480 })
        CHECK (playTones (rate, 2.0, line, block) == whole);
    CHECK (playTones (rate, 6.0, { { 0, 0, 1.0f } }).lastSound (1.0e-5f) < static_cast<int> (Kit::tailSeconds * rate));
    for (int note = 0; note < 128; note += 3)
        CHECK (playTones (rate, 0.3, { { 0, note, 1.0f } }).peak() < 0.5f);
}

TEST_CASE ("its level is its own, and it goes to an output of its own where there is one")
{
    constexpr double rate = 48000.0;
    const auto normal = playTones (rate, 0.5, { { 0, 40, 0.5f } }), soft = playTones (rate, 0.5, { { 0, 40, 0.5f } }, 512, -6.0f);
    CHECK (decibels (normal.peak()) - decibels (soft.peak()) == doctest::Approx (6.0).epsilon (0.01));
    CHECK (playTones (rate, 0.5, { { 0, 40, 0.5f } }, 512, VoiceSettings::silentLevel).peak() == 0.0f);

    Kit kit;
    kit.prepare (rate);
    std::array<float, 512> left {}, right {}, ownLeft {}, ownRight {};
    KitOutputs out;
    out.mix = { left.data(), right.data() };
    out.tone = { ownLeft.data(), ownRight.data() };
    kit.toneOn (0, 50, 0.8f);
    kit.render (out, 512);
    CHECK (*std::max_element (left.begin(), left.end()) == 0.0f);
    CHECK (*std::max_element (ownLeft.begin(), ownLeft.end()) > 0.01f);
    CHECK_FALSE (kit.silent());
    kit.cut();
    CHECK (kit.silent());
}
