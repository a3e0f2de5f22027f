// The plugin's states: kept, restored without the model's file, damaged in every way, newer, old.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "../../bridge/shell/crc32.h"
#include "processor_testing.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <random>

using namespace groovefield;

namespace {

void moveEverything (Processor& processor)
{
    set (processor, "x", 0.125f);
    set (processor, "y", 0.875f);
    set (processor, "threshold", 0.375f);
    set (processor, "steps", 23.0f);
    set (processor, "swing", 62.5f);
    set (processor, "output", 1.0f);
    set (processor, "mute_clap", 1.0f);
    set (processor, "density_kick", 75.0f);
    NoteMap map;
    map.channel = 3;
    map.note[2] = 99;
    processor.setNoteMap (map);
}

bool sane (Processor& processor)
{
    for (const auto& spec : parameterTable()) {
        const auto value = get (processor, spec.id.toRawUTF8());
        if (! (value >= spec.minimum && value <= spec.maximum))
            return false;
    }
    Pattern pattern;
    return processor.pattern (pattern) && pattern.valid() && processor.modelName().isNotEmpty();
}

char* bytesOf (juce::MemoryBlock& block) { return static_cast<char*> (block.getData()); }

std::string fixture;

} // namespace

TEST_CASE ("A state keeps parameters, notes, the pattern and a model whose file is gone")
{
    auto one = makeProcessor();
    const auto file = juce::File::createTempFile (".groovefield");
    const auto bytes = renamedModel();
    REQUIRE (file.replaceWithData (bytes.data(), bytes.size()));
    CHECK (one->loadModel (file) == juce::String());
    file.deleteFile();
    moveEverything (*one);
    const auto name = one->modelName();
    CHECK (name != defaultModel()->name);
    Pattern before;
    REQUIRE (one->pattern (before));
    const auto state = stateOf (*one);
    one.reset();

    auto two = makeProcessor();
    restore (*two, state);
    CHECK (two->lastComplaint() == juce::String());
    CHECK (get (*two, "x") == doctest::Approx (0.125));
    CHECK (get (*two, "y") == doctest::Approx (0.875));
    CHECK (get (*two, "threshold") == doctest::Approx (0.375));
    CHECK (get (*two, "steps") == 23.0f);
    CHECK (get (*two, "swing") == doctest::Approx (62.5));
    CHECK (get (*two, "output") == 1.0f);
    CHECK (get (*two, "mute_clap") == 1.0f);
    CHECK (get (*two, "density_kick") == doctest::Approx (75));
    CHECK (two->noteMap().channel == 3);
    CHECK (two->noteMap().note[2] == 99);
    CHECK (two->modelName() == name);
    Pattern after;
    REQUIRE (two->pattern (after));
    CHECK (after.values == before.values);
    CHECK (stateOf (*two) == state);
}

TEST_CASE ("A cut state loads what is whole and says so")
{
    auto source = makeProcessor();
    moveEverything (*source);
    const auto state = stateOf (*source);
    for (std::size_t size = 0; size < state.getSize(); size += size < 4000 ? 61 : 9973) {
        auto processor = makeProcessor();
        restore (*processor, juce::MemoryBlock (state.getData(), size));
        CAPTURE (size);
        CHECK (sane (*processor));
        const auto chunks = chunksOf (state);
        const auto whole = [&] (const char* name) { return chunks.at (name).at + 12 + chunks.at (name).size <= size; };
        if (whole ("PARM"))
            CHECK (get (*processor, "threshold") == doctest::Approx (0.375));
        // A cut between two chunks cannot be told from a state without the rest.
        bool between = size == 8;
        for (const auto& [name, chunk] : chunks)
            between = between || chunk.at == size;
        if (! between)
            CHECK (processor->lastComplaint().isNotEmpty());
    }
}

