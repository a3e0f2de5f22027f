// The player between the host and its patterns: which answers it takes, and what a latch decides.
#include "../../plugin/player/pattern_player.h"

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <utility>
#include <vector>

using namespace groovefield;

namespace {

constexpr double sampleRate = 48000.0, bpm = 120.0;
constexpr int blockSize = 600;                                     // a tenth of a sixteenth
constexpr double blockBeats = blockSize * bpm / (60.0 * sampleRate);

// Every cell sounds; the lanes' notes count up from one that tells patterns apart.
Pattern patternOf (std::uint8_t firstNote, float offset = 0.0f)
{
    Pattern p;
    p.lanes = 2;
    p.steps = 16;
    const std::size_t area = std::size_t { p.lanes } * p.steps;
    for (std::size_t lane = 0; lane < p.lanes; ++lane)
        p.laneNote[lane] = static_cast<std::uint8_t> (firstNote + lane);
    for (std::size_t i = 0; i < area; ++i) {
        p.values[i] = 1.0f;
        p.values[area + i] = 0.5f;
        p.values[2 * area + i] = offset;
    }
    return p;
}

// Answers come when the test gives them.
class Answers : public PatternSource {
public:
    std::uint64_t request (const PadPosition&) noexcept override { return ++asked; }
    bool answer (std::uint64_t id, Pattern& into) noexcept override
    {
        if (given.count (id) == 0)
            return false;
        into = pattern;
        into.id = id;
        return true;
    }

    std::uint64_t asked = 0;
    std::set<std::uint64_t> given;
    Pattern pattern = patternOf (36);
};

class Heard : public NoteSink {
public:
    void noteOn (const PlayedNote& n) noexcept override { notes.push_back (n); }
    void noteOff (int, std::uint8_t note, std::uint8_t) noexcept override { offs.push_back (note); }

    std::vector<PlayedNote> notes;
    std::vector<std::uint8_t> offs;
};

struct Stage {
    Stage()
    {
        player->prepare (sampleRate);
        player->setPattern (patternOf (60));
        host.bpm = bpm;
        host.hasPosition = true;
    }
    void block()
    {
        player->process (blockSize, host, false, play, {}, map, source, heard);
        if (host.playing)
            host.position += blockBeats;
    }
    int firstNote() const { return player->currentPattern().laneNote[0]; }

    std::unique_ptr<PatternPlayer> player = std::make_unique<PatternPlayer>();
    Answers source;
    Heard heard;
    Transport host;
    PlayParameters play;
    NoteMap map;
};

} // namespace

TEST_CASE ("a pattern that was set is not replaced by an answer to what was asked for before")
{
    for (const bool playing : { false, true }) {
        Stage stage;
        stage.host.playing = playing;
        // Another place in each block, so that several requests are under way.
        const auto blocks = [&] (int count) {
            for (int i = 0; i < count; ++i) {
                stage.play.position.latent[0] += 0.001f;
                stage.block();
            }
        };
        blocks (4);    // the second step is asked for, and not latched
        const auto before = stage.source.asked;
        REQUIRE (before > 0);

        stage.player->setPattern (patternOf (80));
        for (std::uint64_t id = 1; id <= before; ++id)
            stage.source.given.insert (id);
        blocks (30);
        CHECK (stage.source.asked > before);
        CHECK (stage.firstNote() == 80);

        stage.source.given.insert (stage.source.asked + 1);
        blocks (20);
        CHECK (stage.firstNote() == 36);
    }
}

TEST_CASE ("after a change of model the old model's late answers are not taken")
{
    Stage stage;
    stage.block();
    REQUIRE (stage.source.asked == 1);
    stage.player->forgetRequests();
    stage.source.given.insert (1);
    stage.block();
    CHECK (stage.source.asked == 2);
    CHECK (stage.firstNote() == 60);
    stage.source.given.insert (2);
    stage.block();
    CHECK (stage.firstNote() == 36);
}

TEST_CASE ("a hit keeps the notes of its latch when the pattern and the note map change before it sounds")
{
    Stage stage;
    stage.host.playing = true;
    stage.player->setPattern (patternOf (60, 0.8f));   // late by 0.4 step
    stage.map.note[1] = 99;
    // Eleven blocks: the second step, at 6000 samples, is latched; its hits lie at 8400.
    for (int i = 0; i < 11; ++i)
        stage.block();
    stage.heard.notes.clear();
    stage.player->setPattern (patternOf (80));
    stage.map.note[1] = 98;
    std::vector<std::pair<int, int>> ofStep1, ofStep2;
    for (int i = 0; i < 12; ++i)
        stage.block();
    for (const auto& note : stage.heard.notes)
        (note.address.gridStep == 1 ? ofStep1 : ofStep2).push_back ({ note.note, note.drum });
    CHECK (ofStep1 == std::vector<std::pair<int, int>> { { 60, 60 }, { 99, 61 } });
    CHECK (ofStep2 == std::vector<std::pair<int, int>> { { 80, 80 }, { 98, 81 } });
}

TEST_CASE ("interrupted, the player runs no more, and its open notes end with the next block")
{
    Stage stage;
    stage.host.playing = true;
    stage.play.noteLength = 4.0;
    for (int i = 0; i < 3; ++i)
        stage.block();
    REQUIRE (stage.heard.notes.size() == 2);
    CHECK (stage.player->isRunning());
    stage.player->interrupt();
    CHECK_FALSE (stage.player->isRunning());
    CHECK (stage.heard.offs.empty());
    stage.host.position = 8.0;
    stage.block();
    CHECK (stage.heard.offs == std::vector<std::uint8_t> { 60, 61 });
    CHECK (stage.player->isRunning());
}
