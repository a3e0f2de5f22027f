#include "learn_targets.h"

#include "parameters.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr float learnedSteps = 32.0f;    // two bars of sixteenths: more would leave a controller too few places for them

// Of a lane, or of the melody, which is one for all lanes.
struct OverlayItem {
    const char *id, *deed;
    float low, high;
    bool isSwitch;
    float (*get) (const Overlay&, std::size_t lane);
    void (*set) (Overlay&, std::size_t lane, float);
};

void setBit (std::uint16_t& bits, std::size_t lane, float to)
{
    bits = static_cast<std::uint16_t> (to >= 0.5f ? bits | 1u << lane : bits & ~(1u << lane));
}

const OverlayItem laneItems[] = {
    { "push", "Push of ", -LaneFeel::farthestPush, LaneFeel::farthestPush, false, [] (const Overlay& o, std::size_t lane) { return o.feel[lane].push; },
      [] (Overlay& o, std::size_t lane, float to) { o.feel[lane].push = to; } },
    { "length", "Note length of ", 0.0f, LaneFeel::longestNote, false, [] (const Overlay& o, std::size_t lane) { return o.feel[lane].noteLength; },
      [] (Overlay& o, std::size_t lane, float to) { o.feel[lane].noteLength = to; } },
    { "steps", "Steps of ", 0.0f, learnedSteps, false, [] (const Overlay& o, std::size_t lane) { return static_cast<float> (o.feel[lane].steps); },
      [] (Overlay& o, std::size_t lane, float to) { o.feel[lane].steps = juce::roundToInt (to); } },
    { "rotate", "Rotation of ", -LaneFeel::farthestTurn, LaneFeel::farthestTurn, false, [] (const Overlay& o, std::size_t lane) { return static_cast<float> (o.feel[lane].rotate); },
      [] (Overlay& o, std::size_t lane, float to) { o.feel[lane].rotate = juce::roundToInt (to); } },
    { "solo", "Solo ", 0.0f, 1.0f, true, [] (const Overlay& o, std::size_t lane) { return (o.solo >> lane & 1u) != 0 ? 1.0f : 0.0f; },
      [] (Overlay& o, std::size_t lane, float to) { setBit (o.solo, lane, to); } },
    { "lock", "Lock ", 0.0f, 1.0f, true, [] (const Overlay& o, std::size_t lane) { return o.isLocked (lane) ? 1.0f : 0.0f; },
      [] (Overlay& o, std::size_t lane, float to) { setBit (o.locked, lane, to); } },
};

