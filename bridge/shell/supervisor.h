// The model process of this loaded copy of the library: one, for up to 64 instances.
//
//   none --acquire--> starting --"ready"--> ready --ended, hung--> waiting (back-off) --> starting
//                        |                                             ^
//                        +-------- ended, silent for too long ---------+
//
// A thread of ours, the supervisor, starts it, sees it end, kills it when it hangs, and starts it again: with a
// back-off that doubles from 0.25 s to 30 s, or at once while an instance renders offline and waits. It sleeps in
// poll. After the last instance it keeps the process for 10 s more; then process, file and thread end.
#pragma once

#include "layout.h"
#include "mapped_file.h"
#include "sha256.h"
#include "child.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace groovefield {

class ModelProcess {
public:
    using Clock = std::chrono::steady_clock;

    /// [message] The one of this loaded copy; the first call makes the shared memory and starts the supervisor.
    /// Never null: what is wrong is in `sentence`.
    static std::shared_ptr<ModelProcess> acquire();

    /// [message] How long the process stays after its last user; for tests.
    static void setLinger (std::chrono::milliseconds);
    /// [message]
    static std::chrono::milliseconds linger();

    ~ModelProcess();
    ModelProcess (const ModelProcess&) = delete;
    ModelProcess& operator= (const ModelProcess&) = delete;

    /// [message] The state in words, with the one command that mends it where something is wrong.
    std::string sentence() const;

    /// [message] True while the process answers.
    bool ready() const noexcept { return state.load() == State::ready; }

    /// [message] The process's number, 0 while there is none.
    std::uint32_t processId() const noexcept { return childPid.load(); }

    /// [message] How often a process was started.
    std::uint32_t starts() const noexcept { return startCount.load(); }

    /// [message] Puts a model's portable form into the private cache under the name of its SHA-256, where the process
    /// looks for it, and says which that is. Returns a sentence if it cannot, else "".
    static std::string storeModel (const std::vector<std::uint8_t>& portable, Sha256& digest);

    /// [message] Where it lies there.
    static platform::Path modelFile (const Sha256& digest);

    // What PatternClient uses.

    /// [message] A slot for one instance, its memory allocated; nothing, and a sentence, if there is none.
    std::optional<std::size_t> claimSlot (std::string& refusal);
    /// [message]
    void releaseSlot (std::size_t slot);
    /// [message] Null if there is no shared memory. Stays where it is while an instance holds this.
    layout::Segment* segment() noexcept { return file == nullptr ? nullptr : &file->segment(); }
    /// [audio] Wakes the process, without waiting.
    void wake() noexcept { line.ring(); }
    /// [audio, offline only] Tells the supervisor that an instance waits, so that it does not sleep out its back-off.
    void urge() noexcept { bell.ring(); }
    /// [audio] True when waiting is of no use: nothing to start, or it failed by itself again and again.
    bool hopeless() const noexcept { return futile.load (std::memory_order_acquire); }

private:
    enum class State { none, starting, ready, waiting };

    ModelProcess();
    void giveUp (const std::string& why);
    void shutDown();                              // joins the thread, once
    void run();                                   // the supervisor thread; what follows is its own
    bool over (Clock::time_point now);            // told to stop, or nobody needs us any more
    void startChild (Clock::time_point now);
    void watchChild (Clock::time_point now);
    void dropChild (const std::string& why, Clock::time_point now);
    std::string whyItEnded();
    std::uint64_t answered() const noexcept;
    bool countEnd();
    void proveUseful();
    std::string silentSentence() const;
    bool isHung (Clock::time_point now);
    bool requestsPending (bool offlineOnly) const noexcept;
    int sleepTime (Clock::time_point now) const;
    void say (std::string);

    friend struct Registry;

    const std::uint32_t home = platform::processNumber();
    std::unique_ptr<MappedFile> file;
    Bell bell;
    WakeLine line;
    std::unique_ptr<Child> child;
    std::thread thread;

    std::atomic<State> state { State::none };
    std::atomic<bool> quit { false }, retired { false }, futile { false };
    std::atomic<std::uint32_t> childPid { 0 }, startCount { 0 };
    std::array<std::atomic<bool>, layout::slots> claimed {};

    mutable std::mutex words;            // message threads and the supervisor only
    std::string spoken;

    // The supervisor's own.
    Clock::time_point nextStart {}, startedAt {}, beatAt {}, lingerEnd { Clock::time_point::max() };
    std::uint64_t lastBeat = 0;
    std::chrono::milliseconds backOff { 0 };
    std::uint64_t answeredBefore = 0;    // its answers when the process was started
    int failures = 0;                    // starts in a row that did not get ready
    int silentEnds = 0;                  // ends in a row of processes that were asked and answered nothing
};

} // namespace groovefield
