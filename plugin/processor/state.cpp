#include "state.h"

#include "../../bridge/shell/crc32.h"
#include "overlay_bytes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace groovefield {

namespace {

constexpr char magic[] = { 'G', 'F', 'S', 'T' };
constexpr std::size_t headSize = 8, chunkHeadSize = 12;

void writeChunk (juce::OutputStream& out, const char* name, const void* data, std::size_t size)
{
    out.write (name, 4);
    out.writeInt (static_cast<int> (size));
    out.writeInt (static_cast<int> (crc32 (data, size)));
    out.write (data, size);
}

juce::MemoryBlock patternBytes (const Pattern& p)
{
    juce::MemoryOutputStream out;
    for (const auto number : { p.lanes, p.steps, p.stepsPerBeat, p.latents })
        out.writeInt (static_cast<int> (number));
    out.write (p.laneNote.data(), p.laneNote.size());
    for (const auto& name : p.laneName)
        out.write (name.data(), name.size());
    for (std::size_t i = 0; i < std::size_t { 5 } * p.lanes * p.steps; ++i)
        out.writeFloat (p.values[i]);
    return out.getMemoryBlock();
}

std::optional<Pattern> readPattern (juce::MemoryInputStream in)
{
    Pattern p;
    for (auto* number : { &p.lanes, &p.steps, &p.stepsPerBeat, &p.latents })
        *number = static_cast<std::uint32_t> (in.readInt());
    in.read (p.laneNote.data(), static_cast<int> (p.laneNote.size()));
    for (auto& name : p.laneName) {
        in.read (name.data(), static_cast<int> (name.size()));
        name.back() = 0;
    }
    const auto count = std::uint64_t { 5 } * p.lanes * p.steps;
    if (! p.valid() || p.stepsPerBeat < 1 || p.stepsPerBeat > maxSteps || p.latents < 1 || p.latents > maxLatents
        || in.getNumBytesRemaining() != static_cast<juce::int64> (count * sizeof (float)))
        return std::nullopt;
    for (auto& note : p.laneNote)
        note &= 0x7F;
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = in.readFloat();
        if (! std::isfinite (value) || std::abs (value) > 64.0f)
            return std::nullopt;
        p.values[i] = value;
    }
    return p;
}

std::optional<NoteMap> readNotes (juce::MemoryInputStream in)
{
    if (in.getTotalLength() != static_cast<juce::int64> (1 + maxLanes))
        return std::nullopt;
    NoteMap map;
    const auto channel = in.readByte();
    if (channel < 1 || channel > 16)
        return std::nullopt;
    map.channel = static_cast<std::uint8_t> (channel);
    for (auto& note : map.note)
        note = static_cast<std::int16_t> (std::max (-1, static_cast<int> (static_cast<std::int8_t> (in.readByte()))));
    return map;
}

// Takes one chunk into the state; false if its content is not what its name says.
PluginState readNested (const void* data, std::size_t size, bool sides);

bool takeChunk (const juce::String& name, const char* data, std::size_t size, bool sides, PluginState& state)
{
    if (name == "PARM") {
        // JUCE reads elements within elements by recursion: there are some fifty, and never thousands.
        constexpr std::ptrdiff_t mostElements = 2000;
        if (std::count (data, data + size, '<') > mostElements)
            return false;
        // Nor a document type: JUCE follows its entities, also one that names itself.
        constexpr std::array<char, 2> declaration { '<', '!' };
        if (std::search (data, data + size, declaration.begin(), declaration.end()) != data + size)
            return false;
        const auto xml = juce::parseXML (juce::String::fromUTF8 (data, static_cast<int> (size)));
        if (xml == nullptr)
            return false;
        state.parameters = juce::ValueTree::fromXml (*xml);
        return state.parameters.isValid();
    }
    if (name == "MODL") {
        auto read = readCompressedModel (data, size);
        state.model = read.model;
        return state.model != nullptr;
    }
    if (name == "PATT") {
        state.pattern = readPattern ({ data, size, false });
        return state.pattern.has_value();
    }
    if (name == "NOTE") {
        state.notes = readNotes ({ data, size, false });
        return state.notes.has_value();
    }
    if (name == "SIDE") {
        // A side has no sides of its own.
        if (size < 1 || ! sides)
            return false;
        auto other = std::make_shared<PluginState> (readNested (data + 1, size - 1, false));
        const auto whole = other->complaint.isEmpty() && other->parameters.isValid();
        state.isB = data[0] != 0;
        state.other = whole ? other : nullptr;
        return whole;
    }
    if (name == "OVER") {
        if (const auto read = readOverlay (data, size))
            state.overlay = std::make_shared<const Overlay> (*read);
        return state.overlay != nullptr;
    }
    if (name == "KITS") {
        state.kit = readKit (data, size);
        return state.kit.has_value();
    }
    if (name == "PRST") {
        constexpr std::size_t longest = 1024;
        if (size < 1 || size > longest || ! juce::CharPointer_UTF8::isValidString (data + 1, static_cast<int> (size - 1)))
            return false;
        state.preset = { data[0] != 0, juce::String::fromUTF8 (data + 1, static_cast<int> (size - 1)) };
        return true;
    }
    if (name == "MIDI") {
        const auto read = readLearned (data, size);
        state.controllers = read.value_or (LearnedControllers());
        return read.has_value();
    }
    if (name == "SMPL")
        return takeSample (data, size, state.samples);
    return true;
}

