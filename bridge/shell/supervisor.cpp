#include "supervisor.h"

#include "find_python.h"
#include "seqlock.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace groovefield {

using namespace std::chrono_literals;

namespace {

constexpr auto firstBackOff = 250ms;
constexpr auto longestBackOff = 30'000ms;
constexpr auto hungAfter = 3s;           // the heart beats once a second
constexpr auto startTakesAtMost = 15s;
constexpr auto provenAfter = 10s;        // a process that lived so long starts the back-off anew
constexpr int failuresUntilFutile = 3;
constexpr int silentEndsUntilFutile = 5; // more: a process that is killed from outside again and again is worth a try
#ifdef _WIN32
constexpr auto usualLinger = 0ms;        // a thread cannot be joined there while a library unloads
#else
constexpr auto usualLinger = 10'000ms;
#endif

} // namespace

// The one ModelProcess of this library and how many hold it. Users keep it alive beyond the end of
// static objects, where a host destroys instances that late.
struct Registry {
    std::mutex mutex;
    std::shared_ptr<ModelProcess> current;
    int users = 0;
    std::chrono::milliseconds linger { usualLinger };
    ModelProcess::Clock::time_point lingerEnd {};

    static const std::shared_ptr<Registry>& instance();

    std::shared_ptr<ModelProcess> acquire()
    {
        const std::lock_guard lock (mutex);
        if (current != nullptr && current->retired)
            current.reset();
        if (current == nullptr)
            current.reset (new ModelProcess);
        ++users;
        return { current.get(), [registry = instance(), kept = current] (ModelProcess*) { registry->release (kept); } };
    }

    void release (const std::shared_ptr<ModelProcess>& process)
    {
        std::shared_ptr<ModelProcess> unused;
        {
            const std::lock_guard lock (mutex);
            if (--users > 0 || process != current)
                return;
            lingerEnd = ModelProcess::Clock::now() + linger;
            if (linger == 0ms)
                unused.swap (current);
        }
        if (unused != nullptr)
            unused->shutDown();
        else
            process->bell.ring();
    }

    // The supervisor asks: true, once, if nobody holds the process and its time is over.
    bool retires (ModelProcess& process)
    {
        const std::lock_guard lock (mutex);
        const bool idle = users == 0 && &process == current.get();
        process.lingerEnd = idle ? lingerEnd : ModelProcess::Clock::time_point::max();
        if (! idle || ModelProcess::Clock::now() < lingerEnd)
            return false;
        process.retired = true;
        return true;
    }

    // The library unloads: the supervisor is joined, whoever still holds the process.
    void close()
    {
        std::shared_ptr<ModelProcess> last;
        {
            const std::lock_guard lock (mutex);
            last.swap (current);
        }
        if (last != nullptr)
            last->shutDown();
    }

    // A forked copy of the host ends: the thread and the file are not its own.
    void abandon() { new std::shared_ptr<ModelProcess> (current); }
};

namespace {

// Destroyed when the library unloads.
struct RegistryOwner {
    std::shared_ptr<Registry> registry = std::make_shared<Registry>();
    std::uint32_t home = platform::processNumber();
    ~RegistryOwner()
    {
        if (home == platform::processNumber())
            registry->close();
        else
            registry->abandon();
    }
};

} // namespace

const std::shared_ptr<Registry>& Registry::instance()
{
    static RegistryOwner owner;
    return owner.registry;
}

std::shared_ptr<ModelProcess> ModelProcess::acquire() { return Registry::instance()->acquire(); }

void ModelProcess::setLinger (std::chrono::milliseconds time)
{
    const auto& registry = Registry::instance();
    const std::lock_guard lock (registry->mutex);
    registry->linger = time;
}

std::chrono::milliseconds ModelProcess::linger()
{
    const auto& registry = Registry::instance();
    const std::lock_guard lock (registry->mutex);
    return registry->linger;
}

ModelProcess::ModelProcess()
{
    auto refusal = bell.refusal();
    if (refusal.empty() && (file = MappedFile::create (refusal)) == nullptr)
        refusal += " Make room there, or allow writing, and load the plugin again: until then the built-in field plays.";
    if (file == nullptr) {
        giveUp (refusal);
        return;
    }
    say ("The model process is being started.");
    try {
        thread = std::thread ([this] { run(); });
    } catch (const std::system_error& error) {
        file.reset();
        giveUp ("No thread to watch over the model process can be started: " + error.code().message() + ".");
    }
}

