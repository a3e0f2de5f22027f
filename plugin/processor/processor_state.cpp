// What a project keeps of an instance, what becomes of an instance when it is given that back, and A and B.
#include "processor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace groovefield {

namespace {

const juce::Identifier editorWidthProperty { "editor_width" }, editorHeightProperty { "editor_height" }, editorZoomProperty { "editor_zoom" };

void add (juce::String& complaint, const juce::String& sentence) { complaint = (complaint + " " + sentence).trim(); }

// Gives each parameter whose value is no number its default, and says which.
void mendParameters (const juce::ValueTree& tree, juce::String& complaint)
{
    const auto& table = parameterTable();
    juce::StringArray mended;
    for (auto child : tree) {
        if (std::abs (static_cast<double> (child.getProperty ("value", 0.0))) <= double { std::numeric_limits<float>::max() })
            continue;
        const auto id = child.getProperty ("id").toString();
        const auto spec = std::find_if (table.begin(), table.end(), [&] (const ParameterSpec& s) { return s.id == id; });
        child.setProperty ("value", spec != table.end() ? spec->normal : 0.0f, nullptr);
        mended.addIfNotAlreadyThere (spec != table.end() ? spec->name : "a parameter that this version does not know");
    }
    if (! mended.isEmpty())
        add (complaint, "This state has no number for " + mended.joinIntoString (", ") + ": the default was taken.");
}

} // namespace

PluginState Processor::capture()
{
    PluginState state;
    state.parameters = parameters.copyState();
    state.notes = noteMap();
    state.overlay = laying.overlay();
    state.kit = sounds.settings();
    state.preset = presets.on();
    state.samples = sounds.samples();
    state.ours = true;
    Pattern present;
    if (pattern (present))
        state.pattern = present;
    const std::lock_guard<std::mutex> lock (messageLock);
    state.model = model;
    return state;
}

// Parameters that are no numbers are mended, and said.
void Processor::apply (PluginState state)
{
    if (state.parameters.isValid()) {
        if (state.parameters.hasType (parameters.state.getType())) {
            mendParameters (state.parameters, state.complaint);
            parameters.replaceState (state.parameters);
        } else {
            add (state.complaint, "The parameters in this state cannot be read: the rest was loaded.");
        }
    }
    if (state.model != nullptr)
        setModel (state.model);
    // A state from before there were any has the kit as it is made, and nothing laid over the field.
    if (state.ours) {
        laneDeeds.interrupt();
        sounds.setSettings (state.kit.value_or (KitSettings()));
        sounds.setSamples (state.samples);
        presets.setOn (state.preset);
        laying.restore (state.overlay != nullptr ? state.overlay : std::make_shared<const Overlay>(), currentModel()->stepsPerBeat);
    }
    motion.abandon();
    {
        const std::lock_guard<std::mutex> lock (messageLock);
        if (state.notes)
            chosenNotes.write (*state.notes);
        if (state.pattern) {
            state.pattern->id = 0;
            restoredPattern.write (*state.pattern);
        }
        earlier.reset();
        restoredComes.store (state.pattern.has_value());
        restoredWaits.store (state.pattern.has_value());
        stateComplaint = state.complaint;
    }
    stateLoaded.store (true);
}

void Processor::getStateInformation (juce::MemoryBlock& into)
{
    auto state = capture();
    state.parameters.setProperty (editorWidthProperty, editorWidth.load(), nullptr);
    state.parameters.setProperty (editorHeightProperty, editorHeight.load(), nullptr);
    state.parameters.setProperty (editorZoomProperty, editorZoom.load(), nullptr);
    padSettings.write (state.parameters);
    state.controllers = midiLearn.all();
    {
        const std::lock_guard<std::mutex> lock (messageLock);
        state.other = otherSide;
        state.isB = sideB;
    }
    writeState (state, into);
}

void Processor::setStateInformation (const void* data, int size)
{
    auto state = readState (data, static_cast<std::size_t> (std::max (0, size)));
    if (state.parameters.isValid()) {
        editorWidth = static_cast<int> (state.parameters.getProperty (editorWidthProperty, 0));
        editorHeight = static_cast<int> (state.parameters.getProperty (editorHeightProperty, 0));
        editorZoom = static_cast<int> (state.parameters.getProperty (editorZoomProperty, 100));    // the editor keeps it within its zooms
        padSettings.read (state.parameters);
    }
    {
        const std::lock_guard<std::mutex> lock (messageLock);
        otherSide = state.other;
        sideB = state.isB && state.other != nullptr;
    }
    if (state.ours)
        midiLearn.setAll (state.controllers);
    apply (std::move (state));
    history.forget();
}

bool Processor::playsB() const
{
    const std::lock_guard<std::mutex> lock (messageLock);
    return sideB;
}

void Processor::compare()
{
    history.settle();
    switchSide();
    history.add ("Compare", [this] { switchSide(); }, [this] { switchSide(); });
}

// The first time the other side is what plays: there is something to change and to come back from.
void Processor::switchSide()
{
    auto present = std::make_shared<PluginState> (capture());
    std::shared_ptr<const PluginState> next;
    {
        const std::lock_guard<std::mutex> lock (messageLock);
        next = otherSide != nullptr ? otherSide : present;
        otherSide = present;
        sideB = ! sideB;
    }
    auto state = *next;
    state.parameters = next->parameters.createCopy();
    apply (std::move (state));
    tellHost();
}

} // namespace groovefield
