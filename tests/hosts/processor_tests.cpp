// The processor block by block, alone and with a real model process: bypass, reset, automation, loading.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "processor_testing.h"

#include <cmath>
#include <limits>

using namespace groovefield;

namespace {

constexpr double sampleRate = 48000.0, bpm = 120.0;
constexpr int blockSize = 512;

class PlayHead : public juce::AudioPlayHead {
public:
    juce::Optional<PositionInfo> getPosition() const override
    {
        PositionInfo p;
        p.setIsPlaying (playing);
        p.setPpqPosition (ppq);
        p.setBpm (bpm);
        return p;
    }
    double ppq = 0.0;
    bool playing = true;
};

// A host with one instance.
struct Host {
    explicit Host (bool withProcess = false)
    {
        processor->setPlayHead (&head);
        processor->setPlayConfigDetails (0, 2, sampleRate, blockSize);
        processor->prepareToPlay (sampleRate, blockSize);
        if (withProcess)
            waitForProcess();
    }
    void waitForProcess()
    {
        for (int tries = 0; tries < 12000 && ! processor->modelReady(); ++tries)
            juce::Thread::sleep (10);
        INFO (processor->modelSentence().toStdString());
        REQUIRE (processor->modelReady());
    }
    void block (bool bypassed = false)
    {
        midi.clear();
        if (bypassed)
            processor->processBlockBypassed (audio, midi);
        else
            processor->processBlock (audio, midi);
        if (head.playing)
            head.ppq += blockSize * bpm / 60.0 / sampleRate;
    }
    std::vector<float> render (int blocks)
    {
        std::vector<float> out;
        for (int i = 0; i < blocks; ++i) {
            block();
            for (int channel = 0; channel < 2; ++channel)
                out.insert (out.end(), audio.getReadPointer (channel), audio.getReadPointer (channel) + blockSize);
        }
        return out;
    }
    Pattern pattern() const
    {
        Pattern shown;
        REQUIRE (processor->pattern (shown));
        return shown;
    }
    // Plays on, slowly, until what is shown passes a test, for 20 s at most.
    template <typename Test>
    bool until (Test test)
    {
        for (int tries = 0; tries < 2000; ++tries) {
            block();
            if (test (pattern()))
                return true;
            juce::Thread::sleep (10);
        }
        return false;
    }

    std::unique_ptr<Processor> processor = makeProcessor();
    PlayHead head;
    juce::AudioBuffer<float> audio { 2, blockSize };
    juce::MidiBuffer midi;
};

juce::File saved (const std::vector<std::uint8_t>& bytes)
{
    const auto file = juce::File::createTempFile (".groovefield");
    REQUIRE (file.replaceWithData (bytes.data(), bytes.size()));
    return file;
}

float loudest (const std::vector<float>& audio)
{
    float most = 0.0f;
    for (const auto sample : audio)
        most = std::isfinite (sample) ? std::max (most, std::abs (sample)) : std::numeric_limits<float>::infinity();
    return most;
}

} // namespace

TEST_CASE ("What rings when the plugin is bypassed fades out then, and does not sound afterwards")
{
    Host host;
    host.head.playing = false;
    constexpr juce::uint8 crash = 49;
    host.midi.addEvent (juce::MidiMessage::noteOn (10, crash, static_cast<juce::uint8> (127)), 0);
    host.processor->processBlock (host.audio, host.midi);
    CHECK (host.audio.getMagnitude (256, 256) > 0.05f);

    host.block (true);
    CHECK (host.audio.getMagnitude (0, 16) > 0.01f);      // no click: it goes within some milliseconds
    CHECK (host.audio.getMagnitude (480, 32) < 1.0e-4f);
    host.block (true);
    CHECK (host.audio.getMagnitude (0, blockSize) < 1.0e-4f);
    host.block();
    CHECK (host.audio.getMagnitude (0, blockSize) < 1.0e-4f);
}

TEST_CASE ("Bypassed, nothing runs")
{
    Host host;
    host.render (20);
    CHECK (host.processor->now.running.load());
    host.block (true);
    CHECK_FALSE (host.processor->now.running.load());
    host.block();
    CHECK (host.processor->now.running.load());
}

TEST_CASE ("A bounce after a reset is the one before it, byte for byte, and every note that was open ends")
{
    Host host (true);
    set (*host.processor, "x", 0.31f);
    set (*host.processor, "note_length", 400.0f);
    host.processor->setNonRealtime (true);
    const auto first = host.render (150);
    CHECK (loudest (first) > 0.1f);

    host.processor->reset();
    host.head.ppq = 0.0;
    host.block();
    int offs = 0;
    for (const auto event : host.midi)
        offs += event.getMessage().isNoteOff();
    CHECK (offs > 0);

    host.processor->reset();
    host.head.ppq = 0.0;
    CHECK (host.render (150) == first);
}

TEST_CASE ("A value that is no number plays as the default")
{
    Host plain, odd;
    odd.processor->setNonRealtime (true);
    plain.processor->setNonRealtime (true);
    for (const auto& spec : parameterTable())
        if (dynamic_cast<juce::AudioParameterFloat*> (odd.processor->parameters.getParameter (spec.id)) != nullptr)
            odd.processor->parameters.getParameter (spec.id)->setValueNotifyingHost (std::numeric_limits<float>::quiet_NaN());
    REQUIRE (std::isnan (get (*odd.processor, "level")));
    odd.waitForProcess();
    const auto audio = odd.render (100);
    CHECK (std::isfinite (loudest (audio)));
    CHECK (audio == plain.render (100));
}

TEST_CASE ("A restored pattern is not replaced by an answer of the model before")
{
    Host source;
    const auto file = saved (renamedModel());
    REQUIRE (source.processor->loadModel (file) == juce::String());
    const auto restored = source.pattern();
    const auto state = stateOf (*source.processor);

    // The default model's pattern at another place is asked for, and not taken yet when the state comes.
    Host host (true);
    set (*host.processor, "x", 0.9f);
    const auto before = host.pattern().values;
    REQUIRE (host.until ([&] (const Pattern& p) { return p.values != before; }));
    set (*host.processor, "x", 0.1f);
    host.head.playing = false;
    host.block();
    juce::Thread::sleep (300);
    restore (*host.processor, state);
    host.block();
    CHECK (host.pattern().values == restored.values);
    file.deleteFile();
}

TEST_CASE ("A state without a pattern brings back no other state's")
{
    // Of another model than the default one, so that the built-in field does not answer.
    Host source;
    const auto file = saved (renamedModel());
    REQUIRE (source.processor->loadModel (file) == juce::String());
    set (*source.processor, "x", 0.95f);
    const auto whole = stateOf (*source.processor);
    const auto restored = source.pattern().values;
    const auto pattern = chunksOf (whole).at ("PATT");
    const auto end = pattern.at + 12 + pattern.size;
    juce::MemoryBlock without (whole.getData(), pattern.at);
    without.append (static_cast<const char*> (whole.getData()) + end, whole.getSize() - end);

    Host host (true);
    host.head.playing = false;
    restore (*host.processor, whole);
    host.block();
    CHECK (host.pattern().values == restored);
    REQUIRE (host.until ([&] (const Pattern& p) { return p.values != restored; }));
    const auto answered = host.pattern().values;
    restore (*host.processor, without);
    host.block();
    CHECK (host.pattern().values == answered);
    file.deleteFile();
}

int main (int argc, char** argv)
{
    const juce::ScopedJuceInitialiser_GUI juceLives;
    doctest::Context context (argc, argv);
    return context.run();
}
