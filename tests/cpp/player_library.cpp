// The player behind a C interface, so that the Python reference can be held against it.
#include "../../plugin/player/pattern_player.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

using namespace groovefield;

namespace {

struct BlockIn {
    double position, bpm, loopStart, loopEnd;
    float latent[8];
    double threshold, groove, swing, velocityAmount, humanise, wander, noteLength;
    double density[16];
    std::int64_t seed;
    std::int32_t samples, steps;
    std::uint8_t playing, hasPosition, looping, freeRun;
    std::uint8_t mute[16];
    float style;
    double variation, motionSize, motionSpeed, fillAmount;
    std::int32_t motion, fillBars, overlay;   // the overlay's place in the list
    std::int32_t rotate, softest, change, transpose, unused;
    double division, time;
};
static_assert (sizeof (BlockIn) == 368, "tests/python/player_library.py describes the same structure");

struct MessageOut {
    double songBeats;
    double runSamples;
    std::int32_t block, sample, gridStep;
    std::uint8_t note, velocity, lane, channel;
};
static_assert (sizeof (MessageOut) == 32, "tests/python/player_library.py describes the same structure");

// Patterns chosen by the position's X, answered after a number of samples.
class TableSource : public PatternSource {
public:
    TableSource (const float* values, int count, int lanes, int steps, int stepsPerBeat, int latencySamples)
        : latency (latencySamples)
    {
        const auto size = static_cast<std::size_t> (5 * lanes * steps);
        for (int i = 0; i < count; ++i) {
            auto p = std::make_unique<Pattern>();
            p->lanes = static_cast<std::uint32_t> (lanes);
            p->steps = static_cast<std::uint32_t> (steps);
            p->stepsPerBeat = static_cast<std::uint32_t> (stepsPerBeat);
            for (std::size_t lane = 0; lane < maxLanes; ++lane)
                p->laneNote[lane] = static_cast<std::uint8_t> (36 + lane);
            std::memcpy (p->values.data(), values + static_cast<std::size_t> (i) * size, size * sizeof (float));
            patterns.push_back (std::move (p));
        }
    }

    std::uint64_t request (const PadPosition& position) noexcept override
    {
        const auto count = static_cast<double> (patterns.size());
        const auto chosen = double { position.latent[0] } + double { position.style };
        const auto index = std::min (count - 1.0, std::max (0.0, chosen * count));
        places[++newest % 4] = { newest, static_cast<std::size_t> (index), now };
        return newest;
    }

    bool answer (std::uint64_t id, Pattern& into) noexcept override
    {
        const auto& place = places[id % 4];
        if (place.id != id || now < place.asked + latency)
            return false;
        into = *patterns[place.index];
        into.id = id;
        return true;
    }

    std::int64_t now = 0; // samples; the end of the block that is being played

private:
    struct Place { std::uint64_t id = 0; std::size_t index = 0; std::int64_t asked = 0; };
    std::vector<std::unique_ptr<Pattern>> patterns;
    Place places[4];
    std::uint64_t newest = 0;
    std::int64_t latency;
};

class Capture : public NoteSink {
public:
    void noteOn (const PlayedNote& n) noexcept override
    {
        messages.push_back ({ n.songBeats, n.runSamples, block, n.sample, static_cast<std::int32_t> (n.address.gridStep),
                              n.note, n.velocity, n.lane, n.channel });
    }
    void noteOff (int sample, std::uint8_t note, std::uint8_t channel) noexcept override
    {
        messages.push_back ({ 0.0, 0.0, block, sample, 0, note, 0, 255, channel });
    }

    std::int32_t block = 0;
    std::vector<MessageOut> messages;
};

} // namespace

// The overlay crosses as it lies in memory: tests/python/player_library.py describes the same structure.
extern "C" std::size_t groovefield_overlay_size() { return sizeof (Overlay); }

extern "C" int groovefield_play (double sampleRate, const BlockIn* blocks, int blockCount, const Overlay* overlays, const float* patterns,
                                 int patternCount, int lanes, int steps, int stepsPerBeat, int latencySamples,
                                 MessageOut* out, int room)
{
    TableSource source (patterns, patternCount, lanes, steps, stepsPerBeat, latencySamples);
    Capture capture;
    auto player = std::make_unique<PatternPlayer>();
    player->prepare (sampleRate);
    if (latencySamples == 0) {
        Pattern first;
        source.answer (source.request (PadPosition {}), first);
        first.id = 0;
        player->setPattern (first);
    }

    for (int b = 0; b < blockCount; ++b) {
        const auto& in = blocks[b];
        Transport host;
        host.playing = in.playing != 0;
        host.hasPosition = in.hasPosition != 0;
        host.position = in.position;
        host.bpm = in.bpm;
        host.looping = in.looping != 0;
        host.loopStart = in.loopStart;
        host.loopEnd = in.loopEnd;

        PlayParameters play;
        std::copy (in.latent, in.latent + 8, play.position.latent.begin());
        play.position.style = in.style;
        play.threshold = in.threshold;
        play.steps = in.steps;
        play.groove = in.groove;
        play.swing = in.swing;
        play.velocityAmount = in.velocityAmount;
        play.humanise = in.humanise;
        play.wander = in.wander;
        play.seed = in.seed;
        play.noteLength = in.noteLength;
        play.variation = in.variation;
        play.motion = static_cast<Motion> (in.motion);
        play.motionSize = in.motionSize;
        play.motionSpeed = in.motionSpeed;
        play.fillBars = in.fillBars;
        play.fillAmount = in.fillAmount;
        play.division = in.division;
        play.time = in.time;
        play.rotate = in.rotate;
        play.softest = in.softest;
        play.change = static_cast<Change> (in.change);
        play.transpose = in.transpose;
        for (std::size_t lane = 0; lane < maxLanes; ++lane) {
            play.mute[lane] = in.mute[lane] != 0;
            play.density[lane] = in.density[lane];
        }

        capture.block = b;
        player->process (in.samples, host, in.freeRun != 0, play, overlays[in.overlay], NoteMap {}, source, capture);
        source.now += in.samples;
    }

    const auto count = std::min (static_cast<std::size_t> (room), capture.messages.size());
    std::copy_n (capture.messages.begin(), count, out);
    return static_cast<int> (capture.messages.size());
}
