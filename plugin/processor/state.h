// The plugin's state: a list of chunks, each with its own checksum, so that a damaged or newer
// state gives all that can be read of it.
//
//   "GFST", u32 format version
//   then chunks: 4-letter name, u32 size, u32 CRC-32, bytes
//     PARM  parameters, as the value tree's XML
//     MODL  the model's portable form, compressed
//     PATT  the last pattern: it plays until the first answer comes, the process's or the built-in field's
//     NOTE  note map: channel, then 16 notes (-1: the model's own)
//     SIDE  the other side of A and B: u8 1 if what plays is B, then a state; without a model, it has this one's
//     OVER  what was laid over the field (overlay_bytes.h)
//     KITS  the kit's settings (kit_state.h)
//     PRST  the preset that was loaded last: u8 1 if it is the user's, then its name
//     MIDI  learned controllers (midi_learn.h)
//     SMPL  a one-shot sample and its drum (sample_file.h), one chunk each, 8 MB of them at most
//
// A chunk of an unknown name is passed over. The version counts up only when a chunk's meaning
// changes; every released form stays readable (tests/fixtures).
#pragma once

#include "../../bridge/shell/pattern.h"
#include "../player/pattern_player.h"
#include "kit_state.h"
#include "midi_learn.h"
#include "model.h"
#include "preset.h"

#include <juce_data_structures/juce_data_structures.h>

#include <memory>
#include <optional>

namespace groovefield {

constexpr std::uint32_t stateVersion = 1;

struct PluginState {
    juce::ValueTree parameters;
    std::shared_ptr<const Model> model;
    std::optional<Pattern> pattern;
    std::optional<NoteMap> notes;
    std::shared_ptr<const Overlay> overlay;
    std::optional<KitSettings> kit;
    PresetName preset;
    LearnedControllers controllers;   ///< of the instance: A and B have the same ones
    KeptSamples samples;
    bool ours = false;        ///< it is a state of Groovefield's, whatever is left of it
    std::shared_ptr<const PluginState> other;   ///< of A and B, the one that does not play; null: none
    bool isB = false;                           ///< which one plays
    juce::String complaint;   ///< a sentence when something could not be read; else empty
};

/// [message] Any thread but the audio thread. Compresses nothing.
void writeState (const PluginState&, juce::MemoryBlock& into);

/// [message] Never throws; what cannot be read is left out and said in `complaint`.
PluginState readState (const void* data, std::size_t size);

} // namespace groovefield
