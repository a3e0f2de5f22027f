#include "training_process.h"

#include "find_python.h"

#include <iterator>
#include <utility>

#ifndef _WIN32
#include <csignal>
#endif

namespace groovefield {

TrainingProcess::TrainingProcess (std::string job) : thread ([this, job = std::move (job)] { run (job); }) {}

TrainingProcess::~TrainingProcess()
{
    quit = true;
    bell.ring();
    thread.join();
}

void TrainingProcess::tell (const std::string& word)
{
    {
        const std::lock_guard lock (mutex);
        toTell.push_back (word);
    }
    bell.ring();
}

std::vector<std::string> TrainingProcess::takeLines()
{
    std::vector<std::string> taken;
    const std::lock_guard lock (mutex);
    taken.swap (said);
    return taken;
}

std::string TrainingProcess::complaint() const
{
    const std::lock_guard lock (mutex);
    return why;
}

void TrainingProcess::stop (std::string because)
{
    {
        const std::lock_guard lock (mutex);
        why = std::move (because);
    }
    pid = 0;
    alive = false;
}

void TrainingProcess::run (const std::string& job)
{
#ifndef _WIN32
    sigset_t all;
    sigfillset (&all);    // the host's signals are for the host's threads
    for (const int fault : { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP })
        sigdelset (&all, fault);
    ::pthread_sigmask (SIG_BLOCK, &all, nullptr);
#endif
    const auto found = findPython();
    if (found.python.empty())
        return stop (found.sentence);
    std::string refusal;
    const auto child = Child::start ({ found.python, "groovefield.trainer", {}, true }, refusal);
    if (child == nullptr)
        return stop (refusal + " Run: groovefield install");
    pid = child->processId();
    if (! child->tell (job))
        return stop ("The training process does not listen; run: groovefield doctor");

    constexpr int glance = 100;    // milliseconds; where a pipe cannot be waited for, this is how often it is looked at
    while (! quit) {
        Child::wait (bell, child.get(), glance);
        const bool there = child->listen();
        std::vector<std::string> words;
        {
            const std::lock_guard lock (mutex);
            words.swap (toTell);
            auto lines = child->takeLines();
            said.insert (said.end(), std::make_move_iterator (lines.begin()), std::make_move_iterator (lines.end()));
        }
        for (const auto& word : words)
            child->tell (word);
        if (! there) {
            const auto ending = child->ended();
            const bool broken = ending && ending->known && (ending->bySignal || ending->code != 0);
            return stop (broken ? child->lastWords() : std::string());
        }
    }
    child->letGo();
}

} // namespace groovefield
