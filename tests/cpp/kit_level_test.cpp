// How loud the kit is, that it never clips or clicks, and that it comes to rest.
#include "kit_testing.h"

#include <doctest/doctest.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

using namespace groovefield;
using namespace groovefield::testing;

namespace {

/// One bar at 125 bpm and 48 kHz: four on the floor, clap and snare, hats, in the velocities that
/// a programmed pattern has.
std::vector<Note> danceBar()
{
    constexpr int sixteenth = 5760;
    std::vector<Note> notes;
    for (int step = 0; step < 16; ++step) {
        const auto at = step * sixteenth;
        if (step % 4 == 0)
            notes.push_back ({ at, Voice::kick, 0.85f });
        if (step % 8 == 4) {
            notes.push_back ({ at, Voice::snare, 0.8f });
            notes.push_back ({ at, Voice::clap, 0.7f });
        }
        notes.push_back ({ at, step % 4 == 2 ? Voice::openHat : Voice::closedHat, step % 2 == 0 ? 0.8f : 0.5f });
    }
    return notes;
}

Audio minus (Audio a, const Audio& b)
{
    for (std::size_t i = 0; i < a.left.size(); ++i) {
        a.left[i] -= b.left[i];
        a.right[i] -= b.right[i];
    }
    return a;
}

double level (const Audio& audio, int from, int to)
{
    double sum = 0.0;
    for (auto i = static_cast<std::size_t> (from); i < static_cast<std::size_t> (to); ++i)
        sum += static_cast<double> (audio.left[i] * audio.left[i] + audio.right[i] * audio.right[i]);
    return std::sqrt (sum / (2.0 * (to - from)));
}

} // namespace

TEST_CASE ("a dance bar peaks between -12 and -3 dBFS")
{
    const auto peak = decibels (static_cast<double> (play (48000.0, 3.0, danceBar()).peak()));
    CHECK (peak > -12.0);
    CHECK (peak < -3.0);
}

TEST_CASE ("the hardest stroke of each drum alone leaves room for the others")
{
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        const auto peak = decibels (static_cast<double> (play (48000.0, 1.0, { { 0, voice, 1.0f } }).peak()));
        CHECK (peak > -20.0);
        CHECK (peak < -7.0);
    }
}

TEST_CASE ("nothing clips and every sample is a plain number at any density")
{
    for (const auto spacing : { 1, 17, 480, 2400 })
        for (const auto rate : { 22050.0, 48000.0, 192000.0 }) {
            CAPTURE (spacing);
            CAPTURE (rate);
            std::vector<Note> notes;
            const auto length = spacing == 1 ? 4000 : 40000;
            for (int at = 0; at < length; at += spacing)
                for (const auto voice : allVoices)
                    notes.push_back ({ at, voice, 1.0f });
            const auto audio = play (rate, (length + 8000) / rate, notes, 64);
            CHECK (audio.peak() < 1.0f);
            CHECK (audio.peak() > 0.5f);
            for (const auto* side : { &audio.left, &audio.right })
                for (const auto x : *side)
                    REQUIRE ((x == 0.0f || std::isnormal (x)));
        }
}

TEST_CASE ("below -6 dBFS the sum is the sum of the drums, unbent")
{
    const std::vector<Note> notes { { 0, Voice::kick, 0.5f }, { 100, Voice::snare, 0.4f }, { 200, Voice::ride, 0.5f } };
    auto together = play (48000.0, 0.5, notes);
    REQUIRE (together.peak() < 0.5f);
    REQUIRE (together.peak() > 0.05f);
    for (const auto& note : notes)
        together = minus (together, play (48000.0, 0.5, { note }));
    CHECK (together.peak() < 1.0e-6f);
}

