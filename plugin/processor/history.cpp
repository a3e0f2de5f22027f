#include "history.h"

namespace groovefield {

namespace {

struct Deed : public juce::UndoableAction {
    Deed (std::function<void()> u, std::function<void()> r) : back (std::move (u)), again (std::move (r)) {}

    bool perform() override
    {
        if (std::exchange (done, true))
            again();
        return true;
    }
    bool undo() override
    {
        back();
        return true;
    }
    int getSizeInUnits() override { return 1; }

    std::function<void()> back, again;
    bool done = false;   // the first perform is of what is done already
};

// Parameters that one movement of the musician's hand may move together.
constexpr int places = 8;

bool isPlace (int index) { return index < places; }

} // namespace

History::History (juce::AudioProcessor& p) : processor (p)
{
    for (auto* parameter : processor.getParameters())
        parameter->addListener (this);
}

History::~History()
{
    cancelPendingUpdate();
    for (auto* parameter : processor.getParameters())
        parameter->removeListener (this);
}

void History::parameterGestureChanged (int index, bool starts)
{
    if (moving || ! juce::MessageManager::existsAndIsCurrentThread())
        return;
    if (starts) {
        // A place is moved by several gestures, one after the other or at once; all else is a deed each.
        const auto joins = [&] (const auto& moved) { return isPlace (moved.first) && isPlace (index); };
        if (open.empty() && ! together && ! std::all_of (before.begin(), before.end(), joins))
            close();
        open.insert (index);
        before.emplace (index, processor.getParameters()[index]->getValue());
    } else {
        open.erase (index);
        if (open.empty())
            triggerAsyncUpdate();
    }
}

// What was moved since the last deed. What is still held begins anew.
History::Moves History::takeMoves()
{
    Moves moves;
    for (const auto& [index, value] : before)
        if (const auto now = processor.getParameters()[index]->getValue(); now != value) {
            moves.from[index] = value;
            moves.to[index] = now;
        }
    before.clear();
    for (const auto index : open)
        before.emplace (index, processor.getParameters()[index]->getValue());
    return moves;
}

// What was moved since the last deed becomes one.
void History::close (bool heldToo)
{
    cancelPendingUpdate();
    if ((! open.empty() && ! heldToo) || together)
        return;
    auto moves = takeMoves();
    if (moves.from.empty())
        return;
    const auto first = moves.from.begin()->first;
    const auto name = isPlace (first) ? juce::String ("Move on the pad") : processor.getParameters()[first]->getName (64);
    deeds.beginNewTransaction (name);
    deeds.perform (new Deed ([this, from = std::move (moves.from)] { move (from); }, [this, to = std::move (moves.to)] { move (to); }));
}

// What goes on ends first: it is a deed before this one.
void History::begin()
{
    if (letGo)
        letGo();
    tidy();
    together = true;
}

void History::end (const juce::String& deed, std::function<void()> undoDeed, std::function<void()> redoDeed)
{
    together = false;
    cancelPendingUpdate();
    auto moves = takeMoves();
    deeds.beginNewTransaction (deed);
    deeds.perform (new Deed (
        [this, from = std::move (moves.from), also = std::move (undoDeed)] {
            move (from);
            also();
        },
        [this, to = std::move (moves.to), also = std::move (redoDeed)] {
            also();
            move (to);
        }));
}

void History::endWithout()
{
    together = false;
    tidy();
}

void History::move (const std::map<int, float>& values)
{
    const juce::ScopedValueSetter<bool> own (moving, true);
    for (const auto& [index, value] : values) {
        auto* const parameter = processor.getParameters()[index];
        // What a hand holds has a gesture already, and begins anew from here.
        const auto held = open.count (index) > 0;
        if (! held)
            parameter->beginChangeGesture();
        parameter->setValueNotifyingHost (value);
        if (! held)
            parameter->endChangeGesture();
        else
            before[index] = parameter->getValue();
    }
}

void History::tidy()
{
    close();
    if (forgetful.exchange (false)) {
        deeds.clearUndoHistory();
        before.clear();
    }
}

void History::settle()
{
    if (stopMoving)
        stopMoving();
    if (letGo)
        letGo();
    close (true);
    tidy();
}

void History::add (const juce::String& deed, std::function<void()> undoDeed, std::function<void()> redoDeed)
{
    if (letGo)
        letGo();
    tidy();
    deeds.beginNewTransaction (deed);
    deeds.perform (new Deed (std::move (undoDeed), std::move (redoDeed)));
}

bool History::undo()
{
    settle();
    return deeds.undo();
}

bool History::redo()
{
    settle();
    return deeds.redo();
}

juce::String History::undoName()
{
    tidy();
    return deeds.canUndo() ? deeds.getUndoDescription() : juce::String();
}

juce::String History::redoName()
{
    tidy();
    return deeds.canRedo() ? deeds.getRedoDescription() : juce::String();
}

} // namespace groovefield
