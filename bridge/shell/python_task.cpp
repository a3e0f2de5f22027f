#include "python_task.h"

#include "find_python.h"

#include <iterator>
#include <system_error>
#include <utility>

namespace groovefield {

PythonTask::PythonTask (TaskPlan what) : plan (std::move (what))
{
    if (! bell.refusal().empty()) {
        stop (bell.refusal());
        return;
    }
    try {
        thread = std::thread ([this] { run(); });
    } catch (const std::system_error& error) {
        stop (plan.name + " cannot be given a thread: " + error.code().message() + ".");
    }
}

PythonTask::~PythonTask()
{
    quit = true;
    bell.ring();
    if (thread.joinable())
        thread.join();
}

void PythonTask::tell (const std::string& word)
{
    {
        const std::lock_guard lock (mutex);
        toTell.push_back (word);
    }
    bell.ring();
}

std::vector<std::string> PythonTask::takeLines()
{
    std::vector<std::string> taken;
    const std::lock_guard lock (mutex);
    taken.swap (said);
    return taken;
}

std::string PythonTask::complaint() const
{
    const std::lock_guard lock (mutex);
    return why;
}

void PythonTask::stop (std::string because)
{
    {
        const std::lock_guard lock (mutex);
        why = std::move (because);
    }
    pid = 0;
    alive = false;
}

// Why it broke down, or nothing if it did not. What it tells us is JSON; what Python says of a fault is not.
std::string PythonTask::breakdown (const std::optional<Ended>& ending, const std::string& last) const
{
    if (ending && ending->known && ending->bySignal)
        return plan.name + " was ended by signal " + std::to_string (ending->code) + (plan.loss.empty() ? "" : "; " + plan.loss) + ".";
    if (ending && ending->known && ending->code == 0)
        return {};
    if (! last.empty() && last.front() != '{' && last.front() != '}')
        return plan.name + " failed (" + last + "); run: groovefield doctor";
    return {};
}

void PythonTask::run()
{
    leaveSignalsToHost();
    const auto found = findPython();
    if (found.python.empty())
        return stop (found.sentence);
    plan.launch.python = found.python;
    std::string refusal;
    const auto child = Child::start (plan.launch, refusal);
    if (child == nullptr)
        return stop (refusal + " Run: groovefield install");
    pid = child->processId();
    if (! plan.firstLine.empty() && ! child->tell (plan.firstLine))
        return stop (plan.name + " does not listen; run: groovefield doctor");
    listen (*child);
}

void PythonTask::listen (Child& child)
{
    constexpr int glance = 100;    // milliseconds; where a pipe cannot be waited for, this is how often it is looked at
    using Clock = std::chrono::steady_clock;
    const auto started = Clock::now();
    while (! quit) {
        Child::wait (bell, &child, glance);
        const bool there = child.listen();
        std::vector<std::string> words;
        {
            const std::lock_guard lock (mutex);
            words.swap (toTell);
            auto lines = child.takeLines();
            said.insert (said.end(), std::make_move_iterator (lines.begin()), std::make_move_iterator (lines.end()));
        }
        for (const auto& word : words)
            child.tell (word);
        if (! there) {
            const auto ending = child.endedSoon();
            return stop (breakdown (ending, child.lastWords()));
        }
        if (plan.patience.count() > 0 && Clock::now() - started > plan.patience) {
            child.kill();
            const auto seconds = std::chrono::ceil<std::chrono::seconds> (plan.patience).count();
            return stop (plan.name + " gave no answer within " + std::to_string (seconds)
                         + (seconds == 1 ? " second" : " seconds") + " and was ended.");
        }
    }
    if (plan.finishesAlone)
        child.letGo();
    else
        child.kill();
}

} // namespace groovefield
