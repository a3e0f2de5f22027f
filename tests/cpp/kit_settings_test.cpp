// What the musician's settings do to the drums: levels in dB, sides, frequencies, rings, chokes, outputs; and that as they
// are made they do nothing at all.
#include "kit_spectrum.h"

#include <doctest/doctest.h>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr double rate = 48000.0;

Audio playWith (const KitSettings& settings, double seconds, const std::vector<Note>& notes, int block = 512)
{
    Kit kit;
    kit.prepare (rate);
    kit.set (settings);
    return playOn (kit, static_cast<int> (seconds * rate), notes, [block] { return block; });
}

double energy (const std::vector<float>& side, std::size_t from = 0, std::size_t to = std::size_t { 1 } << 30)
{
    double sum = 0.0;
    for (auto i = from; i < std::min (to, side.size()); ++i)
        sum += static_cast<double> (side[i]) * static_cast<double> (side[i]);
    return sum;
}

double levelOf (const Audio& audio) { return 10.0 * std::log10 (energy (audio.left) + energy (audio.right)); }

std::vector<Note> everything()
{
    std::vector<Note> notes;
    for (int i = 0; i < 88; ++i)
        notes.push_back ({ 700 * i, allVoices[static_cast<std::size_t> (i * 7 % voiceCount)], 0.2f + 0.01f * static_cast<float> (i % 80) });
    return notes;
}

} // namespace

TEST_CASE ("neutral settings are the kit as it is, to the last bit")
{
    KitSettings moved;
    for (auto& v : moved.voices)
        v = { -20.0f, 0.7f, 5.0f, 0.3f, 0.1f, 2 };
    const auto untouched = play (rate, 2.0, everything());
    CHECK (playWith ({}, 2.0, everything()) == untouched);
    Kit kit;
    kit.prepare (rate);
    kit.set (moved);
    CHECK_FALSE (playOn (kit, 96000, everything(), [] { return 512; }) == untouched);
    kit.cut();
    kit.set ({});
    CHECK (playOn (kit, 96000, everything(), [] { return 512; }) == untouched);
}

// From the kit as it was before it had settings: energy of half a second and two samples of a stroke at velocity 0.7.
TEST_CASE ("the kit sounds as it did in the first release")
{
    struct Was {
        double left, right;
        float early, later;
    };
    constexpr Was was[] {
        { 97.033228, 97.033228, 0.147911f, 0.173919f },    { 21.164080, 21.164080, -0.109466f, -0.109010f },
        { 0.348664, 0.579486, 0.004231f, -0.002919f },     { 2.329548, 3.871747, 0.020024f, 0.010528f },
        { 61.604074, 30.428990, -0.060168f, 0.099224f },   { 37.024082, 37.024082, 0.086853f, 0.080626f },
        { 22.080747, 44.702905, -0.119105f, 0.138889f },   { 3.994863, 3.913638, 0.013692f, -0.008461f },
        { 4.450828, 3.246673, 0.038765f, 0.007627f },      { 5.675949, 3.191618, -0.039842f, -0.004023f },
        { 8.302078, 12.385962, -0.002257f, -0.048751f },
    };
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        const auto& then = was[static_cast<int> (voice)];
        const auto now = play (rate, 0.5, { { 0, voice, 0.7f } });
        CHECK (energy (now.left) == doctest::Approx (then.left).epsilon (1e-4));
        CHECK (energy (now.right) == doctest::Approx (then.right).epsilon (1e-4));
        CHECK (std::abs (now.left[300] - then.early) < 2e-5f);
        CHECK (std::abs (now.right[2000] - then.later) < 2e-5f);
    }
}

TEST_CASE ("a level of -12 dB is 12 dB less, and -60 dB is silence")
{
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        KitSettings settings;
        const auto plain = playWith (settings, 1.0, { { 100, voice, 0.5f } });
        settings[voice].level = -12.0f;
        CHECK (levelOf (playWith (settings, 1.0, { { 100, voice, 0.5f } })) - levelOf (plain) == doctest::Approx (-12.0).epsilon (0.002));
        settings[voice].level = -60.0f;
        CHECK (playWith (settings, 1.0, { { 100, voice, 0.5f } }).peak() == 0.0f);
    }
}

