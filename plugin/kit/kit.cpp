#include "kit.h"

#include "drums.h"
#include "lane.h"

#if defined(__SSE2__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace groovefield {

namespace {

using namespace synth;

/// Tiny numbers count as zero while this lives (they cost a hundred times a normal one); the
/// host's own setting comes back afterwards.
class FlushTinyNumbers {
public:
#if defined(__SSE2__) || defined(_M_X64)
    FlushTinyNumbers() noexcept : before (_mm_getcsr()) { _mm_setcsr (before | 0x8040u); }
    ~FlushTinyNumbers() noexcept { _mm_setcsr (before); }
#elif defined(__aarch64__)
    FlushTinyNumbers() noexcept
    {
        asm volatile ("mrs %0, fpcr" : "=r"(before));
        set (before | (1ull << 24));
    }
    ~FlushTinyNumbers() noexcept { set (before); }
#endif
    FlushTinyNumbers (const FlushTinyNumbers&) = delete;
    FlushTinyNumbers& operator= (const FlushTinyNumbers&) = delete;

private:
#if defined(__SSE2__) || defined(_M_X64)
    unsigned int before;
#elif defined(__aarch64__)
    static void set (std::uint64_t value) noexcept { asm volatile ("msr fpcr, %0" : : "r"(value)); }
    std::uint64_t before = 0;
#endif
};

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
constexpr float hatChokeSeconds = 0.030f;
constexpr float resetSeconds = 0.004f;

struct WaitingNote {
    int offset;
    Voice voice;
    float velocity;
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

    template <typename Action>
    void each (Action&& act)
    {
        act (kick), act (snare), act (closedHat), act (openHat), act (lowTom), act (midTom);
        act (highTom), act (clap), act (rim), act (ride), act (crash);
    }

    void start (const WaitingNote& note) noexcept;
    void renderChunk (float* left, float* right, int n) noexcept;
    void forget() noexcept;
};

void Kit::Impl::forget() noexcept
{
    waitingCount = 0;
    hits.fill (0);
}

void Kit::Impl::start (const WaitingNote& note) noexcept
{
    const auto lane = static_cast<std::size_t> (note.voice);
    const Hit hit { note.velocity, static_cast<std::uint32_t> (lane) * 4099u + ++hits[lane] * 131u };
    switch (note.voice) {
        case Voice::kick: return kick.start (hit);
        case Voice::snare: return snare.start (hit);
        case Voice::lowTom: return lowTom.start (hit);
        case Voice::midTom: return midTom.start (hit);
        case Voice::highTom: return highTom.start (hit);
        case Voice::clap: return clap.start (hit);
        case Voice::rim: return rim.start (hit);
        case Voice::ride: return ride.start (hit);
        case Voice::crash: return crash.start (hit);
        // One pair of cymbals: closing it ends what rings. Two hits at one sample both sound.
        case Voice::closedHat:
            openHat.fadeOut (hatChokeSeconds);
            return closedHat.start (hit);
        case Voice::openHat:
            closedHat.fadeOut (hatChokeSeconds);
            return openHat.start (hit);
    }
}

void Kit::Impl::renderChunk (float* left, float* right, int n) noexcept
{
    std::array<float, chunkSize> l {}, r {};
    bool any = false;
    each ([&] (auto& lane) {
        if (lane.sounding()) {
            lane.addTo (l.data(), r.data(), n);
            any = true;
        }
    });
    if (! any)
        return;
    for (int i = 0; i < n; ++i) {
        left[i] += glue (trim * l[static_cast<std::size_t> (i)]);
        right[i] += glue (trim * r[static_cast<std::size_t> (i)]);
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
    impl->forget();
}

void Kit::reset() noexcept
{
    impl->forget();
    impl->each ([] (auto& lane) { lane.fadeOut (resetSeconds); });
}

void Kit::cut() noexcept
{
    impl->forget();
    impl->each ([] (auto& lane) { lane.cut(); });
}

void Kit::noteOn (int sampleOffset, Voice voice, float velocity) noexcept
{
    if (! (velocity > 0.0f) || static_cast<int> (voice) >= voiceCount || impl->waitingCount == maxWaitingNotes)
        return;
    // Kept in order of time; notes of one sample in the order they came.
    auto at = static_cast<std::size_t> (impl->waitingCount++);
    const auto offset = std::max (0, sampleOffset);
    for (; at > 0 && impl->waiting[at - 1].offset > offset; --at)
        impl->waiting[at] = impl->waiting[at - 1];
    impl->waiting[at] = { offset, voice, std::min (velocity, 1.0f) };
}

void Kit::render (float* left, float* right, int numSamples) noexcept
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
        impl->renderChunk (left + at, right + at, n);
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
    bool sounds = impl->waitingCount > 0;
    impl->each ([&] (auto& lane) { sounds = sounds || lane.sounding(); });
    return ! sounds;
}

} // namespace groovefield
