#include "melody.h"

#include "feel.h"
#include "floor_divide.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace groovefield {

namespace {

struct Tones {
    int count;
    std::array<int, 12> semitones;
};

// In the order of Melody::Scale.
constexpr std::array<Tones, Melody::scales> scaleTones { {
    { 12, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } },
    { 7, { 0, 2, 4, 5, 7, 9, 11 } },
    { 7, { 0, 2, 3, 5, 7, 8, 10 } },
    { 7, { 0, 2, 3, 5, 7, 9, 10 } },
    { 7, { 0, 1, 3, 5, 7, 8, 10 } },
    { 7, { 0, 2, 4, 5, 7, 9, 10 } },
    { 7, { 0, 2, 3, 5, 7, 8, 11 } },
    { 5, { 0, 2, 4, 7, 9 } },
    { 5, { 0, 3, 5, 7, 10 } },
    { 6, { 0, 3, 5, 6, 7, 10 } },
} };

constexpr int octave = 12, lowestC = 2;   // the octave of MIDI note 0 is -2

const Tones& tones (Melody::Scale scale) noexcept
{
    return scaleTones[std::min (static_cast<std::size_t> (scale), scaleTones.size() - 1)];
}

int roundsDown (int a, int b) noexcept { return static_cast<int> (floorDivide (a, b)); }

} // namespace

bool Melody::operator== (const Melody& o) const noexcept
{
    return mode == o.mode && scale == o.scale && source == o.source && key == o.key && octave == o.octave && channel == o.channel
        && count == o.count && noteLength == o.noteLength && level == o.level && degree == o.degree;
}

int tonesOf (Melody::Scale scale) noexcept { return tones (scale).count; }

int semitonesOf (Melody::Scale scale, int degree) noexcept
{
    const auto& of = tones (scale);
    const auto octaves = roundsDown (degree, of.count);
    return octave * octaves + of.semitones[static_cast<std::size_t> (degree - octaves * of.count)];
}

int degreeNear (Melody::Scale scale, int semitones) noexcept
{
    auto nearest = roundsDown (semitones, octave) * tonesOf (scale);
    const auto away = [&] (int degree) { return std::abs (semitonesOf (scale, degree) - semitones); };
    for (const auto last = nearest + tonesOf (scale); semitonesOf (scale, nearest) < semitones && nearest < last; ++nearest)
        if (away (nearest + 1) >= away (nearest))
            break;
    return nearest;
}

int noteOf (const Melody& melody, int degree) noexcept
{
    return octave * (melody.octave + lowestC) + melody.key + semitonesOf (melody.scale, degree);
}

int degreeOfNote (const Melody& melody, int note, int lowest, int highest) noexcept
{
    const auto tonesInOctave = tonesOf (melody.scale);
    auto degree = degreeNear (melody.scale, note - noteOf (melody, 0));
    while (degree < lowest)
        degree += tonesInOctave;
    while (degree > highest && degree - tonesInOctave >= lowest)
        degree -= tonesInOctave;
    return std::min (degree, highest);
}

std::size_t melodyStep (const Melody& melody, std::int64_t gridStep) noexcept
{
    const auto count = std::clamp<std::int64_t> (melody.count, 1, static_cast<std::int64_t> (Melody::room));
    return static_cast<std::size_t> (gridStep - floorDivide (gridStep, count) * count);
}

std::optional<std::uint8_t> pitchAt (const Melody& melody, int transpose, std::int64_t gridStep) noexcept
{
    const auto degree = melody.degree[melodyStep (melody, gridStep)];
    if (degree == Melody::rest)
        return std::nullopt;
    auto note = noteOf (melody, degree) + transpose;
    while (note < 0)
        note += octave;
    while (note > 127)
        note -= octave;
    return static_cast<std::uint8_t> (note);
}

void changeScale (Melody& melody, Melody::Scale to) noexcept
{
    const auto from = std::exchange (melody.scale, to);
    if (tonesOf (from) == tonesOf (to))
        return;
    for (auto& degree : melody.degree)
        if (degree != Melody::rest)
            degree = static_cast<std::int8_t> (std::clamp (degreeNear (to, semitonesOf (from, degree)), -Melody::farthestDegree, Melody::farthestDegree));
}

bool drives (const Overlay& overlay, const PlayParameters& play, std::size_t lane) noexcept
{
    const auto& melody = overlay.melody;
    return melody.source == Melody::allLanes ? ! silenced (play, overlay, lane) : melody.source == lane && ! overlay.silences (lane);
}

void MelodyRhythm::hear (std::size_t lane, const Strike& strike) noexcept
{
    if (strike.velocity <= loudest)
        return;
    from = lane;
    loudest = strike.velocity;
    moved = strike.displacement;
}

} // namespace groovefield
