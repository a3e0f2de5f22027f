// One-shot samples from files, and as the state keeps them: 16-bit FLAC, compressed once, when the file is read. What is
// heard is what the state holds, so a project sounds the same when it is opened again.
#pragma once

#include "../kit/kit_settings.h"
#include "../kit/sample.h"

#include <juce_core/juce_core.h>

#include <array>
#include <memory>
#include <optional>

namespace groovefield {

/// A sample and its compressed form. Nothing in it changes.
struct KeptSample {
    Sample sample;
    juce::MemoryBlock flac;   ///< the frames, divided by fullScale
    float fullScale;          ///< 1, or the peak of a file that goes beyond

    juce::String name() const { return juce::String::fromUTF8 (sample.name.c_str()); }
};

/// What stands in for each drum; null: nothing, the drum itself.
using KeptSamples = std::array<std::shared_ptr<const KeptSample>, voiceCount>;

constexpr std::size_t mostSampleBytes = std::size_t { 8 } << 20;   ///< of all compressed samples of one instance

std::size_t bytesOf (const KeptSamples&) noexcept;

struct ReadSample {
    std::shared_ptr<const KeptSample> sample;
    juce::String refusal;     ///< a sentence if there is no sample
};

/// [message] WAV, AIFF, FLAC, Ogg Vorbis or MP3, at most 10 s; of more than two channels the first two. Never throws.
ReadSample readSampleFile (const juce::File&);

/// [message] A sample and the drum that it stands in for, as a chunk of the state.
juce::MemoryBlock sampleBytes (Voice, const KeptSample&);

struct PlacedSample {
    Voice voice;
    std::shared_ptr<const KeptSample> sample;
};

/// [message] Nothing if the bytes are not what `sampleBytes` makes. Never throws.
std::optional<PlacedSample> readSample (const void* data, std::size_t size);

/// [any] What can still be read of such bytes, for a sentence that they are damaged: "the one-shot clap.wav of the snare".
juce::String sampleInWords (const void* data, std::size_t size);

} // namespace groovefield
