// A host without a host: it does with the bridge what a plugin does, told by lines on its standard input.
// tests/python/test_lifecycle.py drives it. Each command answers with one line.
#include "client.h"
#include "crc32.h"
#include "python_task.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace groovefield;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

std::shared_ptr<ModelProcess> process;
std::vector<std::unique_ptr<PatternClient>> clients;
std::unique_ptr<PythonTask> task;
Pattern heard;

PadPosition position (float x, float y)
{
    PadPosition result;
    result.latent.fill (0.5f);
    result.latent[0] = x;
    result.latent[1] = y;
    return result;
}

std::string described (const Pattern& pattern)
{
    const auto count = std::size_t { 5 } * pattern.lanes * pattern.steps;
    char text[160];
    std::snprintf (text, sizeof (text), "pattern %llu lanes %u steps %u crc %08x first %.9g",
                   static_cast<unsigned long long> (pattern.id), pattern.lanes, pattern.steps,
                   crc32 (pattern.values.data(), count * sizeof (float)), static_cast<double> (pattern.values[0]));
    return text;
}

// Asks as the audio thread does, block after block, until the answer is there or the time is over.
std::string ask (PatternClient& client, float x, float y, int milliseconds)
{
    const auto until = Clock::now() + std::chrono::milliseconds (milliseconds);
    const auto id = client.request (position (x, y));
    client.endBlock();
    do {
        if (client.answer (id, heard))
            return described (heard);
        std::this_thread::sleep_for (100us);
    } while (Clock::now() < until);
    return "none";
}

// Round trips at a steady rate, microseconds: what a block that asks would see.
std::string bench (PatternClient& client, int count, int perSecond)
{
    std::vector<double> times;
    times.reserve (static_cast<std::size_t> (count));
    auto next = Clock::now();
    for (int i = 0; i < count; ++i) {
        next += std::chrono::nanoseconds (1'000'000'000 / perSecond);
        std::this_thread::sleep_until (next);
        const auto begun = Clock::now();
        const auto id = client.request (position (static_cast<float> (i % 101) / 100.0f, static_cast<float> (i % 89) / 88.0f));
        client.endBlock();
        while (! client.answer (id, heard) && Clock::now() - begun < 1s)
            std::this_thread::yield();
        times.push_back (std::chrono::duration<double, std::micro> (Clock::now() - begun).count());
    }
    std::sort (times.begin(), times.end());
    const auto at = [&times] (double share) { return times[static_cast<std::size_t> (share * static_cast<double> (times.size() - 1))]; };
    char text[160];
    std::snprintf (text, sizeof (text), "p50 %.1f p90 %.1f p99 %.1f p99.9 %.1f max %.1f", at (0.5), at (0.9), at (0.99),
                   at (0.999), times.back());
    return text;
}

std::string openClients (std::size_t count)
{
    std::string refused;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back (std::make_unique<PatternClient> (process));
        if (! clients.back()->hasSlot())
            refused = clients.back()->sentence();
    }
    return refused.empty() ? "ok" : refused;
}

std::string waitUntil (int milliseconds, const std::function<bool()>& condition)
{
    const auto until = Clock::now() + std::chrono::milliseconds (milliseconds);
    while (! condition() && Clock::now() < until)
        std::this_thread::sleep_for (1ms);
    return condition() ? "yes" : "no";
}

void recordMany (PatternClient& client, int count)
{
    for (int i = 0; i < count; ++i) {
        layout::Event event {};
        event.songBeats = static_cast<double> (client.eventsRecorded());
        event.note = static_cast<std::uint8_t> (i % 128);
        client.record (event);
    }
}

std::string storeModel (const std::string& path)
{
    std::FILE* file = std::fopen (path.c_str(), "rb");
    if (file == nullptr)
        return "cannot read " + path;
    std::vector<std::uint8_t> bytes;
    for (int byte = std::fgetc (file); byte != EOF; byte = std::fgetc (file))
        bytes.push_back (static_cast<std::uint8_t> (byte));
    std::fclose (file);
    Sha256 digest {};
    const auto refused = ModelProcess::storeModel (bytes, digest);
    return refused.empty() ? hexadecimal (digest) : refused;
}

Sha256 digestFrom (const std::string& digits)
{
    Sha256 digest {};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::uint8_t> (std::stoi (digits.substr (2 * i, 2), nullptr, 16));
    return digest;
}

#ifndef _WIN32
// A copy of this host lets go of its instances and ends, as some do that fork without exec.
std::string forkAndDestroy()
{
    const auto copy = ::fork();
    if (copy == 0) {
        clients.clear();
        process.reset();
        ::_exit (7);
    }
    int status = 0;
    ::waitpid (copy, &status, 0);
    return WIFEXITED (status) ? std::to_string (WEXITSTATUS (status)) : "died";
}

// A copy of this host does nothing, for ever; its number.
std::string forkAndStay()
{
    const auto copy = ::fork();
    while (copy == 0)
        ::pause();
    return std::to_string (copy);
}
#endif

using Words = std::istringstream;

template <class T>
T next (Words& words)
{
    T value {};
    if (! (words >> value))
        throw std::runtime_error ("a word is missing");
    return value;
}

// "train JOB", as the plugin does it.
std::string startTraining (Words& words)
{
    TaskPlan plan;
    plan.name = "The training process";
    plan.loss = "what was learned is lost";
    plan.launch.module = "groovefield.trainer";
    plan.launch.outlivesUs = plan.finishesAlone = true;
    std::getline (words >> std::ws, plan.firstLine);
    task = std::make_unique<PythonTask> (plan);
    return "ok";
}

