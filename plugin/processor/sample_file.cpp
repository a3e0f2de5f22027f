#include "sample_file.h"

#include "parameters.h"

#include <juce_audio_formats/juce_audio_formats.h>

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr double lowestRate = 4000.0, highestRate = 384000.0;
constexpr juce::int64 mostFileBytes = 64 << 20;
constexpr unsigned int mostChannels = 64;
constexpr int longestName = 120;    // characters
constexpr float steps = 32768.0f;   // of 16 bits
// In the FLAC's own header: it knows only whole rates, and of the high ones only some.
constexpr double writtenRate = 48000.0;

bool plain (const juce::AudioBuffer<float>& audio)
{
    for (int c = 0; c < audio.getNumChannels(); ++c)
        for (int i = 0; i < audio.getNumSamples(); ++i)
            if (! std::isfinite (audio.getSample (c, i)))
                return false;
    return true;
}

juce::MemoryBlock compress (const juce::AudioBuffer<float>& audio, float fullScale)
{
    juce::MemoryBlock flac;
    auto out = std::make_unique<juce::MemoryOutputStream> (flac, false);
    juce::FlacAudioFormat format;
    std::unique_ptr<juce::AudioFormatWriter> writer (
        format.createWriterFor (out.get(), writtenRate, static_cast<unsigned int> (audio.getNumChannels()), 16, {}, 8));
    if (writer == nullptr)
        return {};
    out.release();    // it is the writer's now
    std::array<std::vector<int>, 2> whole;
    std::array<const int*, 3> channels {};
    for (int c = 0; c < audio.getNumChannels(); ++c) {
        auto& numbers = whole[static_cast<std::size_t> (c)];
        for (int i = 0; i < audio.getNumSamples(); ++i)
            numbers.push_back (65536 * std::clamp (juce::roundToInt (audio.getSample (c, i) / fullScale * steps), -32768, 32767));
        channels[static_cast<std::size_t> (c)] = numbers.data();
    }
    const bool written = writer->write (channels.data(), audio.getNumSamples());
    writer.reset();    // which finishes the file
    return written ? flac : juce::MemoryBlock();
}

std::shared_ptr<const KeptSample> decompress (juce::MemoryBlock flac, double rate, float fullScale, const juce::String& name)
{
    juce::FlacAudioFormat format;
    const std::unique_ptr<juce::AudioFormatReader> reader (
        format.createReaderFor (new juce::MemoryInputStream (flac, false), true));
    if (reader == nullptr || reader->numChannels < 1 || reader->numChannels > 2 || reader->lengthInSamples < 1
        || static_cast<double> (reader->lengthInSamples) > Sample::mostSeconds * rate)
        return nullptr;
    const auto frames = static_cast<int> (reader->lengthInSamples);
    juce::AudioBuffer<float> audio (static_cast<int> (reader->numChannels), frames);
    if (! reader->read (&audio, 0, frames, 0, true, true))
        return nullptr;
    audio.applyGain (fullScale);
    const auto channel = [&] (int c) {
        return c < audio.getNumChannels() ? std::vector<float> (audio.getReadPointer (c), audio.getReadPointer (c) + frames) : std::vector<float>();
    };
    return std::make_shared<const KeptSample> (
        KeptSample { Sample (channel (0), channel (1), rate, name.toStdString()), std::move (flac), fullScale });
}

// Why a file's sound cannot be taken; empty if it can.
juce::String refusalOf (const juce::AudioFormatReader& reader)
{
    if (reader.lengthInSamples < 1 || reader.numChannels < 1)
        return "is empty: it holds no sound";
    // JUCE reads WAV and AIFF through a buffer of 5,760 bytes, and for ever where one frame is larger.
    if (reader.numChannels > mostChannels || reader.bitsPerSample > 64)
        return "has " + juce::String (reader.numChannels) + " channels of " + juce::String (reader.bitsPerSample) + " bits: " + juce::String (mostChannels)
             + " of 64 at most can be read";
    if (! (reader.sampleRate >= lowestRate && reader.sampleRate <= highestRate))
        return "has a sample rate of " + juce::String (reader.sampleRate, 0) + " Hz: 4,000 to 384,000 can be played";
    const auto seconds = static_cast<double> (reader.lengthInSamples) / reader.sampleRate;
    if (seconds > Sample::mostSeconds)
        return "is " + juce::String (seconds, 1) + " s long: a one-shot has at most 10 s";
    return {};
}

ReadSample refused (const juce::File& file, const juce::String& reason) { return { nullptr, file.getFileName() + " " + reason + "." }; }

} // namespace

std::size_t bytesOf (const KeptSamples& samples) noexcept
{
    std::size_t sum = 0;
    for (const auto& kept : samples)
        sum += kept != nullptr ? kept->flac.getSize() : 0;
    return sum;
}

