// MIDI learn: controllers take hold of controls without a jump, hosts and undo know of it, the project keeps it.
#include "editor_driving.h"
#include "editor_session.h"
#include "own_data.h"
#include "processor_testing.h"

#include "../../plugin/editor/lane_card.h"
#include "../../plugin/editor/learn_layer.h"
#include "../../plugin/processor/learn_targets.h"

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr std::size_t snare = 1;

/// Moves a controller, and lets the timer's part happen.
void turn (Session& session, int number, std::initializer_list<int> values, int channel = 1)
{
    for (const auto value : values) {
        session.controllers.push_back (juce::MidiMessage::controllerEvent (channel, number, value));
        session.run (0.01);
    }
    session.processor.midiLearn.look();
}

void learn (Session& session, const juce::String& target, int number, int value = 64, int channel = 1)
{
    session.processor.midiLearn.learn (target);
    turn (session, number, { value }, channel);
    REQUIRE (session.processor.midiLearn.of (target).has_value());
}

juce::StringArray itemsOf (juce::PopupMenu& menu)
{
    juce::StringArray texts;
    for (juce::PopupMenu::MenuItemIterator it (menu); it.next();)
        texts.add (it.getItem().text);
    return texts;
}

void choose (juce::PopupMenu& menu, const juce::String& begins)
{
    for (juce::PopupMenu::MenuItemIterator it (menu); it.next();)
        if (it.getItem().text.startsWith (begins))
            return it.getItem().action();
    FAIL ("no such item");
}

} // namespace

TEST_CASE ("a controller takes hold once it has come to the value: nothing jumps, hosts see one gesture, and undo knows it")
{
    Session session;
    session.open();
    session.run (0.1);
    session.set ("swing", 60.0f);
    auto& midi = session.processor.midiLearn;
    turn (session, 21, { 10, 90 });
    CHECK (session.get ("swing") == 60.0f);

    Recorder swing (session, "swing");
    learn (session, "swing", 21, 100);
    CHECK (session.get ("swing") == 60.0f);
    CHECK (session.processor.history.undoName() != "MIDI learn Swing");    // no deed
    turn (session, 21, { 110, 120, 90 });
    CHECK (session.get ("swing") == 60.0f);
    CHECK (midi.waits ("swing"));
    CHECK (swing.begun == 0);
    // From above to below: it passed the value.
    turn (session, 21, { 30 });
    CHECK (session.get ("swing") == doctest::Approx (50.0 + 25.0 * 30 / 127));
    CHECK_FALSE (midi.waits ("swing"));
    turn (session, 21, { 31, 127, 80 });
    CHECK (session.get ("swing") == doctest::Approx (50.0 + 25.0 * 80 / 127));
    CHECK (swing.begun == 1);
    CHECK (swing.ended == 0);
    CHECK (swing.moved == 4);
    CHECK (swing.movedOutside == 0);
    midi.finish();
    CHECK (swing.ended == 1);
    CHECK (session.processor.history.undoName() == "Swing");
    CHECK (session.processor.history.undo());
    CHECK (session.get ("swing") == 60.0f);

    // What somebody else moved is let go of, until the controller comes there.
    turn (session, 21, { 70 });
    CHECK (session.get ("swing") == 60.0f);
    turn (session, 21, { 40 });
    CHECK (session.get ("swing") == doctest::Approx (50.0 + 25.0 * 40 / 127));
    session.set ("swing", 74.0f);
    turn (session, 21, { 50, 60 });
    CHECK (session.get ("swing") == 74.0f);
    // Another channel, another controller: nothing.
    turn (session, 21, { 127, 0 }, 2);
    turn (session, 22, { 127, 0 });
    CHECK (session.get ("swing") == 74.0f);
    midi.forget ("swing");
    turn (session, 21, { 127, 0, 127 });
    CHECK (session.get ("swing") == 74.0f);
    CHECK (session.processor.history.undo());
    CHECK (midi.of ("swing").has_value());
}

TEST_CASE ("density goes up clockwise, switches switch, choices step")
{
    Session session;
    session.run (0.1);
    learn (session, "threshold", 1);
    turn (session, 1, { 64, 127 });
    CHECK (session.get ("threshold") == doctest::Approx (0.0));
    learn (session, "mute_kick", 64, 0);
    turn (session, 64, { 127 });
    CHECK (session.get ("mute_kick") == 1.0f);
    turn (session, 64, { 127, 90 });
    CHECK (session.get ("mute_kick") == 1.0f);
    turn (session, 64, { 0 });
    CHECK (session.get ("mute_kick") == 0.0f);
    learn (session, "motion", 5, 0);
    turn (session, 5, { 0, 64 });
    CHECK (session.get ("motion") == 1.0f);
    turn (session, 5, { 100, 127 });
    CHECK (session.get ("motion") == 2.0f);
}