ModelProcess::~ModelProcess() { shutDown(); }

// Nothing to supervise. The next instance tries again.
void ModelProcess::giveUp (const std::string& why)
{
    say (why);
    futile = true;
    retired = true;
}

void ModelProcess::shutDown()
{
    if (home != platform::processNumber()) {
        // A forked copy of the host: the thread ran, and the process runs, in the one that it was copied from.
        if (thread.joinable())
            thread.detach();
        return;
    }
    quit = true;
    bell.ring();
    if (thread.joinable())
        thread.join();
}

std::string ModelProcess::sentence() const
{
    const std::lock_guard lock (words);
    return spoken;
}

void ModelProcess::say (std::string sentence)
{
    const std::lock_guard lock (words);
    spoken = std::move (sentence);
}

std::optional<std::size_t> ModelProcess::claimSlot (std::string& refusal)
{
    if (file == nullptr) {
        refusal = sentence();
        return {};
    }
    for (std::size_t slot = 0; slot < claimed.size(); ++slot) {
        if (claimed[slot].exchange (true))
            continue;
        refusal = file->allocateSlot (slot);
        if (refusal.empty())
            return slot;
        claimed[slot] = false;
        return {};
    }
    refusal = "This instance plays the built-in field: the model process serves " + std::to_string (layout::slots)
            + " instances, and there are that many already. Remove one of them.";
    return {};
}

void ModelProcess::releaseSlot (std::size_t slot) { claimed[slot] = false; }

std::string ModelProcess::storeModel (const std::vector<std::uint8_t>& portable, Sha256& digest)
{
    digest = sha256 (portable.data(), portable.size());
    const auto path = modelFile (digest);
    if (auto refused = platform::makePrivateDirectory (path.parent_path()); ! refused.empty())
        return refused;
    std::error_code error;
    if (std::filesystem::file_size (path, error) == portable.size() && ! error) {
        std::ifstream there (path, std::ios::binary);
        const std::vector<char> content { std::istreambuf_iterator<char> (there), {} };
        if (content.size() == portable.size() && sha256 (content.data(), content.size()) == digest)
            return {};
    }
    return platform::writePrivateFile (path, portable.data(), portable.size());
}

platform::Path ModelProcess::modelFile (const Sha256& digest)
{
    return platform::cacheDirectory() / "models" / (hexadecimal (digest) + ".groovefield");
}

void ModelProcess::run()
{
    leaveSignalsToHost();
    for (;;) {
        Child::forgetEnded();
        const auto now = Clock::now();
        if (over (now))
            break;
        if (child == nullptr && (now >= nextStart || (! futile && requestsPending (true))))
            startChild (now);
        if (child != nullptr)
            watchChild (now);
        Child::wait (bell, child.get(), sleepTime (Clock::now()));
    }
    line.change (-1);
    state = State::none;
    childPid = 0;
    child.reset();
    if (retired)
        file.reset();    // nobody holds us, so nobody looks at it
}

bool ModelProcess::over (Clock::time_point)
{
    return quit || Registry::instance()->retires (*this);
}

int ModelProcess::sleepTime (Clock::time_point now) const
{
    auto until = now + 1s;
    if (child == nullptr)
        until = std::min (until, nextStart);
    until = std::min (until, lingerEnd);
    const auto left = std::chrono::ceil<std::chrono::milliseconds> (until - now).count();
    return static_cast<int> (std::max<std::int64_t> (0, left));
}

void ModelProcess::startChild (Clock::time_point now)
{
    std::string refusal;
    const auto found = findPython();
    if (found.python.empty()) {
        say (found.sentence);
        state = State::waiting;
        futile = true;
        nextStart = now + 2s;    // looking is cheap, and the user may be running the installation
        return;
    }
    const auto models = platform::cacheDirectory() / "models";
    child = Child::start ({ found.python, "groovefield.serve", { "--segment", file->path(), "--models", models } }, refusal);
    if (child == nullptr) {
        if (++failures >= failuresUntilFutile)
            futile = true;
        dropChild (refusal + " Run: groovefield install", now);
        return;
    }
    ++startCount;
    childPid = child->processId();
    state = State::starting;
    startedAt = beatAt = now;
    answeredBefore = answered();
    line.change (child->lineEnd());
}

