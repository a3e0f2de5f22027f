// One plugin instance's end of the bridge: requests out, patterns in, the event record.
#pragma once

#include "layout.h"
#include "pattern.h"
#include "seqlock.h"
#include "supervisor.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace groovefield {

/// With no model process, or no slot left in its shared memory, it works too: no request is ever
/// answered, and the record is kept in memory of its own.
class PatternClient : public PatternSource {
public:
    /// [message] Claims a slot. The pointer may be null: no process at all.
    explicit PatternClient (std::shared_ptr<ModelProcess>);

    /// [message] Gives the slot back. The audio thread has left.
    ~PatternClient() override;

    PatternClient (const PatternClient&) = delete;
    PatternClient& operator= (const PatternClient&) = delete;

    /// [message] The model that requests name from now on: the digest that `ModelProcess::storeModel` gave. All
    /// zeros, the value at the beginning: the default model. One thread at a time.
    void setModel (const Sha256&) noexcept;

    /// [audio] Whether the host renders offline: then `answer` and `record` may wait.
    void setOffline (bool) noexcept;

    /// [audio] Never waits. Four requests are kept; the fifth takes the place of the first.
    std::uint64_t request (const PadPosition&) noexcept override;

    /// [audio] Live it never waits; offline it waits at most 10 s, and not at all where that is of no use.
    bool answer (std::uint64_t id, Pattern& into) noexcept override;

    /// [audio] After `answer` gave nothing: whether that was because the process cannot answer this request.
    bool refused (std::uint64_t id) const noexcept { return id == refusedId; }

    /// [audio] Once, at the end of each block: wakes the process if something was asked for.
    void endBlock() noexcept;

    /// [audio] Adds to the event record. Offline it waits for an attached reader that is behind, at most 1 s for
    /// each sign of its life.
    void record (const layout::Event&) noexcept;

    /// [audio] What is heard now, for whoever looks on.
    void setHeard (float x, float y, double songBeats, bool playing) noexcept;

    /// A place that somebody beside the plugin would have it go to.
    struct Wish {
        float x, y;      ///< 0..1
        bool held;       ///< more of the same movement come
    };

    /// [message] The newest wish, if there is one that was not given yet. One thread at a time.
    std::optional<Wish> wish() noexcept;

    /// [message] The picture of the pad for the model that requests name: 64 x 64 RGBA, row 0 is y = 0. True when `rgba` was
    /// filled; false when there is none, or none newer than `version`, which counts them.
    bool picture (std::vector<std::uint8_t>& rgba, std::uint64_t& version) const;

    /// [message] The last events, at most `count`, oldest first.
    std::vector<layout::Event> lastEvents (std::size_t count) const;

    /// [message] Events recorded by this instance.
    std::uint64_t eventsRecorded() const noexcept;

    /// [message] True if, since rendering offline last began, a wait hit its bound: the bounce may lack patterns.
    bool waitExpired() const noexcept { return expired.load(); }

    /// [message] False: no slot was left, or there is no shared memory; `sentence` says which.
    bool hasSlot() const noexcept { return slotNumber < layout::slots; }

    /// [audio] [message] True while this instance has a slot and the process is ready.
    bool connected() const noexcept { return slotNumber < layout::slots && process->ready(); }

    /// [message] The state in words, with the command that mends it.
    std::string sentence() const;

private:
    enum class Look { nothing, pattern, refused };
    struct Room {
        layout::SlotControl control {};
        layout::Slot slot {};
    };
    using Clock = std::chrono::steady_clock;

    Look look (std::uint64_t internalId, Pattern& into) noexcept;
    Look check (const layout::Answer& answer, std::uint64_t seq, Pattern& into) noexcept;
    bool wait (std::uint64_t internalId, Pattern& into) noexcept;
    bool answeredSince (std::uint64_t internalId) const noexcept;
    bool readerHasRoom (std::uint64_t written) const noexcept;
    void waitForReader (std::uint64_t written) noexcept;
    Sha256 modelNow() noexcept;

    const std::uint32_t home = platform::processNumber();
    std::shared_ptr<ModelProcess> process;
    std::unique_ptr<Room> privateRoom;             // in place of a slot
    std::size_t slotNumber = layout::slots;        // layout::slots: none
    layout::SlotControl* control = nullptr;
    layout::Slot* slot = nullptr;
    std::string refusal;

    // The audio thread's.
    std::uint64_t firstId = 0;                     // internal IDs go on from the last instance: internal = firstId + id
    std::uint64_t lastId = 0;
    std::uint64_t refusedId = 0;                   // 0: none yet
    std::uint64_t damagedId = 0, damagedSeq = 0;   // the answer that failed its checks
    bool offline = false, posted = false;
    std::uint64_t givenUpId = 0;                   // the request whose wait hit its bound
    std::uint64_t idleReader = 0;                  // the sign of life of a reader that we no longer wait for
    Sha256 model {};
    layout::Answer copy {};

    std::uint64_t seenWish = 0;                    // the message thread's

    std::atomic<bool> expired { false };
    std::atomic<std::uint32_t> lastStatus { 0 };
    shared::SeqLock<Sha256> chosenModel;
};

} // namespace groovefield