TEST_CASE ("what is no parameter is learned too: a drum's sound, a lane's push")
{
    Session session;
    auto& editor = session.open();
    session.run (0.1);
    learn (session, kitTarget (Voice::snare, "tune"), 30);
    learn (session, laneTarget (snare, "push"), 31);
    turn (session, 30, { 64, 96 });
    CHECK (session.processor.kitSettings()[Voice::snare].tune == doctest::Approx (-24.0 + 48.0 * 96 / 127));
    turn (session, 31, { 64, 90 });
    CHECK (session.processor.laying.overlay()->feel[snare].push == doctest::Approx (-0.5 + 90.0 / 127));
    session.processor.midiLearn.finish();
    CHECK (session.processor.history.undoName() == "Push of Snare");
    CHECK (session.processor.history.undo());
    CHECK (session.processor.laying.overlay()->feel[snare].push == 0.0f);
    CHECK (session.processor.history.undoName() == "Tune of Snare");
    editor.keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier, 0));
    CHECK (session.processor.kitSettings()[Voice::snare].tune == 0.0f);
}

TEST_CASE ("solo, lock, choke and the melody are learned as well, each in one deed")
{
    Session session;
    session.open();
    session.settle();
    auto& laying = session.processor.laying;
    learn (session, laneTarget (snare, "solo"), 40, 0);
    turn (session, 40, { 127 });
    CHECK (laying.overlay()->solo == 1u << snare);
    turn (session, 40, { 0 });
    CHECK (laying.overlay()->solo == 0);
    learn (session, laneTarget (0, "lock"), 41, 0);
    turn (session, 41, { 127 });
    CHECK (laying.overlay()->isLocked (0));
    const auto held = laying.overlay()->held[0];
    CHECK (std::any_of (held.begin(), held.end(), [] (const Cell& cell) { return cell.probability > 0.5f; }));
    session.processor.midiLearn.finish();
    CHECK (session.processor.history.undoName() == "Lock Kick");
    learn (session, kitTarget (Voice::snare, "choke"), 42, 0);
    turn (session, 42, { 0, 64 });
    CHECK (session.processor.kitSettings()[Voice::snare].choke == 2);
    learn (session, melodyTarget ("octave"), 43, 0);
    turn (session, 43, { 0, 127 });
    CHECK (laying.overlay()->melody.octave == Melody::highestOctave);
}

TEST_CASE ("whatever says that it can be learned can be")
{
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    LaneCard card (session.processor, snare);
    int learnable = 0;
    const std::function<void (juce::Component&)> look = [&] (juce::Component& in) {
        if (const auto target = learnTargetOf (&in); target.isNotEmpty()) {
            CAPTURE (target);
            CHECK (session.processor.midiLearn.nameOf (target).isNotEmpty());
            ++learnable;
        }
        for (auto* child : in.getChildren())
            look (*child);
    };
    look (editor);
    look (card);
    CHECK (learnable > 100);
}

TEST_CASE ("a controller whose fine part follows has 14 bits")
{
    Session session;
    session.run (0.1);
    session.processor.midiLearn.learn ("x");
    session.controllers = { juce::MidiMessage::controllerEvent (1, 2, 64), juce::MidiMessage::controllerEvent (1, 34, 10) };
    session.run (0.01);
    session.processor.midiLearn.look();
    REQUIRE (session.processor.midiLearn.of ("x").has_value());
    CHECK (session.processor.midiLearn.of ("x")->fine);
    turn (session, 2, { 64 });
    turn (session, 34, { 0 });
    turn (session, 34, { 5 });
    CHECK (session.get ("x") == doctest::Approx ((64 * 128 + 5) / 16383.0).epsilon (1e-5));
    turn (session, 34, { 6 });
    CHECK (session.get ("x") == doctest::Approx ((64 * 128 + 6) / 16383.0).epsilon (1e-5));
}

TEST_CASE ("the project keeps what was learned, A and B share it, and a bounce moves by automation alone")
{
    Session session;
    session.run (0.1);
    learn (session, "humanise", 21, 0, 3);
    learn (session, kitTarget (Voice::kick, "level"), 22, 64);
    const auto state = stateOf (session.processor);
    Session other;
    restore (other.processor, state);
    CHECK (other.processor.midiLearn.all() == session.processor.midiLearn.all());
    CHECK (other.processor.lastComplaint() == juce::String());
    other.processor.compare();
    CHECK (other.processor.midiLearn.all().size() == 2);
    turn (other, 21, { 0, 60 }, 3);
    CHECK (other.get ("humanise") == doctest::Approx (100.0 * 60 / 127));

    other.processor.setNonRealtime (true);
    turn (other, 21, { 60, 120 }, 3);
    CHECK (other.get ("humanise") == doctest::Approx (100.0 * 60 / 127));

    // A state from before there were any has none; a damaged part is said.
    auto damaged = state;
    const auto chunk = chunksOf (state).at ("MIDI");
    static_cast<char*> (damaged.getData())[chunk.at + 14] ^= 0x40;
    restore (other.processor, damaged);
    CHECK (other.processor.lastComplaint().contains ("learned controllers"));
    CHECK (other.processor.midiLearn.all().empty());
    Session plain;
    restore (session.processor, stateOf (plain.processor));
    CHECK (session.processor.midiLearn.all().empty());
}