TEST_CASE ("A damaged chunk is left out, named, and the rest is loaded")
{
    auto source = makeProcessor();
    moveEverything (*source);
    const auto state = stateOf (*source);
    const std::map<std::string, const char*> words { { "PARM", "parameters" }, { "MODL", "model" }, { "PATT", "pattern" } };
    for (const auto& [name, chunk] : chunksOf (state)) {
        auto damaged = state;
        bytesOf (damaged)[chunk.at + 12 + chunk.size / 2] ^= 0x10;
        auto processor = makeProcessor();
        restore (*processor, damaged);
        INFO (name);
        CHECK (sane (*processor));
        CHECK (processor->lastComplaint().contains ("damaged"));
        if (words.count (name) > 0)
            CHECK (processor->lastComplaint().contains (words.at (name)));
        CHECK (get (*processor, "steps") == (name == "PARM" ? 32.0f : 23.0f));
        CHECK (processor->noteMap().channel == (name == "NOTE" ? 10 : 3));
    }
}

TEST_CASE ("A newer state gives what is known of it, and says so")
{
    auto source = makeProcessor();
    moveEverything (*source);
    auto state = stateOf (*source);
    bytesOf (state)[4] = 77;
    const char later[] = "LATR\x03\0\0\0";
    const auto sum = crc32 ("abc", 3);
    state.append (later, 8);
    state.append (&sum, 4);
    state.append ("abc", 3);
    auto processor = makeProcessor();
    restore (*processor, state);
    CHECK (get (*processor, "steps") == 23.0f);
    CHECK (processor->lastComplaint().contains ("newer"));
    CHECK (processor->lastComplaint().contains ("77"));
}

TEST_CASE ("Random bytes are refused in a sentence")
{
    std::mt19937 random (20261121);
    auto processor = makeProcessor();
    moveEverything (*processor);
    for (int i = 0; i < 300; ++i) {
        juce::MemoryBlock noise (random() % 2000);
        for (auto& byte : noise)
            byte = static_cast<char> (random());
        restore (*processor, noise);
        CHECK (processor->lastComplaint().contains ("not one of Groovefield's"));
    }
    CHECK (sane (*processor));
    processor->setStateInformation (nullptr, 0);
    CHECK (sane (*processor));
    CHECK (get (*processor, "steps") == 23.0f);
    CHECK (processor->noteMap().channel == 3);
    CHECK (processor->noteMap().note[2] == 99);
}

// Bytes changed at random, and then the checksums made right again: what gets through them must
// be bounds-checked too. The model is left out of most, since inflating it takes the time.
namespace {

// A chunk as a state has it: its checksum is right, whatever it holds.
void addChunk (juce::MemoryOutputStream& out, const char* name, const void* data, std::size_t size)
{
    out.write (name, 4);
    out.writeInt (static_cast<int> (size));
    out.writeInt (static_cast<int> (crc32 (data, size)));
    out.write (data, size);
}

juce::MemoryBlock stateWith (const char* name, const void* data, std::size_t size)
{
    juce::MemoryOutputStream out;
    out.write ("GFST", 4);
    out.writeInt (1);
    addChunk (out, name, data, size);
    return out.getMemoryBlock();
}

// A model file whose JSON header is this text.
std::vector<std::uint8_t> modelOf (const std::string& header, std::size_t dataSize = 0)
{
    const auto length = juce::ByteOrder::swapIfBigEndian (static_cast<juce::uint64> (header.size()));
    std::vector<std::uint8_t> bytes (sizeof length + header.size() + dataSize);
    std::memcpy (bytes.data(), &length, sizeof length);
    std::memcpy (bytes.data() + sizeof length, header.data(), header.size());
    return bytes;
}

} // namespace

TEST_CASE ("Texts nested without end are refused, not followed")
{
    const std::size_t many = 400'000;
    const auto brackets = std::string (many, '[');
    for (const auto& header : { brackets, "{\"a\":" + brackets, "['\"', " + brackets,
                                "{\"__metadata__\":{\"groovefield\":\"" + brackets + "\"}}" }) {
        const auto bytes = modelOf (header);
        CHECK (readModel (bytes.data(), bytes.size(), "deep").model == nullptr);
    }

    std::string elements;
    for (std::size_t i = 0; i < many; ++i)
        elements += "<a>";
    const auto processor = makeProcessor();
    restore (*processor, stateWith ("PARM", elements.data(), elements.size()));
    CHECK (processor->lastComplaint().contains ("the parameters"));
    CHECK (sane (*processor));
}

