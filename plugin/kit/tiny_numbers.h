// Numbers too small to hear cost a hundred times a normal one.
#pragma once

#if defined(__SSE2__) || defined(_M_X64)
#include <immintrin.h>
#endif

#include <cstdint>

namespace groovefield::synth {

/// They count as zero while this lives; the host's own setting comes back afterwards.
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

} // namespace groovefield::synth
