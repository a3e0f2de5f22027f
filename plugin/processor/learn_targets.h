// What MIDI controllers can move, by name:
//   a parameter's ID            that parameter; Density, which is the threshold turned round, goes up clockwise
//   kit/LANE/ITEM               level, pan, tune, decay, velocity or choke of a drum, by its lane's ID
//   lane/NUMBER/ITEM            push, length, steps, rotate, solo or lock of a lane, by its place in the model
//   melody/ITEM                 mode, source, key, scale, octave, steps, length, channel or level
//   action/NAME                 a button: what a press of it does
#pragma once

#include "lane_deeds.h"
#include "laying.h"
#include "midi_learn.h"

#include <vector>

namespace groovefield {

/// Locks a lane as it plays.
using LaneHolder = std::function<void (Overlay&, std::size_t lane)>;

/// Buttons by the names that their targets have.
struct LearnAction {
    const char* id;
    juce::String name;
    std::function<void()> act;
};
using LearnActions = std::vector<LearnAction>;

/// [message] Nothing if there is no such control.
std::optional<LearnTarget> learnTarget (const juce::String& name, juce::AudioProcessorValueTreeState&, LaneDeeds&, LaneSounds&, Laying&, const LaneHolder&,
                                        const LearnActions&);

juce::String kitTarget (Voice, const juce::String& item);
juce::String laneTarget (std::size_t lane, const juce::String& item);
juce::String melodyTarget (const juce::String& item);
juce::String actionTarget (const juce::String& id);

} // namespace groovefield
