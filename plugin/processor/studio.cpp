#include "studio.h"

namespace groovefield {

namespace {

constexpr int looksPerSecond = 20;

} // namespace

Studio::~Studio() { stopTimer(); }

void Studio::open (const platform::Path& model)
{
    if (opening())
        return;
    task.reset();
    if (isOpen()) {
        said = "The studio is open already.";
        return;
    }
    said.clear();
    window = {};
    TaskPlan plan;
    plan.name = "The studio";
    plan.patience = patience;
    plan.launch.module = "groovefield";
    plan.launch.words = { "studio", "--detached" };
    if (! model.empty()) {
        plan.launch.words.push_back ("--model");
        plan.launch.words.push_back (model);
    }
    plan.launch.outlivesUs = plan.launch.hearsOutput = plan.launch.opensWindow = true;
    task = std::make_unique<PythonTask> (std::move (plan));
    startTimerHz (looksPerSecond);
}

void Studio::look()
{
    if (task == nullptr)
        return;
    const bool running = task->running();    // asked first: what it said before its end is then all there
    for (const auto& line : task->takeLines())
        take (juce::String::fromUTF8 (line.data(), static_cast<int> (line.size())));
    if (running)
        return;
    const juce::String complaint (juce::String::fromUTF8 (task->complaint().c_str()));
    task.reset();
    stopTimer();
    if (window.pid == 0 && said.isEmpty())
        said = complaint.isNotEmpty() ? complaint : "The studio did not open and did not say why; run: groovefield doctor";
}

void Studio::take (const juce::String& line)
{
    const auto event = juce::JSON::parse (line);
    const auto kind = event.getProperty ("event", {}).toString();
    if (kind == "open")
        window = platform::processOf (static_cast<std::uint32_t> (static_cast<int> (event.getProperty ("pid", 0))));
    else if (kind == "failed")
        said = event.getProperty ("sentence", {}).toString();
}

} // namespace groovefield
