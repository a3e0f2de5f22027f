#include "kit_state.h"

namespace groovefield {

namespace {

constexpr std::size_t voiceBytes = 24;
constexpr int mostVoices = 64;    // a newer kit may have more drums than this one

} // namespace

juce::MemoryBlock kitBytes (const KitSettings& settings)
{
    juce::MemoryOutputStream out;
    out.writeInt (voiceCount);
    for (const auto& v : settings.voices) {
        for (const auto& item : voiceItems)
            out.writeFloat (v.*item.member);
        out.writeInt (v.choke);
    }
    return out.getMemoryBlock();
}

std::optional<KitSettings> readKit (const void* data, std::size_t size)
{
    juce::MemoryInputStream in (data, size, false);
    const auto count = in.readInt();
    if (count < 1 || count > mostVoices || size != 4 + static_cast<std::size_t> (count) * voiceBytes)
        return std::nullopt;
    KitSettings settings;
    for (int i = 0; i < std::min (count, voiceCount); ++i) {
        auto& v = settings.voices[static_cast<std::size_t> (i)];
        for (const auto& item : voiceItems)
            v.*item.member = in.readFloat();
        v.choke = in.readInt();
    }
    return settings.withinRange();
}

bool takeSample (const void* data, std::size_t size, KeptSamples& into)
{
    auto placed = readSample (data, size);
    if (! placed)
        return false;
    auto next = into;
    next[static_cast<std::size_t> (placed->voice)] = std::move (placed->sample);
    if (bytesOf (next) > mostSampleBytes)
        return false;
    into = std::move (next);
    return true;
}

} // namespace groovefield
