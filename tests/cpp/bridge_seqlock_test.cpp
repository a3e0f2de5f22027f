// Torn reads: first that an unprotected value does tear here, then that a protected one is never accepted torn.
#include "seqlock.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

using namespace groovefield;

namespace {

// All words equal when whole.
struct Wide {
    std::array<std::uint64_t, 256> words {};
    static Wide of (std::uint64_t value)
    {
        Wide wide;
        wide.words.fill (value);
        return wide;
    }
    bool whole() const
    {
        for (const auto word : words)
            if (word != words[0])
                return false;
        return true;
    }
};

// What the seqlock is without its sequence.
struct Unprotected {
    void write (const Wide& value) { shared::copyIn (&memory, &value, sizeof (value)); }
    bool read (Wide& into) const
    {
        shared::copyOut (&into, &memory, sizeof (into));
        return true;
    }
    Wide memory;
};

struct Seen {
    long accepted = 0, torn = 0;
};

// Reads against a writer until `enough` says so.
template <class Memory, class Enough>
Seen readAgainstWriter (Memory& memory, Enough enough)
{
    std::atomic<bool> stop { false };
    std::thread writer ([&] {
        for (std::uint64_t value = 1; ! stop; ++value)
            memory.write (Wide::of (value));
    });
    Seen seen;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds (30);
    Wide read;
    while (! enough (seen) && std::chrono::steady_clock::now() < until)
        if (memory.read (read)) {
            ++seen.accepted;
            seen.torn += read.whole() ? 0 : 1;
        }
    stop = true;
    writer.join();
    return seen;
}

} // namespace

TEST_CASE ("an unprotected value tears on this machine")
{
    Unprotected memory;
    const auto seen = readAgainstWriter (memory, [] (const Seen& s) { return s.torn >= 10; });
    CHECK (seen.torn >= 10);
}

TEST_CASE ("a seqlock never lets a torn value through")
{
    shared::SeqLock<Wide> memory;
    const auto seen = readAgainstWriter (memory, [] (const Seen& s) { return s.accepted >= 200'000; });
    CHECK (seen.accepted > 100);
    CHECK (seen.torn == 0);
}

TEST_CASE ("a writer that died in the middle is not read until the next one is done")
{
    std::uint64_t seq = 0;
    shared::beginWrite (seq);
    CHECK_FALSE (shared::endRead (seq, shared::beginRead (seq)));
    shared::beginWrite (seq);    // its successor
    CHECK_FALSE (shared::endRead (seq, shared::beginRead (seq)));
    shared::endWrite (seq);
    CHECK (shared::endRead (seq, shared::beginRead (seq)));
    CHECK (seq % 2 == 0);
}
