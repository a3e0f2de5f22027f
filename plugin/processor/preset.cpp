#include "preset.h"

#include "groovefield_data.h"
#include "overlay_bytes.h"
#include "parameters.h"
#include "preset_overlay.h"
#include "safe_json.h"
#include "user_files.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr int form = 1, longestText = 200, mostTags = 16;
constexpr const char* formProperty = "groovefield_preset";

juce::String textOf (const juce::var& value) { return value.isString() ? UserFiles::tidy (value.toString()).substring (0, longestText) : juce::String(); }

void readValues (const juce::var& set, Preset& preset)
{
    for (const auto& spec : parameterTable()) {
        const auto& value = set[juce::Identifier (spec.id)];
        if (spec.id == "style" && value.isString())
            preset.style = textOf (value);
        else if (value.isString() && spec.choices.contains (value.toString()))
            preset.values[spec.id] = static_cast<float> (spec.choices.indexOf (value.toString()));
        else if (! value.isVoid() && ! value.isString() && isPresetParameter (spec.id))
            preset.values[spec.id] = numberWithin (value, spec.minimum, spec.maximum, spec.normal);
    }
}

KitSettings readKitOf (const juce::var& kit)
{
    KitSettings settings;
    for (std::size_t lane = 0; lane < parameterLanes; ++lane) {
        const auto& drum = kit[juce::Identifier (laneNames[lane].id)];
        auto& voice = settings.voices[lane];
        for (const auto& item : voiceItems)
            voice.*item.member = numberWithin (drum[item.id], item.least, item.most, voice.*item.member);
        if (const auto& choke = drum["choke"]; choke.isInt())
            voice.choke = choke;
    }
    return settings.withinRange();
}

std::shared_ptr<const Overlay> readOverlayOf (const juce::var& json, juce::String& reason)
{
    auto overlay = std::make_shared<Overlay>();
    if (const auto& text = json["overlay"]; text.isString()) {
        juce::MemoryOutputStream bytes;
        const auto read = juce::Base64::convertFromBase64 (bytes, text.toString()) ? readOverlay (bytes.getData(), bytes.getDataSize()) : std::nullopt;
        if (! read) {
            reason = "its edits, locks and motion are damaged";
            return nullptr;
        }
        *overlay = *read;
    }
    readOverlayWords (json, *overlay);
    return overlay;
}

std::vector<std::shared_ptr<const Preset>> readFactory()
{
    std::vector<std::shared_ptr<const Preset>> presets;
    const auto list = readJson (juce::String::fromUTF8 (data::presets_json, data::presets_jsonSize));
    if (const auto* entries = list.getArray())
        for (const auto& entry : *entries) {
            juce::String reason;
            if (auto preset = readPreset (entry, reason))
                presets.push_back (std::move (preset));
        }
    return presets;
}

} // namespace

bool isPresetParameter (const juce::String& id) { return id != "output" && id != "level" && id != "free_run" && id != "change"; }

juce::String styleNear (float value, const juce::StringArray& styles) { return styles[juce::roundToInt (value * static_cast<float> (styles.size())) - 1]; }

float valueUnder (const Preset& preset, const ParameterSpec& spec, const juce::StringArray& styles)
{
    const auto found = preset.values.find (spec.id);
    const auto number = found != preset.values.end() ? found->second : spec.normal;
    if (spec.id != "style" || preset.style.isEmpty() || preset.style.equalsIgnoreCase (styleNear (number, styles)))
        return number;
    const auto named = styles.indexOf (preset.style, true);
    return named >= 0 ? static_cast<float> (named + 1) / static_cast<float> (styles.size()) : spec.normal;
}

bool Preset::matches (const juce::String& search) const
{
    const auto all = name + " " + category + " " + about + " " + tags.joinIntoString (" ");
    for (const auto& word : juce::StringArray::fromTokens (search, true))
        if (! all.containsIgnoreCase (word))
            return false;
    return true;
}

std::shared_ptr<const Preset> readPreset (const juce::var& json, juce::String& reason)
{
    if (static_cast<int> (json[formProperty]) > form) {
        reason = "a newer Groovefield made it";
        return nullptr;
    }
    auto preset = std::make_shared<Preset>();
    preset->name = textOf (json["name"]);
    preset->category = textOf (json["category"]);
    preset->about = textOf (json["about"]);
    if (const auto* tags = json["tags"].getArray())
        for (const auto& tag : *tags)
            if (preset->tags.size() < mostTags && textOf (tag).isNotEmpty())
                preset->tags.add (textOf (tag));
    preset->bpm = double { numberWithin (json["bpm"], 0, 400, 0) };
    preset->modelName = textOf (json["model"]["name"]);
    preset->modelDigest = textOf (json["model"]["sha256"]);
    if (preset->name.isEmpty() || json["set"].getDynamicObject() == nullptr) {
        reason = "it is no preset: it has no name, or sets nothing";
        return nullptr;
    }
    preset->style = textOf (json["style"]);
    readValues (json["set"], *preset);
    preset->kit = readKitOf (json["kit"]);
    preset->overlay = readOverlayOf (json, reason);
    return preset->overlay != nullptr ? preset : nullptr;
}

juce::var presetJson (const Preset& preset)
{
    const auto object = [] { return std::make_unique<juce::DynamicObject>(); };
    auto json = object(), set = object(), kit = object(), model = object();
    for (const auto& [id, value] : preset.values)
        set->setProperty (id, double { value });
    for (std::size_t lane = 0; lane < parameterLanes; ++lane) {
        auto drum = object();
        for (const auto& item : voiceItems)
            drum->setProperty (item.id, double { preset.kit.voices[lane].*item.member });
        drum->setProperty ("choke", preset.kit.voices[lane].choke);
        kit->setProperty (laneNames[lane].id, juce::var (drum.release()));
    }
    const auto bytes = overlayBytes (*preset.overlay);
    model->setProperty ("name", preset.modelName);
    model->setProperty ("sha256", preset.modelDigest);
    json->setProperty (formProperty, form);
    json->setProperty ("name", preset.name);
    json->setProperty ("category", preset.category);
    json->setProperty ("about", preset.about);
    json->setProperty ("tags", juce::var (preset.tags));
    json->setProperty ("bpm", preset.bpm);
    json->setProperty ("model", juce::var (model.release()));
    if (preset.style.isNotEmpty())
        json->setProperty ("style", preset.style);
    json->setProperty ("set", juce::var (set.release()));
    json->setProperty ("kit", juce::var (kit.release()));
    json->setProperty ("overlay", juce::Base64::toBase64 (bytes.getData(), bytes.getSize()));
    return juce::var (json.release());
}

const std::vector<std::shared_ptr<const Preset>>& factoryPresets()
{
    static const auto presets = readFactory();
    return presets;
}

} // namespace groovefield
