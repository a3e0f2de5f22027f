// A processor with a scripted host, and its editor, in one thread: what the editor's tests and the
// program that takes its pictures share.
#pragma once

#include "../../plugin/editor/editor.h"
#include "../../plugin/processor/processor.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <memory>
#include <vector>

namespace groovefield::testing {

/// Says where the song is.
class ScriptedHost : public juce::AudioPlayHead {
public:
    juce::Optional<PositionInfo> getPosition() const override
    {
        PositionInfo info;
        info.setIsPlaying (playing);
        info.setPpqPosition (beats);
        info.setBpm (bpm);
        return info;
    }
    bool playing = false;
    double beats = 0.0, bpm = 120.0;
};

class Session {
public:
    Session()
    {
        processor.setPlayHead (&host);
        processor.setRateAndBufferSizeDetails (rate, block);
        processor.prepareToPlay (rate, block);
    }
    ~Session() { processor.editorBeingDeleted (editor.get()); }

    Editor& open()
    {
        editor.reset();
        editor.reset (dynamic_cast<Editor*> (processor.createEditor()));
        return *editor;
    }
    void close() { editor.reset(); }

    /// Runs the audio for a time, a frame of the editor every 1/60 s.
    void run (double seconds)
    {
        const auto until = time + seconds;
        while (time < until) {
            audio.clear();
            midi.clear();
            for (const auto& note : keyboard)
                if (note.sample >= samples && note.sample < samples + block)
                    midi.addEvent (juce::MidiMessage::noteOn (10, note.note, static_cast<juce::uint8> (note.velocity)), static_cast<int> (note.sample - samples));
            for (const auto& message : controllers)
                midi.addEvent (message, 0);
            controllers.clear();
            processor.processBlock (audio, midi);
            loudest = std::max (loudest, audio.getMagnitude (0, block));
            for (const auto event : midi)
                if (event.getMessage().isNoteOn())
                    heard.push_back ({ samples + event.samplePosition, event.getMessage().getNoteNumber(), event.getMessage().getVelocity(), event.getMessage().getChannel() });
            samples += block;
            time += static_cast<double> (block) / rate;
            if (host.playing)
                host.beats += static_cast<double> (block) / rate * host.bpm / 60.0;
            if (editor != nullptr && time >= nextFrame) {
                nextFrame = time + 1.0 / 60.0;
                editor->tick (firstFrame + time);
            }
        }
        if (editor != nullptr)
            editor->tick (firstFrame + time);
    }

    /// Lets the model process answer what was asked: it does so in its own time.
    void settle()
    {
        Pattern pattern;
        for (int quiet = 0, tries = 0; quiet < 5 && tries < 2000; ++tries) {
            const auto before = processor.pattern (pattern) ? pattern.id : 0;
            run (0.02);
            juce::Thread::sleep (5);
            const auto same = processor.pattern (pattern) && pattern.id == before;
            quiet = same && processor.modelReady() ? quiet + 1 : 0;
        }
    }

    void set (const char* id, float value)
    {
        auto* parameter = processor.parameters.getParameter (id);
        parameter->setValueNotifyingHost (parameter->convertTo0to1 (value));
    }
    float get (const char* id) const { return processor.parameters.getRawParameterValue (id)->load(); }

    static constexpr double rate = 48000.0, firstFrame = 1.0e6;
    static constexpr int block = 256;

    /// A note-on at a sample, counted from the first block.
    struct Note {
        std::int64_t sample;
        int note, velocity;
        int channel = 10;
    };
    std::vector<Note> keyboard;     ///< what comes in
    std::vector<juce::MidiMessage> controllers;   ///< what comes in with the next block
    std::vector<Note> heard;        ///< what went out
    std::int64_t samples = 0;       ///< played so far
    float loudest = 0.0f;           ///< sample of all that was heard

    ScriptedHost host;
    Processor processor;
    std::unique_ptr<Editor> editor;

private:
    juce::AudioBuffer<float> audio { 2, block };
    juce::MidiBuffer midi;
    double time = 0.0, nextFrame = 0.0;
};

// What a host that records automation sees of one parameter.
class Recorder : public juce::AudioProcessorParameter::Listener {
public:
    Recorder (Session& session, const char* id) : parameter (*session.processor.parameters.getParameter (id))
    {
        parameter.addListener (this);
    }
    ~Recorder() override { parameter.removeListener (this); }

    void parameterValueChanged (int, float) override { (open ? moved : movedOutside)++; }
    void parameterGestureChanged (int, bool starting) override
    {
        open = starting;
        (starting ? begun : ended)++;
    }

    int begun = 0, ended = 0, moved = 0, movedOutside = 0;

private:
    juce::AudioProcessorParameter& parameter;
    bool open = false;
};

} // namespace groovefield::testing
