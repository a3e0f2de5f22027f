// The audio thread's calls of the kit ask for no memory. Every allocation of this executable goes
// through the operators below, which count those of the thread that asks for it.
#include "kit_testing.h"
#include "sample.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

namespace {

thread_local int allocations = 0;

void* counted (std::size_t size)
{
    ++allocations;
    if (auto* memory = std::malloc (size > 0 ? size : 1))
        return memory;
    throw std::bad_alloc();
}

} // namespace

void* operator new (std::size_t size) { return counted (size); }
void* operator new[] (std::size_t size) { return counted (size); }
void operator delete (void* memory) noexcept { std::free (memory); }
void operator delete[] (void* memory) noexcept { std::free (memory); }
void operator delete (void* memory, std::size_t) noexcept { std::free (memory); }
void operator delete[] (void* memory, std::size_t) noexcept { std::free (memory); }

using namespace groovefield;
using namespace groovefield::testing;

TEST_CASE ("playing, rendering and resetting the kit allocates nothing")
{
    std::array<float, 300> left {}, right {};
    Kit kit;
    const auto beforePrepare = allocations;
    kit.prepare (96000.0);
    const Sample sample (std::vector<float> (5000, 0.5f), {}, 44100.0, "step");
    KitSettings settings;
    KitSamples samples {};
    const auto before = allocations;
    for (int block = 0; block < 400; ++block) {
        for (const auto voice : allVoices)
            kit.noteOn (block % 300, voice, 0.9f);
        const auto voice = static_cast<std::size_t> (block % voiceCount);
        settings.voices[voice] = { -6.0f, 0.5f, static_cast<float> (block % 13), 1.5f, 0.5f, 2 };
        kit.set (settings);
        samples[voice] = block % 3 == 0 ? &sample : nullptr;
        kit.setSamples (samples);
        kit.setToneLevel (static_cast<float> (block % 7));
        kit.toneOn (block % 200, 30 + block % 60, 0.7f);
        kit.toneOff (block % 200 + 50);
        kit.render (left.data(), right.data(), 300);
        if (block % 100 == 99)
            kit.reset();
        if (block % 100 == 49)
            kit.cut();
        if (kit.silent())
            break;
    }
    const auto after = allocations;
    CHECK (after == before);
    // The counter counts.
    CHECK (beforePrepare > 0);
    const std::vector<float> planted (100);
    CHECK (allocations == after + 1);
}
