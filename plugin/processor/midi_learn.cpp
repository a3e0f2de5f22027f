#include "midi_learn.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr int lookEvery = 15, stillAfter = 400;     // milliseconds
constexpr int controllers = 120, finePart = 32;     // from 120 on they are commands
constexpr double nearEnough = 1.5 / 127.0, moved = 1.0e-3;
constexpr std::size_t mostLearned = 128, longestName = 64, entryHead = 4;

} // namespace

MidiLearn::MidiLearn (History& h, Find f, std::function<void()> c) : history (h), find (std::move (f)), changed (std::move (c)) {}

MidiLearn::~MidiLearn() { stopTimer(); }

void MidiLearn::hear (const std::uint8_t* bytes, int count) noexcept
{
    if (! listens.load (std::memory_order_relaxed) || count != 3 || (bytes[0] & 0xF0) != 0xB0 || bytes[1] >= controllers)
        return;
    const auto place = ring.write (1);
    if (place.blockSize1 > 0)
        events[static_cast<std::size_t> (place.startIndex1)] = { static_cast<std::uint8_t> ((bytes[0] & 0x0F) + 1), bytes[1], bytes[2] };
}

// Somebody wants to know of controllers, or nobody does. States come from other threads: the timer is the message thread's.
void MidiLearn::listen()
{
    // Whole, or a state that comes in its midst would find nobody listening.
    const std::lock_guard<std::mutex> guard (lock);
    const auto wants = wanted.isNotEmpty() || ! bound.empty();
    listens.store (wants);
    if (wants && ! isTimerRunning())
        startTimer (lookEvery);
    else if (! wants && going.empty())
        stopTimer();
}

void MidiLearn::timerCallback()
{
    look();
    listen();
}

void MidiLearn::learn (const juce::String& target)
{
    wanted = target;
    justBound.reset();
    listen();
}

LearnedControllers MidiLearn::all() const
{
    const std::lock_guard<std::mutex> guard (lock);
    return bound;
}

void MidiLearn::setAll (LearnedControllers next)
{
    const std::lock_guard<std::mutex> guard (lock);
    bound = std::move (next);
    if (! bound.empty()) {
        listens.store (true);
        startTimer (lookEvery);    // it may be started by any thread
    }
}

std::optional<LearnedController> MidiLearn::of (const juce::String& target) const
{
    const std::lock_guard<std::mutex> guard (lock);
    const auto found = std::find_if (bound.begin(), bound.end(), [&] (const auto& one) { return one.target == target; });
    return found != bound.end() ? std::optional (*found) : std::nullopt;
}

juce::String MidiLearn::nameOf (const juce::String& target) const
{
    const auto what = find (target);
    return what ? what->name : target;
}

bool MidiLearn::waits (const juce::String& target) const
{
    const auto found = holds.find (target);
    return found != holds.end() && found->second.waits;
}

juce::String MidiLearn::text (const LearnedController& one) { return "CC " + juce::String (one.number); }

void MidiLearn::put (const juce::String& deed, const LearnedControllers& next)
{
    const auto from = all();
    if (from == next)
        return;
    setAll (next);
    if (deed.isNotEmpty())
        history.add (deed, [this, from] { setAll (from); }, [this, next] { setAll (next); });
    changed();
}

void MidiLearn::forget (const juce::String& target)
{
    auto next = all();
    next.erase (std::remove_if (next.begin(), next.end(), [&] (const auto& one) { return one.target == target; }), next.end());
    put ("Forget the controller of " + nameOf (target), next);
    holds.erase (target);
}

void MidiLearn::bind (const Event& event)
{
    const auto target = std::exchange (wanted, juce::String());
    auto next = all();
    next.erase (std::remove_if (next.begin(), next.end(), [&] (const auto& one) { return one.target == target; }), next.end());
    if (next.size() >= mostLearned)
        return;
    next.push_back ({ target, event.channel, event.number, false });
    holds.erase (target);
    put ({}, next);    // no deed: a pad that undoes would unlearn itself
    justBound = event;
}

// A controller whose fine part follows its coarse one at once has 14 bits.
void MidiLearn::take (const Event& event)
{
    if (wanted.isNotEmpty())
        return bind (event);
    if (const auto last = std::exchange (justBound, std::nullopt); last && event.channel == last->channel && event.number == last->number + finePart
                                                                   && last->number < finePart) {
        auto next = all();
        if (! next.empty())
            next.back().fine = true;
        return setAll (next);
    }
    for (const auto& one : all()) {
        if (one.channel != event.channel)
            continue;
        auto& hold = holdOf (one);
        if (one.fine && event.number == one.number)
            hold.coarse = event.value;
        else if (one.fine && event.number == one.number + finePart && hold.coarse >= 0)
            move (one, (hold.coarse * 128 + event.value) / 16383.0);
        else if (! one.fine && event.number == one.number)
            move (one, event.value / 127.0);
    }
}

