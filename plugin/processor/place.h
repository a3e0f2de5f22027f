// Where the pad is set: moves X and Y, and the further latents where an item is gone to, with gestures, so that
// hosts record the movement, and remembers the places it came from, the further latents included.
#pragma once

#include "../../bridge/shell/pattern.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <array>
#include <functional>
#include <vector>

namespace groovefield {

/// All [message].
class Place {
public:
    explicit Place (juce::AudioProcessorValueTreeState&);
    Place (const Place&) = delete;
    Place& operator= (const Place&) = delete;

    static constexpr std::size_t dimensions = maxLatents;
    using Spot = std::array<float, dimensions>;    ///< x, y, z3 .. z8

    juce::Point<float> get() const noexcept;
    Spot spot() const noexcept;

    /// A movement: begin, any number of moves, end. Positions are 0..1 from the lower left and are
    /// clamped. Begin remembers the place for `back`.
    void begin();
    void move (juce::Point<float>);
    void moveTo (const Spot&, int latents);    ///< the first `latents`, each in a gesture of its own
    void end();
    bool isMoving() const noexcept { return moving; }

    /// The three at once.
    void jump (juce::Point<float>);
    void jumpTo (const Spot&, int latents);

    /// Jumps to a random place, at least a quarter of the pad's side away, and returns it.
    juce::Point<float> generate (juce::Random&);

    /// Returns to the place before the last movement; nothing if there is none.
    void back();
    bool canGoBack() const noexcept { return ! past.empty(); }

    /// Somebody else moves the place now: `back` is to return here.
    void remember();

    /// The same, for who moves it at our wish.
    void makeWay();

    /// Called when a movement of ours begins.
    std::function<void()> onBegin;

private:
    void startGestures();
    void endGestures();

    std::array<juce::RangedAudioParameter*, dimensions> latents;
    juce::RangedAudioParameter &x, &y;
    std::vector<Spot> past;
    bool moving = false;
    std::size_t open = 2;      // gestures, while it moves
};

} // namespace groovefield
