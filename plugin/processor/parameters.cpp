#include "parameters.h"

#include "parameter_text.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

// Places in the table.
enum : std::size_t {
    xIndex = 0, thresholdIndex = 8, stepsIndex, grooveIndex, swingIndex, velocityIndex, humaniseIndex, wanderIndex,
    seedIndex, noteLengthIndex, levelIndex, outputIndex, freeRunIndex, muteIndex, densityIndex = muteIndex + parameterLanes,
    styleIndex = densityIndex + parameterLanes, motionIndex, motionSizeIndex, motionSpeedIndex, variationIndex, fillIndex, fillAmountIndex,
    divisionIndex, timeIndex, rotateIndex, softestIndex, changeIndex, transposeIndex
};

constexpr float silentDecibels = -60.0f;
const juce::StringArray outputChoices { "Kit", "MIDI", "Kit + MIDI" };
const juce::StringArray motionChoices { "Off", "Path", "Points" };

// The headings of a host's list, and where in the table each begins.
const std::vector<std::pair<std::size_t, const char*>> groupsFrom {
    { xIndex, "Place" }, { thresholdIndex, "Groove" }, { levelIndex, "Output" }, { muteIndex, "Mute" }, { densityIndex, "Density" },
    { styleIndex, "Style" }, { motionIndex, "Motion" }, { variationIndex, "Variation and fill" }, { divisionIndex, "Time and change" },
    { transposeIndex, "Notes" },
};

// Each choice and what it stands for.
const juce::StringArray motionSpeedChoices { "1/4", "1/2", "1", "2", "4" };
constexpr std::array<double, 5> motionSpeeds { 0.25, 0.5, 1.0, 2.0, 4.0 };
const juce::StringArray fillChoices { "Off", "Every bar", "Every 2 bars", "Every 4 bars", "Every 8 bars", "Every 16 bars" };
constexpr std::array<int, 6> fillBars { 0, 1, 2, 4, 8, 16 };
const juce::StringArray divisionChoices { "Pattern", "1/8", "1/8T", "1/16", "1/16T", "1/32" };
constexpr std::array<double, 6> divisions { 0.0, 2.0, 3.0, 4.0, 6.0, 8.0 };   // steps a beat
const juce::StringArray timeChoices { "Half", "Normal", "Double" };
constexpr std::array<double, 3> times { 0.5, 1.0, 2.0 };
const juce::StringArray changeChoices { "At once", "Beat", "Bar", "Cycle" };

ParameterSpec choice (const char* id, const char* name, const juce::StringArray& choices, int normal, const char* meaning)
{
    return { id, name, Unit::choice, 0, static_cast<float> (choices.size() - 1), static_cast<float> (normal), meaning, choices };
}

