// What the editor and the state cost:
//     GROOVEFIELD_PYTHON=$PWD/.venv/bin/python groovefield_editor_bench SECONDS
// Prints one JSON object: frames while music plays, the audio callback beside an open and a closed editor, states.
#include "editor_session.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>

#if JUCE_LINUX || JUCE_MAC
 #include <time.h>
#endif

namespace {

using namespace groovefield;
using groovefield::testing::ScriptedHost;
using Clock = std::chrono::steady_clock;

double millisecondsSince (Clock::time_point then) { return std::chrono::duration<double, std::milli> (Clock::now() - then).count(); }

double quantile (std::vector<double> values, double share)
{
    std::sort (values.begin(), values.end());
    return values.empty() ? 0.0 : values[static_cast<std::size_t> (share * static_cast<double> (values.size() - 1))];
}

// Plays on a thread of its own at the pace of a sound card, while the editor, when there is one, draws 60 frames a second.
class Playing {
public:
    Playing (Processor& p, ScriptedHost& h) : processor (p), host (h), thread ([this] { play(); }) {}
    ~Playing()
    {
        stop.store (true);
        thread.join();
    }
    double share() const { return 1.0e-3 * total / std::max (1.0e-9, played); }

private:
    void play()
    {
        juce::AudioBuffer<float> audio (2, block);
        juce::MidiBuffer midi;
        midi.ensureSize (4096);
        const auto begun = Clock::now();
        while (! stop.load()) {
            std::this_thread::sleep_until (begun + std::chrono::duration_cast<Clock::duration> (std::chrono::duration<double> (played)));
            midi.clear();
            const auto from = Clock::now();
            processor.processBlock (audio, midi);
            total += millisecondsSince (from);
            played += block / rate;
            host.beats += block / rate * host.bpm / 60.0;
        }
    }

