// Opens the studio, a window of its own that outlives us: `groovefield studio --detached`.
//
// What we start opens the window as a process of nobody's (models/groovefield/studio/detached.py), says its number
// or why it cannot open, and ends. So neither the host nor the studio hears of the other's end.
#pragma once

#include "python_task.h"

#include <juce_events/juce_events.h>

#include <memory>

namespace groovefield {

/// All [message].
class Studio : private juce::Timer {
public:
    Studio() = default;
    ~Studio() override;

    /// Opens it on a model's file, unless the one that this instance opened is still there.
    void open (const platform::Path& model);

    /// Takes what the process said; a timer of ours calls it while it opens.
    void look();

    bool opening() const noexcept { return task != nullptr && window.pid == 0; }
    bool isOpen() const { return window.pid != 0 && platform::isAlive (window); }
    std::uint32_t processId() const noexcept { return window.pid; }

    /// Why it did not open, or that it is open; empty while there is nothing to say.
    const juce::String& sentence() const noexcept { return said; }

    /// How long its window may take to open.
    std::chrono::milliseconds patience { std::chrono::minutes (2) };

private:
    void timerCallback() override { look(); }
    void take (const juce::String& line);

    std::unique_ptr<PythonTask> task;
    platform::Process window;
    juce::String said;

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (Studio)
};

} // namespace groovefield