TEST_CASE ("A document type is refused: an entity may name itself")
{
    const std::string text = "<!DOCTYPE GROOVEFIELD [<!ENTITY a \"&xa;\">]><GROOVEFIELD v=\"&a;\"/>";
    const auto processor = makeProcessor();
    restore (*processor, stateWith ("PARM", text.data(), text.size()));
    CHECK (processor->lastComplaint().contains ("the parameters"));
    CHECK (sane (*processor));
}

TEST_CASE ("Tensors that share their bytes are refused, before a small file becomes a large model")
{
    const std::string place = R"(":{"dtype":"U8","shape":[64],"data_offsets":[0,64]})";
    const std::string metadata = R"({"__metadata__":{"groovefield":"{\"name\":\"twice\"}"},")";
    for (const auto* second : { "decoder.b", "anything" }) {
        const auto bytes = modelOf (metadata + "decoder.a" + place + ",\"" + second + place + "}", 64);
        const auto read = readModel (bytes.data(), bytes.size(), "twice");
        CHECK (read.model == nullptr);
        CHECK (read.refusal.contains ("decoder.a"));
        CHECK (read.refusal.contains ("the same place"));
    }
    const auto bytes = modelOf (metadata + "decoder.a" + place + "}", 64);
    const auto once = readModel (bytes.data(), bytes.size(), "once").model;
    REQUIRE (once != nullptr);
    CHECK (once->items.items.empty());
}