void ModelProcess::watchChild (Clock::time_point now)
{
    if (! child->listen() || child->ended()) {
        dropChild (whyItEnded(), now);
    } else if (state == State::starting && child->saidReady()) {
        state = State::ready;
        beatAt = now;
        failures = 0;
        if (silentEnds < silentEndsUntilFutile)
            proveUseful();
    } else if (state == State::starting && now - startedAt > startTakesAtMost) {
        dropChild ("The model process did not get ready in 15 s and is started again; run: groovefield doctor", now);
    } else if (state == State::ready && isHung (now)) {
        dropChild (countEnd() ? silentSentence() : "The model process did not answer and is started again.", now);
    } else if (state == State::ready && silentEnds > 0 && answered() != answeredBefore) {
        silentEnds = 0;
        proveUseful();
    } else if (state == State::ready && now - startedAt > provenAfter) {
        backOff = 0ms;
    }
}

std::uint64_t ModelProcess::answered() const noexcept { return shared::load (file->segment().server.answered); }

void ModelProcess::proveUseful()
{
    futile = false;
    say ("The model process is ready.");
}

// That it gets ready says nothing of the model that it is asked for: one that ends each time it is asked, and never answered,
// is not worth waiting for. True when it is given up.
bool ModelProcess::countEnd()
{
    if (answered() != answeredBefore)
        silentEnds = 0;
    else if (requestsPending (false))
        ++silentEnds;
    if (silentEnds < silentEndsUntilFutile)
        return false;
    futile = true;
    return true;
}

std::string ModelProcess::silentSentence() const
{
    return "The model process ended " + std::to_string (silentEnds)
         + " times at the first pattern that it was asked for; load another model, or run: groovefield doctor";
}

bool ModelProcess::isHung (Clock::time_point now)
{
    if (const auto beat = shared::load (file->segment().server.heartbeat); beat != lastBeat) {
        lastBeat = beat;
        beatAt = now;
    }
    return now - beatAt > hungAfter && requestsPending (false);
}

bool ModelProcess::requestsPending (bool offlineOnly) const noexcept
{
    const auto& segment = file->segment();
    for (std::size_t i = 0; i < layout::slots; ++i) {
        const auto& control = segment.controls[i];
        if (! claimed[i] || shared::load (control.inUse) == 0 || (offlineOnly && shared::load (control.offline) == 0))
            continue;
        const auto newest = shared::load (control.newestRequest, std::memory_order_acquire);
        if (newest != 0 && shared::load (segment.slots[i].answers[newest % layout::requestPlaces].id) != newest)
            return true;
    }
    return false;
}

std::string ModelProcess::whyItEnded()
{
    const auto ending = child->endedSoon();
    const auto& last = child->lastWords();
    const bool killed = ending && ending->known && ending->bySignal;
    const bool failed = ending && (ending->known ? ! ending->bySignal && ending->code != 0 : ! last.empty());
    if (failed && ++failures >= failuresUntilFutile)
        futile = true;
    constexpr std::string_view ours = "groovefield: ";
    if (last.compare (0, ours.size(), ours) == 0)
        return last.substr (ours.size());
    if (countEnd())
        return silentSentence();
    if (killed)
        return "The model process was ended by signal " + std::to_string (ending->code) + " and is started again.";
    if (failed && ! last.empty())
        return "The model process failed (" + last + "); run: groovefield install";
    return "The model process ended and is started again; if that goes on, run: groovefield doctor";
}

void ModelProcess::dropChild (const std::string& why, Clock::time_point now)
{
    say (why);
    line.change (-1);
    state = State::waiting;
    childPid = 0;
    if (child != nullptr)
        child->kill();
    child.reset();
    backOff = std::clamp<std::chrono::milliseconds> (backOff * 2, firstBackOff, longestBackOff);
    nextStart = now + backOff;
}

} // namespace groovefield
