// How a step is played: what the parameters make of a pattern's cell. Pure functions.
#pragma once

#include "overlay.h"

#include <array>
#include <cstdint>
#include <optional>

namespace groovefield {

/// What moves the position by itself, beside wander.
enum class Motion { off, path, points };

/// When another place on the pad begins to be heard.
enum class Change { atOnce, beat, bar, cycle };

/// The values of one block, in the units of the parameter table (percent as 0..1 and so on).
struct PlayParameters {
    PadPosition position;           ///< where the user or the host put it, before wander
    double threshold = 0.5;         ///< 0..1
    int steps = 32;                 ///< 1..128, clamped to the grid
    double groove = 1.0;            ///< 0..2: amount of the learned offsets
    double swing = 0.5;             ///< 0.5..0.75: where the second step of each pair falls
    double velocityAmount = 1.0;    ///< 0..2
    double humanise = 0.0;          ///< 0..1: how much of the learned spread is drawn
    double wander = 0.0;            ///< 0..1
    std::int64_t seed = 0;
    double noteLength = 0.5;        ///< in steps
    double variation = 0.3;         ///< 0..1: how far takes stray from the field
    Motion motion = Motion::off;
    double motionSize = 1.0;        ///< 0..2
    double motionSpeed = 1.0;       ///< rounds, and points, for each that is due
    int fillBars = 0;               ///< the last of so many bars is a fill; 0: none is
    double fillAmount = 1.0;        ///< 0..1
    double division = 0.0;          ///< steps a beat; 0: the pattern's own
    double time = 1.0;              ///< 1/2, 1, 2: half and double time
    int rotate = 0;                 ///< steps that every cycle is turned by: to the right
    int softest = 1;                ///< no hit has less velocity, 1..127
    Change change = Change::atOnce;
    int transpose = 0;              ///< semitones, for note mode
    std::array<bool, maxLanes> mute {};
    std::array<double, maxLanes> density;  ///< 0..1, 0.5 leaves the threshold as it is

    PlayParameters() { density.fill (0.5); }
};

/// How a pattern's steps lie in the song.
struct StepGrid {
    double rate = 4.0;              ///< steps a beat as they are played: 1 or more, not always whole
    double barBeats = 4.0;          ///< a pattern is two bars long
    int steps = 32;                 ///< of the pattern

    bool operator== (const StepGrid& o) const noexcept { return rate == o.rate && barBeats == o.barBeats && steps == o.steps; }
};

/// Steps a beat as they are played, of a pattern that has so many.
double rateOf (const PlayParameters&, std::uint32_t stepsPerBeat) noexcept;

StepGrid gridOf (const Pattern&, const PlayParameters&) noexcept;

/// A cell's address in the song: `gridStep` counts steps from song position 0.
struct CellAddress {
    std::int64_t gridStep = 0;
    std::int64_t cycle = 0;
    int step = 0;                   ///< within the cycle
    int cell = 0;                   ///< within the pattern, as the cycle is rotated
};

/// What became of a cell that sounds.
struct Strike {
    double displacement = 0.0;      ///< steps from the straight line, [-1/2, +1)
    int velocity = 0;               ///< 1..127
};

/// The steps of the common cycle.
int cycleStepsOf (const PlayParameters&, int patternSteps) noexcept;

/// The steps of a lane's cycle: its own number goes before the common one.
int cycleStepsOf (const PlayParameters&, const LaneFeel&, int patternSteps) noexcept;

/// Where a lane's cycle is. Floor arithmetic: song positions before 0 count on downwards.
CellAddress addressOf (const PlayParameters&, const LaneFeel&, std::int64_t gridStep, int patternSteps) noexcept;

/// The probability that a lane's cell must exceed: density below one half raises the threshold
/// towards 1 (nothing sounds), above one half lowers it towards 0.
double thresholdOf (const PlayParameters&, std::size_t lane) noexcept;

/// A pattern's cell under what was laid over it: an edit goes before a lock, a lock before a take.
struct LaidCell {
    enum class Sounds : std::uint8_t { ifLikely, always, never };
    Cell cell;
    Sounds sounds = Sounds::ifLikely;
};

/// On another grid than the overlay's the pattern is as it is. In a take the logit of the probability
/// is moved by a logistic draw times the variation, velocity and offset by normal draws times their spreads: at a
/// variation of 1 that is a draw from the field's own probabilities, below it is a colder one.
LaidCell laidCell (const Pattern&, const Overlay&, const PlayParameters&, std::size_t lane, std::size_t step) noexcept;

/// Where velocity amount 0 leaves every hit.
constexpr double neutralVelocity = 100.0 / 127.0;

/// How far swing moves a step, in steps: every other one; where a beat does not hold whole pairs there are none.
double swingOf (const PlayParameters&, std::int64_t gridStep, double rate) noexcept;

/// Whether a lane is muted, or another one plays solo.
bool silenced (const PlayParameters&, const Overlay&, std::size_t lane) noexcept;

/// The strike of a cell of a lane that is not silenced, or nothing where none is.
std::optional<Strike> strike (const LaidCell&, const Overlay&, const PlayParameters&, std::size_t lane,
                              const CellAddress&, double rate) noexcept;

} // namespace groovefield