TEST_CASE ("bytes that are no learned controllers are refused")
{
    const LearnedControllers some { { "x", 1, 21, false }, { "kit/kick/level", 16, 0, true } };
    const auto bytes = learnedBytes (some);
    REQUIRE (readLearned (bytes.getData(), bytes.getSize()).has_value());
    CHECK (*readLearned (bytes.getData(), bytes.getSize()) == some);
    for (std::size_t size = 0; size < bytes.getSize(); ++size)
        CHECK_FALSE (readLearned (bytes.getData(), size).has_value());
    for (std::size_t at = 0; at < bytes.getSize(); ++at) {
        auto changed = bytes;
        changed[static_cast<int> (at)] = static_cast<char> (0xFF);
        const auto read = readLearned (changed.getData(), changed.getSize());
        CHECK ((! read || (read->size() == 2 && read->front().number < 120)));
    }
}

TEST_CASE ("controls show their controllers; the menu learns and forgets; Escape stops")
{
    Session session;
    auto& editor = session.open();
    session.run (0.3);
    CHECK (editor.learning.shown().empty());
    CHECK (learnTargetOf (&editor.header.play) == "free_run");
    CHECK (learnTargetOf (&editor.pattern.strips[snare]->density) == "density_snare");
    CHECK (learnTargetOf (&editor.pad.pad) == "x");

    juce::PopupMenu menu;
    addLearnItems (menu, session.processor.midiLearn, "density_snare");
    CHECK (itemsOf (menu) == juce::StringArray { "MIDI learn Density Snare" });
    choose (menu, "MIDI learn");
    session.run (0.5);
    REQUIRE (editor.learning.shown().size() == 1);
    CHECK (editor.learning.shown()[0].learning);
    CHECK (editor.keyPressed (juce::KeyPress (juce::KeyPress::escapeKey)));
    CHECK (session.processor.midiLearn.learning().isEmpty());
    CHECK (editor.learning.shown().empty());

    choose (menu, "MIDI learn");
    turn (session, 74, { 3 });
    learn (session, "x", 16);
    learn (session, "y", 17);
    session.run (0.5);
    juce::StringArray texts;
    for (const auto& sign : editor.learning.shown()) {
        CHECK_FALSE (sign.learning);
        texts.add (sign.text);
    }
    texts.sort (false);
    CHECK (texts == juce::StringArray { "CC 16", "CC 17", "CC 74" });

    juce::PopupMenu again;
    addLearnItems (again, session.processor.midiLearn, "density_snare");
    CHECK (itemsOf (again).contains ("Forget CC 74 on channel 1"));
    choose (again, "Forget");
    session.run (0.5);
    CHECK (editor.learning.shown().size() == 2);

    // A button that was meant for its menu is not pressed.
    const auto mode = session.get ("output");
    juce::Component& kit = *editor.controls.output.buttons[0];
    juce::StringArray offered;
    editor.learning.openMenu = [&] (juce::PopupMenu& opened, juce::Component&) { offered = itemsOf (opened); };
    kit.mouseDown (mouse (kit, { 5, 5 }, { 5, 5 }, false, juce::ModifierKeys::rightButtonModifier));
    editor.learning.mouseDown (mouse (kit, { 5, 5 }, { 5, 5 }, false, juce::ModifierKeys::rightButtonModifier));
    kit.mouseUp (mouse (kit, { 5, 5 }, { 5, 5 }, false, juce::ModifierKeys::rightButtonModifier));
    CHECK (offered == juce::StringArray { "MIDI learn Output" });
    CHECK (session.get ("output") == mode);
}

TEST_CASE ("buttons are pressed by controllers, once for each press, whether an editor is open or not")
{
    const OwnData data;
    Session session;
    session.run (0.2);
    auto& processor = session.processor;
    learn (session, actionTarget ("preset_next"), 30, 0);
    learn (session, actionTarget ("new_take"), 31, 0);
    learn (session, actionTarget ("generate"), 32, 0);
    learn (session, actionTarget ("back"), 33, 0);
    learn (session, actionTarget ("undo"), 34, 0);
    CHECK (processor.midiLearn.nameOf (actionTarget ("new_take")) == "New take");
    turn (session, 30, { 127, 127, 100, 0 });
    CHECK (processor.presets.on().name == factoryPresets()[0]->name);
    turn (session, 30, { 127 });
    CHECK (processor.presets.on().name == factoryPresets()[1]->name);

    turn (session, 31, { 127, 0 });
    CHECK (processor.history.undoName() == "New take");
    CHECK (processor.laying.overlay()->take[0][0] != 0);
    turn (session, 34, { 127, 0 });
    CHECK (processor.laying.overlay()->take[0][0] == 0);

    const auto x = session.get ("x"), y = session.get ("y");
    turn (session, 32, { 127, 0 });
    CHECK (juce::Point<float> (session.get ("x"), session.get ("y")).getDistanceFrom ({ x, y }) >= 0.25f);
    turn (session, 33, { 127, 0 });
    CHECK (session.get ("x") == x);
    CHECK (session.get ("y") == y);
    // A deed of the next turn is a press again.
    turn (session, 32, { 127 });
    CHECK (session.get ("x") != x);
}
