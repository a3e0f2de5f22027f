// One writer, any number of readers, no lock: a sequence number that is odd while the writer writes.
//
// The fields lie in shared memory as plain numbers, so every access to them that another process
// may race with goes through the functions below: relaxed atomic words between fences. On the
// other side Python has no fences; what it writes carries a checksum too.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace groovefield::shared {

template <class T>
constexpr bool isWord = std::is_trivially_copyable_v<T> && (sizeof (T) == 4 || sizeof (T) == 8);

/// [audio] Reads one number that another thread or process may be writing.
template <class T>
T load (const T& field, std::memory_order order = std::memory_order_relaxed) noexcept
{
    static_assert (isWord<T> && std::atomic<T>::is_always_lock_free && sizeof (std::atomic<T>) == sizeof (T));
    return reinterpret_cast<const std::atomic<T>&> (field).load (order);
}

/// [audio] Writes one number that another thread or process may be reading.
template <class T>
void store (T& field, T value, std::memory_order order = std::memory_order_relaxed) noexcept
{
    static_assert (isWord<T> && std::atomic<T>::is_always_lock_free && sizeof (std::atomic<T>) == sizeof (T));
    reinterpret_cast<std::atomic<T>&> (field).store (value, order);
}

/// [audio] Copies `bytes` (a multiple of 8, both sides aligned to 8) out of shared memory.
inline void copyOut (void* into, const void* from, std::size_t bytes) noexcept
{
    const auto* source = static_cast<const std::uint64_t*> (from);
    auto* target = static_cast<unsigned char*> (into);
    for (std::size_t i = 0; i < bytes / 8; ++i) {
        const auto word = load (source[i]);
        std::memcpy (target + 8 * i, &word, 8);
    }
}

/// [audio] Copies `bytes` (a multiple of 8, both sides aligned to 8) into shared memory.
inline void copyIn (void* into, const void* from, std::size_t bytes) noexcept
{
    auto* target = static_cast<std::uint64_t*> (into);
    const auto* source = static_cast<const unsigned char*> (from);
    for (std::size_t i = 0; i < bytes / 8; ++i) {
        std::uint64_t word;
        std::memcpy (&word, source + 8 * i, 8);
        store (target[i], word);
    }
}

/// [audio] Makes the sequence odd. A writer that died in the middle left it odd: it stays so.
inline void beginWrite (std::uint64_t& seq) noexcept
{
    store (seq, load (seq) | 1u);
    std::atomic_thread_fence (std::memory_order_release);
}

/// [audio] Makes the sequence even again and everything written before visible first.
inline void endWrite (std::uint64_t& seq) noexcept
{
    store (seq, (load (seq) | 1u) + 1u, std::memory_order_release);
}

/// [audio] The sequence before a read; odd: do not read now.
inline std::uint64_t beginRead (const std::uint64_t& seq) noexcept
{
    return load (seq, std::memory_order_acquire);
}

/// [audio] True if nothing was written since `beginRead` returned `begun`, which was even.
inline bool endRead (const std::uint64_t& seq, std::uint64_t begun) noexcept
{
    std::atomic_thread_fence (std::memory_order_acquire);
    return (begun & 1u) == 0 && load (seq) == begun;
}

/// The same for two threads of this process: a value whose size is a multiple of 8. One writer.
template <class T>
class SeqLock {
    static_assert (std::is_trivially_copyable_v<T> && sizeof (T) % 8 == 0);

public:
    /// [audio]
    void write (const T& value) noexcept
    {
        beginWrite (seq);
        copyIn (words, &value, sizeof (T));
        endWrite (seq);
    }

    /// [audio] False, and `into` undefined, if a write came between.
    bool read (T& into) const noexcept
    {
        const auto begun = beginRead (seq);
        copyOut (&into, words, sizeof (T));
        return endRead (seq, begun);
    }

private:
    std::uint64_t seq = 0;
    std::uint64_t words[sizeof (T) / 8] {};
};

} // namespace groovefield::shared
