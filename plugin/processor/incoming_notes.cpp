// Notes that come in play the kit, and are captured while that is on (note_capture.h); controllers go where they were learned.
#include "incoming_notes.h"

#include "processor.h"

#include <utility>

namespace groovefield {

namespace {

bool isStroke (const juce::MidiMessageMetadata& event) noexcept
{
    return event.numBytes == 3 && (event.data[0] & 0xF0) == 0x90 && event.data[2] > 0;
}

} // namespace

void Processor::playIncoming (const juce::MidiBuffer& midi) noexcept
{
    waitingCount = 0;
    if (! isNonRealtime())
        for (const auto event : midi)
            midiLearn.hear (event.data, event.numBytes);
    const bool toKit = values.output() != Output::midi, captures = noteCapture.isOn();
    if (const auto wanted = noteEntry.toSound(); toKit && wanted >= 0)
        kit.toneOn (0, wanted, NoteEntry::soundVelocity);
    if (noteEntry.isOn())
        return enterNotes (midi, toKit);
    // A key may still be down: nobody hears it come up.
    if (std::exchange (enteredTone, -1) >= 0)
        kit.toneOff (0);
    for (const auto event : midi) {
        if (! isStroke (event))
            continue;
        if (toKit && drumOfNote[event.data[1] & 0x7F] >= 0)
            kit.noteOn (event.samplePosition, voiceOf (event.data[1]), static_cast<float> (event.data[2]) / 127.0f);
        if (captures && waitingCount < waiting.size())
            waiting[waitingCount++] = { event.samplePosition, event.data[1], event.data[2] };
    }
}

// Into the melody, not into the drums; they sound as the melody will.
void Processor::enterNotes (const juce::MidiBuffer& midi, bool toKit) noexcept
{
    for (const auto event : midi) {
        if (event.numBytes != 3)
            continue;
        const int note = event.data[1] & 0x7F, kind = event.data[0] & 0xF0;
        if (isStroke (event)) {
            noteEntry.hear (note);
            enteredTone = note;
            if (toKit)
                kit.toneOn (event.samplePosition, note, static_cast<float> (event.data[2]) / 127.0f);
        } else if ((kind == 0x80 || kind == 0x90) && note == enteredTone) {
            enteredTone = -1;
            kit.toneOff (event.samplePosition);
        }
    }
}

// Where in the song the notes lie is known when the block was played; by then the host's buffer holds the notes out.
void Processor::captureIncoming (const Transport& host, double songBefore, int samples) noexcept
{
    const bool follows = host.playing && host.hasPosition, loops = follows && host.looping && host.loopEnd > host.loopStart;
    const auto end = player.songPosition(), loop = loops ? host.loopEnd - host.loopStart : 0.0;
    // Free run counts on from the last block, or from 0 where it begins.
    const auto start = follows ? host.position : songBefore <= end ? songBefore : 0.0;
    const auto span = end < start ? end + loop - start : end - start;
    for (std::size_t i = 0; i < waitingCount; ++i) {
        const auto& from = waiting[i];
        IncomingNote note;
        note.note = from.note;
        note.velocity = from.velocity;
        note.running = player.isRunning();
        note.seconds = static_cast<double> (streamSample + from.sample) / std::max (1.0, getSampleRate());
        note.song = start + span * from.sample / std::max (1, samples);
        if (loops) {
            note.loopStart = host.loopStart;
            note.loopEnd = host.loopEnd;
            if (start < host.loopEnd && note.song >= host.loopEnd)
                note.song -= loop;
        }
        noteCapture.hear (note);
    }
}

bool Processor::heardBy (NoteCapture::Heard& heard) const
{
    if (! pattern (heard.pattern))
        return false;
    heard.play = values.play();
    const auto map = noteMap();
    for (std::size_t lane = 0; lane < heard.pattern.lanes; ++lane)
        heard.notes[lane] = map.note[lane] >= 0 ? map.note[lane] : std::int16_t { heard.pattern.laneNote[lane] };
    return true;
}

} // namespace groovefield
