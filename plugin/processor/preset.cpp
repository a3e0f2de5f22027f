#include "preset.h"

#include "groovefield_data.h"
#include "overlay_bytes.h"
#include "parameters.h"
#include "safe_json.h"
#include "user_files.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr int form = 1, longestText = 200, mostTags = 16;
constexpr const char* formProperty = "groovefield_preset";

struct KitEntry {
    const char* name;
    float VoiceSettings::*member;
};
constexpr KitEntry kitEntries[] = { { "level", &VoiceSettings::level }, { "pan", &VoiceSettings::pan }, { "tune", &VoiceSettings::tune },
                                    { "decay", &VoiceSettings::decay }, { "velocity", &VoiceSettings::velocity } };

bool isNumber (const juce::var& value) { return value.isInt() || value.isInt64() || value.isDouble(); }

float within (const juce::var& value, float low, float high, float normal)
{
    const auto number = static_cast<double> (value);
    return isNumber (value) && std::isfinite (number) ? static_cast<float> (std::clamp (number, double { low }, double { high })) : normal;
}

// Of an array; `normal` where it has no such number.
float numberAt (const juce::var& array, std::size_t index, float low, float high, float normal)
{
    const auto* numbers = array.getArray();
    const auto at = static_cast<int> (index);
    return numbers != nullptr && at < numbers->size() ? within (numbers->getReference (at), low, high, normal) : normal;
}

juce::String textOf (const juce::var& value) { return value.isString() ? UserFiles::tidy (value.toString()).substring (0, longestText) : juce::String(); }

void readValues (const juce::var& set, Preset& preset)
{
    for (const auto& spec : parameterTable()) {
        const auto& value = set[juce::Identifier (spec.id)];
        if (spec.id == "style" && value.isString())
            preset.style = textOf (value);
        else if (value.isString() && spec.choices.contains (value.toString()))
            preset.values[spec.id] = static_cast<float> (spec.choices.indexOf (value.toString()));
        else if (isNumber (value) && isPresetParameter (spec.id))
            preset.values[spec.id] = within (value, spec.minimum, spec.maximum, spec.normal);
    }
}

KitSettings readKitOf (const juce::var& kit)
{
    KitSettings settings;
    for (std::size_t lane = 0; lane < parameterLanes; ++lane) {
        const auto& drum = kit[juce::Identifier (laneNames[lane].id)];
        auto& voice = settings.voices[lane];
        for (const auto& entry : kitEntries)
            if (const auto& value = drum[entry.name]; isNumber (value))
                voice.*entry.member = static_cast<float> (static_cast<double> (value));
        if (const auto& choke = drum["choke"]; choke.isInt())
            voice.choke = choke;
    }
    return settings.withinRange();
}

double beatsOf (const juce::var& value, double normal) { return double { within (value, 1.0f / 16.0f, 1024.0f, static_cast<float> (normal)) }; }

// The parts of an overlay that people write by hand.
void readMotion (const juce::var& json, Overlay& overlay)
{
    for (std::size_t lane = 0; lane < parameterLanes; ++lane)
        overlay.feel[lane].push = within (json["push"][juce::Identifier (laneNames[lane].id)], -0.5f, 0.5f, overlay.feel[lane].push);
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
    readMotion (json, *overlay);
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

float valueUnder (const Preset& preset, const ParameterSpec& spec, const juce::StringArray& styles)
{
    if (spec.id == "style" && preset.style.isNotEmpty()) {
        const auto named = styles.indexOf (preset.style, true);
        return named >= 0 ? static_cast<float> (named + 1) / static_cast<float> (styles.size()) : spec.normal;
    }
    const auto found = preset.values.find (spec.id);
    return found != preset.values.end() ? found->second : spec.normal;
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
    preset->bpm = double { within (json["bpm"], 0, 400, 0) };
    preset->modelName = textOf (json["model"]["name"]);
    preset->modelDigest = textOf (json["model"]["sha256"]);
    if (preset->name.isEmpty() || json["set"].getDynamicObject() == nullptr) {
        reason = "it is no preset: it has no name, or sets nothing";
        return nullptr;
    }
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
    if (preset.style.isNotEmpty())
        set->setProperty ("style", preset.style);
    for (std::size_t lane = 0; lane < parameterLanes; ++lane) {
        auto drum = object();
        for (const auto& entry : kitEntries)
            drum->setProperty (entry.name, double { preset.kit.voices[lane].*entry.member });
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
