#include "kit.h"

#include "drums.h"
#include "lane.h"
#include "pluck.h"
#include "sample.h"
#include "strip.h"
#include "tiny_numbers.h"

namespace groovefield {

namespace {

using namespace synth;

/// The glue on the sum: linear to half of full scale (-6 dBFS), then bending with a continuous
/// slope and curvature towards a ceiling that it never reaches.
inline float glue (float x) noexcept
{
    constexpr float knee = 0.5f, ceiling = 0.98f, room = ceiling - knee;
    const auto over = std::max (0.0f, std::abs (x) - knee) / room;
    const auto bent = std::min (std::abs (x), knee) + room * over / std::sqrt (1.0f + over * over);
    return std::copysign (bent, x);
}

constexpr float trim = 0.66f;  // of the sum of the drums, so that a busy bar keeps below -3 dBFS
constexpr float chokeSeconds = 0.030f;
constexpr float toneFadeSeconds = 0.012f, toneReleaseSeconds = 0.09f;
constexpr float resetSeconds = 0.004f;    // also of what another sample takes the place of

void addGlued (const float* sum, float* to, int n) noexcept
{
    for (int i = 0; i < n; ++i)
        to[i] += glue (trim * sum[i]);
}

struct WaitingNote {
    static constexpr int drum = -1;

    int offset;
    Voice voice;
    float velocity;
    int note = drum;    ///< else the melodic voice's; velocity 0 ends it
};

} // namespace

struct Kit::Impl {
    Lane<Kick> kick;
    Lane<Snare> snare;
    Lane<ClosedHat> closedHat;
    Lane<OpenHat> openHat;
    Lane<LowTom> lowTom;
    Lane<MidTom> midTom;
    Lane<HighTom> highTom;
    Lane<Clap> clap;
    Lane<Rim> rim;
    Lane<Ride, 2> ride;
    Lane<Crash, 2> crash;

    std::array<WaitingNote, maxWaitingNotes> waiting {};
    int waitingCount = 0;
    std::array<std::uint32_t, voiceCount> hits {};

    KitSettings settings;
    std::array<Strip, voiceCount> strips;
    KitSamples samples {};
    std::array<Lane<OneShot>, voiceCount> sampled;
    Lane<Pluck> tone;
    VoiceSettings toneSettings;
    Strip toneStrip;

    /// The drums in the order of the voices.
    template <typename Action>
    void each (Action&& act)
    {
        act (kick), act (snare), act (closedHat), act (openHat), act (lowTom), act (midTom);
        act (highTom), act (clap), act (rim), act (ride), act (crash);
    }

