// A host with a scripted transport: loads a VST3 and does what it is told, a JSON object a line on
// its standard input. tests/hosts/console.py writes the lines. Signals are at their defaults.
//
//   {"block": 512, "playing": true, "ppq": 0.0, "bpm": 120, "loop": [0, 4],
//    "set": {"x": 0.25}, "midi": [[0, 144, 36, 100]], "bypass": false, "pace": true, "sleep": 5}
//       one block: samples, transport (no "ppq": the host gives no position), parameters by ID
//       (normalised), notes in (sample and bytes). "pace": at its place in real time; "sleep":
//       milliseconds before it. No answer; the others answer with one line each.
//   {"do": "load", "plugin": path}          {"do": "prepare", "rate": 48000, "size": 512, "offline": true}
//   {"do": "buses", "on": [1, 3]}           these outputs beside the first; before "prepare"
//   {"do": "release"}                       {"do": "save", "file": path}   {"do": "restore", "file": path}
//   {"do": "parameters"}                    {"do": "sync"}                 {"do": "quit"}
//   {"do": "buses", "on": [], "main": 1}    the first output in mono       {"do": "reset"}
//   {"do": "restore along", "files": [paths], "every": 20}
//       another thread sets these states in turn, every so many milliseconds, and saves one after each, until
//   {"do": "alone"}                         ends it: how often it did
//   {"do": "instances", "times": 50}        makes, plays and deletes another one so often
//   {"do": "editor", "times": 100, "milliseconds": 40}
//       opens and closes the editor on the screen so often, while a thread plays; once in a host's life
//   "instances" and "editor" answer with a list, [descriptors, threads, kilobytes] of this process after each
//
// Written as it happens: one line a MIDI message out, "block sample byte byte byte", into the file
// named by the first argument; the audio, all outputs' channels interleaved as 32-bit floats, into the second, if there is one.
#include "host_habits.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

namespace {

using groovefield::testing::EditorTurns, groovefield::testing::StatesAlong, groovefield::testing::held;
using juce::var;
using Clock = std::chrono::steady_clock;

class ScriptedPlayHead : public juce::AudioPlayHead {
public:
    juce::Optional<PositionInfo> getPosition() const override { return position; }
    PositionInfo position;
};

// The plugin's own bytes in the XML text that JUCE's host keeps them in.
juce::MemoryBlock wrapped (const juce::MemoryBlock& state)
{
    juce::MemoryBlock out;
    juce::XmlElement xml ("VST3PluginState");
    xml.createNewChildElement ("IComponent")->addTextElement (state.toBase64Encoding());
    juce::AudioProcessor::copyXmlToBinary (xml, out);
    return out;
}

class ConsoleHost {
public:
    ConsoleHost (const char* midiFile, const char* audioFile) : midiOut (midiFile)
    {
        if (audioFile != nullptr)
            audioOut.open (audioFile, std::ios::binary);
    }

    ~ConsoleHost()
    {
        along.reset();
        if (prepared)
            plugin->releaseResources();
    }

    std::string obey (const var& line)
    {
        if (line.hasProperty ("block")) {
            block (line);
            return {};
        }
        const auto what = line["do"].toString();
        if (what == "load")
            return load (line["plugin"].toString());
        if (plugin == nullptr)
            return "error: no plugin is loaded";
        if (what == "buses")
            return buses (line["on"], line["main"]);
        if (what == "restore along")
            return restoreAlong (line["files"], line["every"]);
        if (what == "alone")
            return alone();
        if (what == "instances")
            return instances (line["times"]);
        if (what == "editor")
            return editor (line["times"], line["milliseconds"]);
        if (what == "reset") {
            plugin->reset();
            return "ok";
        }
        if (what == "prepare")
            return prepare (line);
        if (what == "release") {
            plugin->releaseResources();
            prepared = false;
            return "ok";
        }
        if (what == "save")
            return save (juce::File (line["file"].toString()));
        if (what == "restore")
            return restore (juce::File (line["file"].toString()));
        if (what == "parameters")
            return parameters();
        if (what == "sync") {
            midiOut.flush();
            audioOut.flush();
            paced = false;    // what comes next begins anew, however long the script waits
            return std::to_string (blocks);
        }
        return "error: unknown command";
    }

private:
    std::string load (const juce::String& path)
    {
        juce::OwnedArray<juce::PluginDescription> found;
        format.findAllTypesForFile (found, path);
        if (found.isEmpty())
            return "error: no plugin in " + path.toStdString();
        juce::String error;
        description = *found[0];
        plugin = format.createInstanceFromDescription (description, 48000.0, 512, error);
        if (plugin == nullptr)
            return "error: " + error.toStdString();
        plugin->setPlayHead (&playHead);
        return "ok " + plugin->getName().toStdString();
    }

