// Moves the place to a target over a set time: X and Y, and the further latents where the target is an item. Each
// moves in one gesture, so that hosts record it. It goes on while no editor is open; whoever else moves the place
// meanwhile, the host's automation included, ends it.
#pragma once

#include "../../bridge/shell/pattern.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <array>
#include <functional>

namespace groovefield {

/// All [message].
class Glide : private juce::Timer {
public:
    static constexpr std::size_t dimensions = maxLatents;
    using Spot = std::array<float, dimensions>;    // x, y, z3 .. z8; 0..1

    /// Where the song is; while it stands still, glides go at 120 beats a minute.
    struct Clock {
        double song = 0.0;      // beats
        bool running = false;
    };

    Glide (juce::AudioProcessorValueTreeState&, std::function<Clock()> clock);
    ~Glide() override;

    /// Begins to move the first `latents` from where they are. A glide on its way goes on from here.
    void start (const Spot& target, int latents, double beats);
    /// Another target for the glide on its way, in the time that is left.
    void aim (const Spot& target, int latents);
    /// Ends where it is.
    void cancel();

    /// A step at a time in seconds, of any origin; a timer of ours calls it 60 times a second.
    void look (double seconds);

    bool active() const noexcept { return moving; }
    const Spot& target() const noexcept { return to; }
    double progress() const noexcept { return done; }   ///< 0..1 of the time

private:
    struct Latent {
        juce::RangedAudioParameter* parameter = nullptr;
        bool open = false;      // its gesture
        float from = 0.0f, last = 0.0f;
    };

    void timerCallback() override { look (juce::Time::getMillisecondCounterHiRes() * 0.001); }
    void take (const Spot&, int count);
    bool othersMove() const noexcept;
    double beatsSince (double seconds);

    std::array<Latent, dimensions> latents;
    std::function<Clock()> clock;
    Spot to {};
    bool moving = false;
    double duration = 1.0, done = 0.0;         // beats; share of them
    double lastSeconds = -1.0, lastSong = 0.0;

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (Glide)
};

} // namespace groovefield
