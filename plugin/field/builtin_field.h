// The small field inside the plugin: 16 x 16 places of the default pad, so that it plays, and X
// and Y work, with no model process at all. Made by `groovefield builtin-field`.
#pragma once

#include "../../bridge/shell/pattern.h"

#include <cstddef>
#include <cstdint>

namespace groovefield {

class BuiltinField {
public:
    /// [message] Reads plugin/data/builtin_field.bin, whose bytes outlive this object.
    explicit BuiltinField (const void* table) noexcept;

    /// [audio] Fills `into` (all but its ID) with the pattern at a position, between the four
    /// places around it. Velocity, offset and their spreads are weighted by the places' probabilities, so that a
    /// place without a hit does not drag its neighbour's groove along.
    void patternAt (const PadPosition&, Pattern& into) const noexcept;

private:
    struct Head {
        char magic[4];
        std::uint32_t version, side, lanes, steps, stepsPerBeat;
        std::array<std::uint8_t, maxLanes> laneNote;
        std::array<std::array<char, 16>, maxLanes> laneName;
    };
    static_assert (sizeof (Head) == 24 + 16 + 256, "models/groovefield/field/builtin_field.py writes the same");

    Head head {};
    const std::uint8_t* places = nullptr;  // [y][x][probability, velocity, offset, both spreads][lane][step]
};

} // namespace groovefield