    std::string buses (const var& on, const var& channels)
    {
        if (std::exchange (prepared, false))    // an active plugin keeps its buses
            plugin->releaseResources();
        auto layout = plugin->getBusesLayout();
        if (! channels.isVoid())
            layout.outputBuses.getReference (0) = juce::AudioChannelSet::canonicalChannelSet (channels);
        for (int bus = 1; bus < layout.outputBuses.size(); ++bus)
            layout.outputBuses.getReference (bus) = on.indexOf (bus) >= 0 ? juce::AudioChannelSet::stereo() : juce::AudioChannelSet::disabled();
        if (! plugin->setBusesLayout (layout))
            return "error: the plugin refuses these outputs";
        juce::StringArray names;
        for (int bus = 0; bus < plugin->getBusCount (false); ++bus)
            names.add (plugin->getBus (false, bus)->getName());
        return names.joinIntoString (",").toStdString();
    }

    std::string prepare (const var& line)
    {
        rate = line["rate"];
        // JUCE's host asks a plugin that is active already for nothing new.
        if (prepared)
            plugin->releaseResources();
        plugin->setNonRealtime (line["offline"]);
        plugin->prepareToPlay (rate, line["size"]);
        prepared = true;
        paced = false;
        return "ok";
    }

    // The files hold the plugin's own bytes; JUCE's host keeps them inside an XML text.
    std::string save (const juce::File& file) const
    {
        juce::MemoryBlock bytes, state;
        plugin->getStateInformation (bytes);
        const auto xml = juce::AudioProcessor::getXmlFromBinary (bytes.getData(), static_cast<int> (bytes.getSize()));
        if (xml == nullptr || ! state.fromBase64Encoding (xml->getChildElementAllSubText ("IComponent", {})))
            return "error: no state";
        return file.replaceWithData (state.getData(), state.getSize()) ? "ok " + std::to_string (state.getSize()) : "error: cannot write";
    }

    std::string restore (const juce::File& file)
    {
        juce::MemoryBlock state;
        if (! file.loadFileAsData (state))
            return "error: cannot read";
        const auto bytes = wrapped (state);
        plugin->setStateInformation (bytes.getData(), static_cast<int> (bytes.getSize()));
        return "ok";
    }

    std::string restoreAlong (const var& files, int every)
    {
        std::vector<juce::MemoryBlock> states (static_cast<std::size_t> (files.size()));
        for (int i = 0; i < files.size(); ++i)
            if (! juce::File (files[i].toString()).loadFileAsData (states[static_cast<std::size_t> (i)]))
                return "error: cannot read";
        along = std::make_unique<StatesAlong> (*plugin, std::move (states), every);
        return "ok";
    }

    std::string alone()
    {
        const auto count = along != nullptr ? along->end() : 0;
        along.reset();
        return std::to_string (count);
    }

    std::string instances (int times)
    {
        juce::Array<var> counts;
        for (int i = 0; i < times; ++i) {
            juce::String error;
            const auto other = format.createInstanceFromDescription (description, rate, 512, error);
            if (other == nullptr)
                return "error: " + error.toStdString();
            other->setPlayHead (&playHead);
            other->prepareToPlay (rate, 512);
            juce::AudioBuffer<float> audio (std::max (2, other->getTotalNumOutputChannels()), 512);
            juce::MidiBuffer notes;
            for (int b = 0; b < 4; ++b)
                other->processBlock (audio, notes);
            if (i % 2 == 0)    // some hosts do, others just let it go
                other->releaseResources();
            counts.add (held());
        }
        counts.add (held());
        return juce::JSON::toString (counts, true).toStdString();
    }

    std::string editor (int times, int milliseconds)
    {
        const EditorTurns turns (*plugin, times, milliseconds);
        if (turns.counts.size() < times || ! turns.shown)
            return "error: the editor did not open";
        return juce::JSON::toString (turns.counts, true).toStdString();
    }

    std::string parameters() const
    {
        juce::Array<var> all;
        for (const auto* parameter : plugin->getParameters())
            if (parameter->isAutomatable() && ! parameter->getName (64).startsWith ("MIDI CC"))
                all.add (juce::Array<var> { parameter->getName (64), static_cast<double> (parameter->getValue()) });
        return juce::JSON::toString (all, true).toStdString();
    }

    // The VST3 wrapper makes its numbers of the IDs' hashes.
    juce::AudioProcessorParameter* parameter (const juce::String& id) const
    {
        const auto number = juce::String (static_cast<juce::uint32> (id.hashCode()) & 0x7fffffffu);
        for (auto* candidate : plugin->getParameters())
            if (const auto* hosted = dynamic_cast<juce::HostedAudioProcessorParameter*> (candidate))
                if (hosted->getParameterID() == number)
                    return candidate;
        return nullptr;
    }

