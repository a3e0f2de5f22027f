#include "model.h"

#include "../../bridge/shell/pattern.h"

#include "groovefield_data.h"
#include "safe_json.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace groovefield {

namespace {

constexpr std::size_t maxFileSize = 64u << 20;
constexpr std::size_t maxPortableSize = 8u << 20;
constexpr std::size_t maxHeaderSize = 1u << 20;
constexpr std::size_t pictureSize = 64 * 64 * 4;
constexpr int mostStyles = 16, longestStyle = 48;
constexpr const char *pictureName = "pad.picture", *itemsName = "pad.carried", *itemNamesName = "pad.carried_names";
constexpr std::size_t lengthSize = 8;   // a safetensors file begins with the length of its header

struct Tensor {
    juce::Identifier name;
    juce::var entry;
    std::size_t begin = 0, end = 0;
};

std::uint64_t readLength (const std::uint8_t* data)
{
    return juce::ByteOrder::littleEndianInt64 (data);
}

bool isPortable (const juce::String& name)
{
    return name.startsWith ("decoder.") || name == pictureName || name == itemsName || name == itemNamesName;
}

// The header's tensors in the order of their data; empty, and a reason, if one is out of bounds or
// shares its bytes with another (a small file could then grow without end when it is written anew).
std::vector<Tensor> tensorsOf (juce::DynamicObject& header, std::size_t dataSize, juce::String& reason)
{
    std::vector<Tensor> tensors;
    for (const auto& property : header.getProperties()) {
        if (property.name.toString() == "__metadata__")
            continue;
        const auto* offsets = property.value.getProperty ("data_offsets", {}).getArray();
        if (offsets == nullptr || offsets->size() != 2) {
            reason = "its tensor " + property.name.toString().quoted() + " has no place";
            return {};
        }
        const auto begin = static_cast<juce::int64> ((*offsets)[0]), end = static_cast<juce::int64> ((*offsets)[1]);
        if (begin < 0 || end < begin || static_cast<std::size_t> (end) > dataSize) {
            reason = "its tensor " + property.name.toString().quoted() + " lies outside the file";
            return {};
        }
        tensors.push_back ({ property.name, property.value, static_cast<std::size_t> (begin), static_cast<std::size_t> (end) });
    }
    std::sort (tensors.begin(), tensors.end(), [] (const Tensor& a, const Tensor& b) { return std::tie (a.begin, a.end) < std::tie (b.begin, b.end); });
    for (std::size_t i = 1; i < tensors.size(); ++i)
        if (tensors[i].begin < tensors[i - 1].end) {
            reason = "its tensors " + tensors[i - 1].name.toString().quoted() + " and " + tensors[i].name.toString().quoted()
                     + " lie in the same place";
            return {};
        }
    return tensors;
}

// Writes a safetensors file of the tensors that the portable form keeps.
std::vector<std::uint8_t> makePortable (const juce::var& metadata, const std::vector<Tensor>& tensors, const std::uint8_t* data)
{
    auto header = std::make_unique<juce::DynamicObject>();
    header->setProperty ("__metadata__", metadata);
    std::vector<std::uint8_t> body;
    for (const auto& tensor : tensors) {
        if (! isPortable (tensor.name.toString()))
            continue;
        auto entry = std::make_unique<juce::DynamicObject>();
        entry->setProperty ("dtype", tensor.entry.getProperty ("dtype", {}));
        entry->setProperty ("shape", tensor.entry.getProperty ("shape", {}));
        const auto begin = static_cast<juce::int64> (body.size());
        body.insert (body.end(), data + tensor.begin, data + tensor.end);
        entry->setProperty ("data_offsets", juce::Array<juce::var> { begin, static_cast<juce::int64> (body.size()) });
        header->setProperty (tensor.name, juce::var (entry.release()));
    }

    auto text = juce::JSON::toString (juce::var (header.release()), true).toStdString();
    text.append ((lengthSize - text.size() % lengthSize) % lengthSize, ' ');

    std::vector<std::uint8_t> file (lengthSize);
    const auto length = juce::ByteOrder::swapIfBigEndian (static_cast<juce::uint64> (text.size()));
    std::memcpy (file.data(), &length, lengthSize);
    file.insert (file.end(), text.begin(), text.end());
    file.insert (file.end(), body.begin(), body.end());
    return file;
}

const Tensor* find (const std::vector<Tensor>& tensors, const char* name)
{
    const auto found = std::find_if (tensors.begin(), tensors.end(), [&] (const Tensor& t) { return t.name.toString() == name; });
    return found != tensors.end() ? &*found : nullptr;
}

std::vector<std::uint8_t> pictureIn (const std::vector<Tensor>& tensors, const std::uint8_t* data)
{
    const auto* picture = find (tensors, pictureName);
    if (picture == nullptr || picture->end - picture->begin != pictureSize)
        return {};
    return { data + picture->begin, data + picture->end };
}

ModelItems itemsIn (const std::vector<Tensor>& tensors, const std::uint8_t* data, const juce::var& configuration)
{
    const auto *places = find (tensors, itemsName), *names = find (tensors, itemNamesName);
    if (places == nullptr || names == nullptr || names->end - names->begin > mostNameBytes
        || places->entry.getProperty ("dtype", {}).toString() != "F16")
        return {};
    const auto text = juce::String::fromUTF8 (reinterpret_cast<const char*> (data + names->begin), static_cast<int> (names->end - names->begin));
    return readItems (data + places->begin, places->end - places->begin, configuration.getProperty ("latents", 2), readJson (text));
}

juce::MemoryBlock compress (const std::vector<std::uint8_t>& bytes)
{
    juce::MemoryOutputStream out;
    {
        juce::GZIPCompressorOutputStream zip (out, 6);
        zip.write (bytes.data(), bytes.size());
    }
    return out.getMemoryBlock();
}

ModelResult refused (const juce::String& what, const juce::String& why) { return { nullptr, what + " is not a model: " + why + "." }; }

} // namespace

