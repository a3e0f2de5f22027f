// What is the same on every system; the rest is in child_posix.cpp and child_windows.cpp.
#include "child.h"

#include <chrono>
#include <thread>

namespace groovefield {

void Child::hear (const char* text, std::size_t size)
{
    constexpr std::size_t longestLine = 64 * 1024, mostLines = 1000;
    for (std::size_t i = 0; i < size; ++i) {
        if (text[i] != '\n' && text[i] != '\r') {
            if (unfinished.size() < longestLine)
                unfinished += text[i];
            continue;
        }
        if (unfinished == "ready") {
            ready = true;
        } else if (unfinished.find_first_not_of (" \t") != std::string::npos) {
            words = unfinished;
            if (lines.size() == mostLines)
                lines.erase (lines.begin());
            lines.push_back (unfinished);
        }
        unfinished.clear();
    }
}

std::vector<std::string> Child::takeLines()
{
    std::vector<std::string> taken;
    taken.swap (lines);
    return taken;
}

std::optional<Ended> Child::endedSoon()
{
    auto how = ended();
    for (int tries = 0; tries < 500 && ! how; ++tries) {
        std::this_thread::sleep_for (std::chrono::milliseconds (1));
        how = ended();
    }
    return how;
}

void WakeLine::change (std::intptr_t end) noexcept
{
    line.store (end);
    // A thread that took the old end is a few instructions from being done with it.
    while (ringing.load() != 0)
        std::this_thread::yield();
}

} // namespace groovefield