std::vector<ParameterSpec> makeTable()
{
    std::vector<ParameterSpec> table {
        { "x", "X", Unit::none, 0, 1, 0.5f, "Place on the pad, left to right" },
        { "y", "Y", Unit::none, 0, 1, 0.5f, "Place on the pad, bottom to top" },
    };
    for (int z = 3; z <= 8; ++z)
        table.push_back ({ "z" + juce::String (z), "Z" + juce::String (z), Unit::none, 0, 1, 0.5f,
                           "Further dimension of the field, used when the model has it" });

    const std::vector<ParameterSpec> playing {
        { "threshold", "Threshold", Unit::none, 0, 1, 0.5f, "Hits more probable than this sound: lower is denser" },
        { "steps", "Steps", Unit::steps, 1, 128, 32, "Length of the cycle, at most the pattern's own" },
        { "groove", "Groove", Unit::percent, 0, 200, 100, "Amount of the learned micro-timing" },
        { "swing", "Swing", Unit::percent, 50, 75, 50, "Where the second step of each pair falls" },
        { "velocity", "Velocity amount", Unit::percent, 0, 200, 100, "Amount of the learned accents" },
        { "humanise", "Humanise", Unit::percent, 0, 100, 0, "How much of the learned spread of timing and accents is drawn" },
        { "wander", "Wander", Unit::percent, 0, 100, 0, "How far the position strays around where it was put" },
        { "seed", "Seed", Unit::none, 0, 999, 0, "Which draws humanise and wander make" },
        { "note_length", "Note length", Unit::percentOfStep, 1, 400, 50, "Length of the MIDI notes" },
        { "level", "Output level", Unit::decibels, silentDecibels, 6, 0, "Level of the kit" },
        choice ("output", "Output", outputChoices, 2, "Where the notes go: the kit, MIDI out, or both"),
        { "free_run", "Free run", Unit::onOff, 0, 1, 0, "Plays while the host stands still" },
    };
    table.insert (table.end(), playing.begin(), playing.end());

    for (const auto& lane : laneNames)
        table.push_back ({ juce::String ("mute_") + lane.id, juce::String ("Mute ") + lane.name, Unit::onOff, 0, 1, 0,
                           "Silences the lane" });
    for (const auto& lane : laneNames)
        table.push_back ({ juce::String ("density_") + lane.id, juce::String ("Density ") + lane.name, Unit::percent, 0, 100, 50,
                           "Hits of the lane: 0 none, 50 as the threshold says, 100 every step that can" });
    table.push_back ({ "style", "Style", Unit::none, 0, 1, 0,
                       "0 is the field itself; from there to 1 the model's styles follow, at equal distances" });

    const std::vector<ParameterSpec> moving {
        choice ("motion", "Motion", motionChoices, 0, "Moves the position by itself: along the recorded path, or from point to point"),
        { "motion_size", "Motion size", Unit::percent, 0, 200, 100, "How large the path is played; how near the points are reached" },
        choice ("motion_speed", "Motion speed", motionSpeedChoices, 2, "How fast the path and the points go by"),
        { "variation", "Variation", Unit::percent, 0, 100, 30, "How far takes stray from the field" },
        choice ("fill", "Fill", fillChoices, 0, "How often a bar ends in a fill"),
        { "fill_amount", "Fill amount", Unit::percent, 0, 100, 100, "How much of a fill it is" },
    };
    table.insert (table.end(), moving.begin(), moving.end());

    const std::vector<ParameterSpec> feel {
        choice ("division", "Division", divisionChoices, 0, "How long a step lasts: as in the pattern, or an 8th to a 32nd; T is a triplet"),
        choice ("time", "Time", timeChoices, 1, "Half time and double time: the pattern half or twice as fast"),
        { "rotate", "Rotate", Unit::steps, -64, 64, 0, "Turns the cycle: to the right, later; to the left, earlier" },
        { "velocity_floor", "Velocity floor", Unit::velocity, 1, 127, 1, "No hit is softer than this" },
        choice ("change", "Change", changeChoices, 0, "When another place on the pad begins to be heard"),
        { "transpose", "Transpose", Unit::semitones, -24, 24, 0, "Note mode: moves the whole line up or down" },
    };
    table.insert (table.end(), feel.begin(), feel.end());
    for (const auto& [from, group] : groupsFrom)
        for (auto i = from; i < table.size(); ++i)
            table[i].group = group;
    return table;
}

juce::String unitLabel (Unit unit)
{
    switch (unit) {
        case Unit::percent:
        case Unit::percentOfStep: return "%";
        case Unit::decibels: return "dB";
        case Unit::semitones: return "st";
        case Unit::steps: return "steps";
        case Unit::none:
        case Unit::velocity:
        case Unit::onOff:
        case Unit::choice: break;
    }
    return {};
}

// JUCE's own counts as continuous in hosts, which then draw slopes between whole numbers.
struct WholeParameter final : juce::AudioParameterInt {
    using AudioParameterInt::AudioParameterInt;
    bool isDiscrete() const override { return true; }
};

std::unique_ptr<juce::RangedAudioParameter> makeStyle (const ParameterSpec& spec, const StyleNames& styles)
{
    const auto attributes = juce::AudioParameterFloatAttributes()
                                .withStringFromValueFunction ([styles] (float v, int) { return styleText (styles(), double { v }); })
                                .withValueFromStringFunction ([styles] (const juce::String& text) {
                                    return static_cast<float> (std::clamp (styleNamed (styles(), text, 0.0), 0.0, 1.0));
                                });
    return std::make_unique<juce::AudioParameterFloat> (juce::ParameterID { spec.id, 1 }, spec.name,
                                                        juce::NormalisableRange<float> (spec.minimum, spec.maximum), spec.normal, attributes);
}

std::unique_ptr<juce::RangedAudioParameter> makeParameter (const ParameterSpec& spec, const StyleNames& styles)
{
    const juce::ParameterID id { spec.id, 1 };
    if (spec.id == "style")
        return makeStyle (spec, styles);
    if (spec.unit == Unit::onOff)
        return std::make_unique<juce::AudioParameterBool> (id, spec.name, spec.normal > 0.5f);
    if (spec.unit == Unit::choice)
        return std::make_unique<juce::AudioParameterChoice> (id, spec.name, spec.choices, static_cast<int> (spec.normal));
    if (spec.unit == Unit::steps || spec.unit == Unit::velocity || spec.unit == Unit::semitones || spec.id == "seed")
        return std::make_unique<WholeParameter> (id, spec.name, static_cast<int> (spec.minimum), static_cast<int> (spec.maximum),
                                                 static_cast<int> (spec.normal),
                                                 juce::AudioParameterIntAttributes().withLabel (unitLabel (spec.unit)));
    const int decimals = spec.unit == Unit::none ? 3 : (spec.unit == Unit::decibels ? 1 : 0);
    const auto silent = spec.unit == Unit::decibels;
    const auto attributes = juce::AudioParameterFloatAttributes()
                                .withLabel (unitLabel (spec.unit))
                                .withStringFromValueFunction ([decimals, silent] (float v, int) {
                                    return silent && v <= silentDecibels ? juce::String ("-inf") : juce::String (v, decimals);
                                });
    return std::make_unique<juce::AudioParameterFloat> (id, spec.name, juce::NormalisableRange<float> (spec.minimum, spec.maximum),
                                                        spec.normal, attributes);
}

} // namespace

