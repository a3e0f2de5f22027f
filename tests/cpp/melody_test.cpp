// Note mode's pitches: scales, keys, octaves, and the step of the song that each belongs to.
#include "../../plugin/player/feel.h"

#include <doctest/doctest.h>

#include <vector>

using namespace groovefield;
using Scale = Melody::Scale;

namespace {

std::vector<int> octaveOf (Scale scale)
{
    std::vector<int> tones;
    for (int degree = 0; degree <= tonesOf (scale); ++degree)
        tones.push_back (semitonesOf (scale, degree));
    return tones;
}

} // namespace

TEST_CASE ("scales are the ones that musicians know by these names")
{
    CHECK (octaveOf (Scale::major) == std::vector<int> { 0, 2, 4, 5, 7, 9, 11, 12 });
    CHECK (octaveOf (Scale::minor) == std::vector<int> { 0, 2, 3, 5, 7, 8, 10, 12 });
    CHECK (octaveOf (Scale::dorian) == std::vector<int> { 0, 2, 3, 5, 7, 9, 10, 12 });
    CHECK (octaveOf (Scale::phrygian) == std::vector<int> { 0, 1, 3, 5, 7, 8, 10, 12 });
    CHECK (octaveOf (Scale::mixolydian) == std::vector<int> { 0, 2, 4, 5, 7, 9, 10, 12 });
    CHECK (octaveOf (Scale::harmonicMinor) == std::vector<int> { 0, 2, 3, 5, 7, 8, 11, 12 });
    CHECK (octaveOf (Scale::majorPentatonic) == std::vector<int> { 0, 2, 4, 7, 9, 12 });
    CHECK (octaveOf (Scale::minorPentatonic) == std::vector<int> { 0, 3, 5, 7, 10, 12 });
    CHECK (octaveOf (Scale::blues) == std::vector<int> { 0, 3, 5, 6, 7, 10, 12 });
    CHECK (octaveOf (Scale::chromatic).size() == 13);
    CHECK (semitonesOf (Scale::major, -1) == -1);
    CHECK (semitonesOf (Scale::major, -7) == -12);
    CHECK (semitonesOf (Scale::minorPentatonic, 11) == 27);
}

TEST_CASE ("every degree is the nearest to its own pitch, and what lies between goes down")
{
    for (int scale = 0; scale < Melody::scales; ++scale)
        for (int degree = -20; degree <= 20; ++degree)
            CHECK (degreeNear (static_cast<Scale> (scale), semitonesOf (static_cast<Scale> (scale), degree)) == degree);
    CHECK (degreeNear (Scale::major, 1) == 0);    // between C and D
    CHECK (degreeNear (Scale::minorPentatonic, 2) == 1);
    CHECK (degreeNear (Scale::minorPentatonic, 11) == 4);
    // Between the sixth and the seventh of the octave below.
    CHECK (degreeNear (Scale::harmonicMinor, -2) == -1);
    CHECK (degreeNear (Scale::harmonicMinor, -3) == -2);
}

TEST_CASE ("octave 3 begins at middle C, key and transposition move it, extremes come back by octaves")
{
    Melody melody;
    melody.scale = Scale::major;
    melody.count = 3;
    melody.degree[0] = 0;
    melody.degree[1] = 4;
    melody.degree[2] = Melody::rest;
    melody.octave = 3;
    CHECK (*pitchAt (melody, 0, 0) == 60);
    CHECK (*pitchAt (melody, 0, 1) == 67);
    CHECK_FALSE (pitchAt (melody, 0, 2));
    melody.key = 9;
    CHECK (*pitchAt (melody, -12, 0) == 57);
    melody.octave = 8;
    CHECK (*pitchAt (melody, 24, 1) == (12 * 10 + 9 + 7 + 24 - 36));
    melody.octave = -2;
    melody.key = 0;
    CHECK (*pitchAt (melody, -1, 0) == 11);
}

TEST_CASE ("the step of the melody is counted from song position 0, before it too")
{
    Melody melody;
    melody.count = 5;
    const std::vector<std::int64_t> song { -6, -5, -1, 0, 4, 5, 13 };
    std::vector<std::size_t> steps;
    for (const auto at : song)
        steps.push_back (melodyStep (melody, at));
    CHECK (steps == std::vector<std::size_t> { 4, 0, 4, 0, 4, 0, 3 });
}

TEST_CASE ("another scale keeps degrees where it has as many tones, else pitches")
{
    Melody melody;
    melody.scale = Scale::major;
    melody.degree = {};
    melody.degree[0] = 2;
    melody.degree[1] = Melody::rest;
    melody.degree[2] = 4;
    changeScale (melody, Scale::minor);
    CHECK (melody.degree[0] == 2);    // the third is minor now
    changeScale (melody, Scale::chromatic);
    CHECK (melody.degree[0] == 3);
    CHECK (melody.degree[1] == Melody::rest);
    CHECK (melody.degree[2] == 7);
    changeScale (melody, Scale::minorPentatonic);
    CHECK (melody.degree[0] == 1);
    CHECK (melody.degree[2] == 3);
}

TEST_CASE ("a note of the keyboard becomes its degree, by octaves within what is shown")
{
    Melody melody;
    melody.scale = Scale::minor;
    melody.key = 2;       // D
    melody.octave = 1;
    CHECK (noteOf (melody, 0) == 38);
    CHECK (degreeOfNote (melody, 38, -7, 14) == 0);
    CHECK (degreeOfNote (melody, 45, -7, 14) == 4);
    CHECK (degreeOfNote (melody, 26, -7, 14) == -7);
    CHECK (degreeOfNote (melody, 74, -7, 14) == 14);    // three octaves up is two
    CHECK (degreeOfNote (melody, 2, -7, 14) == -7);
}

TEST_CASE ("what drives the melody: a lane whatever its mute, all lanes that sound; solo silences both")
{
    Overlay overlay;
    PlayParameters play;
    overlay.melody.source = 1;
    play.mute[1] = true;
    CHECK (drives (overlay, play, 1));
    CHECK_FALSE (drives (overlay, play, 0));
    overlay.solo = 1;
    CHECK_FALSE (drives (overlay, play, 1));
    overlay.melody.source = Melody::allLanes;
    CHECK (drives (overlay, play, 0));
    CHECK_FALSE (drives (overlay, play, 2));
    overlay.solo = 0;
    CHECK (drives (overlay, play, 2));
    CHECK_FALSE (drives (overlay, play, 1));

    MelodyRhythm rhythm;
    CHECK_FALSE (rhythm.any());
    rhythm.hear (0, { 0.25, 60 });
    rhythm.hear (1, { -0.25, 90 });
    rhythm.hear (2, { 0.0, 90 });
    CHECK (rhythm.any());
    CHECK (rhythm.lane() == 1);
    CHECK (rhythm.velocity() == 90);
    CHECK (rhythm.displacement() == -0.25);
}
