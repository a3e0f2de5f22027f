// What hosts do beside playing: states from another thread, editors opened and closed, and what it costs.
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include <pluginterfaces/base/ibstream.h>
#include <pluginterfaces/vst/ivstcomponent.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace groovefield::testing {

/// What this process holds: descriptors, threads, kilobytes of memory. Linux alone tells.
inline juce::var held()
{
    const auto count = [] (const char* folder) {
        std::error_code none;
        return static_cast<int> (std::distance (std::filesystem::directory_iterator (folder, none), {}));
    };
    int kilobytes = 0;
    std::ifstream status ("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmRSS:")
            status >> kilobytes;
    return juce::Array<juce::var> { count ("/proc/self/fd"), count ("/proc/self/task"), kilobytes };
}

/// A plugin's state as the VST3 interface hands it over.
class StateStream final : public Steinberg::IBStream {
public:
    explicit StateStream (juce::MemoryBlock given = {}) : bytes (std::move (given)) {}

    Steinberg::tresult PLUGIN_API read (void* to, Steinberg::int32 wanted, Steinberg::int32* count) override
    {
        const auto here = std::min<std::size_t> (static_cast<std::size_t> (std::max (0, wanted)), bytes.getSize() - at);
        std::memcpy (to, static_cast<const char*> (bytes.getData()) + at, here);
        at += here;
        if (count != nullptr)
            *count = static_cast<Steinberg::int32> (here);
        return Steinberg::kResultOk;
    }
    Steinberg::tresult PLUGIN_API write (void* from, Steinberg::int32 size, Steinberg::int32* count) override
    {
        bytes.append (from, static_cast<std::size_t> (size));
        at = bytes.getSize();
        if (count != nullptr)
            *count = size;
        return Steinberg::kResultOk;
    }
    Steinberg::tresult PLUGIN_API seek (Steinberg::int64 to, Steinberg::int32 mode, Steinberg::int64* result) override
    {
        const auto from = mode == kIBSeekCur ? static_cast<Steinberg::int64> (at) : mode == kIBSeekEnd ? static_cast<Steinberg::int64> (bytes.getSize()) : 0;
        at = static_cast<std::size_t> (std::clamp<Steinberg::int64> (from + to, 0, static_cast<Steinberg::int64> (bytes.getSize())));
        if (result != nullptr)
            *result = static_cast<Steinberg::int64> (at);
        return Steinberg::kResultOk;
    }
    Steinberg::tresult PLUGIN_API tell (Steinberg::int64* where) override
    {
        *where = static_cast<Steinberg::int64> (at);
        return Steinberg::kResultOk;
    }
    Steinberg::tresult PLUGIN_API queryInterface (const Steinberg::TUID, void** object) override
    {
        *object = nullptr;
        return Steinberg::kNoInterface;
    }
    Steinberg::uint32 PLUGIN_API addRef() override { return 1; }
    Steinberg::uint32 PLUGIN_API release() override { return 1; }

    juce::MemoryBlock bytes;

private:
    std::size_t at = 0;
};

/// Sets states in turn, and saves one after each, from a thread of its own. JUCE's host would take its message thread for
/// it, which plays here: the plugin's own interface is asked.
class StatesAlong {
public:
    StatesAlong (juce::AudioPluginInstance& plugin, std::vector<juce::MemoryBlock> all, int milliseconds)
    {
        struct Component : juce::ExtensionsVisitor {
            void visitVST3Client (const VST3Client& client) override { found = client.getIComponentPtr(); }
            Steinberg::Vst::IComponent* found = nullptr;
        } component;
        plugin.getExtensions (component);
        thread = std::thread ([this, asked = component.found, milliseconds, states = std::move (all)] {
            while (goesOn && asked != nullptr) {
                StateStream in (states[static_cast<std::size_t> (count.load()) % states.size()]), out;
                if (asked->setState (&in) == Steinberg::kResultOk && asked->getState (&out) == Steinberg::kResultOk && out.bytes.getSize() > 0)
                    ++count;
                std::this_thread::sleep_for (std::chrono::milliseconds (milliseconds));
            }
        });
    }
    ~StatesAlong() { end(); }

    /// How often it did.
    int end()
    {
        goesOn = false;
        if (thread.joinable())
            thread.join();
        return count;
    }

private:
    std::atomic<bool> goesOn { true };
    std::atomic<int> count { 0 };
    std::thread thread;
};

/// Opens and closes an editor while a thread plays, as a host with a window does.
class EditorTurns : private juce::Timer {
public:
    EditorTurns (juce::AudioPluginInstance& p, int howOften, int milliseconds) : plugin (p), turns (howOften)
    {
        player = std::thread ([this] {
            juce::AudioBuffer<float> audio (std::max (2, plugin.getTotalNumOutputChannels()), 512);
            juce::MidiBuffer midi;
            while (! ended) {
                midi.clear();
                audio.clear();
                plugin.processBlock (audio, midi);
                std::this_thread::sleep_for (std::chrono::milliseconds (10));
            }
        });
        startTimer (milliseconds);
        juce::MessageManager::getInstance()->runDispatchLoop();
    }

    ~EditorTurns() override
    {
        ended = true;
        player.join();
    }

    juce::Array<juce::var> counts;
    bool shown = true;

private:
    void timerCallback() override
    {
        if (editor != nullptr) {
            shown = shown && editor->isShowing() && editor->getWidth() > 600;
            editor.reset();
            counts.add (held());
        } else if (counts.size() < turns) {
            editor.reset (plugin.createEditorIfNeeded());
            if (editor == nullptr)
                return finish();
            editor->addToDesktop (juce::ComponentPeer::windowHasTitleBar);
            editor->setVisible (true);
        } else
            finish();
    }

    void finish()
    {
        stopTimer();
        juce::MessageManager::getInstance()->stopDispatchLoop();
    }

    juce::AudioPluginInstance& plugin;
    const int turns;
    std::unique_ptr<juce::AudioProcessorEditor> editor;
    std::thread player;
    std::atomic<bool> ended { false };
};

} // namespace groovefield::testing
