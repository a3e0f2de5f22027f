// The drums of the kit, each a Sound for Lane (see lane.h). One .cpp a family.
#pragma once

#include "blocks.h"
#include "modes.h"

#include <array>

namespace groovefield::synth {

/// A falling sine, driven into a soft clipper, with a beater's click.
class Kick {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

private:
    Clock clock;
    Noise noise;
    Sine body;
    Decay fall, drop, punch, beater, click;
    DampedDecay sustain;
    Filter clickBand;
    float drive = 1.0f, level = 0.0f, turn = 0.0f;
};

/// Two modes of the skin, rattling wires, and the snap of the stick.
class Snare {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

private:
    Clock clock;
    Noise noise;
    Sine low, high;
    Decay bend, rattle, snap;
    DampedDecay lowRing, highRing, buzz;
    Filter wiresFloor, wiresBody, wiresTop, snapFloor;
    float drive = 1.0f, level = 0.0f, turn = 0.0f;
};

/// Six inharmonic squares and hiss, both high-passed; how long they ring is the only difference
/// between closed and open.
class Hat {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

protected:
    explicit Hat (bool isOpen) noexcept : open (isOpen) {}

private:
    bool open;
    Clock clock;
    Noise noise;
    Squares metal;
    Decay strike, tick;
    DampedDecay ring, hiss;
    Filter metalBand, metalFloor, hissFloor, top;
    float level = 0.0f;
};

class ClosedHat : public Hat {
public:
    ClosedHat() noexcept : Hat (false) {}
};

class OpenHat : public Hat {
public:
    OpenHat() noexcept : Hat (true) {}
};

/// A skin with two modes that fall in pitch, and the stick on it.
class Tom {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

protected:
    struct Size {
        float hz, ring, pan;
    };
    explicit Tom (const Size& s) noexcept : size (s), place (s.pan) {}

private:
    Size size;
    Place place;
    Clock clock;
    Noise noise;
    Sine skin, overtone, edge;
    Decay bend, punch, overtoneRing, edgeRing, breath, stick;
    DampedDecay ring;
    Filter breathBand, stickBand;
    float drive = 1.0f, level = 0.0f, turn = 0.0f;
};

class LowTom : public Tom {
public:
    LowTom() noexcept : Tom ({ 98.0f, 0.22f, -0.22f }) {}
};

class MidTom : public Tom {
public:
    MidTom() noexcept : Tom ({ 134.0f, 0.17f, 0.0f }) {}
};

class HighTom : public Tom {
public:
    HighTom() noexcept : Tom ({ 188.0f, 0.15f, 0.22f }) {}
};

/// Several hands, not quite together, in a small room.
class Clap {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

private:
    static constexpr int hands = 4;
    /// Filtered noise, in `dry` the sound of hands and in `wet` that of the room.
    struct Side {
        Noise noise;
        Filter palm, fingers, top;
        float dry = 0.0f, wet = 0.0f;
        void next() noexcept;
    };

    Clock clock;
    std::array<Side, 2> sides;  ///< middle and difference
    std::array<int, hands> when {};
    std::array<float, hands> loudness {};
    Decay burst, room;
    int age = 0, hand = 0;
    float level = 0.0f, drive = 1.0f, decay = 1.0f;
};

/// A short woody click: two resonances and a tap.
class Rim {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

private:
    Clock clock;
    Place place { -0.1f };
    Noise noise;
    Sine wood, shell;
    Decay woodRing, shellRing, tap;
    Filter tapBand;
    float level = 0.0f, drive = 1.0f, pitch = 1.0f;
};

/// Bell, ping and a long metallic wash.
class Ride {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

private:
    Clock clock;
    Place place { -0.25f };
    Noise noise, other;
    Modes<48> modes;
    Decay wash, shimmer, tick;
    Filter washFloor, washTop, sideFloor;
    float level = 0.0f;
};

/// A burst of noise and dense metal that darkens as it dies.
class Crash {
public:
    void prepare (double sampleRate);                        // [message]
    int start (const Hit& hit) noexcept;                     // [audio]
    void render (float* left, float* right, int n) noexcept; // [audio]

private:
    Clock clock;
    Place place { 0.15f };
    Noise noise, other;
    Modes<64> modes;
    Decay burst, bloom, tick, darken;
    DampedDecay body;
    Filter floor, top, sideFloor, sideTop;
    int age = 0;
    float level = 0.0f, brightness = 1.0f, pitch = 1.0f;
};

} // namespace groovefield::synth
