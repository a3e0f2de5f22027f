// The overlay between threads: message threads exchange it, the audio thread has a copy of its own.
#pragma once

#include "../../bridge/shell/seqlock.h"
#include "../player/overlay.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace groovefield {

class SharedOverlay {
public:
    /// [message] Never null; does not change any more.
    std::shared_ptr<const Overlay> get() const
    {
        const std::lock_guard<std::mutex> lock (mutex);
        return present;
    }

    /// [message] From the next block on.
    void set (std::shared_ptr<const Overlay> next)
    {
        const std::lock_guard<std::mutex> lock (mutex);
        present = std::move (next);
        words.write (*present);
        version.fetch_add (1, std::memory_order_release);
    }

    /// [audio] A block that meets a writer keeps what it had.
    void take (Overlay& into, Overlay& spare, std::uint32_t& seen) const noexcept
    {
        const auto newest = version.load (std::memory_order_acquire);
        if (newest == seen || ! words.read (spare))
            return;
        into = spare;
        seen = newest;
    }

private:
    mutable std::mutex mutex;    // message threads only
    std::shared_ptr<const Overlay> present = std::make_shared<const Overlay>();
    shared::SeqLock<Overlay> words;
    std::atomic<std::uint32_t> version { 0 };
};

} // namespace groovefield
