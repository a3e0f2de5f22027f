#include "presets.h"

#include "overlay_bytes.h"
#include "parameters.h"
#include "user_files.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

const UserFiles& files()
{
    static const UserFiles kept { "presets", ".preset.json", "preset" };
    return kept;
}

juce::String hexOf (const Sha256& digest) { return juce::String::toHexString (digest.data(), static_cast<int> (digest.size()), 0); }

// As the field of this model has it.
std::shared_ptr<const Overlay> fitting (std::shared_ptr<const Overlay> overlay, std::uint32_t stepsPerBeat)
{
    return overlay->stepsPerBeat == stepsPerBeat ? overlay : std::make_shared<const Overlay> (regridded (*overlay, stepsPerBeat));
}

// Under a preset without a melody the present one goes on; where a melody goes out is the project's.
std::shared_ptr<const Overlay> laidBy (const Preset& preset, const Overlay& present, std::uint32_t stepsPerBeat)
{
    auto overlay = std::make_shared<Overlay> (*fitting (preset.overlay, stepsPerBeat));
    if (preset.overlay->melody.sounds())
        overlay->melody.channel = present.melody.channel;
    else
        overlay->melody = present.melody;
    return overlay;
}

// A line that the preset before brought is silent under one without any; the musician's own stays, beside the drums.
std::shared_ptr<const Overlay> withLineOf (std::shared_ptr<const Overlay> laid, const Preset& preset, const Preset* before)
{
    if (preset.overlay->melody.sounds() || ! laid->melody.sounds())
        return laid;
    const bool brought = before != nullptr && before->overlay->melody.sounds();
    auto overlay = std::make_shared<Overlay> (*laid);
    overlay->melody.mode = brought ? Melody::Mode::off : Melody::Mode::beside;
    return overlay;
}

bool decides (const Preset& preset, const juce::String& parameter)
{
    return isPresetParameter (parameter) && (parameter != "transpose" || preset.overlay->melody.sounds());
}

} // namespace

/// All that a preset decides beside the parameters.
struct Presets::Present {
    std::shared_ptr<const Overlay> overlay;
    KitSettings kit;
    PresetName on;
};

Presets::Present Presets::present() const { return { reach.laying.overlay(), reach.sounds.settings(), on() }; }

void Presets::put (const Present& wanted)
{
    reach.laying.restore (wanted.overlay, reach.model()->stepsPerBeat);
    reach.sounds.setSettings (wanted.kit);
    setOn (wanted.on);
    reach.changed();
}

const Presets::List& Presets::all()
{
    list = factoryPresets();
    refused.clear();
    for (const auto& file : files().all()) {
        juce::String reason;
        const auto json = files().read (file, reason);
        if (reason.isNotEmpty()) {
            refused.add (reason);
        } else if (const auto read = readPreset (json, reason)) {
            auto own = *read;
            own.users = true;
            own.file = file;
            own.category = ownCategory;
            list.push_back (std::make_shared<const Preset> (std::move (own)));
        } else {
            refused.add ("The preset in " + file.getFileName() + " cannot be used: " + reason + ".");
        }
    }
    return list;
}

juce::StringArray Presets::categories()
{
    juce::StringArray names;
    for (const auto& preset : known())
        names.addIfNotAlreadyThere (preset->category);
    return names;
}

std::shared_ptr<const Preset> Presets::find (const PresetName& name)
{
    const auto& presets = known();
    const auto found = std::find_if (presets.begin(), presets.end(), [&] (const auto& p) { return p->users == name.users && p->name == name.name; });
    return found != presets.end() ? *found : nullptr;
}

// Every parameter that moves does so in a gesture, so that hosts record it; what is automated goes on by itself.
juce::String Presets::load (std::shared_ptr<const Preset> preset)
{
    reach.history.settle();
    const auto model = reach.model();
    const auto from = present();
    const auto before = find (from.on);
    const Present to { withLineOf (laidBy (*preset, *from.overlay, model->stepsPerBeat), *preset, before.get()), preset->kit, { preset->users, preset->name } };
    reach.history.begin();
    for (const auto& spec : parameterTable()) {
        auto* const parameter = reach.parameters.getParameter (spec.id);
        const auto value = parameter->convertTo0to1 (valueUnder (*preset, spec, model->styles));
        if (! decides (*preset, spec.id) || value == parameter->getValue())
            continue;
        parameter->beginChangeGesture();
        parameter->setValueNotifyingHost (value);
        parameter->endChangeGesture();
    }
    put (to);
    reach.history.end ("Load " + preset->name, [this, from] { put (from); }, [this, to] { put (to); });

    const auto madeOn = preset->modelDigest.isEmpty() ? hexOf (defaultModel()->digest) : preset->modelDigest;
    if (madeOn == hexOf (model->digest))
        return {};
    return preset->name + " was made on " + (preset->modelName.isEmpty() ? defaultModel()->name : preset->modelName)
           + ": on this model the same place plays other patterns.";
}

