// What a musician laid over the field: hits set by hand, lanes held fast, other takes, each lane's own
// feel, and the ways on which the position moves. It decides notes, so the player reads it; it is
// no parameter, so hosts do not automate it, and the state keeps it.
#pragma once

#include "../../bridge/shell/pattern.h"
#include "melody.h"

#include <cstdint>

namespace groovefield {

/// What was done to one cell by hand.
struct CellEdit {
    enum class Hit : std::uint8_t { asThePattern, struck, silent };
    static constexpr std::int16_t patternOffset = -32768;

    Hit hit = Hit::asThePattern;
    std::uint8_t velocity = 0;              ///< 1..127; 0: the pattern's
    std::int16_t offset = patternOffset;    ///< in 1/32768 of half a step

    bool any() const noexcept { return hit != Hit::asThePattern || velocity > 0 || offset != patternOffset; }
    bool operator== (const CellEdit& o) const noexcept { return hit == o.hit && velocity == o.velocity && offset == o.offset; }
    bool operator!= (const CellEdit& o) const noexcept { return ! (*this == o); }
};

/// A lane's own feel.
struct LaneFeel {
    static constexpr float longestNote = 4.0f, farthestPush = 0.5f;   // steps
    static constexpr std::int32_t farthestTurn = 64;                   // steps

    float noteLength = 0.0f;   ///< steps; 0: the common note length
    float push = 0.0f;         ///< steps, -1/2..1/2: early or late
    std::int32_t steps = 0;    ///< of its own cycle; 0: the common number
    std::int32_t rotate = 0;   ///< steps that its cycle is turned by, beside what all are: to the right
};

/// How long a round of motion, or a stay at a point, may last.
constexpr double shortestRound = 1.0 / 16.0, longestRound = 1024.0;   // beats

/// A path around the pad's position, played in a loop.
struct MotionPath {
    static constexpr std::size_t room = 512;
    double beats = 0.0;                        ///< how long a round lasts; 0: no path
    std::uint64_t count = 0;                   ///< places, at equal distances in time
    std::array<std::array<float, 2>, room> away {};  ///< X and Y, from where the position is set

    bool any() const noexcept { return beats > 0.0 && count > 0 && count <= room; }
};

/// Places that are visited one after the other.
struct MotionPoints {
    static constexpr std::size_t room = 16;
    double beats = 4.0;                        ///< how long each is stayed at
    std::uint64_t count = 0;
    std::array<std::array<float, maxLatents>, room> at {};

    bool any() const noexcept { return beats > 0.0 && count > 0 && count <= room; }
};

/// Where the model's material has fills; told by the model, and not the musician's.
struct FillPlaces {
    static constexpr std::size_t room = 32;
    std::uint64_t count = 0;
    std::array<std::array<float, maxLatents>, room> at {};
};

/// Steps and offsets are those of the grid that it was made on.
struct Overlay {
    template <typename T> using Cells = std::array<std::array<T, maxSteps>, maxLanes>;

    std::uint32_t stepsPerBeat = 4;
    std::uint16_t locked = 0;   ///< a bit for each lane: its cells are `held`, whatever the field says
    std::uint16_t solo = 0;     ///< a bit for each lane; any: the others are silent
    Cells<CellEdit> edits {};
    Cells<std::uint16_t> take {};   ///< 0: the field's own
    Cells<Cell> held {};            ///< of locked lanes: probability 1 sounds, 0 does not
    std::array<LaneFeel, maxLanes> feel {};
    MotionPath path;
    MotionPoints points;
    FillPlaces fills;
    Melody melody;

    bool isLocked (std::size_t lane) const noexcept { return (locked >> lane & 1u) != 0; }
    bool silences (std::size_t lane) const noexcept { return solo != 0 && (solo >> lane & 1u) == 0; }
};

} // namespace groovefield