const OverlayItem melodyItems[] = {
    { "mode", "Melody", 0.0f, 2.0f, false, [] (const Overlay& o, std::size_t) { return static_cast<float> (o.melody.mode); },
      [] (Overlay& o, std::size_t, float to) { o.melody.mode = static_cast<Melody::Mode> (juce::roundToInt (to)); } },
    { "source", "Rhythm of the melody", 0.0f, static_cast<float> (parameterLanes), false,
      [] (const Overlay& o, std::size_t) { return static_cast<float> (std::min<std::size_t> (o.melody.source, parameterLanes)); },
      [] (Overlay& o, std::size_t, float to) {
          const auto lane = static_cast<std::size_t> (juce::roundToInt (to));
          o.melody.source = lane < parameterLanes ? static_cast<std::uint8_t> (lane) : Melody::allLanes;
      } },
    { "key", "Key of the melody", 0.0f, 11.0f, false, [] (const Overlay& o, std::size_t) { return static_cast<float> (o.melody.key); },
      [] (Overlay& o, std::size_t, float to) { o.melody.key = static_cast<std::uint8_t> (juce::roundToInt (to)); } },
    { "scale", "Scale of the melody", 0.0f, static_cast<float> (Melody::scales - 1), false,
      [] (const Overlay& o, std::size_t) { return static_cast<float> (o.melody.scale); },
      [] (Overlay& o, std::size_t, float to) { changeScale (o.melody, static_cast<Melody::Scale> (juce::roundToInt (to))); } },
    { "octave", "Octave of the melody", static_cast<float> (Melody::lowestOctave), static_cast<float> (Melody::highestOctave), false,
      [] (const Overlay& o, std::size_t) { return static_cast<float> (o.melody.octave); },
      [] (Overlay& o, std::size_t, float to) { o.melody.octave = static_cast<std::int8_t> (juce::roundToInt (to)); } },
    { "steps", "Steps of the melody", 1.0f, static_cast<float> (Melody::room), false,
      [] (const Overlay& o, std::size_t) { return static_cast<float> (o.melody.count); },
      [] (Overlay& o, std::size_t, float to) { o.melody.count = static_cast<std::uint8_t> (juce::roundToInt (to)); } },
    { "length", "Note length of the melody", 0.0f, Melody::longestNote, false, [] (const Overlay& o, std::size_t) { return o.melody.noteLength; },
      [] (Overlay& o, std::size_t, float to) { o.melody.noteLength = to; } },
    { "channel", "MIDI channel of the melody", 1.0f, 16.0f, false, [] (const Overlay& o, std::size_t) { return static_cast<float> (o.melody.channel); },
      [] (Overlay& o, std::size_t, float to) { o.melody.channel = static_cast<std::uint8_t> (juce::roundToInt (to)); } },
    { "level", "Level of the melody", Melody::silentLevel, Melody::mostLevel, false, [] (const Overlay& o, std::size_t) { return o.melody.level; },
      [] (Overlay& o, std::size_t, float to) { o.melody.level = to; } },
};

double toUnit (float value, float low, float high) { return std::clamp (double { (value - low) / (high - low) }, 0.0, 1.0); }
float fromUnit (double unit, float low, float high) { return low + static_cast<float> (unit) * (high - low); }

LearnTarget parameterTarget (juce::RangedAudioParameter& parameter)
{
    const bool turned = parameter.paramID == "threshold";
    const auto way = [turned] (double v) { return turned ? 1.0 - v : v; };
    LearnTarget target;
    target.name = turned ? juce::String ("Density") : parameter.getName (64);
    target.isSwitch = parameter.isBoolean();
    target.get = [&parameter, way] { return way (double { parameter.getValue() }); };
    target.set = [&parameter, way] (double v) { parameter.setValueNotifyingHost (static_cast<float> (way (v))); };
    target.begin = [&parameter] { parameter.beginChangeGesture(); };
    target.end = [&parameter] { parameter.endChangeGesture(); };
    return target;
}

LearnTarget voiceTarget (const juce::String& deed, std::size_t voice, float low, float high, std::function<float (const VoiceSettings&)> get,
                         std::function<void (VoiceSettings&, float)> set, LaneDeeds& deeds, LaneSounds& sounds)
{
    LearnTarget target;
    target.name = deed + " of " + laneNames[voice].name;
    target.isDrag = true;
    target.get = [&sounds, voice, low, high, get] { return toUnit (get (sounds.settings().voices[voice]), low, high); };
    target.set = [&deeds, voice, low, high, set] (double v) {
        deeds.change ([&] (KitSettings& kit) { set (kit.voices[voice], fromUnit (v, low, high)); });
    };
    target.begin = [&deeds] {
        deeds.finish();
        deeds.begin();
    };
    target.end = [&deeds, name = target.name] { deeds.end (name); };
    return target;
}

std::optional<LearnTarget> kitTargetOf (const juce::StringArray& parts, LaneDeeds& deeds, LaneSounds& sounds)
{
    for (std::size_t voice = 0; voice < parameterLanes; ++voice) {
        if (parts[1] != laneNames[voice].id)
            continue;
        for (const auto& item : voiceItems)
            if (parts[2] == item.id)
                return voiceTarget (item.name, voice, item.least, item.most, [member = item.member] (const VoiceSettings& v) { return v.*member; },
                                    [member = item.member] (VoiceSettings& v, float to) { v.*member = to; }, deeds, sounds);
        if (parts[2] == "choke")
            return voiceTarget ("Choke group", voice, 0.0f, static_cast<float> (VoiceSettings::chokeGroups),
                                [] (const VoiceSettings& v) { return static_cast<float> (v.choke); },
                                [] (VoiceSettings& v, float to) { v.choke = juce::roundToInt (to); }, deeds, sounds);
    }
    return std::nullopt;
}