TEST_CASE ("panned to a side a drum is on that side alone, and a middle one as loud as before")
{
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        KitSettings settings;
        const auto plain = playWith (settings, 1.0, { { 0, voice, 0.4f } });
        settings[voice].pan = -1.0f;
        const auto left = playWith (settings, 1.0, { { 0, voice, 0.4f } });
        settings[voice].pan = 1.0f;
        const auto right = playWith (settings, 1.0, { { 0, voice, 0.4f } });
        CHECK (energy (left.right) < 1e-12 * energy (left.left));
        CHECK (energy (right.left) < 1e-12 * energy (right.right));
        if (voice == Voice::kick || voice == Voice::snare || voice == Voice::midTom)
            for (const auto& side : { left, right })
                CHECK (std::abs (levelOf (side) - levelOf (plain)) < 0.1);
    }
}

TEST_CASE ("an octave up doubles the frequencies that each drum is made of")
{
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        KitSettings settings;
        settings[voice].tune = -12.0f;
        const auto low = spectrumOf (playWith (settings, 1.3, { { 0, voice, 0.8f } }).mono(), rate).centroid();
        settings[voice].tune = 0.0f;
        const auto plain = spectrumOf (playWith (settings, 1.3, { { 0, voice, 0.8f } }).mono(), rate).centroid();
        // Noise and clicks reach up to where hearing ends and cannot move with the rest.
        CHECK (low / plain > 0.4);
        CHECK (low / plain < 0.85);
    }
    // The toms' tone, which nothing else is near: the strongest line.
    const auto strongest = [] (float tune) {
        KitSettings settings;
        settings[Voice::lowTom].tune = tune;
        auto sound = playWith (settings, 1.3, { { 0, Voice::lowTom, 0.8f } }).mono();
        sound.erase (sound.begin(), sound.begin() + 4800);
        const auto spectrum = spectrumOf (sound, rate);
        const auto most = std::max_element (spectrum.power.begin(), spectrum.power.end()) - spectrum.power.begin();
        return static_cast<double> (most) * spectrum.hzPerBin;
    };
    CHECK (strongest (7.0f) / strongest (0.0f) == doctest::Approx (std::exp2 (7.0 / 12.0)).epsilon (0.02));
    CHECK (strongest (-12.0f) / strongest (0.0f) == doctest::Approx (0.5).epsilon (0.03));
}

TEST_CASE ("decay shortens and lengthens every drum, and none outlasts the tail or is cut off at it")
{
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        const auto ringOf = [&] (float decay) {
            KitSettings settings;
            settings[voice].decay = decay;
            return decaySeconds (playWith (settings, 5.2, { { 0, voice, 0.8f } }).mono(), rate);
        };
        const auto plain = ringOf (1.0f);
        CHECK (ringOf (0.3f) < 0.75 * plain);
        CHECK (ringOf (3.0f) > 1.4 * plain);
        KitSettings longest;
        longest[voice].decay = VoiceSettings::mostDecay;
        const auto audio = playWith (longest, 5.5, { { 0, voice, 1.0f } });
        const auto last = audio.lastSound();
        CHECK (last <= static_cast<int> (Kit::tailSeconds * rate));
        CHECK (std::abs (audio.left[static_cast<std::size_t> (last)]) < 1e-4f);
    }
}

TEST_CASE ("velocity moves the level as far as it is told to")
{
    const auto span = [] (Voice voice, float amount) {
        KitSettings settings;
        settings[voice].velocity = amount;
        return levelOf (playWith (settings, 1.0, { { 0, voice, 0.8f } })) - levelOf (playWith (settings, 1.0, { { 0, voice, 0.2f } }));
    };
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        const auto as = 20.0 * 1.25 * std::log10 (0.8 / 0.2);    // what hitGain makes of them
        CHECK (span (voice, 1.0f) - span (voice, 0.0f) == doctest::Approx (as).epsilon (0.02));
        CHECK (span (voice, 2.0f) - span (voice, 1.0f) == doctest::Approx (as).epsilon (0.02));
    }
}

