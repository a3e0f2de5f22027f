// Note mode: the drums' rhythm plays a line of pitches. Pure functions, no JUCE.
//
// The rule in prose. Up to 32 steps hold a degree of a scale, or a rest; the song runs through them, one a step of the grid,
// round and round from song position 0. Wherever the source sounds, a chosen lane or any of them, the step's pitch is played:
// as loud as the hit and as early or late. So the field says when, the musician says what, and the same stretch of song
// is the same line in every loop, seek and bounce. The line has one voice: each note ends the one before.
//
// A lane's mute silences its drum, and the line goes on to its rhythm; another lane's solo silences the line as it does
// the drums. With all lanes as the source, those that are silent drive nothing.
#pragma once

#include "../../bridge/shell/pattern.h"

#include <array>
#include <cstdint>
#include <optional>

namespace groovefield {

struct Overlay;
struct PlayParameters;
struct Strike;

/// What notes of the melody have in the place of a drum's lane: one past the last.
constexpr std::uint8_t melodyLane = maxLanes;

/// What a musician set of note mode. Plain numbers: part of the overlay.
struct Melody {
    static constexpr std::size_t room = 32;
    static constexpr std::int8_t rest = -128;
    static constexpr std::uint8_t allLanes = 255;
    static constexpr int lowestOctave = -2, highestOctave = 8, farthestDegree = 60;
    static constexpr float longestNote = 16.0f, silentLevel = -60.0f, mostLevel = 12.0f;

    enum class Mode : std::uint8_t { off, beside, instead };   ///< off, with the drums, in their place
    enum class Scale : std::uint8_t { chromatic, major, minor, dorian, phrygian, mixolydian, harmonicMinor, majorPentatonic, minorPentatonic, blues };
    static constexpr int scales = 10;

    Mode mode = Mode::off;
    Scale scale = Scale::minorPentatonic;
    std::uint8_t source = 0;         ///< a lane, or `allLanes`
    std::uint8_t key = 0;            ///< 0 C .. 11 B
    std::int8_t octave = 1;          ///< of degree 0; middle C, note 60, begins octave 3
    std::uint8_t channel = 1;        ///< 1..16
    std::uint8_t count = 16;         ///< steps, 1..room
    std::uint8_t unused = 0;
    float noteLength = 0.0f;         ///< steps; 0: the common note length
    float level = 0.0f;              ///< dB, of the kit's own voice
    /// 0 is the key; or `rest`. As it is made: a line that holds to the root and answers at the end of each bar.
    std::array<std::int8_t, room> degree { 0, 0, 5, 0, 0, 3, 0, 4, 0, 0, 5, 0, 1, 2, -1, -2, 0, 0, 5, 0, 0, 3, 0, 4, 0, 0, 5, 0, 3, 2, 1, -1 };

    bool sounds() const noexcept { return mode != Mode::off; }
    bool operator== (const Melody&) const noexcept;
    bool operator!= (const Melody& o) const noexcept { return ! (*this == o); }
};

/// As the editor and presets write them.
constexpr std::array<const char*, Melody::scales> scaleNames { "Chromatic", "Major", "Minor", "Dorian", "Phrygian", "Mixolydian",
                                                               "Harmonic minor", "Major pent.", "Minor pent.", "Blues" };
constexpr std::array<const char*, 12> keyNames { "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B" };

/// How many tones an octave of the scale has.
int tonesOf (Melody::Scale) noexcept;

/// Semitones from the key to a degree, which may lie below it.
int semitonesOf (Melody::Scale, int degree) noexcept;

/// The degree whose pitch is nearest to so many semitones from the key; of two the lower.
int degreeNear (Melody::Scale, int semitones) noexcept;

/// The MIDI note of a degree, before any transposition: below 0 or above 127 where the octave is extreme.
int noteOf (const Melody&, int degree) noexcept;

/// The degree nearest to a MIDI note, within so far of the key, by octaves if need be.
int degreeOfNote (const Melody&, int note, int lowest, int highest) noexcept;

/// The step of the melody at a step of the song.
std::size_t melodyStep (const Melody&, std::int64_t gridStep) noexcept;

/// The MIDI note at a step of the song, transposed by semitones, octaves added or taken where it would leave 0..127. None at a rest.
std::optional<std::uint8_t> pitchAt (const Melody&, int transpose, std::int64_t gridStep) noexcept;

/// The same pitches in another scale: degrees stay where both have as many tones, else they go to the nearest.
void changeScale (Melody&, Melody::Scale) noexcept;

/// Whether a lane's hits drive the melody, if it plays at all.
bool drives (const Overlay&, const PlayParameters&, std::size_t lane) noexcept;

/// The hit whose rhythm the melody has at a step: the loudest of those that drive it, of equals the first lane's.
class MelodyRhythm {
public:
    void hear (std::size_t lane, const Strike&) noexcept;
    bool any() const noexcept { return loudest > 0; }
    std::size_t lane() const noexcept { return from; }
    int velocity() const noexcept { return loudest; }
    double displacement() const noexcept { return moved; }

private:
    std::size_t from = 0;
    int loudest = 0;
    double moved = 0.0;
};

} // namespace groovefield