ReadSample readSampleFile (const juce::File& file)
{
    if (file.isDirectory())
        return refused (file, "is a folder: a one-shot is one audio file");
    if (! file.existsAsFile())
        return refused (file, "does not exist");
    if (file.getSize() == 0)
        return refused (file, "is empty: it holds no sound");
    if (file.getSize() > mostFileBytes)
        return refused (file, "is larger than 64 MB: a one-shot has at most 10 s");
    auto stream = file.createInputStream();
    if (stream == nullptr)
        return refused (file, "cannot be read: the system does not let it be opened");
    stream.reset();

    juce::AudioFormatManager formats;
    formats.registerBasicFormats();
    const std::unique_ptr<juce::AudioFormatReader> reader (formats.createReaderFor (file));
    if (reader == nullptr)
        return refused (file, "is no audio file that can be read here: WAV, AIFF, FLAC, Ogg Vorbis and MP3 can");
    if (const auto reason = refusalOf (*reader); reason.isNotEmpty())
        return refused (file, reason);

    const auto frames = static_cast<int> (reader->lengthInSamples);
    juce::AudioBuffer<float> audio (static_cast<int> (std::min (reader->numChannels, 2u)), frames);
    if (! reader->read (&audio, 0, frames, 0, true, true))
        return refused (file, "is damaged: it cannot be read to its end");
    if (! plain (audio))
        return refused (file, "is damaged: some of its samples are no numbers");
    const auto peak = audio.getMagnitude (0, frames);
    if (peak == 0.0f)
        return refused (file, "is silent from beginning to end");
    const auto fullScale = std::max (1.0f, peak);
    auto kept = decompress (compress (audio, fullScale), reader->sampleRate, fullScale, file.getFileName().substring (0, longestName));
    if (kept == nullptr)
        return refused (file, "cannot be kept in the project: it could not be compressed");
    return { std::move (kept), {} };
}

// u32 voice, f64 rate, f32 full scale, u32 bytes of the name, the name in UTF-8, the FLAC.
juce::MemoryBlock sampleBytes (Voice voice, const KeptSample& kept)
{
    juce::MemoryOutputStream out;
    out.writeInt (static_cast<int> (voice));
    out.writeDouble (kept.sample.rate);
    out.writeFloat (kept.fullScale);
    out.writeInt (static_cast<int> (kept.sample.name.size()));
    out.write (kept.sample.name.data(), kept.sample.name.size());
    out.write (kept.flac.getData(), kept.flac.getSize());
    return out.getMemoryBlock();
}

std::optional<PlacedSample> readSample (const void* data, std::size_t size)
{
    constexpr std::size_t head = 20;
    if (size <= head || size > mostSampleBytes + head + 4 * longestName)
        return std::nullopt;
    juce::MemoryInputStream in (data, size, false);
    const auto voice = in.readInt();
    const auto rate = in.readDouble();
    const auto fullScale = in.readFloat();
    const auto nameSize = in.readInt();
    if (voice < 0 || voice >= voiceCount || ! (rate >= lowestRate && rate <= highestRate) || ! (fullScale >= 1.0f && fullScale < 1.0e6f)
        || nameSize < 0 || nameSize > 4 * longestName || static_cast<std::size_t> (nameSize) >= size - head)
        return std::nullopt;
    juce::MemoryBlock name, flac;
    in.readIntoMemoryBlock (name, nameSize);
    in.readIntoMemoryBlock (flac);
    auto kept = decompress (std::move (flac), rate, fullScale, name.toString());
    if (kept == nullptr)
        return std::nullopt;
    return PlacedSample { static_cast<Voice> (voice), std::move (kept) };
}

juce::String sampleInWords (const void* data, std::size_t size)
{
    constexpr std::size_t head = 20;
    if (size < head)
        return "a one-shot";
    juce::MemoryInputStream in (data, size, false);
    const auto voice = in.readInt();
    in.skipNextBytes (12);
    const auto nameSize = in.readInt();
    juce::String words ("a one-shot");
    if (nameSize > 0 && nameSize <= 4 * longestName && static_cast<std::size_t> (nameSize) < size - head) {
        const auto* name = static_cast<const char*> (data) + head;
        if (juce::CharPointer_UTF8::isValidString (name, nameSize) && std::none_of (name, name + nameSize, [] (char c) { return c >= 0 && c < ' '; }))
            words = "the one-shot " + juce::String::fromUTF8 (name, nameSize);
    }
    if (voice >= 0 && voice < std::min (voiceCount, static_cast<int> (laneNames.size())))
        words << " of the " << juce::String (laneNames[static_cast<std::size_t> (voice)].name).toLowerCase();
    return words;
}

} // namespace groovefield
