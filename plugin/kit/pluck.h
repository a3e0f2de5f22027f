// The kit's one melodic voice: a plucked string, low enough for a bass and clear enough for a tune.
#pragma once

#include "blocks.h"

namespace groovefield::synth {

/// A saw and a sine under a low-pass filter that opens with the stroke and closes with the ring, as a string's overtones
/// die before it does. Low notes ring longer. A Sound for Lane (see lane.h); `Hit::pitch` 1 is concert A, 440 Hz.
class Pluck {
public:
    static constexpr int noteOfPitchOne = 69;

    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

private:
    float saw() noexcept;

    Clock clock;
    Sine body;
    Decay ring, brightness;
    Filter tone;
    float phase = 0.0f, turn = 0.0f;          // of the saw, in turns
    float rise = 1.0f, rising = 0.0f;         // of the attack, 0..1
    float open = 0.0f, rest = 0.0f;           // Hz that the filter opens, and where it comes to rest
    float level = 0.0f, drive = 1.0f;
    int age = 0;                              // samples
};

} // namespace groovefield::synth