LearnTarget overlayTarget (const OverlayItem& item, std::size_t lane, const juce::String& deed, Laying& laying)
{
    LearnTarget target;
    target.name = deed;
    target.isSwitch = item.isSwitch;
    target.isDrag = true;
    target.get = [&laying, lane, &item] { return toUnit (item.get (*laying.overlay(), lane), item.low, item.high); };
    target.set = [&laying, lane, &item] (double v) {
        laying.change ([&] (Overlay& o) { item.set (o, lane, fromUnit (v, item.low, item.high)); });
    };
    target.begin = [&laying] {
        laying.finish();
        laying.begin();
    };
    target.end = [&laying, deed] { laying.end (deed); };
    return target;
}

// A lane is locked as it plays then.
std::optional<LearnTarget> laneTargetOf (const juce::StringArray& parts, Laying& laying, const LaneHolder& hold)
{
    const auto lane = static_cast<std::size_t> (parts[1].getIntValue());
    if (! parts[1].containsOnly ("0123456789") || lane >= maxLanes)
        return std::nullopt;
    for (const auto& item : laneItems) {
        if (parts[2] != item.id)
            continue;
        auto target = overlayTarget (item, lane, item.deed + (lane < parameterLanes ? juce::String (laneNames[lane].name) : "lane " + juce::String (lane + 1)), laying);
        if (parts[2] == "lock")
            target.set = [&laying, lane, &item, hold] (double v) {
                laying.change ([&] (Overlay& o) { v >= 0.5 ? hold (o, lane) : item.set (o, lane, 0.0f); });
            };
        return target;
    }
    return std::nullopt;
}

std::optional<LearnTarget> melodyTargetOf (const juce::String& name, Laying& laying)
{
    for (const auto& item : melodyItems)
        if (name == item.id)
            return overlayTarget (item, 0, item.deed, laying);
    return std::nullopt;
}

std::optional<LearnTarget> actionTargetOf (const juce::String& id, const LearnActions& actions)
{
    for (const auto& action : actions)
        if (id == action.id) {
            LearnTarget target;
            target.name = action.name;
            target.act = action.act;
            return target;
        }
    return std::nullopt;
}

} // namespace

std::optional<LearnTarget> learnTarget (const juce::String& name, juce::AudioProcessorValueTreeState& parameters, LaneDeeds& deeds, LaneSounds& sounds,
                                        Laying& laying, const LaneHolder& hold, const LearnActions& actions)
{
    if (auto* const parameter = parameters.getParameter (name))
        return parameterTarget (*parameter);
    const auto parts = juce::StringArray::fromTokens (name, "/", {});
    if (parts.size() == 2 && parts[0] == "melody")
        return melodyTargetOf (parts[1], laying);
    if (parts.size() == 2 && parts[0] == "action")
        return actionTargetOf (parts[1], actions);
    if (parts.size() != 3)
        return std::nullopt;
    return parts[0] == "kit" ? kitTargetOf (parts, deeds, sounds) : parts[0] == "lane" ? laneTargetOf (parts, laying, hold) : std::nullopt;
}

juce::String kitTarget (Voice voice, const juce::String& item) { return juce::String ("kit/") + laneNames[static_cast<std::size_t> (voice)].id + "/" + item; }

juce::String melodyTarget (const juce::String& item) { return "melody/" + item; }

juce::String actionTarget (const juce::String& id) { return "action/" + id; }

juce::String laneTarget (std::size_t lane, const juce::String& item) { return "lane/" + juce::String (lane) + "/" + item; }

} // namespace groovefield