ModelResult readModel (const void* data, std::size_t size, const juce::String& what)
{
    const auto* bytes = static_cast<const std::uint8_t*> (data);
    if (size < lengthSize || size > maxFileSize)
        return refused (what, size < lengthSize ? "it is too short" : "it is too large");
    const auto headerSize = readLength (bytes);
    if (headerSize > maxHeaderSize || headerSize > size - lengthSize)
        return refused (what, "its header does not fit into it");

    const auto text = juce::String::fromUTF8 (reinterpret_cast<const char*> (bytes + lengthSize), static_cast<int> (headerSize));
    const auto header = readJson (text);
    auto* object = header.getDynamicObject();
    const auto metadata = header.getProperty ("__metadata__", {});
    const auto configuration = readJson (metadata.getProperty ("groovefield", {}).toString());
    if (object == nullptr || ! configuration.isObject())
        return refused (what, "it has no Groovefield header");

    const auto dataSize = size - lengthSize - static_cast<std::size_t> (headerSize);
    juce::String reason;
    const auto tensors = tensorsOf (*object, dataSize, reason);
    if (reason.isNotEmpty())
        return refused (what, reason);
    const auto portableCount = std::count_if (tensors.begin(), tensors.end(), [] (const Tensor& t) { return isPortable (t.name.toString()); });
    if (portableCount == 0)
        return refused (what, "it has no decoder");

    auto model = std::make_shared<Model>();
    if (static_cast<std::size_t> (portableCount) == tensors.size())
        model->portable.assign (bytes, bytes + size);
    else
        model->portable = makePortable (metadata, tensors, bytes + lengthSize + headerSize);
    if (model->portable.size() > maxPortableSize)
        return refused (what, "its decoder is too large");

    model->name = configuration.getProperty ("name", "Unnamed").toString().substring (0, 64);
    const auto perBeat = static_cast<int> (configuration.getProperty ("grid", {}).getProperty ("steps_per_beat", 4));
    model->stepsPerBeat = static_cast<std::uint32_t> (juce::jlimit (1, static_cast<int> (maxSteps), perBeat));
    model->latents = juce::jlimit (2, static_cast<int> (maxLatents), static_cast<int> (configuration.getProperty ("latents", 2)));
    if (const auto* styles = configuration.getProperty ("styles", {}).getArray())
        for (const auto& style : *styles)
            if (model->styles.size() < mostStyles)
                model->styles.add (style.toString().substring (0, longestStyle));
    model->picture = pictureIn (tensors, bytes + lengthSize + headerSize);
    model->items = itemsIn (tensors, bytes + lengthSize + headerSize, configuration);
    model->digest = sha256 (model->portable.data(), model->portable.size());
    model->compressed = compress (model->portable);
    return { model, {} };
}

ModelResult readModelFile (const juce::File& file)
{
    const auto what = file.getFileName();
    if (! file.existsAsFile())
        return { nullptr, what + " is not there." };
    if (file.getSize() > static_cast<juce::int64> (maxFileSize))
        return refused (what, "it is too large");
    juce::MemoryBlock bytes;
    if (! file.loadFileAsData (bytes))
        return { nullptr, what + " cannot be read." };
    return readModel (bytes.getData(), bytes.getSize(), what);
}

ModelResult readCompressedModel (const void* data, std::size_t size)
{
    juce::MemoryInputStream in (data, size, false);
    juce::GZIPDecompressorInputStream zip (in);
    juce::MemoryBlock bytes;
    juce::MemoryOutputStream out (bytes, false);
    // One byte more than may be tells a bomb from a model.
    out.writeFromInputStream (zip, static_cast<juce::int64> (maxPortableSize) + 1);
    out.flush();
    return readModel (bytes.getData(), bytes.getSize(), "The model in this state");
}

std::shared_ptr<const Model> defaultModel()
{
    static const auto model = [] {
        auto read = readModel (data::default_groovefield, static_cast<std::size_t> (data::default_groovefieldSize), "The default model");
        jassert (read.model != nullptr);
        return read.model != nullptr ? read.model : std::make_shared<const Model>();
    }();
    return model;
}

} // namespace groovefield