const std::array<LaneName, parameterLanes> laneNames { {
    { "kick", "Kick" }, { "snare", "Snare" }, { "closed_hat", "Closed hat" }, { "open_hat", "Open hat" },
    { "low_tom", "Low tom" }, { "mid_tom", "Mid tom" }, { "high_tom", "High tom" }, { "clap", "Clap" },
    { "rim", "Rim" }, { "ride", "Ride" }, { "crash", "Crash" },
} };

const std::vector<ParameterSpec>& parameterTable()
{
    static const auto table = makeTable();
    return table;
}

juce::AudioProcessorValueTreeState::ParameterLayout makeParameterLayout (StyleNames styles)
{
    juce::AudioProcessorValueTreeState::ParameterLayout layout;
    std::unique_ptr<juce::AudioProcessorParameterGroup> group;
    for (const auto& spec : parameterTable()) {
        if (group == nullptr || group->getName() != spec.group) {
            if (group != nullptr)
                layout.add (std::move (group));
            group = std::make_unique<juce::AudioProcessorParameterGroup> (spec.group.toLowerCase().replaceCharacter (' ', '_'), spec.group, " | ");
        }
        group->addChild (makeParameter (spec, styles));
    }
    layout.add (std::move (group));
    return layout;
}

ParameterValues::ParameterValues (juce::AudioProcessorValueTreeState& state)
{
    for (const auto& spec : parameterTable())
        values.push_back ({ state.getRawParameterValue (spec.id), spec.minimum, spec.maximum, spec.normal });
}

float ParameterValues::value (std::size_t index) const noexcept
{
    const auto& v = values[index];
    const auto raw = v.raw->load (std::memory_order_relaxed);
    return std::isfinite (raw) ? std::clamp (raw, v.minimum, v.maximum) : v.normal;
}

PlayParameters ParameterValues::play() const noexcept
{
    constexpr double percent = 0.01;
    PlayParameters p;
    for (std::size_t i = 0; i < maxLatents; ++i)
        p.position.latent[i] = value (xIndex + i);
    p.position.style = value (styleIndex);
    p.threshold = double { value (thresholdIndex) };
    p.steps = static_cast<int> (value (stepsIndex));
    p.groove = double { value (grooveIndex) } * percent;
    p.swing = double { value (swingIndex) } * percent;
    p.velocityAmount = double { value (velocityIndex) } * percent;
    p.humanise = double { value (humaniseIndex) } * percent;
    p.wander = double { value (wanderIndex) } * percent;
    p.seed = static_cast<std::int64_t> (value (seedIndex));
    p.noteLength = double { value (noteLengthIndex) } * percent;
    p.motion = static_cast<Motion> (static_cast<int> (value (motionIndex)));
    p.motionSize = double { value (motionSizeIndex) } * percent;
    p.motionSpeed = motionSpeeds[static_cast<std::size_t> (value (motionSpeedIndex))];
    p.variation = double { value (variationIndex) } * percent;
    p.fillBars = fillBars[static_cast<std::size_t> (value (fillIndex))];
    p.fillAmount = double { value (fillAmountIndex) } * percent;
    p.division = divisions[static_cast<std::size_t> (value (divisionIndex))];
    p.time = times[static_cast<std::size_t> (value (timeIndex))];
    p.rotate = static_cast<int> (value (rotateIndex));
    p.softest = static_cast<int> (value (softestIndex));
    p.change = static_cast<Change> (static_cast<int> (value (changeIndex)));
    p.transpose = static_cast<int> (value (transposeIndex));
    for (std::size_t lane = 0; lane < parameterLanes; ++lane) {
        p.mute[lane] = value (muteIndex + lane) > 0.5f;
        p.density[lane] = double { value (densityIndex + lane) } * percent;
    }
    return p;
}

Output ParameterValues::output() const noexcept { return static_cast<Output> (static_cast<int> (value (outputIndex))); }

float ParameterValues::gain() const noexcept
{
    const auto decibels = value (levelIndex);
    return decibels <= silentDecibels ? 0.0f : std::pow (10.0f, decibels * 0.05f);
}

bool ParameterValues::freeRun() const noexcept { return value (freeRunIndex) > 0.5f; }

} // namespace groovefield
