// The parameters, once: what hosts automate and what docs/parameters.md prints.
//
// IDs, units and order never change once shipped; new ones go to the end.
#pragma once

#include "../player/feel.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <vector>

namespace groovefield {

enum class Unit { none, percent, percentOfStep, decibels, steps, velocity, semitones, onOff, choice };

/// One parameter: its stable ID and how it reads in a host.
struct ParameterSpec {
    juce::String id, name;
    Unit unit;
    float minimum, maximum, normal;
    juce::String meaning;
    juce::StringArray choices {};   ///< of Unit::choice, one for each value from 0 on
    juce::String group {};          ///< its heading in a host's list; those of one group follow each other
};

/// What the notes go to.
enum class Output { kit, midi, both };

/// The lanes that have parameters of their own, in the order of models/groovefield/lanes.py.
struct LaneName { const char* id; const char* name; };
constexpr std::size_t parameterLanes = 11;
extern const std::array<LaneName, parameterLanes> laneNames;

/// The parameters that say where on the pad it is, X and Y first.
constexpr std::array<const char*, maxLatents> latentIds { "x", "y", "z3", "z4", "z5", "z6", "z7", "z8" };

/// The whole table, in order.
const std::vector<ParameterSpec>& parameterTable();

/// The styles of the model that plays; hosts ask for their names on any thread.
using StyleNames = std::function<juce::StringArray()>;

/// In groups, as hosts show them; the order is the table's.
juce::AudioProcessorValueTreeState::ParameterLayout makeParameterLayout (StyleNames);

/// Reads the parameters on the audio thread: pointers to the values, looked up once. Hosts may
/// automate anything: what is no number reads as the default, what lies outside as the range's end.
class ParameterValues {
public:
    explicit ParameterValues (juce::AudioProcessorValueTreeState&);

    PlayParameters play() const noexcept;     // [audio]
    Output output() const noexcept;           // [audio]
    float gain() const noexcept;              // [audio] linear; 0 at the bottom of the range
    bool freeRun() const noexcept;            // [audio]

private:
    struct Value {
        const std::atomic<float>* raw;
        float minimum, maximum, normal;
    };

    float value (std::size_t index) const noexcept;

    std::vector<Value> values; // in the table's order
};

} // namespace groovefield
