// What the musician sets for each drum of the kit. Plain numbers, so that they go from thread to thread, into the state
// and into the history as they are.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace groovefield {

/// The drums, in the order of models/groovefield/lanes.py.
enum class Voice : std::uint8_t {
    kick,
    snare,
    closedHat,
    openHat,
    lowTom,
    midTom,
    highTom,
    clap,
    rim,
    ride,
    crash
};

constexpr int voiceCount = 11;

/// As it is made, the drum sounds as it does by itself. A one-shot sample obeys all of it too.
struct VoiceSettings {
    static constexpr float silentLevel = -60.0f, mostLevel = 12.0f;
    static constexpr float mostTune = 24.0f;
    static constexpr float leastDecay = 0.1f, mostDecay = 4.0f;
    static constexpr float mostVelocity = 2.0f;
    static constexpr std::int32_t chokeGroups = 4;

    float level = 0.0f;       ///< dB, -60 (silent) .. 12
    float pan = 0.0f;         ///< -1 left .. 1 right
    float tune = 0.0f;        ///< semitones, -24 .. 24
    float decay = 1.0f;       ///< times its own ring, 0.1 .. 4; a sample is never made longer than it is
    float velocity = 1.0f;    ///< how much velocity changes the level: 0 not at all, 1 as the drum does, 2 twice the dB
    std::int32_t choke = 0;   ///< group 1..4 whose other drums a hit ends; 0: none

    bool operator== (const VoiceSettings& o) const noexcept
    {
        return level == o.level && pan == o.pan && tune == o.tune && decay == o.decay && velocity == o.velocity && choke == o.choke;
    }
    bool operator!= (const VoiceSettings& o) const noexcept { return ! (*this == o); }
};

/// A setting that is one number, as states, presets, knobs and learned controllers know it.
struct VoiceItem {
    const char *id, *name;          ///< written, and shown
    float VoiceSettings::*member;
    float least, most, normal;
};

constexpr std::array<VoiceItem, 5> voiceItems { {
    { "level", "Volume", &VoiceSettings::level, VoiceSettings::silentLevel, VoiceSettings::mostLevel, 0.0f },
    { "pan", "Pan", &VoiceSettings::pan, -1.0f, 1.0f, 0.0f },
    { "tune", "Tune", &VoiceSettings::tune, -VoiceSettings::mostTune, VoiceSettings::mostTune, 0.0f },
    { "decay", "Decay", &VoiceSettings::decay, VoiceSettings::leastDecay, VoiceSettings::mostDecay, 1.0f },
    { "velocity", "Dynamics", &VoiceSettings::velocity, 0.0f, VoiceSettings::mostVelocity, 1.0f },
} };

struct KitSettings {
    std::array<VoiceSettings, voiceCount> voices {};

    /// The two hats are one pair of cymbals; nothing else chokes.
    KitSettings() noexcept { (*this)[Voice::closedHat].choke = (*this)[Voice::openHat].choke = 1; }

    VoiceSettings& operator[] (Voice voice) noexcept { return voices[static_cast<std::size_t> (voice)]; }
    const VoiceSettings& operator[] (Voice voice) const noexcept { return voices[static_cast<std::size_t> (voice)]; }

    bool operator== (const KitSettings& o) const noexcept { return voices == o.voices; }
    bool operator!= (const KitSettings& o) const noexcept { return ! (*this == o); }

    /// Everything within its range; what is no number becomes the neutral value.
    KitSettings withinRange() const noexcept
    {
        KitSettings kept = *this;
        for (auto& v : kept.voices) {
            for (const auto& item : voiceItems) {
                auto& value = v.*item.member;
                value = value == value ? std::clamp (value, item.least, item.most) : item.normal;
            }
            v.choke = v.choke < 0 || v.choke > VoiceSettings::chokeGroups ? 0 : v.choke;
        }
        return kept;
    }
};

static_assert (std::is_trivially_copyable_v<KitSettings> && sizeof (KitSettings) % 8 == 0, "copied between threads in words");

} // namespace groovefield
