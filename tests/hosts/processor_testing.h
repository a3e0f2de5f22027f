// What the programs that look at the processor from inside share.
#pragma once

#include "../../plugin/processor/processor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter();

namespace groovefield {

inline std::unique_ptr<Processor> makeProcessor()
{
    return std::unique_ptr<Processor> (dynamic_cast<Processor*> (createPluginFilter()));
}

inline juce::MemoryBlock stateOf (Processor& processor)
{
    juce::MemoryBlock state;
    processor.getStateInformation (state);
    return state;
}

inline void restore (Processor& processor, const juce::MemoryBlock& state)
{
    processor.setStateInformation (state.getData(), static_cast<int> (state.getSize()));
}

inline void set (Processor& processor, const char* id, float plain)
{
    auto* parameter = processor.parameters.getParameter (id);
    parameter->setValueNotifyingHost (parameter->convertTo0to1 (plain));
}

inline float get (Processor& processor, const char* id) { return *processor.parameters.getRawParameterValue (id); }

// The default model under another name, as a user's own model would come.
inline std::vector<std::uint8_t> renamedModel()
{
    auto bytes = defaultModel()->portable;
    const auto name = defaultModel()->name.toStdString();
    const auto at = std::search (bytes.begin(), bytes.end(), name.begin(), name.end());
    REQUIRE (at != bytes.end());
    *at = 'Z';
    // Its checksums are no longer its own: as in files from before there were any, it has none.
    const std::string checksum = "\"sha256";
    for (auto next = bytes.begin(); (next = std::search (next, bytes.end(), checksum.begin(), checksum.end())) != bytes.end(); ++next)
        *(next + 1) = 'x';
    return bytes;
}

// A model of four latents that the environment names; where it names none the test says so and ends.
inline std::optional<juce::File> modelOfFourLatents()
{
    if (const auto* const file = std::getenv ("GROOVEFIELD_TEST_MODEL"))
        return juce::File (file);
    MESSAGE ("skipped: GROOVEFIELD_TEST_MODEL names no model");
    return std::nullopt;
}

struct Chunk { std::size_t at, size; };

// Where each chunk of a state lies (plugin/processor/state.h).
inline std::map<std::string, Chunk> chunksOf (const juce::MemoryBlock& state)
{
    std::map<std::string, Chunk> found;
    const auto* bytes = static_cast<const char*> (state.getData());
    for (std::size_t at = 8; at + 12 <= state.getSize();) {
        const auto size = std::size_t { juce::ByteOrder::littleEndianInt (bytes + at + 4) };
        found[std::string (bytes + at, 4)] = { at, size };
        at += 12 + size;
    }
    return found;
}

} // namespace groovefield
