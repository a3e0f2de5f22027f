#include "training.h"

#include <algorithm>
#include <iterator>

namespace groovefield {

namespace {

constexpr int looksPerSecond = 20;
constexpr int longestName = 60;
const char* const closenessWords[] = { "exact", "close", "free" };
const char* const midiSuffixes[] = { ".mid", ".midi", ".smf" };
const char* const audioSuffixes[] = { ".wav", ".aif", ".aiff", ".flac", ".ogg", ".mp3" };

template <std::size_t count>
bool endsWithOne (const juce::String& path, const char* const (&suffixes)[count])
{
    return std::any_of (std::begin (suffixes), std::end (suffixes), [&path] (const char* suffix) { return path.endsWithIgnoreCase (suffix); });
}

// A file of that name that is not there yet; whatever a name holds, it stays within the folder.
juce::File freeFile (const juce::File& folder, const juce::String& name)
{
    auto stem = juce::File::createLegalFileName (name).removeCharacters ("/\\").trimCharactersAtStart (".").trim();
    if (stem.isEmpty())
        stem = "model";
    return folder.getNonexistentChildFile (stem, ".groovefield", false);
}

} // namespace

Training::Training (std::function<juce::String (const juce::File&)> loadModel) : load (std::move (loadModel)) {}

Training::~Training() { stopTimer(); }

bool Training::couldUse (const juce::String& path)
{
    return endsWithOne (path, midiSuffixes) || endsWithOne (path, audioSuffixes)
        || (juce::File::isAbsolutePath (path) && juce::File (path).isDirectory());
}

bool Training::isMidi (const juce::String& path) { return endsWithOne (path, midiSuffixes); }

juce::String Training::filePattern()
{
    juce::StringArray all;
    for (const auto* suffix : midiSuffixes)
        all.add (juce::String ("*") + suffix);
    for (const auto* suffix : audioSuffixes)
        all.add (juce::String ("*") + suffix);
    return all.joinIntoString (";");
}

void Training::add (const juce::StringArray& paths)
{
    for (const auto& path : paths)
        choice.sources.addIfNotAlreadyThere (path);
}

juce::File Training::library()
{
    // The same folder as the command line's (models/groovefield/places.py).
#if JUCE_MAC
    return juce::File ("~/Library/Application Support/Groovefield/Models");
#elif JUCE_WINDOWS
    return juce::File::getSpecialLocation (juce::File::userApplicationDataDirectory).getChildFile ("Groovefield/Models");
#else
    const auto data = juce::SystemStats::getEnvironmentVariable ("XDG_DATA_HOME", {});
    const auto base = juce::File::isAbsolutePath (data) ? juce::File (data) : juce::File ("~/.local/share");
    return base.getChildFile ("groovefield/models");
#endif
}

juce::String Training::modelName() const
{
    auto name = choice.name.trim();
    if (name.isEmpty() && ! choice.sources.isEmpty())
        name = juce::File (choice.sources[0]).getFileNameWithoutExtension();
    while (name.getNumBytesAsUTF8() > longestName)
        name = name.dropLastCharacters (1);
    return name;
}

juce::String Training::start()
{
    if (active())
        return "A training is running already.";
    if (choice.sources.isEmpty())
        return "There is nothing to train on yet: drop MIDI files, loops or folders here.";
    const auto folder = library();
    if (const auto made = folder.createDirectory(); made.failed())
        return "The folder for models, " + folder.getFullPathName() + ", cannot be made: " + made.getErrorMessage();

    auto job = std::make_unique<juce::DynamicObject>();
    job->setProperty ("sources", juce::var (choice.sources));
    job->setProperty ("out", freeFile (folder, modelName()).getFullPathName());
    job->setProperty ("name", modelName());
    job->setProperty ("epochs", choice.epochs);
    if (choice.closeness)
        job->setProperty ("closeness", closenessWords[static_cast<int> (*choice.closeness)]);
    now = {};
    refusal.clear();
    now.phase = Phase::reading;
    now.sentence = "Reading the material ...";
    TaskPlan plan;
    plan.name = "The training process";
    plan.loss = "what was learned is lost";
    plan.launch.module = "groovefield.trainer";
    plan.launch.outlivesUs = plan.finishesAlone = true;    // with what it has learned
    plan.firstLine = juce::JSON::toString (juce::var (job.release()), true).toStdString();
    process = std::make_unique<PythonTask> (std::move (plan));
    startTimerHz (looksPerSecond);
    return {};
}

void Training::pause()
{
    if (active())
        process->tell ("pause");
}

void Training::resume()
{
    if (active()) {
        process->tell ("resume");
        now.phase = Phase::training;
    }
}

void Training::finish()
{
    if (active())
        process->tell ("finish");
}

void Training::cancel()
{
    if (active())
        process->tell ("cancel");
}

void Training::hear()
{
    if (active())
        process->tell ("audition");
}

void Training::look()
{
    if (! active())
        return;
    const bool running = process->running();    // asked first: what it said before its end is then all there
    for (const auto& line : process->takeLines()) {
        const auto event = juce::JSON::parse (juce::String::fromUTF8 (line.data(), static_cast<int> (line.size())));
        if (event.isObject())
            take (event);
        if (! active())
            return;
    }
    if (! running) {
        const juce::String complaint (process->complaint());
        end (Phase::failed, complaint.isNotEmpty() ? complaint : "The training process ended unexpectedly; run: groovefield doctor");
    }
}

void Training::take (const juce::var& event)
{
    const auto kind = event.getProperty ("event", {}).toString();
    if (kind == "reading") {
        const int of = event.getProperty ("of", 0);
        now.sentence = "Reading the material ...";
        if (of > 0)
            now.sentence << " " << static_cast<int> (event.getProperty ("done", 0)) << " of " << of << " files";
    } else if (kind == "gathered") {
        now.patterns = event.getProperty ("patterns", 0);
        now.heldBack = event.getProperty ("held_back", 0);
        if (const auto* lines = event.getProperty ("report", {}).getArray())
            for (const auto& line : *lines)
                now.report.add (line.toString());
        now.phase = Phase::training;
        now.sentence = "Training on " + juce::String (now.patterns) + (now.patterns == 1 ? " pattern" : " patterns");
    } else if (kind == "epoch") {
        takeEpoch (event);
    } else if (kind == "paused") {
        now.phase = Phase::paused;
        now.sentence = "Paused after epoch " + juce::String (now.epoch);
    } else if (kind == "finishing") {
        now.phase = Phase::finishing;
        now.sentence = "Finishing the field ...";
        if (const auto percent = juce::roundToInt (100.0 * double (event.getProperty ("share", 0.0))); percent > 0)
            now.sentence << " " << percent << " %";
    } else if (kind == "field") {
        refusal = load (juce::File (event.getProperty ("path", {}).toString()));
        now.heard = refusal.isEmpty();
    } else if (kind == "done" && refusal.isNotEmpty()) {
        end (Phase::failed, refusal);
    } else if (kind == "done") {
        end (Phase::done, "The field of " + juce::String (now.patterns) + (now.patterns == 1 ? " pattern" : " patterns") + " is ready.");
    } else if (kind == "failed") {
        end (Phase::failed, event.getProperty ("sentence", {}).toString());
    } else if (kind == "cancelled") {
        end (Phase::idle, "Cancelled; nothing was kept.");
    }
}

void Training::takeEpoch (const juce::var& event)
{
    now.phase = Phase::training;
    now.epoch = event.getProperty ("epoch", 0);
    now.epochs = event.getProperty ("epochs", 0);
    now.secondsLeft = event.getProperty ("seconds_left", 0.0);
    if (const auto clips = event.getProperty ("clips", {}); ! clips.isVoid()) {
        now.clips = clips;
        now.exact = event.getProperty ("exact", 0);
        now.windows = event.getProperty ("windows", 0);
        now.exactWindows = event.getProperty ("exact_windows", 0);
    }
    now.losses.push_back (static_cast<float> (double (event.getProperty ("loss", 0.0))));
    if (const auto held = event.getProperty ("validation", {}); ! held.isVoid())
        now.validation.push_back (static_cast<float> (double (held)));
}

void Training::end (Phase phase, const juce::String& sentence)
{
    now.phase = phase;
    now.sentence = sentence;
    process.reset();
    stopTimer();
}

} // namespace groovefield