// Another controller of the same control, after undo or a state, holds nothing yet.
MidiLearn::Hold& MidiLearn::holdOf (const LearnedController& one)
{
    auto& hold = holds[one.target];
    if (hold.channel != one.channel || hold.number != one.number) {
        hold = {};
        hold.channel = one.channel;
        hold.number = one.number;
    }
    return hold;
}

void MidiLearn::move (const LearnedController& one, double value)
{
    const auto what = find (one.target);
    if (! what)
        return;
    auto& hold = holdOf (one);
    const auto before = std::exchange (hold.last, value);
    if (what->act) {
        if (before < 0.5 && value >= 0.5)
            what->act();
        return;
    }
    const auto present = what->get();
    if (what->isSwitch) {
        if ((present >= 0.5) == (value >= 0.5))
            return;
    } else {
        if (hold.holds && std::abs (present - hold.lastSet) > moved)
            hold.holds = false;
        hold.holds = hold.holds || std::abs (value - present) <= nearEnough || (before >= 0.0 && (before - present) * (value - present) <= 0.0);
        hold.waits = ! hold.holds;
        if (! hold.holds)
            return;
    }
    const auto now = juce::Time::getMillisecondCounter();
    const auto goes = std::find_if (going.begin(), going.end(), [&] (const auto& g) { return g.target == one.target; });
    if (goes == going.end()) {
        if (what->isDrag)
            endGoing ([] (const Going& other) { return other.what.isDrag; });
        what->begin();
        going.push_back ({ one.target, *what, now });
    } else {
        goes->lastMoved = now;
    }
    what->set (value);
    hold.lastSet = what->get();
}

void MidiLearn::look()
{
    ring.read (ring.getNumReady()).forEach ([this] (int index) { take (events[static_cast<std::size_t> (index)]); });
    const auto now = juce::Time::getMillisecondCounter();
    endGoing ([now] (const Going& one) { return now - one.lastMoved > stillAfter; });
}

// First out of the list, then ended: the end of one may end the others.
void MidiLearn::endGoing (const std::function<bool (const Going&)>& which)
{
    for (std::size_t i = 0; i < going.size();)
        if (which (going[i])) {
            const auto one = going[i];
            going.erase (going.begin() + static_cast<std::ptrdiff_t> (i));
            one.what.end();
            i = 0;
        } else {
            ++i;
        }
}

void MidiLearn::finish() { endGoing ([] (const Going&) { return true; }); }

juce::MemoryBlock learnedBytes (const LearnedControllers& all)
{
    juce::MemoryOutputStream out;
    out.writeByte (static_cast<char> (all.size()));
    for (const auto& one : all) {
        out.writeByte (static_cast<char> (one.channel));
        out.writeByte (static_cast<char> (one.number));
        out.writeByte (one.fine ? 1 : 0);
        out.writeByte (static_cast<char> (one.target.getNumBytesAsUTF8()));
        out.write (one.target.toRawUTF8(), one.target.getNumBytesAsUTF8());
    }
    return out.getMemoryBlock();
}

std::optional<LearnedControllers> readLearned (const void* data, std::size_t size)
{
    const auto* bytes = static_cast<const std::uint8_t*> (data);
    if (size < 1 || bytes[0] > mostLearned)
        return std::nullopt;
    LearnedControllers all;
    std::size_t at = 1;
    for (int i = 0; i < bytes[0]; ++i) {
        if (size - at < entryHead)
            return std::nullopt;
        const auto* entry = bytes + at;
        const auto length = std::size_t { entry[3] };
        at += entryHead;
        if (length < 1 || length > longestName || size - at < length || entry[0] < 1 || entry[0] > 16 || entry[1] >= controllers)
            return std::nullopt;
        const auto* name = reinterpret_cast<const char*> (bytes + at);
        if (! std::all_of (name, name + length, [] (char c) { return c > 32 && c < 127; }))
            return std::nullopt;
        all.push_back ({ juce::String (name, length), entry[0], entry[1], (entry[2] & 1) != 0 });
        at += length;
    }
    return at == size ? std::optional (all) : std::nullopt;
}

} // namespace groovefield
