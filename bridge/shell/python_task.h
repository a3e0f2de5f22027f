// Something that a Python process of its own does beside the music: a training, a search, opening a window.
//
// Lines go in, lines come out; nothing here understands them. A thread of ours starts the process and listens
// while it lives.
#pragma once

#include "child.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace groovefield {

/// What a task is, and how it is spoken of.
struct TaskPlan {
    std::string name;             ///< "The training": a sentence about it begins so
    LaunchPlan launch;            ///< its Python is looked for when the task starts
    std::string firstLine;        ///< told at once; empty: nothing is
    std::string loss;             ///< what an end by force costs, after a semicolon: "what was learned is lost"
    bool finishesAlone = false;   ///< whoever lets go of it leaves it to finish; else it is ended at once
    std::chrono::milliseconds patience { 0 };  ///< it is ended when it takes longer; 0: it may take for ever
};

/// All [message], but for the thread's own.
class PythonTask {
public:
    /// Starts it; what is wrong comes as a complaint.
    explicit PythonTask (TaskPlan);

    /// Joins the thread, which ends the process or lets it go.
    ~PythonTask();
    PythonTask (const PythonTask&) = delete;
    PythonTask& operator= (const PythonTask&) = delete;

    /// Tells it a line on its standard input.
    void tell (const std::string& word);

    /// What it said since the last call.
    std::vector<std::string> takeLines();

    /// False once it has ended and all is taken.
    bool running() const noexcept { return alive.load(); }

    /// The process's number, 0 before it is started and after it ended.
    std::uint32_t processId() const noexcept { return pid.load(); }

    /// Why it could not be started, or how it broke down, a sentence; empty if all went well, or if its last line is
    /// one of JSON: then it has said itself what was wrong.
    std::string complaint() const;

private:
    void run();                           // the thread; what follows is its own
    void listen (Child&);
    void stop (std::string why);
    std::string breakdown (const std::optional<Ended>&, const std::string& last) const;

    TaskPlan plan;
    Bell bell;
    std::atomic<bool> quit { false }, alive { true };
    std::atomic<std::uint32_t> pid { 0 };
    mutable std::mutex mutex;             // message thread and ours only
    std::vector<std::string> toTell, said;
    std::string why;
    std::thread thread;
};

} // namespace groovefield
