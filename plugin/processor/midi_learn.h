// MIDI controllers that move controls: learned, with takeover, kept by the state.
//
// The rule in prose. The audio thread puts each controller that comes in into a ring, if anybody wants to know; a timer takes it
// out and moves what is bound to it, in gestures, so that hosts record it and undo knows it. A controller takes hold once it
// has come to the present value or passed it: nothing jumps. What somebody else moves meanwhile is let go of. A switch needs no
// such care. While a host bounces, controllers move nothing: what they moved is in the automation that the host recorded,
// and that bounces.
#pragma once

#include "history.h"

#include <juce_events/juce_events.h>

#include <mutex>
#include <optional>
#include <vector>

namespace groovefield {

/// What a controller moves: a parameter, or an item of the state that is none.
struct LearnTarget {
    juce::String name;
    bool isSwitch = false;
    bool isDrag = false;                       ///< its deeds are drags, of which there is one at a time
    std::function<double()> get;               ///< 0..1
    std::function<void (double)> set;
    std::function<void()> begin, end;          ///< of a gesture
    std::function<void()> act;                 ///< of a button that does something once; nothing else is asked of it
};

struct LearnedController {
    juce::String target;          ///< a parameter's ID, or as learn_targets.h says
    int channel = 0;              ///< 1..16
    int number = 0;               ///< 0..119
    bool fine = false;            ///< 14 bits: the coarse part at `number`, the fine one 32 above
    bool operator== (const LearnedController& o) const noexcept
    {
        return target == o.target && channel == o.channel && number == o.number && fine == o.fine;
    }
};
using LearnedControllers = std::vector<LearnedController>;

class MidiLearn : private juce::Timer {
public:
    using Find = std::function<std::optional<LearnTarget> (const juce::String& target)>;

    MidiLearn (History&, Find, std::function<void()> changed);
    ~MidiLearn() override;

    void hear (const std::uint8_t* bytes, int count) noexcept;   // [audio] a message; all but controllers are passed over

    // --- [message] ---
    /// The next controller that moves is this target's.
    void learn (const juce::String& target);
    void cancel() { learn ({}); }
    juce::String learning() const { return wanted; }
    void forget (const juce::String& target);
    std::optional<LearnedController> of (const juce::String& target) const;
    juce::String nameOf (const juce::String& target) const;
    /// Whether a controller has moved but not come to the value yet.
    bool waits (const juce::String& target) const;

    void look();      ///< moves what was heard; a timer of ours calls it
    void finish();    ///< ends the gestures that go on

    /// [any]
    LearnedControllers all() const;
    void setAll (LearnedControllers);

    static juce::String text (const LearnedController&);   ///< "CC 21"

private:
    struct Event {
        std::uint8_t channel, number, value;
    };
    struct Hold {                       // of a controller, by its target
        int channel = 0, number = -1;
        double last = -1.0;             // where it was
        double lastSet = 0.0;
        int coarse = -1;
        bool holds = false, waits = false;
    };
    struct Going {
        juce::String target;
        LearnTarget what;
        std::uint32_t lastMoved;
    };

    void timerCallback() override;
    void take (const Event&);
    void bind (const Event&);
    Hold& holdOf (const LearnedController&);
    void move (const LearnedController&, double value);
    void put (const juce::String& deed, const LearnedControllers&);
    void endGoing (const std::function<bool (const Going&)>&);
    void listen();

    History& history;
    Find find;
    std::function<void()> changed;
    std::atomic<bool> listens { false };

    static constexpr int room = 1024;
    juce::AbstractFifo ring { room };
    std::array<Event, room> events {};

    mutable std::mutex lock;
    LearnedControllers bound;

    // The message thread's.
    juce::String wanted;
    std::optional<Event> justBound;
    std::map<juce::String, Hold> holds;
    std::vector<Going> going;

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (MidiLearn)
};

/// [message] u8 count; for each u8 channel, number, 1 if it is fine, length of the target's name, then the name.
juce::MemoryBlock learnedBytes (const LearnedControllers&);

/// [message] Nothing if the bytes are not that.
std::optional<LearnedControllers> readLearned (const void* data, std::size_t size);

} // namespace groovefield