juce::String Presets::step (int by)
{
    const auto& presets = known();
    const auto size = static_cast<int> (presets.size());
    const auto now = on();
    const auto found = std::find_if (presets.begin(), presets.end(), [&] (const auto& p) { return p->users == now.users && p->name == now.name; });
    const auto at = found != presets.end() ? static_cast<int> (found - presets.begin()) + by : by > 0 ? 0 : -1;
    return load (presets[static_cast<std::size_t> ((at + size) % size)]);
}

Preset Presets::captured (const juce::String& name) const
{
    const auto model = reach.model();
    Preset preset;
    preset.name = UserFiles::tidy (name);
    preset.category = ownCategory;
    preset.users = true;
    for (const auto& spec : parameterTable())
        if (isPresetParameter (spec.id)) {
            const auto value = reach.parameters.getRawParameterValue (spec.id)->load();
            preset.values[spec.id] = std::isfinite (value) ? value : spec.normal;
            if (spec.id == "style")
                preset.style = styleNear (preset.values[spec.id], model->styles);
        }
    preset.kit = reach.sounds.settings();
    preset.overlay = reach.laying.overlay();
    preset.modelName = model->name;
    preset.modelDigest = hexOf (model->digest);
    return preset;
}

// The file that a preset of that name lies in; for a new name one that holds no other but, it may be, `itself`.
juce::File Presets::fileFor (const juce::String& name, const juce::File& itself)
{
    if (const auto kept = find ({ true, name }))
        return kept->file;
    const auto taken = [&] (const juce::File& file) {
        return file != itself && std::any_of (list.begin(), list.end(), [&] (const auto& p) { return p->users && p->file == file; });
    };
    auto file = files().fileFor (name);
    for (int number = 2; taken (file); ++number)
        file = files().fileFor (name + " " + juce::String (number));
    return file;
}

juce::String Presets::save (const juce::String& name)
{
    reach.history.settle();
    auto preset = captured (name);
    const PresetName kept { true, preset.name };
    if (! (on() == kept) && find (kept) != nullptr)
        return "There is a preset called " + preset.name + " already: choose another name, or load it and press Save.";
    // What was said of the one before goes with it.
    if (const auto before = find (on())) {
        preset.about = before->about;
        preset.tags = before->tags;
        preset.bpm = before->bpm;
    }
    if (const auto refusal = files().write (preset.name, presetJson (preset), fileFor (preset.name, {})); refusal.isNotEmpty())
        return refusal;
    setOn (kept);
    all();
    reach.changed();
    return {};
}

juce::String Presets::rename (const Preset& preset, const juce::String& to)
{
    auto renamed = preset;
    renamed.name = UserFiles::tidy (to);
    if (renamed.name == preset.name)
        return {};
    if (find ({ true, renamed.name }) != nullptr)
        return "There is a preset called " + renamed.name + " already.";
    // The same file on a disk that does not tell capitals apart, or one that somebody had named so.
    const auto file = fileFor (renamed.name, preset.file);
    const bool stays = file == preset.file || (file.exists() && file.getFileIdentifier() == preset.file.getFileIdentifier());
    if (const auto refusal = files().write (renamed.name, presetJson (renamed), stays ? preset.file : file); refusal.isNotEmpty())
        return refusal;
    const auto refusal = stays ? juce::String() : remove (preset);
    all();
    if (on() == PresetName { true, preset.name })
        setOn ({ true, renamed.name });
    return refusal;
}

juce::String Presets::remove (const Preset& preset)
{
    const auto refusal = files().remove (preset.file);
    all();
    return refusal;
}

PresetName Presets::on() const
{
    const std::lock_guard<std::mutex> guard (lock);
    return current;
}

void Presets::setOn (const PresetName& name)
{
    const std::lock_guard<std::mutex> guard (lock);
    current = name;
}

bool Presets::isEdited()
{
    const auto preset = on().name.isEmpty() ? nullptr : find (on());
    if (preset == nullptr)
        return false;
    const auto model = reach.model();
    constexpr float near = 1.0e-4f;
    for (const auto& spec : parameterTable()) {
        auto* const parameter = reach.parameters.getParameter (spec.id);
        if (decides (*preset, spec.id) && std::abs (parameter->convertTo0to1 (valueUnder (*preset, spec, model->styles)) - parameter->getValue()) > near)
            return true;
    }
    return reach.sounds.settings() != preset->kit
           || overlayBytes (*laidBy (*preset, *present().overlay, model->stepsPerBeat)) != overlayBytes (*present().overlay);
}

} // namespace groovefield