juce::String partName (const juce::String& chunk)
{
    if (chunk == "PARM")
        return "the parameters";
    if (chunk == "MODL")
        return "the model";
    if (chunk == "PATT")
        return "the pattern";
    if (chunk == "SIDE")
        return "the other side of A and B";
    if (chunk == "OVER")
        return "edits, locks and motion";
    if (chunk == "KITS")
        return "the kit's settings";
    if (chunk == "PRST")
        return "the preset's name";
    if (chunk == "MIDI")
        return "learned controllers";
    return "a part";
}

} // namespace

void writeState (const PluginState& state, juce::MemoryBlock& into)
{
    juce::MemoryOutputStream out (into, false);
    out.write (magic, sizeof magic);
    out.writeInt (static_cast<int> (stateVersion));

    if (const auto xml = state.parameters.createXml()) {
        const auto text = xml->toString (juce::XmlElement::TextFormat().singleLine()).toStdString();
        writeChunk (out, "PARM", text.data(), text.size());
    }
    if (state.notes) {
        juce::MemoryOutputStream notes;
        notes.writeByte (static_cast<char> (state.notes->channel));
        for (const auto note : state.notes->note)
            notes.writeByte (static_cast<char> (note));
        writeChunk (out, "NOTE", notes.getData(), notes.getDataSize());
    }
    if (state.overlay != nullptr) {
        const auto bytes = overlayBytes (*state.overlay);
        writeChunk (out, "OVER", bytes.getData(), bytes.getSize());
    }
    if (state.pattern && state.pattern->valid()) {
        const auto bytes = patternBytes (*state.pattern);
        writeChunk (out, "PATT", bytes.getData(), bytes.getSize());
    }
    if (state.kit) {
        const auto bytes = kitBytes (*state.kit);
        writeChunk (out, "KITS", bytes.getData(), bytes.getSize());
    }
    if (state.preset.name.isNotEmpty()) {
        juce::MemoryOutputStream bytes;
        bytes.writeBool (state.preset.users);
        bytes.write (state.preset.name.toRawUTF8(), state.preset.name.getNumBytesAsUTF8());
        writeChunk (out, "PRST", bytes.getData(), bytes.getDataSize());
    }
    if (! state.controllers.empty()) {
        const auto bytes = learnedBytes (state.controllers);
        writeChunk (out, "MIDI", bytes.getData(), bytes.getSize());
    }
    for (std::size_t v = 0; v < voiceCount; ++v)
        if (const auto& kept = state.samples[v]; kept != nullptr) {
            const auto bytes = sampleBytes (static_cast<Voice> (v), *kept);
            writeChunk (out, "SMPL", bytes.getData(), bytes.getSize());
        }
    if (state.other != nullptr) {
        auto other = *state.other;
        other.pattern.reset();
        other.other = nullptr;
        if (state.model != nullptr && other.model != nullptr && other.model->digest == state.model->digest)
            other.model = nullptr;
        juce::MemoryBlock bytes;
        writeState (other, bytes);
        const char side = state.isB ? 1 : 0;
        bytes.insert (&side, 1, 0);
        writeChunk (out, "SIDE", bytes.getData(), bytes.getSize());
    }
    if (state.model != nullptr)
        writeChunk (out, "MODL", state.model->compressed.getData(), state.model->compressed.getSize());
}

PluginState readState (const void* data, std::size_t size) { return readNested (data, size, true); }

namespace {

PluginState readNested (const void* data, std::size_t size, bool sides)
{
    PluginState state;
    const auto* bytes = static_cast<const char*> (data);
    if (data == nullptr || size < headSize || ! std::equal (std::begin (magic), std::end (magic), bytes)) {
        state.complaint = "This state is not one of Groovefield's: nothing was loaded.";
        return state;
    }
    state.ours = true;
    const auto version = juce::ByteOrder::littleEndianInt (bytes + sizeof magic);
    juce::StringArray damaged;

    std::size_t at = headSize;
    while (at < size) {
        if (size - at < chunkHeadSize) {
            damaged.add ("its end");
            break;
        }
        const auto name = juce::String::fromUTF8 (bytes + at, 4);
        const auto length = std::size_t { juce::ByteOrder::littleEndianInt (bytes + at + 4) };
        const auto sum = juce::ByteOrder::littleEndianInt (bytes + at + 8);
        at += chunkHeadSize;
        if (length > size - at) {
            damaged.add ("its end");
            break;
        }
        if (crc32 (bytes + at, length) != sum || ! takeChunk (name, bytes + at, length, sides, state))
            damaged.add (name == "SMPL" ? sampleInWords (bytes + at, length) : partName (name));
        at += length;
    }

    // A side without a model of its own has this one's, whatever is loaded later.
    if (state.other != nullptr && state.other->model == nullptr) {
        auto other = *state.other;
        other.model = state.model;
        state.other = std::make_shared<const PluginState> (std::move (other));
    }
    if (! damaged.isEmpty())
        state.complaint = "This state is damaged (" + damaged.joinIntoString (", ") + "): the rest was loaded.";
    else if (version > stateVersion)
        state.complaint = "This state was saved by a newer Groovefield (form " + juce::String (version)
                          + "): what this one knows of it was loaded.";
    return state;
}

} // namespace

} // namespace groovefield
