#include "place_finder.h"

#include "parameters.h"

#include <cmath>

namespace groovefield {

namespace {

constexpr int looksPerSecond = 20, mostLatents = 8;

platform::Path pathOf (const juce::File& file) { return std::filesystem::u8path (file.getFullPathName().toStdString()); }

juce::String counted (int number, const juce::String& one, const juce::String& many)
{
    return juce::String (number) + " " + (number == 1 ? one : many);
}

// What was printed, from the line that opens the answer to the one that closes it: a library may say something before.
juce::String jsonIn (const juce::StringArray& lines)
{
    int first = 0, last = lines.size() - 1;
    while (first <= last && ! lines[first].startsWithChar ('{'))
        ++first;
    while (last >= first && ! lines[last].endsWithChar ('}'))
        --last;
    return first > last ? juce::String() : lines.joinIntoString ("\n", first, last - first + 1);
}

// The first of a list; nothing where there is none.
juce::var firstOf (const juce::var& list)
{
    const auto* all = list.getArray();
    return all != nullptr && ! all->isEmpty() ? all->getReference (0) : juce::var();
}

// A place has two to eight numbers of the pad; empty if it is none.
std::vector<float> placeIn (const juce::var& window)
{
    std::vector<float> place;
    if (const auto* numbers = window.getProperty ("place", {}).getArray())
        for (const auto& number : *numbers) {
            const auto value = static_cast<float> (double (number));
            if (! (number.isDouble() || number.isInt()) || ! (value >= 0.0f && value <= 1.0f))
                return {};
            place.push_back (value);
        }
    return place.size() >= 2 && place.size() <= mostLatents ? place : std::vector<float>();
}

int unmappedIn (const juce::var& report)
{
    int notes = 0;
    if (auto* counts = report.getProperty ("unmapped", {}).getDynamicObject())
        for (const auto& each : counts->getProperties())
            notes += static_cast<int> (each.value);
    return notes;
}

} // namespace

PlaceFinder::PlaceFinder (juce::AudioProcessorValueTreeState& state, std::function<ModelFile()> presentModel)
    : threshold (*state.getParameter ("threshold")), style (*state.getParameter ("style")), model (std::move (presentModel))
{
    for (const auto* id : latentIds)
        latents.push_back (state.getParameter (id));
}

PlaceFinder::~PlaceFinder()
{
    stopTimer();
    forget();
}

void PlaceFinder::findClip (const juce::File& clip)
{
    forget();
    search = { clip, clip.getFileName(), false, {} };
    ++now.searches;
    begin();
}

void PlaceFinder::findPattern (const juce::File& written, const juce::String& what)
{
    forget();
    search = { written, what, true, {} };
    ++now.searches;
    begin();
}

void PlaceFinder::refuse (const juce::String& sentence)
{
    forget();
    ++now.searches;
    end (Phase::failed, sentence);
}

void PlaceFinder::cancel()
{
    forget();
    end (Phase::idle, {});
}

// The task's thread is joined here, and its process ended.
void PlaceFinder::forget()
{
    task.reset();
    if (search.pattern)
        search.file.deleteFile();
    search = {};
}

void PlaceFinder::begin()
{
    const auto present = model();
    if (present.refusal.isNotEmpty())
        return end (Phase::failed, present.refusal);
    search.model = present.digest;
    answer.clear();
    TaskPlan plan;
    plan.name = "The search for " + search.what.toStdString();
    plan.patience = patience;
    plan.launch.module = "groovefield";
    plan.launch.hearsOutput = true;
    plan.launch.words = { "encode", pathOf (search.file), "--model", present.file, "--json", "--first", "1", "--style", juce::String (style.getValue(), 6).toStdString() };
    if (search.pattern)
        plan.launch.words.push_back ("--pattern");
    task = std::make_unique<PythonTask> (std::move (plan));
    now.phase = Phase::looking;
    now.sentence = "Looking for " + search.what + " ...";
    startTimerHz (looksPerSecond);
}

void PlaceFinder::look()
{
    if (! active())
        return;
    const bool running = task->running();    // asked first: what it said before its end is then all there
    for (const auto& line : task->takeLines())
        answer.add (juce::String::fromUTF8 (line.data(), static_cast<int> (line.size())));
    if (running)
        return;
    const juce::String complaint (juce::String::fromUTF8 (task->complaint().c_str()));
    task.reset();
    const auto json = jsonIn (answer);
    if (json.isEmpty())
        return end (Phase::failed, complaint.isNotEmpty() ? complaint : "The search for " + search.what + " ended without an answer; run: groovefield doctor");
    // Another model was chosen meanwhile: the place is one of that model's that is wanted.
    if (model().digest != search.model)
        return begin();
    take (json);
}

void PlaceFinder::take (const juce::String& json)
{
    const auto told = juce::JSON::parse (json);
    const auto file = firstOf (told.getProperty ("files", {}));
    for (const auto& reason : { told.getProperty ("reason", {}), file.getProperty ("reason", {}) })
        if (reason.toString().isNotEmpty())
            return end (Phase::failed, reason.toString());
    const auto window = firstOf (file.getProperty ("windows", {}));
    const auto place = placeIn (window);
    if (place.empty())
        return end (Phase::failed, "The search for " + search.what + " gave an answer that cannot be read; run: groovefield doctor");
    const auto sentence = foundSentence (file, window);
    goTo (place);
    end (Phase::found, sentence);
}

// Cells are those struck in the clip, or at the place, or in both: as many as could differ.
juce::String PlaceFinder::foundSentence (const juce::var& file, const juce::var& window) const
{
    const int differ = window.getProperty ("differ", 0);
    const int cells = (static_cast<int> (window.getProperty ("hits", 0)) + static_cast<int> (window.getProperty ("plays", 0)) + differ) / 2;
    const auto report = firstOf (file.getProperty ("report", {}).getProperty ("files", {}));
    auto said = search.what;
    if (static_cast<int> (report.getProperty ("windows", 0)) > 1)
        said << ", from bar " << static_cast<int> (window.getProperty ("bar", 1));
    said << (2 * differ <= cells ? ": here, " : ": nothing like it here; at the nearest place ");
    said << (differ == 0 ? "hit for hit"
                                : juce::String (differ) + " of " + counted (cells, "cell", "cells") + (differ == 1 ? " differs" : " differ"));
    if (std::abs (threshold.getValue() - 0.5f) > 0.005f)
        said << " at Density 50";
    said << ".";
    if (const auto unmapped = unmappedIn (report); unmapped > 0)
        said << " " << counted (unmapped, "note is no drum", "notes are no drums") << " that it knows.";
    return said;
}

void PlaceFinder::goTo (const std::vector<float>& place)
{
    if (beforeMove)
        beforeMove();
    // What the model has, whether it moves or not: one undo brings the whole place back.
    for (std::size_t i = 0; i < place.size(); ++i)
        latents[i]->beginChangeGesture();
    for (std::size_t i = 0; i < place.size(); ++i)
        latents[i]->setValueNotifyingHost (place[i]);
    for (std::size_t i = 0; i < place.size(); ++i)
        latents[i]->endChangeGesture();
}

void PlaceFinder::end (Phase phase, const juce::String& sentence)
{
    stopTimer();
    forget();
    now.phase = phase;
    now.sentence = sentence;
}

} // namespace groovefield
