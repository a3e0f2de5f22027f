#include "training_process.h"

#include "find_python.h"

#include <iterator>
#include <system_error>
#include <utility>

namespace groovefield {

namespace {

// Why it broke down, or nothing if it did not. Its events are lines of JSON; what Python says of a fault is not.
std::string breakdown (const std::optional<Ended>& ending, const std::string& last)
{
    if (ending && ending->known && ending->bySignal)
        return "The training process was ended by signal " + std::to_string (ending->code) + "; what was learned is lost.";
    if (ending && ending->known && ending->code == 0)
        return {};
    if (! last.empty() && last.front() != '{')
        return "The training process failed (" + last + "); run: groovefield doctor";
    return {};
}

} // namespace

TrainingProcess::TrainingProcess (std::string job)
{
    if (! bell.refusal().empty()) {
        stop (bell.refusal());
        return;
    }
    try {
        thread = std::thread ([this, job = std::move (job)] { run (job); });
    } catch (const std::system_error& error) {
        stop ("No thread for the training can be started: " + error.code().message() + ".");
    }
}

TrainingProcess::~TrainingProcess()
{
    quit = true;
    bell.ring();
    if (thread.joinable())
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
    leaveSignalsToHost();
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
            const auto ending = child->endedSoon();
            return stop (breakdown (ending, child->lastWords()));
        }
    }
    child->letGo();
}

} // namespace groovefield