// "task PATIENCE WINDOW MODULE WORD...": one that is heard whole and ends with us.
std::string startTask (Words& words)
{
    TaskPlan plan;
    plan.name = "The search";
    plan.launch.hearsOutput = true;
    plan.patience = std::chrono::milliseconds (next<int> (words));
    plan.launch.opensWindow = next<int> (words) != 0;
    plan.launch.module = next<std::string> (words);
    for (std::string word; words >> word;)
        plan.launch.words.push_back (word);
    task = std::make_unique<PythonTask> (plan);
    return "ok";
}

PatternClient& client (Words& words) { return *clients.at (next<std::size_t> (words)); }

const std::map<std::string, std::function<std::string (Words&)>> commands {
    { "linger", [] (Words& w) { ModelProcess::setLinger (std::chrono::milliseconds (next<int> (w))); return "ok"; } },
    { "lingers", [] (Words&) { return std::to_string (ModelProcess::linger().count()); } },
    { "acquire", [] (Words&) { process = ModelProcess::acquire(); return "ok"; } },
    { "release", [] (Words&) { process.reset(); return "ok"; } },
    { "open", [] (Words& w) { return openClients (next<std::size_t> (w)); } },
    { "close", [] (Words&) { clients.clear(); return "ok"; } },
    { "pid", [] (Words&) { return std::to_string (process->processId()); } },
    { "starts", [] (Words&) { return std::to_string (process->starts()); } },
    { "sentence", [] (Words&) { return process->sentence(); } },
    { "client_sentence", [] (Words& w) { return client (w).sentence(); } },
    { "ready", [] (Words& w) { return waitUntil (next<int> (w), [] { return process->ready(); }); } },
    { "model", [] (Words& w) { auto& c = client (w); c.setModel (digestFrom (next<std::string> (w))); return "ok"; } },
    { "store", [] (Words& w) { return storeModel (next<std::string> (w)); } },
    { "offline", [] (Words& w) { auto& c = client (w); c.setOffline (next<int> (w) != 0); return "ok"; } },
    { "expired", [] (Words& w) { return client (w).waitExpired() ? "yes" : "no"; } },
    { "ask", [] (Words& w) { auto& c = client (w); const auto x = next<float> (w), y = next<float> (w); return ask (c, x, y, next<int> (w)); } },
    { "post", [] (Words& w) { auto& c = client (w); const auto x = next<float> (w), y = next<float> (w); const auto id = c.request (position (x, y)); c.endBlock(); return std::to_string (id); } },
    { "answer", [] (Words& w) { auto& c = client (w); return c.answer (next<std::uint64_t> (w), heard) ? described (heard) : std::string ("none"); } },
    { "values", [] (Words&) { std::ostringstream out; for (std::size_t i = 0; i < std::size_t { 5 } * heard.lanes * heard.steps; ++i) out << std::hexfloat << heard.values[i] << ' '; return out.str(); } },
    { "picture", [] (Words& w) { std::vector<std::uint8_t> rgba; std::uint64_t version = 0; return client (w).picture (rgba, version) ? std::to_string (crc32 (rgba.data(), rgba.size())) : std::string ("none"); } },
    { "record", [] (Words& w) { auto& c = client (w); recordMany (c, next<int> (w)); return std::to_string (c.eventsRecorded()); } },
    { "last", [] (Words& w) { auto& c = client (w); const auto events = c.lastEvents (next<std::size_t> (w)); return std::to_string (events.size()) + (events.empty() ? "" : " " + std::to_string (events.front().songBeats) + " " + std::to_string (events.back().songBeats)); } },
    { "bench", [] (Words& w) { auto& c = client (w); const auto count = next<int> (w); return bench (c, count, next<int> (w)); } },
    { "expirations", [] (Words& w) { return std::to_string (process->segment()->slots[next<std::size_t> (w)].record.expired); } },
    { "train", [] (Words& w) { return startTraining (w); } },
    { "task", [] (Words& w) { return startTask (w); } },
    { "task_pid", [] (Words&) { return std::to_string (task->processId()); } },
    { "task_ended", [] (Words& w) { return waitUntil (next<int> (w), [] { return ! task->running(); }); } },
    { "task_lines", [] (Words&) { std::string all; for (const auto& line : task->takeLines()) all += line + "|"; return "lines: " + all; } },
    { "task_complaint", [] (Words&) { return "complaint: " + task->complaint(); } },
    { "task_drop", [] (Words&) { task.reset(); return "ok"; } },
#ifndef _WIN32
    { "fork_destroy", [] (Words&) { return forkAndDestroy(); } },
    { "fork_stay", [] (Words&) { return forkAndStay(); } },
#endif
    { "ignore_sigchld", [] (Words&) {
#ifndef _WIN32
         std::signal (SIGCHLD, SIG_IGN);
#endif
         return "ok"; } },
};

} // namespace

int main()
{
    std::string line;
    while (std::getline (std::cin, line)) {
        Words words (line);
        std::string name;
        words >> name;
        if (name == "quit")
            break;
        std::string answer = "unknown command " + name;
        try {
            if (const auto found = commands.find (name); found != commands.end())
                answer = found->second (words);
        } catch (const std::exception& error) {
            answer = std::string ("error: ") + error.what();
        }
        std::cout << answer << std::endl;
    }
    task.reset();
    clients.clear();
    process.reset();
    return 0;
}
