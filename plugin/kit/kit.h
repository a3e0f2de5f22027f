// Groovefield's own drum kit: eleven drums, synthesised; a one-shot sample may stand in for each. And one voice for the
// notes of a melody.
//
// Notes are queued with a sample offset and sound at exactly that sample of the next render.
// What comes out is a function of the notes alone: the split into blocks never changes a sample,
// and the same notes after prepare(), cut() or a finished reset() give the same samples again.
#pragma once

#include "kit_settings.h"

#include <array>
#include <memory>

namespace groovefield {

struct Sample;

/// The samples that sound in place of drums; null: the drum itself.
using KitSamples = std::array<const Sample*, voiceCount>;

/// Where the kit's sound goes. A drum that has an output of its own is not in the mix.
struct KitOutputs {
    struct Pair {
        float* left = nullptr;
        float* right = nullptr;
    };
    Pair mix;
    std::array<Pair, voiceCount> own {};
    Pair tone;   ///< of the melodic voice, which is in the mix too where it has none
};

class Kit {
public:
    /// No drum sounds longer than this after its note, and no sample longer than that.
    static constexpr double tailSeconds = 5.0, sampleTailSeconds = 10.0;

    /// More notes than this waiting for one render are dropped, the latest first.
    static constexpr int maxWaitingNotes = 1024;

    Kit();   // [message]
    ~Kit();  // [message]
    Kit (const Kit&) = delete;
    Kit& operator= (const Kit&) = delete;

    /// [message] Builds the tables for a sample rate (8 kHz..384 kHz, else clamped) and clears
    /// everything. Call it before the first render.
    void prepare (double sampleRate);

    /// [audio] Forgets waiting notes and fades what sounds to silence within 5 ms; the hits count
    /// from the beginning again.
    void reset() noexcept;

    /// [audio] As reset(), but silent at once: for where the sound does not go on.
    void cut() noexcept;

    /// [audio] Queues a hit for the coming render: offset in samples from its start (one beyond
    /// its end waits for the render it falls in, a negative one counts as 0), velocity 0..1
    /// (0 and NaN are silent).
    void noteOn (int sampleOffset, Voice voice, float velocity) noexcept;

    /// [audio] Queues a note of the melodic voice: a plucked string of one voice, MIDI note 0..127. Each note ends the one before.
    void toneOn (int sampleOffset, int note, float velocity) noexcept;

    /// [audio] Queues the end of the note that sounds then: it fades within a tenth of a second.
    void toneOff (int sampleOffset) noexcept;

    /// [audio] The melodic voice's level in dB, -60 (silent) .. 12; it glides.
    void setToneLevel (float decibels) noexcept;

    /// [audio] Level and pan glide to these within a few milliseconds; the rest holds for the hits that begin from now on.
    void set (const KitSettings&) noexcept;

    /// [audio] These sound from the next hits on; what another sample, or the drum in its place, still sounds fades within 5 ms.
    /// A sample must stay until `readsOnly` says that it is no longer read.
    void setSamples (const KitSamples&) noexcept;

    /// [audio] Whether no sample is read, now or later, but these.
    bool readsOnly (const KitSamples&) const noexcept;

    /// [audio] Adds the kit to two buffers of any length, 0 included. The kit's own share never
    /// leaves -1..1.
    void render (float* left, float* right, int numSamples) noexcept;

    /// [audio] The same, with outputs of their own for some drums: each then has the glue to itself.
    void render (const KitOutputs&, int numSamples) noexcept;

    /// [audio] Whether nothing sounds and nothing waits.
    bool silent() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};

} // namespace groovefield
