// What the kit's tests share: playing notes into a buffer, and a few measurements.
#pragma once

#include "kit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace groovefield::testing {

constexpr std::array<Voice, voiceCount> allVoices { Voice::kick,    Voice::snare,   Voice::closedHat, Voice::openHat,
                                                    Voice::lowTom,  Voice::midTom,  Voice::highTom,   Voice::clap,
                                                    Voice::rim,     Voice::ride,    Voice::crash };

inline std::string nameOf (Voice voice)
{
    constexpr const char* names[] = { "kick",     "snare", "closed hat", "open hat", "low tom", "mid tom",
                                      "high tom", "clap",  "rim",        "ride",     "crash" };
    return names[static_cast<int> (voice)];
}

struct Note {
    int sample;
    Voice voice;
    float velocity;
};

struct Audio {
    std::vector<float> left, right;

    int firstSound (float threshold = 0.0f) const
    {
        for (std::size_t i = 0; i < left.size(); ++i)
            if (std::abs (left[i]) > threshold || std::abs (right[i]) > threshold)
                return static_cast<int> (i);
        return -1;
    }

    int lastSound (float threshold = 0.0f) const
    {
        for (auto i = left.size(); i-- > 0;)
            if (std::abs (left[i]) > threshold || std::abs (right[i]) > threshold)
                return static_cast<int> (i);
        return -1;
    }

    float peak() const
    {
        float most = 0.0f;
        for (std::size_t i = 0; i < left.size(); ++i)
            most = std::max ({ most, std::abs (left[i]), std::abs (right[i]) });
        return most;
    }

    bool operator== (const Audio& other) const { return left == other.left && right == other.right; }

    std::vector<double> mono() const
    {
        std::vector<double> sum (left.size());
        for (std::size_t i = 0; i < left.size(); ++i)
            sum[i] = 0.5 * (static_cast<double> (left[i]) + static_cast<double> (right[i]));
        return sum;
    }
};

/// Plays notes (samples counted from now) in blocks whose lengths `blockLength` chooses.
inline Audio playOn (Kit& kit, int length, const std::vector<Note>& notes, const std::function<int()>& blockLength)
{
    Audio audio { std::vector<float> (static_cast<std::size_t> (length)), std::vector<float> (static_cast<std::size_t> (length)) };
    for (int begin = 0; begin < length;) {
        const auto n = std::min (blockLength(), length - begin);
        for (const auto& note : notes)
            if (note.sample >= begin && note.sample < begin + n)
                kit.noteOn (note.sample - begin, note.voice, note.velocity);
        kit.render (audio.left.data() + begin, audio.right.data() + begin, n);
        begin += n;
    }
    return audio;
}

inline Audio play (double rate, double seconds, const std::vector<Note>& notes, int block = 512)
{
    Kit kit;
    kit.prepare (rate);
    return playOn (kit, static_cast<int> (seconds * rate), notes, [block] { return block; });
}

inline double decibels (double amplitude) { return 20.0 * std::log10 (std::max (amplitude, 1.0e-12)); }

/// Small seeded random numbers for the tests' own choices.
class Dice {
public:
    explicit Dice (std::uint32_t seed) : state (seed) {}

    int below (int n)
    {
        state = state * 1103515245u + 12345u;
        return static_cast<int> ((state >> 8) % static_cast<std::uint32_t> (n));
    }

private:
    std::uint32_t state;
};

} // namespace groovefield::testing