TEST_CASE ("a closed hat chokes the open one, and one struck at the same sample lets it ring")
{
    constexpr int close = 4800, choked = close + 48 * 31;
    const Note open { 0, Voice::openHat, 0.9f }, closed { close, Voice::closedHat, 0.9f };
    const auto alone = play (48000.0, 0.5, { open });
    const auto rest = minus (play (48000.0, 0.5, { open, closed }), play (48000.0, 0.5, { closed }));
    CHECK (level (alone, choked, choked + 2000) > 0.003);
    CHECK (rest.lastSound (1.0e-6f) < choked);
    // The stroke before the choke is whole, and it is faded, not cut.
    CHECK (level (rest, 0, close) == doctest::Approx (level (alone, 0, close)));
    CHECK (level (rest, close, close + 200) > 0.5 * level (alone, close, close + 200));

    for (const auto& order : { std::vector<Note> { { 0, Voice::closedHat, 0.9f }, open },
                               std::vector<Note> { open, { 0, Voice::closedHat, 0.9f } } })
        CHECK (level (play (48000.0, 0.5, order), choked, choked + 2000) > 0.003);
}

TEST_CASE ("a drum struck again does not click")
{
    // A whisper first makes the second hit the same in both, so that the difference is what is
    // left of the first stroke.
    for (const auto voice : { Voice::kick, Voice::lowTom, Voice::midTom, Voice::highTom })
        for (const auto again : { 700, 1500, 3000, 5000, 9000 }) {
            CAPTURE (nameOf (voice));
            CAPTURE (again);
            const auto first = minus (play (48000.0, 0.4, { { 0, voice, 0.6f }, { again, voice, 0.5f } }),
                                      play (48000.0, 0.4, { { 0, voice, 1.0e-4f }, { again, voice, 0.5f } }));
            float before = 1.0e-4f, across = 0.0f;
            for (auto i = static_cast<std::size_t> (again) - 480; i < static_cast<std::size_t> (again) + 960; ++i) {
                const auto step = std::abs (first.left[i] - first.left[i - 1]);
                auto& most = i < static_cast<std::size_t> (again) ? before : across;
                most = std::max (most, step);
            }
            CHECK (across <= 1.3f * before);
            CHECK (first.lastSound (1.0e-5f) < again + 48 * 16);
        }
}

TEST_CASE ("a stroke taken before it has faded leaves no step behind")
{
    // Strokes that come faster than the first one fades: its slot is taken while it sounds.
    std::vector<Note> loud { { 0, Voice::lowTom, 1.0f } }, quiet { { 0, Voice::lowTom, 1.0e-4f } };
    for (int k = 0; k < 4; ++k) {
        loud.push_back ({ 1500 + 60 * k, Voice::lowTom, 0.01f });
        quiet.push_back (loud.back());
    }
    const auto first = minus (play (48000.0, 0.2, loud), play (48000.0, 0.2, quiet));
    REQUIRE (first.peak() > 0.1f);
    for (std::size_t i = 1400; i < first.left.size(); ++i)
        REQUIRE (std::abs (first.left[i] - first.left[i - 1]) < 0.02f);
}

TEST_CASE ("two notes of one drum at one sample are the harder of them")
{
    const auto one = play (48000.0, 0.3, { { 9, Voice::snare, 0.8f } });
    const auto both = play (48000.0, 0.3, { { 9, Voice::snare, 0.3f }, { 9, Voice::snare, 0.8f } });
    CHECK (both.peak() == doctest::Approx (one.peak()).epsilon (0.1));
}

TEST_CASE ("every drum dies away by itself within the tail, without being cut off")
{
    for (const auto voice : allVoices) {
        CAPTURE (nameOf (voice));
        Kit kit;
        kit.prepare (44100.0);
        const auto length = static_cast<int> (44100.0 * Kit::tailSeconds);
        const auto audio = playOn (kit, length, { { 0, voice, 1.0f } }, [] { return 500; });
        CHECK (kit.silent());
        const auto last = audio.lastSound();
        CHECK (last < length);
        const auto end = static_cast<std::size_t> (last);
        for (auto i = end - 441; i <= end; ++i)
            REQUIRE (std::abs (audio.left[i]) < 1.0e-4f);
    }
}

#if defined(__SSE2__)
TEST_CASE ("the host's floating-point settings come back after a render")
{
    for (const auto setting : { 0x1f80u, 0x9fc0u }) {
        const auto before = _mm_getcsr();
        _mm_setcsr (setting);
        play (48000.0, 0.1, { { 0, Voice::crash, 1.0f } });
        const auto after = _mm_getcsr() & ~0x3fu;
        _mm_setcsr (before);
        CHECK (after == (setting & ~0x3fu));
    }
}
#endif