    void wait (const WaitingNote& note) noexcept;
    void start (const WaitingNote& note) noexcept;
    void startTone (const WaitingNote& note) noexcept;
    Hit hitOf (const WaitingNote& note) noexcept;
    void strike (Voice voice, const Hit& hit) noexcept;
    void fadeOut (std::size_t voice, float seconds) noexcept;
    bool sounding (std::size_t voice) noexcept;
    void renderChunk (const KitOutputs& out, int at, int n) noexcept;
    bool renderTone (const KitOutputs& out, float* left, float* right, int at, int n) noexcept;
    void forget() noexcept;
};

// Kept in order of time; notes of one sample in the order they came.
void Kit::Impl::wait (const WaitingNote& note) noexcept
{
    if (waitingCount == maxWaitingNotes)
        return;
    auto at = static_cast<std::size_t> (waitingCount++);
    for (; at > 0 && waiting[at - 1].offset > note.offset; --at)
        waiting[at] = waiting[at - 1];
    waiting[at] = note;
}

void Kit::Impl::forget() noexcept
{
    waitingCount = 0;
    hits.fill (0);
}

Hit Kit::Impl::hitOf (const WaitingNote& note) noexcept
{
    const auto lane = static_cast<std::size_t> (note.voice);
    const auto& set = settings.voices[lane];
    Hit hit;
    hit.velocity = note.velocity;
    hit.seed = static_cast<std::uint32_t> (lane) * 4099u + ++hits[lane] * 131u;
    hit.decay = set.decay;
    hit.sample = samples[lane];
    if (set.tune != 0.0f)
        hit.pitch = std::exp2 (set.tune / 12.0f);
    if (set.velocity != 1.0f)
        hit.gain = std::pow (hitGain (note.velocity), set.velocity - 1.0f);
    return hit;
}

void Kit::Impl::startTone (const WaitingNote& note) noexcept
{
    if (! (note.velocity > 0.0f))
        return tone.fadeOut (toneReleaseSeconds);
    Hit hit;
    hit.velocity = note.velocity;
    hit.pitch = std::exp2 (static_cast<float> (note.note - Pluck::noteOfPitchOne) / 12.0f);
    tone.start (hit);
}

void Kit::Impl::start (const WaitingNote& note) noexcept
{
    if (note.note != WaitingNote::drum)
        return startTone (note);
    const auto lane = static_cast<std::size_t> (note.voice);
    // Two hits at one sample both sound: only what began before fades.
    if (const auto group = settings.voices[lane].choke; group != 0)
        for (std::size_t other = 0; other < voiceCount; ++other)
            if (other != lane && settings.voices[other].choke == group)
                fadeOut (other, chokeSeconds);
    auto hit = hitOf (note);
    if (hit.sample == nullptr)
        return strike (note.voice, hit);
    hit.decay = std::min (hit.decay, 1.0f);
    sampled[lane].start (hit);
}

void Kit::Impl::strike (Voice voice, const Hit& hit) noexcept
{
    switch (voice) {
        case Voice::kick: return kick.start (hit);
        case Voice::snare: return snare.start (hit);
        case Voice::closedHat: return closedHat.start (hit);
        case Voice::openHat: return openHat.start (hit);
        case Voice::lowTom: return lowTom.start (hit);
        case Voice::midTom: return midTom.start (hit);
        case Voice::highTom: return highTom.start (hit);
        case Voice::clap: return clap.start (hit);
        case Voice::rim: return rim.start (hit);
        case Voice::ride: return ride.start (hit);
        case Voice::crash: return crash.start (hit);
    }
}

void Kit::Impl::fadeOut (std::size_t voice, float seconds) noexcept
{
    std::size_t at = 0;
    each ([&] (auto& lane) {
        if (at++ == voice)
            lane.fadeOut (seconds);
    });
    sampled[voice].fadeOut (seconds);
}

bool Kit::Impl::sounding (std::size_t voice) noexcept
{
    std::size_t at = 0;
    bool sounds = sampled[voice].sounding();
    each ([&] (auto& lane) { sounds = sounds || (at++ == voice && lane.sounding()); });
    return sounds;
}

// False: it is silent, or at an output of its own.
bool Kit::Impl::renderTone (const KitOutputs& out, float* left, float* right, int at, int n) noexcept
{
    if (! tone.sounding()) {
        toneStrip.settle();
        return false;
    }
    std::array<float, chunkSize> l {}, r {};
    tone.addTo (l.data(), r.data(), n);
    toneStrip.apply (l.data(), r.data(), n);
    if (out.tone.left != nullptr) {
        addGlued (l.data(), out.tone.left + at, n);
        addGlued (r.data(), out.tone.right + at, n);
        return false;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t> (n); ++i) {
        left[i] += l[i];
        right[i] += r[i];
    }
    return true;
}

void Kit::Impl::renderChunk (const KitOutputs& out, int at, int n) noexcept
{
    std::array<float, chunkSize> l {}, r {};
    bool any = false;
    std::size_t voice = 0;
    each ([&] (auto& lane) {
        const auto v = voice++;
        auto& strip = strips[v];
        auto& shot = sampled[v];
        if (! lane.sounding() && ! shot.sounding())
            return strip.settle();
        const auto& own = out.own[v];
        const auto add = [&] (float* left, float* right) {
            if (lane.sounding())
                lane.addTo (left, right, n);
            if (shot.sounding())
                shot.addTo (left, right, n);
        };
        if (strip.neutral() && own.left == nullptr) {
            any = true;
            return add (l.data(), r.data());
        }
        std::array<float, chunkSize> left {}, right {};
        add (left.data(), right.data());
        strip.apply (left.data(), right.data(), n);
        if (own.left != nullptr) {
            addGlued (left.data(), own.left + at, n);
            return addGlued (right.data(), own.right + at, n);
        }
        any = true;
        for (std::size_t i = 0; i < static_cast<std::size_t> (n); ++i) {
            l[i] += left[i];
            r[i] += right[i];
        }
    });
    any = renderTone (out, l.data(), r.data(), at, n) || any;
    if (! any)
        return;
    // Side by side, sample by sample: both may be the one buffer of a mono output.
    for (int i = 0; i < n; ++i) {
        out.mix.left[at + i] += glue (trim * l[static_cast<std::size_t> (i)]);
        out.mix.right[at + i] += glue (trim * r[static_cast<std::size_t> (i)]);
    }
}

Kit::Kit() : impl (std::make_unique<Impl>()) { prepare (48000.0); }
Kit::~Kit() = default;

void Kit::prepare (double sampleRate)
{
    const auto rate = sampleRate > 0.0 ? std::clamp (sampleRate, 8000.0, 384000.0) : 48000.0;
    impl->kick.prepare (rate, 0.008f);
    impl->snare.prepare (rate, 0.010f);
    impl->closedHat.prepare (rate, 0.006f);
    impl->openHat.prepare (rate, 0.020f);
    impl->lowTom.prepare (rate, 0.015f);
    impl->midTom.prepare (rate, 0.015f);
    impl->highTom.prepare (rate, 0.015f);
    impl->clap.prepare (rate, 0.012f);
    impl->rim.prepare (rate, 0.006f);
    impl->ride.prepare (rate, 0.150f);
    impl->crash.prepare (rate, 0.150f);
    for (auto& lane : impl->sampled)
        lane.prepare (rate, 0.010f);
    for (auto& strip : impl->strips)
        strip.prepare (rate);
    impl->tone.prepare (rate, toneFadeSeconds);
    impl->toneStrip.prepare (rate);
    impl->forget();
}

void Kit::set (const KitSettings& wanted) noexcept
{
    const auto settings = wanted.withinRange();
    for (std::size_t v = 0; v < voiceCount; ++v)
        if (settings.voices[v] != impl->settings.voices[v]) {
            impl->strips[v].set (settings.voices[v]);
            if (! impl->sounding (v))
                impl->strips[v].settle();
        }
    impl->settings = settings;
}

void Kit::setSamples (const KitSamples& samples) noexcept
{
    for (std::size_t v = 0; v < voiceCount; ++v)
        if (samples[v] != impl->samples[v])
            impl->fadeOut (v, resetSeconds);
    impl->samples = samples;
}

bool Kit::readsOnly (const KitSamples& samples) const noexcept
{
    for (std::size_t v = 0; v < voiceCount; ++v)
        if (impl->samples[v] != samples[v]
            || impl->sampled[v].any ([&] (const OneShot& stroke) { return stroke.sample() != samples[v]; }))
            return false;
    return true;
}

void Kit::reset() noexcept
{
    impl->forget();
    for (std::size_t v = 0; v < voiceCount; ++v)
        impl->fadeOut (v, resetSeconds);
    impl->tone.fadeOut (resetSeconds);
}

void Kit::cut() noexcept
{
    impl->forget();
    impl->each ([] (auto& lane) { lane.cut(); });
    for (auto& lane : impl->sampled)
        lane.cut();
    impl->tone.cut();
}

void Kit::noteOn (int sampleOffset, Voice voice, float velocity) noexcept
{
    if (velocity > 0.0f && static_cast<int> (voice) < voiceCount)
        impl->wait ({ std::max (0, sampleOffset), voice, std::min (velocity, 1.0f) });
}

void Kit::toneOn (int sampleOffset, int note, float velocity) noexcept
{
    if (velocity > 0.0f && note >= 0 && note < 128)
        impl->wait ({ std::max (0, sampleOffset), Voice::kick, std::min (velocity, 1.0f), note });
}

void Kit::toneOff (int sampleOffset) noexcept { impl->wait ({ std::max (0, sampleOffset), Voice::kick, 0.0f, 0 }); }

void Kit::setToneLevel (float decibels) noexcept
{
    VoiceSettings wanted;
    wanted.level = decibels == decibels ? std::clamp (decibels, VoiceSettings::silentLevel, VoiceSettings::mostLevel) : 0.0f;
    if (wanted == impl->toneSettings)
        return;
    impl->toneSettings = wanted;
    impl->toneStrip.set (wanted);
    if (! impl->tone.sounding())
        impl->toneStrip.settle();
}

void Kit::render (float* left, float* right, int numSamples) noexcept
{
    KitOutputs out;
    out.mix = { left, right };
    render (out, numSamples);
}

void Kit::render (const KitOutputs& out, int numSamples) noexcept
{
    const FlushTinyNumbers flush;
    auto& waiting = impl->waiting;
    std::size_t next = 0;
    const auto count = static_cast<std::size_t> (impl->waitingCount);
    for (int at = 0; at < numSamples;) {
        while (next < count && waiting[next].offset == at)
            impl->start (waiting[next++]);
        auto n = std::min (chunkSize, numSamples - at);
        if (next < count)
            n = std::min (n, waiting[next].offset - at);
        impl->renderChunk (out, at, n);
        at += n;
    }
    for (std::size_t k = next; k < count; ++k) {
        waiting[k - next] = waiting[k];
        waiting[k - next].offset -= std::max (0, numSamples);
    }
    impl->waitingCount = static_cast<int> (count - next);
}

bool Kit::silent() const noexcept
{
    bool sounds = impl->waitingCount > 0 || impl->tone.sounding();
    for (std::size_t v = 0; v < voiceCount; ++v)
        sounds = sounds || impl->sounding (v);
    return ! sounds;
}

} // namespace groovefield
