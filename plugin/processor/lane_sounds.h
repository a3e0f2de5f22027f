// What the musician chose for the sound of each lane: the kit's settings and the one-shot samples, on their way from message
// threads to the audio thread.
//
// The rule in prose. A change makes a new list of samples and publishes it; the audio thread takes the newest list at the next
// block and says, once no stroke of an older one sounds, that it reads that one only. Lists before it are given up at the next
// change, on the thread that makes it: nothing is locked, allocated or freed on the audio thread.
#pragma once

#include "../../bridge/shell/seqlock.h"
#include "../kit/kit.h"
#include "sample_file.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace groovefield {

class LaneSounds {
public:
    LaneSounds();

    KitSettings settings() const;                             // [message]
    void setSettings (const KitSettings&);                    // [message]

    /// [message] Puts a file's sound in a drum's place. Returns a sentence if it is refused; all then stays as it is.
    juce::String load (Voice, const juce::File&);
    void clear (Voice);                                       // [message]
    juce::String name (Voice) const;                          // [message] empty: the drum itself
    KeptSamples samples() const;                              // [message]
    void setSamples (KeptSamples);                            // [message]

    /// Any thread: how long the last hit may sound.
    double tailSeconds() const noexcept { return anySample.load() ? Kit::sampleTailSeconds : Kit::tailSeconds; }

    void apply (Kit&) noexcept;                               // [audio] before a block is rendered
    void letGo (const Kit&) noexcept;                         // [audio] after it

    /// [message] How many lists are kept, the present one included.
    std::size_t listsKept() const;

private:
    struct List {
        KeptSamples keep;
        KitSamples read {};
    };

    void publish (KeptSamples);

    mutable std::mutex lock;                                  // message threads only
    KitSettings present;
    std::vector<std::unique_ptr<const List>> lists;           // oldest first; the last is what is wanted
    std::atomic<bool> anySample { false };

    shared::SeqLock<KitSettings> chosen;
    std::atomic<const List*> wanted { nullptr };              // from message threads to the audio thread
    std::atomic<const List*> readOnly { nullptr };            // and back: no stroke reads an older one

    // The audio thread's.
    const List* taken = nullptr;
    bool settled = true;
};

} // namespace groovefield
