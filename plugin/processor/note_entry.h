// Notes of a keyboard on their way into the melody, and notes that the editor wants to hear.
//
// While it is on (the editor's notes have the keyboard's focus) what comes in plays the kit's melodic voice and no drum, and
// waits here until the message thread takes it.
#pragma once

#include <juce_core/juce_core.h>

#include <array>
#include <atomic>

namespace groovefield {

class NoteEntry {
public:
    static constexpr float soundVelocity = 0.65f;

    void setOn (bool shouldBe) noexcept { on.store (shouldBe); }    // [message]
    bool isOn() const noexcept { return on.load(); }                // any thread

    /// [audio] What finds no room is lost.
    void hear (int note) noexcept
    {
        const auto place = ring.write (1);
        if (place.blockSize1 > 0)
            notes[static_cast<std::size_t> (place.startIndex1)] = note;
    }

    /// [message] Gives each note that has come to `set`, in their order.
    template <class Set>
    void take (Set&& set)
    {
        ring.read (ring.getNumReady()).forEach ([&] (int index) { set (notes[static_cast<std::size_t> (index)]); });
    }

    /// [message] Sounds a note with the next block; the last one wanted, if there are more.
    void sound (int note) noexcept { wanted.store (note); }
    /// [audio] Below 0: none.
    int toSound() noexcept { return wanted.load (std::memory_order_relaxed) < 0 ? none : wanted.exchange (none); }

private:
    static constexpr int room = 128, none = -1;
    std::atomic<bool> on { false };
    std::atomic<int> wanted { none };
    juce::AbstractFifo ring { room };
    std::array<int, room> notes {};
};

} // namespace groovefield