    void setParameters (const var& values) const
    {
        auto* object = values.getDynamicObject();
        if (object == nullptr)
            return;
        for (const auto& value : object->getProperties()) {
            if (auto* found = parameter (value.name.toString()))
                found->setValue (static_cast<float> (static_cast<double> (value.value)));
            else
                throw std::runtime_error ("no parameter " + value.name.toString().toStdString());
        }
    }

    void setTransport (const var& line)
    {
        auto& position = playHead.position;
        position = {};
        position.setIsPlaying (line["playing"]);
        if (line.hasProperty ("bpm"))
            position.setBpm (static_cast<double> (line["bpm"]));
        if (line.hasProperty ("ppq"))
            position.setPpqPosition (static_cast<double> (line["ppq"]));
        if (const auto* loop = line["loop"].getArray()) {
            position.setIsLooping (true);
            position.setLoopPoints (juce::AudioPlayHead::LoopPoints { (*loop)[0], (*loop)[1] });
        }
        position.setTimeInSamples (streamSample);
    }

    void waitForItsTime (const var& line, int samples)
    {
        if (line.hasProperty ("sleep"))
            std::this_thread::sleep_for (std::chrono::milliseconds (static_cast<int> (line["sleep"])));
        if (! line["pace"]) {
            paced = false;
            return;
        }
        if (! std::exchange (paced, true))
            nextBlock = Clock::now();
        std::this_thread::sleep_until (nextBlock);
        nextBlock += std::chrono::nanoseconds (static_cast<std::int64_t> (1e9 * samples / rate));
    }

    void block (const var& line)
    {
        const int samples = line["block"];
        setParameters (line["set"]);
        setTransport (line);
        midi.clear();
        if (const auto* notes = line["midi"].getArray())
            for (const auto& note : *notes)
                midi.addEvent (juce::MidiMessage (static_cast<int> (note[1]), static_cast<int> (note[2]), static_cast<int> (note[3])),
                               static_cast<int> (note[0]));
        waitForItsTime (line, samples);

        juce::AudioBuffer<float> audio (std::max (2, plugin->getTotalNumOutputChannels()), samples);
        audio.clear();
        if (line["bypass"])
            plugin->processBlockBypassed (audio, midi);
        else
            plugin->processBlock (audio, midi);
        write (audio);
        ++blocks;
        streamSample += samples;
    }

    void write (const juce::AudioBuffer<float>& audio)
    {
        for (const auto event : midi) {
            midiOut << blocks << ' ' << event.samplePosition;
            for (int i = 0; i < event.numBytes; ++i)
                midiOut << ' ' << static_cast<int> (event.data[i]);
            midiOut << '\n';
        }
        if (audioOut.is_open())
            for (int i = 0; i < audio.getNumSamples(); ++i)
                for (int channel = 0; channel < audio.getNumChannels(); ++channel) {
                    const float value = audio.getSample (channel, i);
                    audioOut.write (reinterpret_cast<const char*> (&value), sizeof value);
                }
    }

    juce::VST3PluginFormat format;
    juce::PluginDescription description;
    ScriptedPlayHead playHead;
    std::unique_ptr<juce::AudioPluginInstance> plugin;
    juce::MidiBuffer midi;
    std::ofstream midiOut, audioOut;
    double rate = 48000.0;
    std::int64_t blocks = 0, streamSample = 0;
    bool prepared = false, paced = false;
    Clock::time_point nextBlock {};
    std::unique_ptr<StatesAlong> along;
};

} // namespace

int main (int argc, char** argv)
{
#ifndef _WIN32
    std::signal (SIGPIPE, SIG_DFL);
    std::signal (SIGCHLD, SIG_DFL);
#endif
    if (argc < 2) {
        std::fprintf (stderr, "usage: groovefield_console_host MIDI-FILE [AUDIO-FILE] < SCRIPT\n");
        return 2;
    }
    // To JUCE this is an application then, and errors of an X server without a window manager end none.
    juce::JUCEApplicationBase::createInstance = [] () -> juce::JUCEApplicationBase* { return nullptr; };
    const juce::ScopedJuceInitialiser_GUI juceLives;
    ConsoleHost host (argv[1], argc > 2 ? argv[2] : nullptr);
    std::string line;
    while (std::getline (std::cin, line)) {
        std::string answer = "error: not a JSON object";
        try {
            const auto parsed = juce::JSON::parse (juce::String::fromUTF8 (line.c_str()));
            if (parsed["do"].toString() == "quit")
                break;
            if (parsed.isObject())
                answer = host.obey (parsed);
        } catch (const std::exception& error) {
            answer = std::string ("error: ") + error.what();
        }
        if (! answer.empty())
            std::cout << answer << std::endl;
    }
    return 0;
}
