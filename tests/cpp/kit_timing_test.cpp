// When the kit sounds, and that nothing but the notes decides what it plays.
#include "kit_testing.h"

#include <doctest/doctest.h>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

/// Notes of every lane, some at the same sample, some faster than the drums fade.
std::vector<Note> busyNotes (int length)
{
    Dice dice (7);
    std::vector<Note> notes;
    for (int i = 0; i < 120; ++i)
        notes.push_back ({ dice.below (length), allVoices[static_cast<std::size_t> (dice.below (voiceCount))],
                           0.05f + 0.95f * static_cast<float> (dice.below (100)) / 99.0f });
    notes.push_back ({ 0, Voice::kick, 0.8f });
    for (int i = 0; i < 30; ++i)
        notes.push_back ({ 5000 + 37 * i, Voice::snare, 0.9f });
    std::stable_sort (notes.begin(), notes.end(), [] (const Note& a, const Note& b) { return a.sample < b.sample; });
    return notes;
}

} // namespace

TEST_CASE ("every drum begins at the exact sample of its note, at every velocity and sample rate")
{
    for (const auto rate : { 22050.0, 44100.0, 48000.0, 96000.0, 192000.0 })
        for (const auto voice : allVoices)
            for (const auto velocity : { 1.0f / 127.0f, 0.3f, 1.0f })
                for (const auto sample : { 0, 1, 63, 64, 511, 777 }) {
                    CAPTURE (rate);
                    CAPTURE (nameOf (voice));
                    CAPTURE (velocity);
                    const auto audio = play (rate, 0.05, { { sample, voice, velocity } });
                    REQUIRE (audio.firstSound() == sample);
                    // And it is heard at once, not a thousandth of itself.
                    const auto soon = audio.firstSound (0.02f * audio.peak());
                    CHECK (soon - sample <= static_cast<int> (rate * 0.0002));
                }
}

TEST_CASE ("the split into blocks never changes a sample")
{
    constexpr int length = 30000;
    const auto notes = busyNotes (length);
    const auto whole = play (44100.0, length / 44100.0, notes, length);
    REQUIRE (whole.left.size() == length);
    REQUIRE (whole.peak() > 0.1f);
    for (const auto block : { 1, 7, 63, 64, 65, 480, 512, 8192 }) {
        CAPTURE (block);
        CHECK (play (44100.0, length / 44100.0, notes, block) == whole);
    }
    Dice dice (3);
    Kit kit;
    kit.prepare (44100.0);
    CHECK (playOn (kit, length, notes, [&] { return dice.below (300); }) == whole);  // 0 included
}

TEST_CASE ("the same notes give the same samples after prepare, after cut and after a reset that has faded")
{
    constexpr int length = 20000;
    const auto notes = busyNotes (length);
    const auto blocks = [] { return 256; };
    Kit kit;
    kit.prepare (48000.0);
    const auto first = playOn (kit, length, notes, blocks);
    kit.reset();
    playOn (kit, 48000 / 50, {}, blocks);
    CHECK (kit.silent());
    CHECK (playOn (kit, length, notes, blocks) == first);
    REQUIRE_FALSE (kit.silent());
    kit.noteOn (50, Voice::snare, 1.0f);
    kit.cut();
    CHECK (kit.silent());
    CHECK (playOn (kit, length, notes, blocks) == first);
    kit.prepare (48000.0);
    CHECK (playOn (kit, length, notes, blocks) == first);
}

TEST_CASE ("reset fades within 5 ms, without a click, and forgets waiting notes")
{
    Kit kit;
    kit.prepare (48000.0);
    const auto before = playOn (kit, 1000, { { 0, Voice::kick, 1.0f } }, [] { return 100; });
    kit.noteOn (50, Voice::snare, 1.0f);
    kit.reset();
    const auto after = playOn (kit, 4800, {}, [] { return 100; });
    CHECK (after.lastSound() < 48 * 5);
    CHECK (kit.silent());
    CHECK (std::abs (after.left[0] - before.left.back()) < 0.03f);
    for (std::size_t i = 1; i < 300; ++i)
        REQUIRE (std::abs (after.left[i] - after.left[i - 1]) < 0.03f);
}

TEST_CASE ("notes beyond the block wait for theirs, and no velocity means no note")
{
    Kit kit;
    kit.prepare (48000.0);
    kit.noteOn (700, Voice::rim, 0.8f);
    kit.noteOn (100, Voice::rim, 0.0f);
    kit.noteOn (100, Voice::rim, std::nanf (""));
    const auto audio = playOn (kit, 2000, {}, [] { return 128; });
    CHECK (audio.firstSound() == 700);
}

TEST_CASE ("render adds to what is there and leaves silence alone")
{
    Kit kit;
    kit.prepare (48000.0);
    std::vector<float> left (64, 0.25f), right (64, -0.25f);
    kit.render (left.data(), right.data(), 64);
    CHECK (left == std::vector<float> (64, 0.25f));
    kit.noteOn (10, Voice::clap, 1.0f);
    kit.render (left.data(), right.data(), 64);
    CHECK (left[9] == 0.25f);
    CHECK (left[10] != 0.25f);
    CHECK (right[10] != -0.25f);
}

TEST_CASE ("more notes than can wait are dropped, and the kit plays on")
{
    Kit kit;
    kit.prepare (48000.0);
    for (int i = 0; i < 3 * Kit::maxWaitingNotes; ++i)
        kit.noteOn (i, allVoices[static_cast<std::size_t> (i % voiceCount)], 1.0f);
    const auto audio = playOn (kit, 4096, { { 4000, Voice::kick, 1.0f } }, [] { return 4096; });
    CHECK (audio.firstSound() == 0);
    CHECK (audio.peak() <= 1.0f);
}
