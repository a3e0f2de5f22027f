#include "preset_overlay.h"

#include "parameters.h"
#include "safe_json.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

int wholeWithin (const juce::var& value, int low, int high, int normal)
{
    return juce::roundToInt (numberWithin (value, static_cast<float> (low), static_cast<float> (high), static_cast<float> (normal)));
}

// Of an array; `normal` where it has no such number.
float numberAt (const juce::var& array, std::size_t index, float low, float high, float normal)
{
    const auto* numbers = array.getArray();
    const auto at = static_cast<int> (index);
    return numbers != nullptr && at < numbers->size() ? numberWithin (numbers->getReference (at), low, high, normal) : normal;
}

double beatsOf (const juce::var& value, double normal) { return double { numberWithin (value, static_cast<float> (shortestRound), static_cast<float> (longestRound), static_cast<float> (normal)) }; }

template <std::size_t Count>
int placeOf (const juce::var& name, const std::array<const char*, Count>& names, int normal)
{
    for (std::size_t i = 0; i < Count; ++i)
        if (name.toString().equalsIgnoreCase (names[i]))
            return static_cast<int> (i);
    return normal;
}

void readFeel (const juce::var& json, Overlay& overlay)
{
    for (std::size_t lane = 0; lane < parameterLanes; ++lane) {
        const juce::Identifier id (laneNames[lane].id);
        auto& feel = overlay.feel[lane];
        feel.push = numberWithin (json["push"][id], -LaneFeel::farthestPush, LaneFeel::farthestPush, feel.push);
        feel.steps = wholeWithin (json["steps"][id], 0, static_cast<int> (maxSteps), feel.steps);
        feel.rotate = wholeWithin (json["turn"][id], -LaneFeel::farthestTurn, LaneFeel::farthestTurn, feel.rotate);
    }
}

void readMotion (const juce::var& json, Overlay& overlay)
{
    if (const auto* at = json["points"]["at"].getArray()) {
        overlay.points.beats = beatsOf (json["points"]["beats"], overlay.points.beats);
        overlay.points.count = std::min (static_cast<std::size_t> (at->size()), MotionPoints::room);
        for (std::size_t i = 0; i < overlay.points.count; ++i)
            for (std::size_t d = 0; d < maxLatents; ++d)
                overlay.points.at[i][d] = numberAt (at->getReference (static_cast<int> (i)), d, 0, 1, 0.5f);
    }
    if (const auto* away = json["path"]["away"].getArray()) {
        overlay.path.beats = beatsOf (json["path"]["beats"], 4.0);
        overlay.path.count = std::min (static_cast<std::size_t> (away->size()), MotionPath::room);
        for (std::size_t i = 0; i < overlay.path.count; ++i)
            for (std::size_t d = 0; d < 2; ++d)
                overlay.path.away[i][d] = numberAt (away->getReference (static_cast<int> (i)), d, -1, 1, 0);
    }
}

std::uint8_t sourceOf (const juce::var& id, std::uint8_t normal)
{
    for (std::size_t lane = 0; lane < parameterLanes; ++lane)
        if (id.toString() == laneNames[lane].id)
            return static_cast<std::uint8_t> (lane);
    return id.toString() == "all" ? Melody::allLanes : normal;
}

void readMelody (const juce::var& json, Melody& melody)
{
    static constexpr std::array<const char*, 3> modes { "off", "beside", "instead" };
    melody.mode = static_cast<Melody::Mode> (placeOf (json["mode"], modes, static_cast<int> (melody.mode)));
    melody.source = sourceOf (json["source"], melody.source);
    melody.key = static_cast<std::uint8_t> (placeOf (json["key"], keyNames, melody.key));
    melody.scale = static_cast<Melody::Scale> (placeOf (json["scale"], scaleNames, static_cast<int> (melody.scale)));
    melody.octave = static_cast<std::int8_t> (wholeWithin (json["octave"], Melody::lowestOctave, Melody::highestOctave, melody.octave));
    melody.noteLength = numberWithin (json["length"], 0, Melody::longestNote, melody.noteLength);
    melody.level = numberWithin (json["level"], Melody::silentLevel, Melody::mostLevel, melody.level);
    if (const auto* degrees = json["degrees"].getArray(); degrees != nullptr && ! degrees->isEmpty()) {
        const auto count = std::min (static_cast<std::size_t> (degrees->size()), Melody::room);
        melody.count = static_cast<std::uint8_t> (count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto& degree = degrees->getReference (static_cast<int> (i));
            melody.degree[i] = degree.isVoid() ? Melody::rest
                                               : static_cast<std::int8_t> (wholeWithin (degree, -Melody::farthestDegree, Melody::farthestDegree, 0));
        }
    }
}

} // namespace

void readOverlayWords (const juce::var& preset, Overlay& overlay)
{
    readFeel (preset, overlay);
    readMotion (preset, overlay);
    readMelody (preset["melody"], overlay.melody);
}

} // namespace groovefield
