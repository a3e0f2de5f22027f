// What the audio thread costs: the plugin's own processor, block after block under a rolling transport with X
// and Y moving, each processBlock timed. Prints one line of JSON.
//     groovefield_audio_bench kit|midi|idle SECONDS [BLOCK [RATE [paced]]]
// kit: notes to the kit and to MIDI; midi: to MIDI only; idle: the host stands still, and so do X
// and Y. "paced" waits for each
// block's time, as a sound card does: caches are cold then, as they are in a host.
#include "../../plugin/processor/processor.h"

#include <juce_events/juce_events.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr double bpm = 120.0;

class Transport : public juce::AudioPlayHead {
public:
    juce::Optional<PositionInfo> getPosition() const override
    {
        PositionInfo info;
        info.setIsPlaying (playing);
        info.setBpm (bpm);
        info.setPpqPosition (beats);
        info.setTimeSignature (TimeSignature { 4, 4 });
        return info;
    }
    bool playing = true;
    double beats = 0.0;
};

struct Options {
    std::string mode;
    double seconds, rate;
    int block;
    bool paced;
};

juce::AudioProcessorParameter* parameter (groovefield::Processor& processor, const char* id)
{
    auto* found = processor.parameters.getParameter (id);
    if (found == nullptr) {
        std::fprintf (stderr, "the plugin has no parameter %s\n", id);
        std::exit (1);
    }
    return found;
}

void waitForTheModel (const groovefield::Processor& processor)
{
    const auto until = Clock::now() + std::chrono::seconds (15);
    while (! processor.modelReady() && Clock::now() < until)
        std::this_thread::sleep_for (std::chrono::milliseconds (5));
    if (! processor.modelReady()) {
        std::fprintf (stderr, "%s\n", processor.modelSentence().toRawUTF8());
        std::exit (1);
    }
}

// As the VST3 wrapper does it: the value, then those who listen.
void set (juce::AudioProcessorParameter* to, double value)
{
    to->setValue (static_cast<float> (value));
    to->sendValueChangedMessageToListeners (static_cast<float> (value));
}

// Microseconds that each block took.
std::vector<double> play (groovefield::Processor& processor, Transport& transport, const Options& options)
{
    juce::AudioBuffer<float> audio (2, options.block);
    juce::MidiBuffer midi;
    midi.ensureSize (4096);
    const auto blocks = static_cast<std::size_t> (options.seconds * options.rate / options.block);
    std::vector<double> taken;
    taken.reserve (blocks);
    auto* x = parameter (processor, "x");
    auto* y = parameter (processor, "y");
    const auto begun = Clock::now();
    for (std::size_t i = 0; i < blocks; ++i) {
        const double at = static_cast<double> (i) * options.block / options.rate;
        transport.beats = transport.playing ? at * bpm / 60.0 : 0.0;
        if (transport.playing) {
            set (x, 0.5 + 0.5 * std::sin (at * 0.37));
            set (y, 0.5 + 0.5 * std::sin (at * 0.53));
        }
        midi.clear();
        if (options.paced)
            std::this_thread::sleep_until (begun + std::chrono::duration_cast<Clock::duration> (std::chrono::duration<double> (at)));
        const auto from = Clock::now();
        processor.processBlock (audio, midi);
        taken.push_back (std::chrono::duration<double, std::micro> (Clock::now() - from).count());
    }
    return taken;
}

} // namespace

int main (int count, char** words)
{
    const Options options { count > 1 ? words[1] : "", count > 2 ? std::atof (words[2]) : 0.0, count > 4 ? std::atof (words[4]) : 48'000.0,
                            count > 3 ? std::atoi (words[3]) : 64, count > 5 && std::string (words[5]) == "paced" };
    if ((options.mode != "kit" && options.mode != "midi" && options.mode != "idle") || options.seconds <= 0 || options.block < 1
        || options.rate < 8000) {
        std::fprintf (stderr, "usage: groovefield_audio_bench kit|midi|idle SECONDS [BLOCK [RATE [paced]]]\n");
        return 2;
    }
    const juce::ScopedJuceInitialiser_GUI juce;
    groovefield::Processor processor;
    Transport transport;
    transport.playing = options.mode != "idle";
    processor.setPlayHead (&transport);
    processor.setRateAndBufferSizeDetails (options.rate, options.block);
    set (parameter (processor, "output"), options.mode == "midi" ? 0.5 : 1.0);
    processor.prepareToPlay (options.rate, options.block);
    waitForTheModel (processor);

    auto taken = play (processor, transport, options);
    double total = 0.0;
    for (const auto each : taken)
        total += each;
    const double time = 1e6 * static_cast<double> (taken.size()) * options.block / options.rate;
    std::sort (taken.begin(), taken.end());
    const auto at = [&taken] (double share) { return taken[static_cast<std::size_t> (share * static_cast<double> (taken.size() - 1))]; };
    std::printf ("{\"mode\": \"%s\", \"share\": %.6f, \"p50_us\": %.2f, \"p99_us\": %.2f, \"max_us\": %.1f, \"blocks\": %zu, \"notes\": %u}\n",
                 options.mode.c_str(), total / time, at (0.5), at (0.99), taken.back(), taken.size(),
                 processor.now.notesSent.load());
    return 0;
}