TEST_CASE ("a hit ends within 30 ms what rings of its choke group, and nothing else")
{
    KitSettings settings;
    settings[Voice::ride].choke = settings[Voice::lowTom].choke = 3;
    settings[Voice::crash].choke = 4;
    const std::vector<Note> ringing { { 0, Voice::ride, 0.9f } };
    const auto with = [&] (const KitSettings& s, Voice ender) {
        auto notes = ringing;
        notes.push_back ({ 24000, ender, 0.5f });
        auto both = playWith (s, 1.5, notes);
        const auto alone = playWith (s, 1.5, { { 24000, ender, 0.5f } });
        for (std::size_t i = 0; i < both.left.size(); ++i)
            both.left[i] -= alone.left[i];
        return both;
    };
    const auto choked = with (settings, Voice::lowTom);
    CHECK (energy (choked.left, 20000, 24000) > 0.01);
    CHECK (energy (choked.left, 24100, 25000) > 0.0);    // it fades, and is not cut
    CHECK (energy (choked.left, 24000 + 1441) < 1e-9);
    for (const auto other : { Voice::crash, Voice::midTom, Voice::snare })
        CHECK (energy (with (settings, other).left, 24000 + 1441) > 0.05);
    // Without a group the hats let each other ring.
    KitSettings free;
    free[Voice::openHat].choke = 0;
    const auto tail = [] (const KitSettings& s) {
        return energy (playWith (s, 1.0, { { 0, Voice::openHat, 0.9f }, { 4800, Voice::closedHat, 0.01f } }).left, 8000);
    };
    CHECK (tail (free) > 1000.0 * tail ({}));
}

TEST_CASE ("a level or a side that changes while the drum rings does not click, and takes ten milliseconds")
{
    Kit kit;
    kit.prepare (rate);
    KitSettings settings;
    auto first = playOn (kit, 4800, { { 0, Voice::lowTom, 1.0f } }, [] { return 64; });
    settings[Voice::lowTom].level = -60.0f;
    kit.set (settings);
    const auto second = playOn (kit, 4800, {}, [] { return 37; });
    CHECK (second.lastSound() > 200);
    CHECK (second.lastSound() < 480);
    settings[Voice::lowTom].level = 0.0f;
    settings[Voice::lowTom].pan = 1.0f;
    kit.set (settings);
    const auto third = playOn (kit, 2400, {}, [] { return 64; });
    auto left = first.left;
    left.insert (left.end(), second.left.begin(), second.left.end());
    left.insert (left.end(), third.left.begin(), third.left.end());
    for (std::size_t i = 2000; i < left.size(); ++i)
        REQUIRE (std::abs (left[i] - left[i - 1]) < 0.02f);
    CHECK (energy (third.right, 1000) > 100.0 * energy (third.left, 1000));
}

TEST_CASE ("a drum with an output of its own is there and not in the mix, and the others stay as they were")
{
    const std::vector<Note> notes { { 10, Voice::kick, 0.9f }, { 500, Voice::clap, 0.8f }, { 900, Voice::rim, 0.8f } };
    const auto renderWith = [&] (const std::vector<Voice>& own, std::map<Voice, Audio>& lanes) {
        Kit kit;
        kit.prepare (rate);
        for (const auto& n : notes)
            kit.noteOn (n.sample, n.voice, n.velocity);
        constexpr int length = 24000;
        Audio mix { std::vector<float> (length), std::vector<float> (length) };
        KitOutputs out;
        out.mix = { mix.left.data(), mix.right.data() };
        for (const auto voice : own) {
            lanes[voice] = { std::vector<float> (length), std::vector<float> (length) };
            out.own[static_cast<std::size_t> (voice)] = { lanes[voice].left.data(), lanes[voice].right.data() };
        }
        kit.render (out, length);
        return mix;
    };
    std::map<Voice, Audio> lanes;
    const auto mix = renderWith ({ Voice::clap, Voice::ride }, lanes);
    const auto alone = [] (const std::vector<Note>& some) { return play (rate, 0.5, some, 24000); };
    CHECK (mix == alone ({ notes[0], notes[2] }));
    CHECK (lanes[Voice::clap] == alone ({ notes[1] }));
    CHECK (lanes[Voice::ride].peak() == 0.0f);
}

TEST_CASE ("settings out of range or no numbers count as the nearest that are, or as neutral")
{
    KitSettings wild;
    wild[Voice::kick] = { 400.0f, std::nanf (""), -1e30f, 0.0f, std::nanf (""), 77 };
    const auto tame = wild.withinRange()[Voice::kick];
    CHECK (tame == VoiceSettings { 12.0f, 0.0f, -24.0f, 0.1f, 1.0f, 0 });
    const auto audio = playWith (wild, 1.0, everything());
    CHECK (audio.peak() > 0.1f);
    CHECK (audio.peak() <= 1.0f);
}
