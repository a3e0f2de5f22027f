// A training job in a Python process of its own: `python -I -m groovefield.trainer`.
//
// The job and then words go in, lines of JSON come out (models/groovefield/trainer says which). Nothing here
// understands them. A thread of ours listens while the process lives; whoever lets go of the job leaves the
// process to finish with what it has learned.
#pragma once

#include "child.h"

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace groovefield {

/// All [message], but for the thread's own.
class TrainingProcess {
public:
    /// Starts it; what is wrong comes as a line of its own, like everything that it says.
    explicit TrainingProcess (std::string job);
    ~TrainingProcess();
    TrainingProcess (const TrainingProcess&) = delete;
    TrainingProcess& operator= (const TrainingProcess&) = delete;

    /// "pause", "resume", "finish", "cancel" or "audition".
    void tell (const std::string& word);

    /// What it said since the last call.
    std::vector<std::string> takeLines();

    /// False once it has ended and all is taken.
    bool running() const noexcept { return alive.load(); }

    /// The process's number, 0 before it is started and after it ended.
    std::uint32_t processId() const noexcept { return pid.load(); }

    /// Why it could not be started, or how it broke down, a sentence; empty if all went well.
    std::string complaint() const;

private:
    void run (const std::string& job);    // the thread
    void stop (std::string why);

    Bell bell;
    std::atomic<bool> quit { false }, alive { true };
    std::atomic<std::uint32_t> pid { 0 };
    mutable std::mutex mutex;             // message thread and ours only
    std::vector<std::string> toTell, said;
    std::string why;
    std::thread thread;
};

} // namespace groovefield
