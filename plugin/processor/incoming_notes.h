// Which drum of the kit an incoming MIDI note plays: -1 for none. The General MIDI column of
// models/groovefield/material/drum_maps.py; tests/python/test_incoming_notes.py holds the two together.
#pragma once

#include "../kit/kit_settings.h"

#include <array>
#include <cstdint>

namespace groovefield {

constexpr std::array<std::int8_t, 128> drumOfNote { {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, 2, -1, -1, -1, 3, -1, 7, -1, -1, 8,
    -1, -1, -1, 0, 0, 8, 1, 7, 1, 4, 2, 4, 2, 5, 3, 5,
    6, 10, 6, 9, 10, 9, 2, 10, 8, 10, -1, 9, 6, 5, 6, 5,
    4, 6, 5, 8, 8, 2, 2, -1, -1, -1, -1, 8, 8, 8, -1, -1,
    2, 3, 2, -1, -1, 8, 4, 4, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
} };

/// The drum that a lane plays whose note is this in the model: what the map does not know is a rim.
constexpr Voice voiceOf (std::uint8_t note) noexcept
{
    const auto drum = drumOfNote[note & 0x7F];
    return drum < 0 ? Voice::rim : static_cast<Voice> (drum);
}

} // namespace groovefield
