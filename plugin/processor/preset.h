// A preset: the parameters, what is laid over the field, and the kit's settings. No model, no sounds of the user's own, and
// nothing of where notes go: those are the project's.
//
// As JSON, in the plugin's own list (plugin/data/presets.json) and in the user's files:
//   name, category, about, tags, bpm (a tempo that suits it)
//   set       parameters by ID, in their own units; a choice or the style may be a name; what is left out is at its default
//   kit       by lane ID: level, pan, tune, decay, velocity, choke; what is left out is as the kit is made
//   style     the style's name where `set` has its number: on a model that has its styles in other places the name counts
//   overlay   all that is laid over the field, as the state keeps it (overlay_bytes.h), in base 64; over it comes what is
//             written in words (preset_overlay.h)
//   model     name and sha256 of the model that a user's preset was made on
#pragma once

#include "../kit/kit_settings.h"
#include "../player/overlay.h"

#include <juce_core/juce_core.h>

#include <map>
#include <memory>

namespace groovefield {

struct ParameterSpec;

/// What a state says of the preset that was loaded last; an empty name: none was.
struct PresetName {
    bool users = false;
    juce::String name;
    bool operator== (const PresetName& o) const noexcept { return users == o.users && name == o.name; }
};

struct Preset {
    juce::String name, category, about;
    juce::StringArray tags;
    double bpm = 0.0;                        ///< 0: none is named
    std::map<juce::String, float> values;    ///< of parameters, by ID
    juce::String style;                      ///< by name, which counts where `values` has another; empty: as `values` says
    KitSettings kit;
    std::shared_ptr<const Overlay> overlay = std::make_shared<const Overlay>();
    juce::String modelName, modelDigest;     ///< of a user's; empty: the default model
    juce::File file;                         ///< the user's; else none
    bool users = false;

    bool matches (const juce::String& search) const;   ///< every word of it is somewhere in the texts
};

/// All [message].
/// Where notes go, how loud the whole is and whether it runs by itself: presets leave these as they are.
bool isPresetParameter (const juce::String& id);

/// The style that a value of Style is nearest to; empty: the field itself.
juce::String styleNear (float value, const juce::StringArray& styles);

/// The value of a parameter under a preset, in its own unit, on a model with these styles.
float valueUnder (const Preset&, const ParameterSpec&, const juce::StringArray& styles);

/// Nothing, and a reason, if it cannot be used. Numbers out of their range are brought into it.
std::shared_ptr<const Preset> readPreset (const juce::var&, juce::String& reason);
juce::var presetJson (const Preset&);

/// Those that come with the plugin, read once.
const std::vector<std::shared_ptr<const Preset>>& factoryPresets();

} // namespace groovefield
