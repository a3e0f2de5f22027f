#include "client.h"

#include "crc32.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>

namespace groovefield {

using namespace std::chrono_literals;

namespace {

static_assert (maxLanes == layout::maxLanes && maxSteps == layout::maxSteps && maxLatents == layout::maxLatents,
               "a pattern holds what the shared memory holds");

constexpr auto longestWait = 10s;
constexpr auto readerPatience = 1s;

constexpr std::size_t answerHead = offsetof (layout::Answer, values);
constexpr std::size_t checkedFrom = offsetof (layout::Answer, status);

std::uint32_t requestChecksum (const layout::Request& request) noexcept
{
    constexpr auto from = offsetof (layout::Request, id);
    constexpr auto size = offsetof (layout::Request, checksum) - from;
    return crc32 (reinterpret_cast<const char*> (&request) + from, size);
}

// Every number of a pattern within what it may be; not-a-number fails each comparison.
bool withinBounds (const float* values, std::size_t area) noexcept
{
    const auto all = [values, area] (std::size_t array, float low, float high) {
        return std::all_of (values + array * area, values + (array + 1) * area,
                            [low, high] (float value) { return value >= low && value <= high; });
    };
    return all (0, 0.0f, 1.0f) && all (1, 0.0f, 1.0f) && all (2, -1.0f, std::nextafter (1.0f, 0.0f)) && all (3, 0.0f, 1.0f)
        && all (4, 0.0f, 1.0f);
}

} // namespace

PatternClient::PatternClient (std::shared_ptr<ModelProcess> owner) : process (std::move (owner))
{
    if (process != nullptr)
        if (const auto claimed = process->claimSlot (refusal)) {
            slotNumber = *claimed;
            control = &process->segment()->controls[slotNumber];
            slot = &process->segment()->slots[slotNumber];
        }
    if (slot == nullptr) {
        privateRoom = std::make_unique<Room>();
        control = &privateRoom->control;
        slot = &privateRoom->slot;
    }
    // Nothing of the last instance here may reach this one: the counters go on where it stopped.
    firstId = shared::load (control->newestRequest);
    shared::store (slot->record.first, shared::load (slot->record.written));
    shared::store (slot->record.expired, std::uint64_t { 0 });
    shared::store (slot->record.dropped, std::uint64_t { 0 });
    idleReader = shared::load (slot->reader.attached);
    seenWish = shared::load (slot->wish.seq);
    shared::store (control->offline, 0u);
    shared::store (control->instance, platform::randomNumber());
    shared::store (control->inUse, 1u, std::memory_order_release);
}

PatternClient::~PatternClient()
{
    if (home != platform::processNumber())
        return;    // a forked copy of the host: the slot is that of the instance it was copied from
    shared::store (control->inUse, 0u, std::memory_order_release);
    if (slotNumber < layout::slots)
        process->releaseSlot (slotNumber);
}

void PatternClient::setModel (const Sha256& digest) noexcept
{
    chosenModel.write (digest);
}

// Torn twice: the one before serves this request, and the next one carries the new.
Sha256 PatternClient::modelNow() noexcept
{
    Sha256 read {};
    for (int tries = 0; tries < 2; ++tries)
        if (chosenModel.read (read)) {
            model = read;
            break;
        }
    return model;
}

void PatternClient::setOffline (bool now) noexcept
{
    if (now == offline)
        return;
    offline = now;
    if (now)
        expired = false;
    shared::store (control->offline, now ? 1u : 0u);
}

std::uint64_t PatternClient::request (const PadPosition& position) noexcept
{
    const auto internal = firstId + ++lastId;
    auto& place = slot->requests[internal % layout::requestPlaces];
    layout::Request made {};
    made.id = internal;
    const auto within = [] (float value) { return value >= 0.0f ? std::min (value, 1.0f) : 0.0f; }; // not-a-number too
    std::transform (position.latent.begin(), position.latent.end(), made.latent, within);
    made.style = within (position.style);
    const auto named = modelNow();
    std::copy (named.begin(), named.end(), made.model);
    made.checksum = requestChecksum (made);

    constexpr auto from = offsetof (layout::Request, id);
    shared::beginWrite (place.seq);
    shared::copyIn (&place.id, &made.id, sizeof (layout::Request) - from);
    shared::endWrite (place.seq);
    shared::store (control->newestRequest, internal, std::memory_order_release);
    posted = true;
    return lastId;
}

void PatternClient::endBlock() noexcept
{
    if (posted && slotNumber < layout::slots)
        process->wake();
    posted = false;
}

bool PatternClient::answer (std::uint64_t id, Pattern& into) noexcept
{
    if (id == 0 || id > lastId || slotNumber == layout::slots)
        return false;
    const auto internal = firstId + id;
    const auto seen = look (internal, into);
    if (seen != Look::nothing || ! offline)
        return seen == Look::pattern;
    return lastId - id < layout::requestPlaces && wait (internal, into);
}

PatternClient::Look PatternClient::look (std::uint64_t internal, Pattern& into) noexcept
{
    const auto& place = slot->answers[internal % layout::requestPlaces];
    for (int tries = 0; tries < 2; ++tries) {
        const auto seq = shared::beginRead (place.seq);
        if (shared::load (place.id) != internal)
            return Look::nothing;
        if ((seq & 1u) != 0 || (damagedId == internal && damagedSeq == seq))
            continue;
        if (const auto seen = check (place, seq, into); seen != Look::nothing)
            return seen;
    }
    return Look::nothing;
}

PatternClient::Look PatternClient::check (const layout::Answer& place, std::uint64_t seq, Pattern& into) noexcept
{
    shared::copyOut (&copy, &place, answerHead);
    const auto area = std::size_t { copy.lanes } * copy.steps;
    const bool shaped = copy.lanes >= 1 && copy.lanes <= layout::maxLanes && copy.steps >= 1 && copy.steps <= layout::maxSteps;
    const auto used = shaped ? layout::patternArrays * area * sizeof (float) : 0;
    shared::copyOut (copy.values, place.values, (used + 7) / 8 * 8);
    if (! shared::endRead (place.seq, seq))
        return Look::nothing;

    const auto checksum = crc32 (reinterpret_cast<const char*> (&copy) + checkedFrom, answerHead - checkedFrom + used);
    const bool intact = checksum == copy.checksum;
    if (intact && copy.status != 0) {
        lastStatus.store (copy.status, std::memory_order_relaxed);
        refusedId = copy.id - firstId;
        return Look::refused;
    }
    if (! intact || ! shaped || copy.stepsPerBeat < 1 || copy.stepsPerBeat > layout::maxSteps || copy.latents < 1
        || copy.latents > layout::maxLatents || ! withinBounds (copy.values, area)) {
        damagedId = copy.id;
        damagedSeq = seq;
        return Look::nothing;
    }
    into.id = copy.id - firstId;
    into.lanes = copy.lanes;
    into.steps = copy.steps;
    into.stepsPerBeat = copy.stepsPerBeat;
    into.latents = copy.latents;
    std::copy (std::begin (copy.laneNote), std::end (copy.laneNote), into.laneNote.begin());
    std::memcpy (into.laneName.data(), copy.laneName, sizeof (copy.laneName));
    std::memcpy (into.values.data(), copy.values, used);
    lastStatus.store (0, std::memory_order_relaxed);
    return Look::pattern;
}

// Whether a request from `since` on was answered. Nothing else is a sign of life: each process that is started in place of
// one that died of its model shows a heartbeat, and answers other instances.
bool PatternClient::answeredSince (std::uint64_t since) const noexcept
{
    return std::any_of (std::begin (slot->answers), std::end (slot->answers),
                        [since] (const layout::Answer& place) { return shared::load (place.id) >= since; });
}

// Offline only. After a wait that hit its bound the next ones do not wait at all until this instance is answered again: a
// bounce with a process that cannot be mended must end.
bool PatternClient::wait (std::uint64_t internal, Pattern& into) noexcept
{
    if (givenUpId != 0 && ! answeredSince (givenUpId))
        return false;
    givenUpId = 0;
    process->wake();
    posted = false;
    const auto begun = Clock::now();
    auto nextUrge = begun + 5ms;
    for (std::uint32_t turn = 0;; ++turn) {
        if (const auto seen = look (internal, into); seen != Look::nothing)
            return seen == Look::pattern;
        if (process->hopeless())
            return false;
        const auto now = Clock::now();
        if (now - begun > longestWait)
            break;
        if (now >= nextUrge) {
            process->urge();
            process->wake();
            nextUrge = now + 50ms;
        }
        // Where the cores are busy the process needs this one: yielding alone would not give it up.
        if (now - begun < 60us)
            std::this_thread::yield();
        else
            std::this_thread::sleep_for (now - begun < 1ms ? 20us : 100us);
    }
    givenUpId = internal;
    expired = true;
    shared::store (slot->record.expired, shared::load (slot->record.expired) + 1);
    return false;
}

void PatternClient::record (const layout::Event& event) noexcept
{
    auto& head = slot->record;
    const auto written = shared::load (head.written);
    const auto attached = shared::load (slot->reader.attached, std::memory_order_acquire);
    if (attached != 0) {
        if (offline && attached != idleReader && ! readerHasRoom (written))
            waitForReader (written);
        // The event that this one takes the place of; not one from before this instance.
        const auto overwritten = written - layout::events;
        if (written >= shared::load (head.first) + layout::events && shared::load (slot->reader.read) <= overwritten)
            shared::store (head.dropped, shared::load (head.dropped) + 1);
    }
    shared::copyIn (&slot->events[written % layout::events], &event, sizeof (event));
    shared::store (head.written, written + 1, std::memory_order_release);
}

// One event less than the ring holds: a reader cannot tell the oldest from one being overwritten.
bool PatternClient::readerHasRoom (std::uint64_t written) const noexcept
{
    return written + 1 < shared::load (slot->reader.read, std::memory_order_acquire) + layout::events;
}

// Offline only. A reader that shows no life is not waited for again until it does.
void PatternClient::waitForReader (std::uint64_t written) noexcept
{
    auto seen = shared::load (slot->reader.attached);
    auto seenAt = Clock::now();
    while (seen != 0 && ! readerHasRoom (written)) {
        std::this_thread::sleep_for (200us);
        const auto attached = shared::load (slot->reader.attached);
        if (attached != seen) {
            seen = attached;
            seenAt = Clock::now();
        } else if (Clock::now() - seenAt > readerPatience) {
            idleReader = attached;
            return;
        }
    }
}

void PatternClient::setHeard (float x, float y, double songBeats, bool playing) noexcept
{
    shared::store (control->x, x);
    shared::store (control->y, y);
    shared::store (control->songBeats, songBeats);
    shared::store (control->playing, playing ? 1u : 0u);
}

std::optional<PatternClient::Wish> PatternClient::wish() noexcept
{
    const auto seq = shared::beginRead (slot->wish.seq);
    if (seq == seenWish || (seq & 1u) != 0)
        return {};
    layout::Wish found {};
    shared::copyOut (&found, &slot->wish, sizeof (found));
    if (! shared::endRead (slot->wish.seq, seq))
        return {};    // it is being written: the next look finds it
    constexpr auto from = offsetof (layout::Wish, x);
    if (found.checksum != crc32 (reinterpret_cast<const char*> (&found) + from, offsetof (layout::Wish, checksum) - from))
        return {};
    seenWish = seq;
    const auto within = [] (float value) { return value >= 0.0f && value <= 1.0f; };    // false for what is no number
    if (! within (found.x) || ! within (found.y))
        return {};
    return Wish { found.x, found.y, found.held != 0 };
}

bool PatternClient::picture (std::vector<std::uint8_t>& rgba, std::uint64_t& version) const
{
    const auto& shown = slot->picture;
    const auto seq = shared::beginRead (shown.seq);
    Sha256 wanted {};
    if (seq == version || (seq & 1u) != 0 || ! chosenModel.read (wanted))
        return false;
    const auto read = std::make_unique<layout::Picture>();
    shared::copyOut (read.get(), &shown, sizeof (layout::Picture));
    if (! shared::endRead (shown.seq, seq) || read->side != layout::pictureSide
        || ! std::equal (wanted.begin(), wanted.end(), read->model)
        || crc32 (read->pixels, sizeof (read->pixels)) != read->checksum)
        return false;
    const auto* pixels = &read->pixels[0][0][0];
    rgba.assign (pixels, pixels + sizeof (read->pixels));
    version = seq;
    return true;
}

std::uint64_t PatternClient::eventsRecorded() const noexcept
{
    return shared::load (slot->record.written, std::memory_order_acquire) - shared::load (slot->record.first);
}

std::vector<layout::Event> PatternClient::lastEvents (std::size_t count) const
{
    const auto& head = slot->record;
    const auto end = shared::load (head.written, std::memory_order_acquire);
    const auto have = std::min<std::uint64_t> (end - shared::load (head.first), layout::events);
    const auto begin = end - std::min<std::uint64_t> (count, have);
    std::vector<layout::Event> result (static_cast<std::size_t> (end - begin));
    for (auto k = begin; k < end; ++k)
        shared::copyOut (&result[static_cast<std::size_t> (k - begin)], &slot->events[k % layout::events], sizeof (layout::Event));

    // What the audio thread wrote over meanwhile, and the one that it may be writing now, does not count.
    std::atomic_thread_fence (std::memory_order_acquire);
    const auto now = shared::load (head.written);
    const auto safe = now + 1 > layout::events ? now + 1 - layout::events : 0;
    if (safe > begin)
        result.erase (result.begin(), result.begin() + static_cast<std::ptrdiff_t> (std::min (safe, end) - begin));
    return result;
}

std::string PatternClient::sentence() const
{
    if (process == nullptr)
        return "The built-in field plays; no model process was asked for.";
    if (! refusal.empty())
        return refusal;
    if (expired)
        return "A pattern did not come within 10 s while rendering: the last one was used. " + process->sentence();
    if (process->ready() && lastStatus.load() != 0) {
        const auto& server = process->segment()->server;
        char text[sizeof (server.message)];
        const auto seq = shared::beginRead (server.messageSeq);
        shared::copyOut (text, server.message, sizeof (text));
        if (shared::endRead (server.messageSeq, seq) && text[0] != 0)
            return { text, static_cast<std::size_t> (std::find (text, text + sizeof (text), '\0') - text) };
        return lastStatus.load() == 1 ? "The model of this project is not found on this machine: load it again from the model menu."
                                      : "The model of this project is damaged: load it again from the model menu.";
    }
    return process->sentence();
}

} // namespace groovefield