    static constexpr int block = 64;
    static constexpr double rate = 48000.0;
    Processor& processor;
    ScriptedHost& host;
    std::atomic<bool> stop { false };
    double total = 0.0, played = 0.0;   // ms; s
    std::thread thread;
};

struct Frames {
    std::vector<double> look, paint;   // ms
};

// Draws like a display does: looks at the processor, paints into an image.
Frames draw (Processor& processor, double seconds, float scale)
{
    std::unique_ptr<juce::AudioProcessorEditor> owned (processor.createEditor());
    auto& editor = dynamic_cast<Editor&> (*owned);
    juce::Image image (juce::Image::ARGB, juce::roundToInt (scale * static_cast<float> (editor.getWidth())),
                       juce::roundToInt (scale * static_cast<float> (editor.getHeight())), true);
    Frames frames;
    const auto begun = Clock::now();
    for (int frame = 0; millisecondsSince (begun) < 1000.0 * seconds; ++frame) {
        std::this_thread::sleep_until (begun + std::chrono::microseconds (16'667 * frame));
        const auto at = Clock::now();
        editor.tick (1.0e6 + frame / 60.0);
        frames.look.push_back (millisecondsSince (at));
        juce::Graphics g (image);
        g.addTransform (juce::AffineTransform::scale (scale));
        editor.paintEntireComponent (g, true);
        frames.paint.push_back (millisecondsSince (at) - frames.look.back());
    }
    processor.editorBeingDeleted (owned.get());
    return frames;
}

// Processor time that this thread has taken, in seconds; 0 where the system does not tell.
double threadSeconds()
{
#if JUCE_LINUX || JUCE_MAC
    timespec now {};
    if (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now) == 0)
        return static_cast<double> (now.tv_sec) + 1.0e-9 * static_cast<double> (now.tv_nsec);
#endif
    return 0.0;
}

// What share of a core the message thread takes, left to its timers and its windows: eight instances without an editor, and one with
// an editor on a screen, where the display asks for frames and only what changed is drawn, while the song stands and while it plays.
// JUCE's loop runs once, so a timer goes from one to the next.
class MessageThread : private juce::Timer {
public:
    MessageThread (Processor& p, ScriptedHost& h, double s) : processor (p), host (h), seconds (s) {}

    void print()
    {
        for (auto& each : others) {
            each = std::make_unique<Processor>();
            each->setRateAndBufferSizeDetails (48000.0, 64);
            each->prepareToPlay (48000.0, 64);
        }
        begin();
        juce::MessageManager::getInstance()->runDispatchLoop();
        processor.editorBeingDeleted (editor.get());
    }

private:
    void begin()
    {
        from = Clock::now();
        before = threadSeconds();
        startTimer (juce::roundToInt (1000.0 * seconds));
    }

    // The first of each two is for what begins.
    void timerCallback() override
    {
        constexpr std::array<const char*, 3> names { "closed", "still", "playing" };
        if (turn % 2 == 1)
            std::printf ("\"messages_%s\": %.6f, ", names[turn / 2], (threadSeconds() - before) / (1.0e-3 * millisecondsSince (from)));
        if (++turn == 2 * names.size()) {
            stopTimer();
            playing.reset();
            return juce::MessageManager::getInstance()->stopDispatchLoop();
        }
        if (turn == 2) {
            for (auto& each : others)
                each.reset();
            editor.reset (processor.createEditor());
            editor->addToDesktop (juce::ComponentPeer::windowHasTitleBar | juce::ComponentPeer::windowAppearsOnTaskbar);
            editor->setVisible (true);
        }
        if (turn % 2 == 0) {
            playing.reset();
            host.playing = turn == 4;
            playing = std::make_unique<Playing> (processor, host);
        }
        begin();
    }

    Processor& processor;
    ScriptedHost& host;
    double seconds, before = 0.0;
    std::array<std::unique_ptr<Processor>, 7> others;
    std::unique_ptr<juce::AudioProcessorEditor> editor;
    std::unique_ptr<Playing> playing;
    Clock::time_point from;
    std::size_t turn = 0;
};

// A new X server knows few names, and JUCE only asks for those that a window manager would have made: without them its window
// is an error. The connection is kept: with the last one the server forgets.
void makeAtoms()
{
#if JUCE_LINUX
    static juce::DynamicLibrary x11 ("libX11.so.6");
    using Open = void* (*) (const char*);
    using Intern = unsigned long (*) (void*, const char*, int);
    const auto open = reinterpret_cast<Open> (x11.getFunction ("XOpenDisplay"));
    const auto intern = reinterpret_cast<Intern> (x11.getFunction ("XInternAtom"));
    if (auto* const display = open != nullptr && intern != nullptr ? open (nullptr) : nullptr)
        for (const auto* name : { "WM_PROTOCOLS", "WM_TAKE_FOCUS", "WM_DELETE_WINDOW", "WM_STATE", "WM_CHANGE_STATE", "_NET_WM_PING" })
            intern (display, name, 0);
#endif
}

void edit (Processor& processor)
{
    Pattern pattern;
    const bool plays = processor.pattern (pattern);
    processor.laying.lay ("Edits", [&] (Overlay& o) {
        for (std::size_t lane = 0; lane < 11; ++lane)
            for (std::size_t step = lane % 3; step < 32; step += 3)
                o.edits[lane][step] = { CellEdit::Hit::struck, 90, 1000 };
        for (std::size_t lane = 0; lane < 6 && plays; ++lane)
            lockLane (o, pattern, processor.play(), lane);
        takeAgain (o, {}, 7);
    });
}

void printStates (Processor& processor, const char* what)
{
    constexpr int times = 50;
    juce::MemoryBlock state;
    auto from = Clock::now();
    for (int i = 0; i < times; ++i) {
        state.reset();
        processor.getStateInformation (state);
    }
    const auto saving = millisecondsSince (from) / times;
    from = Clock::now();
    for (int i = 0; i < times; ++i)
        processor.setStateInformation (state.getData(), static_cast<int> (state.getSize()));
    std::printf ("\"%s_bytes\": %zu, \"%s_save_ms\": %.3f, \"%s_load_ms\": %.3f, ", what, state.getSize(), what, saving, what,
                 millisecondsSince (from) / times);
}

} // namespace

int main (int count, char** words)
{
    const auto seconds = count == 2 ? std::atof (words[1]) : 0.0;
    if (! (seconds > 0.0)) {
        std::fprintf (stderr, "usage: groovefield_editor_bench SECONDS\n");
        return 2;
    }
    makeAtoms();
    const juce::ScopedJuceInitialiser_GUI juceRuns;
    Processor processor;
    ScriptedHost host;
    host.playing = true;
    processor.setPlayHead (&host);
    processor.setRateAndBufferSizeDetails (48000.0, 64);
    processor.prepareToPlay (48000.0, 64);
    for (int tries = 0; ! processor.modelReady(); ++tries) {
        if (tries == 3000) {
            std::fprintf (stderr, "The model process does not start: %s\n", processor.modelSentence().toRawUTF8());
            return 1;
        }
        juce::Thread::sleep (10);
    }

    std::printf ("{");
    for (const auto scale : { 1, 2, 3 }) {
        Playing playing (processor, host);
        const auto frames = draw (processor, seconds, static_cast<float> (scale));
        std::printf ("\"look_p50_%dx\": %.3f, \"look_p99_%dx\": %.3f, \"paint_p50_%dx\": %.3f, \"paint_p99_%dx\": %.3f, \"share_open_%dx\": %.6f, ",
                     scale, quantile (frames.look, 0.5), scale, quantile (frames.look, 0.99), scale, quantile (frames.paint, 0.5), scale,
                     quantile (frames.paint, 0.99), scale, playing.share());
    }
    {
        Playing playing (processor, host);
        std::this_thread::sleep_for (std::chrono::duration<double> (seconds));
        std::printf ("\"share_closed\": %.6f, ", playing.share());
    }
    MessageThread (processor, host, seconds).print();
    printStates (processor, "plain");
    edit (processor);
    printStates (processor, "edited");
    std::printf ("\"seconds\": %g}\n", seconds);
    return 0;
}
