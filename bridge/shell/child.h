// Starting a Python process of ours, and the line to it.
//
// The line is a socket pair: our end wakes the process with one byte, or tells it a line; its end is its
// standard input (where it waits) and its standard error (what it says, for our sentences). Either side sees
// at once when the other is gone, however it went.
#pragma once

#include "platform.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace groovefield {

/// What starts it: `python -I -m MODULE WORD...`.
struct LaunchPlan {
    platform::Path python;
    std::string module;
    std::vector<platform::Path> words;    ///< paths, so that any name of a file goes through as it is
    bool outlivesUs = false;              ///< it may end what it is doing after we are gone
    bool hearsOutput = false;             ///< its standard output is heard like its standard error
    bool opensWindow = false;             ///< what a window needs of the host's environment goes through
};

/// [bridge] The whole environment of such a process, NAME=value each, built from scratch.
std::vector<std::string> childEnvironment (bool opensWindow = false);

/// Our end of the line, for the audio threads. The supervisor puts a new one in when the process is started
/// again, and takes the old one out before it closes it.
class WakeLine {
public:
    /// [audio] One byte, if there is a process and its line is not full. Never waits, never raises a signal.
    void ring() noexcept;

    /// [bridge] From here on `ring` uses this end (-1: none). Returns when no thread uses the one before.
    void change (std::intptr_t end) noexcept;

private:
    std::atomic<std::intptr_t> line { -1 };
    std::atomic<int> ringing { 0 };
};

/// [bridge] In a thread of ours: the host's signals are for the host's threads; faults stay where they happen.
void leaveSignalsToHost();

/// What wakes the supervisor: any thread may ring it.
class Bell {
public:
    Bell();
    ~Bell();
    Bell (const Bell&) = delete;
    Bell& operator= (const Bell&) = delete;

    /// Empty, or the sentence why there is none: then ringing does nothing, and nobody may sleep on it.
    const std::string& refusal() const noexcept { return why; }

    /// [audio, offline only] Never waits.
    void ring() noexcept;

    std::intptr_t listening = -1, pulling = -1;    // POSIX: a pipe's two ends. Windows: one event, in `listening`

private:
    std::string why;
};

/// How a process ended, where the system tells: a host that ignores SIGCHLD is never told.
struct Ended {
    bool known = false;
    bool bySignal = false;
    int code = 0;    ///< exit code, or the signal
};

/// A running process. One thread uses it.
class Child {
public:
    /// [bridge] Null, and a sentence, if it cannot be started.
    static std::unique_ptr<Child> start (const LaunchPlan&, std::string& sentence);

    /// [bridge] Closes the line, waits a moment for the process to end by itself, then kills it.
    ~Child();

    Child (const Child&) = delete;
    Child& operator= (const Child&) = delete;

    std::uint32_t processId() const noexcept { return pid; }
    std::intptr_t lineEnd() const noexcept { return line; }

    /// [bridge] Sleeps until the bell rings, the process says something or ends, or the time is over.
    /// `child` may be null.
    static void wait (Bell& bell, const Child* child, int milliseconds);

    /// [bridge] Reads what the process said; false once it is gone.
    bool listen();

    /// [bridge] True once it said "ready".
    bool saidReady() const noexcept { return ready; }

    /// [bridge] The last line that the process said, other than that and empty ones.
    const std::string& lastWords() const noexcept { return words; }

    /// [bridge] The lines said since the last call, other than those, the newest 1,000 of them.
    std::vector<std::string> takeLines();

    /// [bridge] Tells it a line on its standard input; waits up to a second for room. False if it cannot be told.
    bool tell (std::string text);

    /// [bridge] Closes the line and lets the process end by itself, however long it takes. For plans that outlive us.
    void letGo();

    /// [bridge] How it ended, or nothing while it lives. Waits for this process only.
    std::optional<Ended> ended();

    /// [bridge] The same of one whose line is closed: that happens a moment before it is gone, and this waits that moment.
    std::optional<Ended> endedSoon();

    /// [bridge] Takes note of the processes that were let go and have ended since, so that the system forgets them.
    static void forgetEnded();

    /// [bridge] Ends it at once.
    void kill();

private:
    Child() = default;
    void closeLine();

    std::uint32_t pid = 0;
    std::intptr_t line = -1;
    std::intptr_t process = 0, job = 0, voice = 0;    // Windows: handles of the process, its job, its standard error
    bool gone = false;       // the line said so
    bool reaped = false;
    bool ready = false;
    bool lettingGo = false;
    std::string words, unfinished;
    std::vector<std::string> lines;
    std::optional<Ended> ending;

    void hear (const char* text, std::size_t size);
};

} // namespace groovefield
