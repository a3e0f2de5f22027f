#include "learn_targets.h"

#include "parameters.h"

#include <cmath>

namespace groovefield {

namespace {

struct KitItem {
    const char *id, *deed;
    float VoiceSettings::*member;
    float low, high;
};
using V = VoiceSettings;
constexpr KitItem kitItems[] = { { "level", "Level of ", &V::level, V::silentLevel, V::mostLevel },
                                 { "pan", "Pan of ", &V::pan, -1.0f, 1.0f },
                                 { "tune", "Tune of ", &V::tune, -V::mostTune, V::mostTune },
                                 { "decay", "Decay of ", &V::decay, V::leastDecay, V::mostDecay },
                                 { "velocity", "Velocity to level of ", &V::velocity, 0.0f, V::mostVelocity } };

struct LaneItem {
    const char *id, *deed;
    float low, high;
    float (*get) (const LaneFeel&);
    void (*set) (LaneFeel&, float);
};
const LaneItem laneItems[] = {
    { "push", "Push of ", -0.5f, 0.5f, [] (const LaneFeel& f) { return f.push; }, [] (LaneFeel& f, float v) { f.push = v; } },
    { "length", "Note length of ", 0.0f, 4.0f, [] (const LaneFeel& f) { return f.noteLength; }, [] (LaneFeel& f, float v) { f.noteLength = v; } },
    { "steps", "Steps of ", 0.0f, 32.0f, [] (const LaneFeel& f) { return static_cast<float> (f.steps); },
      [] (LaneFeel& f, float v) { f.steps = juce::roundToInt (v); } },
    { "rotate", "Rotation of ", -32.0f, 32.0f, [] (const LaneFeel& f) { return static_cast<float> (f.rotate); },
      [] (LaneFeel& f, float v) { f.rotate = juce::roundToInt (v); } },
};

double toUnit (float value, float low, float high) { return double { (value - low) / (high - low) }; }
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

std::optional<LearnTarget> kitTargetOf (const juce::StringArray& parts, LaneDeeds& deeds, LaneSounds& sounds)
{
    for (std::size_t voice = 0; voice < parameterLanes; ++voice)
        for (const auto& item : kitItems) {
            if (parts[1] != laneNames[voice].id || parts[2] != item.id)
                continue;
            LearnTarget target;
            target.name = item.deed + juce::String (laneNames[voice].name);
            target.isDrag = true;
            target.get = [&sounds, voice, item] { return toUnit (sounds.settings().voices[voice].*item.member, item.low, item.high); };
            target.set = [&deeds, voice, item] (double v) {
                deeds.change ([&] (KitSettings& kit) { kit.voices[voice].*item.member = fromUnit (v, item.low, item.high); });
            };
            target.begin = [&deeds] {
                deeds.finish();
                deeds.begin();
            };
            target.end = [&deeds, name = target.name] { deeds.end (name); };
            return target;
        }
    return std::nullopt;
}

std::optional<LearnTarget> laneTargetOf (const juce::StringArray& parts, Laying& laying)
{
    const auto lane = static_cast<std::size_t> (parts[1].getIntValue());
    if (! parts[1].containsOnly ("0123456789") || lane >= maxLanes)
        return std::nullopt;
    for (const auto& item : laneItems) {
        if (parts[2] != item.id)
            continue;
        LearnTarget target;
        target.name = item.deed + (lane < parameterLanes ? juce::String (laneNames[lane].name) : "lane " + juce::String (lane + 1));
        target.isDrag = true;
        target.get = [&laying, lane, item] { return toUnit (item.get (laying.overlay()->feel[lane]), item.low, item.high); };
        target.set = [&laying, lane, item] (double v) {
            laying.change ([&] (Overlay& o) { item.set (o.feel[lane], fromUnit (v, item.low, item.high)); });
        };
        target.begin = [&laying] {
            laying.finish();
            laying.begin();
        };
        target.end = [&laying, name = target.name] { laying.end (name); };
        return target;
    }
    return std::nullopt;
}

} // namespace

std::optional<LearnTarget> learnTarget (const juce::String& name, juce::AudioProcessorValueTreeState& parameters, LaneDeeds& deeds, LaneSounds& sounds,
                                        Laying& laying)
{
    if (auto* const parameter = parameters.getParameter (name))
        return parameterTarget (*parameter);
    const auto parts = juce::StringArray::fromTokens (name, "/", {});
    if (parts.size() != 3)
        return std::nullopt;
    return parts[0] == "kit" ? kitTargetOf (parts, deeds, sounds) : parts[0] == "lane" ? laneTargetOf (parts, laying) : std::nullopt;
}

juce::String kitTarget (Voice voice, const juce::String& item) { return juce::String ("kit/") + laneNames[static_cast<std::size_t> (voice)].id + "/" + item; }

juce::String laneTarget (std::size_t lane, const juce::String& item) { return "lane/" + juce::String (lane) + "/" + item; }

} // namespace groovefield