TEST_CASE ("The items that a model carries are read, and left out where anything is wrong with them")
{
    constexpr std::size_t decoderSize = 64, placesSize = 8;
    const auto items = [&] (const std::string& names, std::array<std::uint16_t, 4> places, const char* dtype = "F16") {
        const auto size = [] (std::size_t from, std::size_t to) { return "[" + std::to_string (from) + "," + std::to_string (to) + "]}"; };
        const auto end = decoderSize + placesSize;
        auto bytes = modelOf (R"({"__metadata__":{"groovefield":"{\"name\":\"dots\",\"latents\":2}"},)"
                              R"("decoder.a":{"dtype":"U8","shape":[64],"data_offsets":)" + size (0, decoderSize)
                              + R"(,"pad.carried":{"dtype":")" + dtype + R"(","shape":[2,2],"data_offsets":)" + size (decoderSize, end)
                              + R"(,"pad.carried_names":{"dtype":"U8","shape":[)" + std::to_string (names.size()) + R"(],"data_offsets":)"
                              + size (end, end + names.size()) + "}", end + names.size());
        std::memcpy (bytes.data() + bytes.size() - names.size() - placesSize, places.data(), placesSize);
        std::memcpy (bytes.data() + bytes.size() - names.size(), names.data(), names.size());
        const auto read = readModel (bytes.data(), bytes.size(), "dots");
        REQUIRE (read.model != nullptr);
        CHECK (read.model->portable == bytes);
        return read.model->items;
    };
    const std::string good = R"({"names":["gr\u00f6\u00dfe.mid","b\n"],"labels":["house"],"name":[0,1],"label":[0,0],"bar":[2,-1]})";
    const std::array<std::uint16_t, 4> places { 0x0000, 0x3C00, 0x3400, 0x3A00 };    // 0, 1; 0.25, 0.75
    const auto two = items (good, places);
    REQUIRE (two.items.size() == 2);
    CHECK (two.items[0].name == juce::String::fromUTF8 ("gr\xc3\xb6\xc3\x9f") + "e.mid, bar 3");
    CHECK (two.items[1].name == "b?");
    CHECK (two.labelOf (two.items[1]) == "house");
    CHECK (two.items[0].latent == std::array<float, 8> { 0, 1, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f });
    CHECK (two.items[1].latent[0] == 0.25f);
    CHECK (two.items[1].latent[1] == 0.75f);

    const auto changed = [&] (const char* from, const char* to) {
        return juce::String (good).replace (from, to).toStdString();
    };
    CHECK (items (changed ("[0,1]", "[0,2]"), places).items.empty());
    CHECK (items (changed ("[0,1]", "[0,-1]"), places).items.empty());
    CHECK (items (changed ("[0,1]", "[0]"), places).items.empty());
    CHECK (items (changed ("[0,1]", "[0,0.5]"), places).items.empty());
    CHECK (items (changed ("[2,-1]", "[2,-2]"), places).items.empty());
    CHECK (items (changed ("\"labels\"", "\"label\""), places).items.empty());
    CHECK (items (std::string (100'000, '['), places).items.empty());
    CHECK (items ({}, places).items.empty());
    CHECK (items (good, places, "F32").items.empty());
    for (const auto bad : std::array<std::uint16_t, 4> { 0x7E00, 0x7C00, 0x3C01, 0xBC00 })    // no number, infinite, above 1, below 0
        CHECK (items (good, { 0, 0, 0, bad }).items.empty());
}

TEST_CASE ("The default model's items come with it, and with its state")
{
    const auto model = defaultModel();
    CHECK (model->items.items.size() == mostItems);
    CHECK (model->items.labels.contains ("house"));
    const auto processor = makeProcessor();
    const auto again = makeProcessor();
    restore (*again, stateOf (*processor));
    CHECK (again->currentModel()->digest == model->digest);
    CHECK (again->currentModel()->items.items.size() == mostItems);
}

TEST_CASE ("Thousands of mutated states end in a plugin that plays")
{
    std::mt19937 random (42);
    auto source = makeProcessor();
    moveEverything (*source);
    const auto whole = stateOf (*source);
    const auto model = chunksOf (whole).at ("MODL");
    const juce::MemoryBlock small (whole.getData(), model.at);
    auto processor = makeProcessor();
    int complaints = 0;
    for (int i = 0; i < 4000; ++i) {
        auto state = i % 100 == 0 ? whole : small;
        for (int changes = 1 + static_cast<int> (random() % 6); changes > 0; --changes) {
            const auto at = i % 100 == 0 && changes > 1 ? model.at + random() % model.size : random() % state.getSize();
            bytesOf (state)[at] = static_cast<char> (random() % 3 == 0 ? 0xFF : random());
        }
        if (i % 2 == 0)
            for (const auto& [name, chunk] : chunksOf (state))
                if (chunk.at + 12 + chunk.size <= state.getSize()) {
                    const auto sum = crc32 (bytesOf (state) + chunk.at + 12, chunk.size);
                    std::memcpy (bytesOf (state) + chunk.at + 8, &sum, 4);
                }
        restore (*processor, state);
        complaints += processor->lastComplaint().isNotEmpty();
        if (! sane (*processor)) {
            CAPTURE (i);
            CHECK (sane (*processor));
            processor = makeProcessor();
        }
    }
    CHECK (complaints > 2000);
}

TEST_CASE ("A state of the first released form loads")
{
    const juce::File file (fixture);
    juce::MemoryBlock state;
    REQUIRE (file.loadFileAsData (state));
    auto processor = makeProcessor();
    processor->parameters.getParameter ("style")->setValueNotifyingHost (0.7f);
    restore (*processor, state);
    CHECK (processor->lastComplaint() == juce::String());
    CHECK (get (*processor, "style") == 0.0f);    // it was saved before there were styles
    CHECK (get (*processor, "x") == doctest::Approx (0.125));
    CHECK (get (*processor, "steps") == 23.0f);
    CHECK (get (*processor, "density_kick") == doctest::Approx (75));
    CHECK (processor->noteMap().channel == 3);
    CHECK (processor->noteMap().note[2] == 99);
    Pattern pattern;
    REQUIRE (processor->pattern (pattern));
    CHECK (pattern.lanes == 11);
    CHECK (pattern.steps == 32);
}

TEST_CASE ("A parameter that is no number costs that parameter alone, and all complaints are heard")
{
    const auto source = makeProcessor();
    moveEverything (*source);
    source->parameters.getParameter ("swing")->setValueNotifyingHost (std::numeric_limits<float>::quiet_NaN());
    auto state = stateOf (*source);
    auto processor = makeProcessor();
    restore (*processor, state);
    CHECK (get (*processor, "swing") == 50.0f);
    CHECK (get (*processor, "steps") == 23.0f);
    CHECK (get (*processor, "density_kick") == doctest::Approx (75));
    CHECK (processor->lastComplaint().contains ("no number for Swing"));
    CHECK (! processor->lastComplaint().contains ("Steps"));
    CHECK (sane (*processor));

    bytesOf (state)[chunksOf (state).at ("PATT").at + 20] ^= 0x10;
    restore (*processor, state);
    CHECK (processor->lastComplaint().contains ("damaged (the pattern)"));
    CHECK (processor->lastComplaint().contains ("no number for Swing"));
}

TEST_CASE ("A state keeps the size of the editor")
{
    const auto source = makeProcessor();
    source->editorWidth = 1200;
    source->editorHeight = 777;
    const auto processor = makeProcessor();
    CHECK (processor->editorWidth == 0);
    restore (*processor, stateOf (*source));
    CHECK (processor->editorWidth == 1200);
    CHECK (processor->editorHeight == 777);
}

#ifndef _WIN32
TEST_CASE ("Without any Python the editor says what mends it")
{
    const auto empty = juce::File::createTempFile ("");
    REQUIRE (empty.createDirectory().wasOk());
    ::unsetenv ("GROOVEFIELD_PYTHON");
    ::setenv ("XDG_CONFIG_HOME", empty.getFullPathName().toRawUTF8(), 1);
    auto processor = makeProcessor();
    CHECK (processor->modelSentence() == "Waiting for the host to start the audio.");
    processor->prepareToPlay (48000.0, 512);
    for (int tries = 0; tries < 1000 && ! processor->modelSentence().contains ("No Python"); ++tries)
        juce::Thread::sleep (10);
    CHECK (processor->modelSentence().contains ("No Python"));
    CHECK (processor->modelSentence().contains ("groovefield install"));
    CHECK (! processor->modelReady());
    processor.reset();
    empty.deleteRecursively();
}

TEST_CASE ("A state whose model cannot be kept for the process says so, and its model is handed over once that can be")
{
    const auto source = makeProcessor();
    const auto bytes = renamedModel();
    const auto file = juce::File::createTempFile (".groovefield");
    REQUIRE (file.replaceWithData (bytes.data(), bytes.size()));
    REQUIRE (source->loadModel (file) == juce::String());

    const auto blocked = juce::File::createTempFile ("");
    REQUIRE (blocked.replaceWithText ("a file where a folder should be"));
    const auto* before = std::getenv ("XDG_CACHE_HOME");
    const std::string kept = before != nullptr ? before : "";
    ::setenv ("XDG_CACHE_HOME", blocked.getFullPathName().toRawUTF8(), 1);
    auto processor = makeProcessor();
    processor->prepareToPlay (48000.0, 512);
    restore (*processor, stateOf (*source));
    CHECK (processor->modelName() == source->modelName());
    CHECK (processor->lastComplaint().contains (blocked.getFileName()));

    REQUIRE (blocked.deleteFile());
    CHECK (processor->loadModel (file) == juce::String());
    CHECK (processor->lastComplaint() == juce::String());

    if (before != nullptr)
        ::setenv ("XDG_CACHE_HOME", kept.c_str(), 1);
    else
        ::unsetenv ("XDG_CACHE_HOME");
    processor.reset();
    blocked.deleteRecursively();
    file.deleteFile();
}
#endif

// Arguments: the fixture; "write" makes it (once for each released form).
int main (int argc, char** argv)
{
    const juce::ScopedJuceInitialiser_GUI juceLives;
    ModelProcess::setLinger (std::chrono::milliseconds (0));    // each case meets a process of its own
    if (argc < 2)
        return 2;
    fixture = juce::File::getCurrentWorkingDirectory().getChildFile (argv[1]).getFullPathName().toStdString();
    if (argc > 2 && std::strcmp (argv[2], "write") == 0) {
        auto processor = makeProcessor();
        moveEverything (*processor);
        const auto state = stateOf (*processor);
        const auto end = chunksOf (state).at ("MODL").at;    // the model is 1 MB: left out
        return juce::File (fixture).replaceWithData (state.getData(), end) ? 0 : 1;
    }
    doctest::Context context;
    return context.run();
}
