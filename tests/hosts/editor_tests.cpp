// The editor driven as a user drives it: mouse on the pad, buttons, mutes, the MIDI file, opened
// and closed while it plays.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "../../plugin/processor/cycle_export.h"
#include "editor_driving.h"
#include "editor_session.h"
#include "training_material.h"

#include "../../bridge/shell/crc32.h"

#include <juce_audio_basics/juce_audio_basics.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>

using namespace groovefield;
using groovefield::testing::drag;
using groovefield::testing::mouse;
using groovefield::testing::Recorder;
using groovefield::testing::Session;
using groovefield::testing::writeBeats;

namespace {

juce::Slider* sliderCalled (juce::Component& in, const juce::String& title)
{
    if (auto* slider = dynamic_cast<juce::Slider*> (&in); slider != nullptr && slider->getTitle() == title)
        return slider;
    for (auto* child : in.getChildren())
        if (auto* found = sliderCalled (*child, title))
            return found;
    return nullptr;
}

} // namespace

TEST_CASE ("a drag on the pad moves X and Y inside one gesture each")
{
    Session session;
    auto& pad = session.open().pad.pad;
    Recorder x (session, "x"), y (session, "y");
    const auto size = static_cast<float> (pad.getWidth());
    drag (pad, { 0.25f * size, 0.75f * size }, { 0.75f * size, 0.25f * size });
    CHECK (x.begun == 1);
    CHECK (x.ended == 1);
    CHECK (y.begun == 1);
    CHECK (y.ended == 1);
    CHECK (x.moved >= 5);
    CHECK (x.movedOutside + y.movedOutside == 0);
    CHECK (session.get ("x") == doctest::Approx (0.75f).epsilon (0.03));
    CHECK (session.get ("y") == doctest::Approx (0.75f).epsilon (0.03));
}

TEST_CASE ("a place wished for from beside moves X and Y inside one gesture each")
{
    Session session;
    const auto process = ModelProcess::acquire();
    REQUIRE (process->segment() != nullptr);
    auto& segment = *process->segment();
    const auto* mine = std::find_if (std::begin (segment.controls), std::end (segment.controls),
                                     [] (const layout::SlotControl& control) { return control.inUse == 1; });
    REQUIRE (mine != std::end (segment.controls));
    auto& wish = segment.slots[mine - std::begin (segment.controls)].wish;
    const auto write = [&wish] (float toX, float toY, bool held) {
        shared::beginWrite (wish.seq);
        wish.x = toX;
        wish.y = toY;
        wish.held = held ? 1 : 0;
        wish.checksum = crc32 (reinterpret_cast<const char*> (&wish.x), 12);
        shared::endWrite (wish.seq);
    };
    auto& wishes = session.processor.wishes;
    Recorder x (session, "x"), y (session, "y");
    wishes.look();
    CHECK (x.begun == 0);
    for (int i = 1; i <= 8; ++i) {
        write (0.1f * static_cast<float> (i), 0.9f, true);
        wishes.look();
        wishes.look();
    }
    CHECK (x.begun == 1);
    CHECK (x.ended == 0);
    CHECK (x.moved == 8);
    CHECK (y.moved == 1);
    write (0.25f, 0.75f, false);
    wishes.look();
    CHECK (x.ended == 1);
    CHECK (y.ended == 1);
    CHECK (x.movedOutside + y.movedOutside == 0);
    CHECK (session.get ("x") == doctest::Approx (0.25f));
    CHECK (session.get ("y") == doctest::Approx (0.75f));

    // What is no place, or was torn, moves nothing.
    write (std::numeric_limits<float>::quiet_NaN(), 0.5f, false);
    wishes.look();
    write (0.5f, 1.5f, false);
    wishes.look();
    write (0.5f, 0.5f, false);
    wish.x = 0.6f;
    wishes.look();
    wish.seq |= 1u;
    wishes.look();
    CHECK (session.get ("x") == doctest::Approx (0.25f));
    CHECK (x.begun == 1);

    // One who holds and goes away does not hold for ever.
    write (0.4f, 0.4f, true);
    wishes.look();
    CHECK (x.begun == 2);
    juce::Thread::sleep (600);
    wishes.look();
    CHECK (x.ended == 2);
}

TEST_CASE ("closed in the midst of a drag, each gesture ends")
{
    Session session;
    auto& editor = session.open();
    Recorder x (session, "x"), y (session, "y");
    auto& pad = editor.pad.pad;
    const auto middle = pad.getLocalBounds().getCentre().toFloat();
    pad.mouseDown (mouse (pad, middle, middle, false));
    CHECK (x.begun == 1);
    CHECK (x.ended == 0);
    session.close();
    CHECK (x.ended == 1);
    CHECK (y.ended == 1);

    Recorder swing (session, "swing");
    Knob knob (*session.processor.parameters.getParameter ("swing"), "Swing", "%", "");
    auto held = std::make_unique<Knob> (*session.processor.parameters.getParameter ("swing"), "Swing", "%", "");
    held->setSize (80, 100);
    const juce::Point<float> on { 40.0f, 40.0f };
    held->slider.mouseDown (mouse (held->slider, on, on, false));
    CHECK (swing.begun == 1);
    held.reset();
    CHECK (swing.ended == 1);
}

TEST_CASE ("a style is read and typed by its name")
{
    Session session;
    auto& editor = session.open();
    session.run (0.5);
    const auto styles = session.processor.currentModel()->styles;
    REQUIRE (styles.size() >= 2);
    auto* const style = sliderCalled (editor, "Style");
    REQUIRE (style != nullptr);
    CHECK (style->isEnabled());
    CHECK (style->getTooltip().contains (styles[1]));
    CHECK (style->getTextFromValue (0.0) == "All");

    Recorder moves (session, "style");
    style->setValue (style->getValueFromText (styles[1].toUpperCase()), juce::sendNotificationSync);
    CHECK (moves.begun == 1);
    CHECK (moves.ended == 1);
    const auto value = session.processor.parameters.getRawParameterValue ("style")->load();
    CHECK (value == doctest::Approx (2.0 / styles.size()).epsilon (0.01));
    CHECK (style->getTextFromValue (style->getValue()) == styles[1]);
    CHECK (style->getTextFromValue (1.6 / styles.size()) == "~ " + styles[1]);
    CHECK (style->getValueFromText ("all") == 0.0);
    CHECK (style->getValueFromText ("0.25") == 0.25);
    CHECK (style->getValueFromText ("no such style") == style->getValue());
}

TEST_CASE ("a model without styles has nothing to choose")
{
    Session session;
    Controls controls (session.processor);
    auto* const style = sliderCalled (controls, "Style");
    REQUIRE (style != nullptr);
    CHECK (! style->isEnabled());
    CHECK (style->getTextFromValue (0.5) == "none");
    CHECK (style->getTooltip().contains ("no styles"));
    controls.showStyles ({ "dub", "house" });
    CHECK (style->isEnabled());
    CHECK (style->getTextFromValue (0.5) == "dub");
    // One style's name may begin another's.
    controls.showStyles ({ "House deep", "House" });
    CHECK (style->getValueFromText ("house") == 1.0);
    CHECK (style->getValueFromText ("house d") == 0.5);
}

TEST_CASE ("every drag of the MIDI handle makes a file")
{
    const Session session;
    int made = 0, troubles = 0;
    DragHandle handle ([&made] { ++made; return juce::File(); });
    handle.onTrouble = [&troubles] (const juce::String&) { ++troubles; };
    handle.setSize (100, 30);
    for (int i = 1; i <= 3; ++i) {
        drag (handle, { 20.0f, 15.0f }, { 220.0f, 160.0f });    // it ends outside
        CHECK (made == i);
        CHECK (troubles == i);
    }
}

TEST_CASE ("Generate jumps well away, and Back returns")
{
    Session session;
    auto& panel = session.open().pad;
    session.set ("x", 0.3f);
    session.set ("y", 0.4f);
    panel.generate();
    const auto dx = session.get ("x") - 0.3f, dy = session.get ("y") - 0.4f;
    CHECK (std::sqrt (dx * dx + dy * dy) >= 0.24f);
    panel.goBack();
    CHECK (session.get ("x") == doctest::Approx (0.3f));
    CHECK (session.get ("y") == doctest::Approx (0.4f));
}

TEST_CASE ("a click on a lane's name mutes it: no more of its hits")
{
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    session.run (0.2);
    REQUIRE (! editor.pattern.strips.empty());
    editor.pattern.strips[0]->name.setToggleState (true, juce::sendNotificationSync);
    CHECK (session.get ("mute_kick") > 0.5f);
    session.run (0.5); // what was decided before still sounds
    const auto before = session.processor.now.strikes[0].load();
    session.run (4.0);
    CHECK (session.processor.now.strikes[0].load() == before);
    CHECK (session.processor.now.strikes[2].load() > 0);
}

TEST_CASE ("the handle of what was heard gives as many bars as were chosen")
{
    std::vector<int> asked;
    HeardHandle handle ([&asked] (int bars) { asked.push_back (bars); return juce::File(); });
    handle.setSize (124, 26);
    juce::String trouble;
    handle.onTrouble = [&trouble] (const juce::String& sentence) { trouble = sentence; };
    drag (handle, { 20.0f, 13.0f }, { 220.0f, 160.0f });
    handle.setBars (16);
    drag (handle, { 20.0f, 13.0f }, { 220.0f, 160.0f });
    CHECK (asked == std::vector<int> { 4, 16 });
    CHECK (trouble.contains ("no note was played"));
}

TEST_CASE ("the MIDI file that is dragged out holds the strikes of the present pattern")
{
    Session session;
    session.run (0.3);
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    PlayParameters play; // the defaults, as the session has them
    std::vector<int> expected (128, 0);
    for (std::size_t lane = 0; lane < pattern.lanes; ++lane)
        for (int step = 0; step < static_cast<int> (pattern.steps); ++step)
            if (strike ({ pattern.cell (lane, static_cast<std::size_t> (step)) }, {}, play, lane, addressOf (play, {}, step, 32), pattern.stepsPerBeat))
                ++expected[pattern.laneNote[lane]];

    const auto file = session.processor.exportCycle();
    REQUIRE (file.existsAsFile());
    juce::FileInputStream in (file);
    juce::MidiFile midi;
    REQUIRE (midi.readFrom (in));
    std::vector<int> written (128, 0);
    for (const auto* event : *midi.getTrack (0))
        if (event->message.isNoteOn())
            ++written[static_cast<std::size_t> (event->message.getNoteNumber())];
    CHECK (written == expected);
    CHECK (std::accumulate (written.begin(), written.end(), 0) > 8);
    file.deleteFile();
}

namespace {

// The first track of a MIDI file: note-ons, and how many of them are ended by an off of their own before the next of that note
// and by the end of the track.
struct Written {
    int ons = 0, offs = 0, ended = 0;
    double lastOff = 0.0, end = 0.0, longest = 0.0;
};

Written readBack (const juce::File& file)
{
    juce::FileInputStream in (file);
    juce::MidiFile midi;
    REQUIRE (midi.readFrom (in, false));
    Written found;
    std::array<double, 128> since {};
    since.fill (-1.0);
    for (const auto* event : *midi.getTrack (0)) {
        const auto& m = event->message;
        auto& start = since[static_cast<std::size_t> (std::max (0, m.getNoteNumber())) & 127u];
        if (m.isNoteOn()) {
            ++found.ons;
            start = m.getTimeStamp();
        } else if (m.isNoteOff()) {
            ++found.offs;
            found.ended += start >= 0.0;
            found.longest = std::max (found.longest, m.getTimeStamp() - start);
            found.lastOff = m.getTimeStamp();
            start = -1.0;
        } else if (m.isEndOfTrackMetaEvent()) {
            found.end = m.getTimeStamp();
        }
    }
    return found;
}

Pattern fullPattern (std::uint32_t lanes, std::uint32_t steps)
{
    Pattern pattern;
    pattern.lanes = lanes;
    pattern.steps = steps;
    pattern.stepsPerBeat = 4;
    pattern.latents = 2;
    const auto area = std::size_t { lanes } * steps;
    std::fill_n (pattern.values.begin(), 2 * area, 0.8f);
    for (std::uint32_t lane = 0; lane < lanes; ++lane)
        pattern.laneNote[lane] = static_cast<std::uint8_t> (36 + lane);
    return pattern;
}

} // namespace

TEST_CASE ("the largest pattern is exported whole")
{
    const Session session;
    PlayParameters play;
    play.steps = 128;
    const auto file = writeCycle (fullPattern (16, 128), {}, play, {});
    const auto found = readBack (file);
    CHECK (found.ons == 16 * 128);
    CHECK (found.ended == found.ons);
    CHECK (found.end == 32 * 960);
    file.deleteFile();
}

TEST_CASE ("long notes are exported as they end when they are heard: at the next of the same drum, or with the cycle")
{
    const Session session;
    PlayParameters play;
    play.noteLength = 4.0;    // steps
    const auto file = writeCycle (fullPattern (3, 16), {}, play, {});
    const auto found = readBack (file);
    CHECK (found.ons == 3 * 16);
    CHECK (found.offs == found.ons);
    CHECK (found.ended == found.ons);
    CHECK (found.longest == 240.0);
    CHECK (found.lastOff == 4 * 960);
    CHECK (found.end == 4 * 960);
    file.deleteFile();
}

TEST_CASE ("files of an hour ago are removed with the next export, and nothing else")
{
    const Session session;
    const auto first = writeCycle (fullPattern (3, 16), {}, {}, {});
    const auto second = writeCycle (fullPattern (3, 16), {}, {}, {});
    const auto foreign = first.getSiblingFile ("mine.mid");
    REQUIRE (foreign.replaceWithText ("x"));
    const auto long_ago = juce::Time::getCurrentTime() - juce::RelativeTime::hours (2.0);
    REQUIRE (first.setLastModificationTime (long_ago));
    REQUIRE (foreign.setLastModificationTime (long_ago));
    const auto third = writeCycle (fullPattern (3, 16), {}, {}, {});
    CHECK (! (first.existsAsFile() && first != third));
    CHECK (second.existsAsFile());
    CHECK (foreign.existsAsFile());
    for (const auto& file : { second, third, foreign })
        file.deleteFile();
}

TEST_CASE ("opened and closed a hundred times while it plays")
{
    Session session;
    session.host.playing = true;
    for (int i = 0; i < 100; ++i) {
        session.open();
        session.run (0.02);
        session.close();
    }
    session.run (1.0);
    CHECK (session.processor.now.running.load());
}

namespace {

/// Whether it said on the way how much of finishing the field was done.
bool untilItEnds (Training& training)
{
    bool said = false;
    for (int tries = 0; tries < 30000 && training.active(); ++tries) {
        training.look();
        said = said || (training.state().phase == Training::Phase::finishing && training.state().sentence.endsWith (" %"));
        juce::Thread::sleep (5);
    }
    return said;
}

} // namespace

TEST_CASE ("material that was dropped becomes the field that plays")
{
    Session session;
    session.open();
    const auto beats = writeBeats();
    auto& training = session.processor.training;
    CHECK (training.start().contains ("nothing to train on"));
    training.add ({ beats.getFullPathName(), beats.getFullPathName() });
    CHECK (training.choice.sources.size() == 1);
    training.choice.name = "Mine";
    training.choice.epochs = 60;
    REQUIRE (training.start().isEmpty());
    CHECK (training.start().contains ("running already"));
    CHECK (untilItEnds (training));
    const auto& state = training.state();
    CHECK_MESSAGE (state.phase == Training::Phase::done, state.sentence.toStdString());
    CHECK (state.patterns == 6);
    CHECK (state.losses.size() == 60);
    CHECK (state.losses.back() < state.losses.front());
    CHECK (session.processor.modelName() == "Mine");
    CHECK (Training::library().getNumberOfChildFiles (juce::File::findFiles, "Mine*.groovefield") == 1);

    session.host.playing = true;
    session.run (3.0);
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    CHECK (pattern.cell (1, 4).probability > 0.5f);    // the snare on 2
    beats.getParentDirectory().deleteRecursively();
}

TEST_CASE ("training is paused, heard on the way, and cancelled, and leaves nothing")
{
    Session session;
    const auto beats = writeBeats();
    auto& training = session.processor.training;
    const auto before = Training::library().getNumberOfChildFiles (juce::File::findFiles);
    training.add ({ beats.getFullPathName() });
    training.choice.name = "Heard";
    training.choice.epochs = 100000;
    REQUIRE (training.start().isEmpty());
    const auto until = [&training] (auto&& met) {
        for (int tries = 0; tries < 30000 && training.active() && ! met(); ++tries) {
            training.look();
            juce::Thread::sleep (20);
        }
        return met();
    };
    REQUIRE (until ([&] { return training.state().epoch > 0; }));
    training.hear();
    REQUIRE (until ([&] { return training.state().heard; }));
    CHECK (session.processor.modelName() == "Heard");
    training.pause();
    REQUIRE (until ([&] { return training.state().phase == Training::Phase::paused; }));
    training.cancel();
    untilItEnds (training);
    CHECK (training.state().phase == Training::Phase::idle);
    CHECK (Training::library().getNumberOfChildFiles (juce::File::findFiles) == before);
    beats.getParentDirectory().deleteRecursively();
}

TEST_CASE ("files dropped on the editor are trained on from its panel")
{
    Session session;
    auto& editor = session.open();
    const auto beats = writeBeats();
    auto& panel = editor.training;
    CHECK (! panel.isVisible());
    const juce::StringArray dropped { beats.getFullPathName(), beats.getChildFile ("beat 1.mid").getFullPathName(), "/somewhere/notes.txt" };
    CHECK (editor.isInterestedInFileDrag (dropped));
    CHECK (! editor.isInterestedInFileDrag ({ "/somewhere/notes.txt" }));
    editor.filesDropped (dropped, 10, 10);
    CHECK (panel.isVisible());
    CHECK (! editor.pattern.isVisible());
    CHECK (panel.sources.getNumRows() == 2);
    CHECK (editor.status.shownText().contains ("1 file is neither MIDI nor audio"));
    panel.sources.onRemove (1);
    CHECK (panel.sources.getNumRows() == 1);

    panel.name.setText ("Dropped", false);
    panel.name.onTextChange();
    panel.epochs.setText ("40", false);
    panel.epochs.onTextChange();
    CHECK (panel.automatic.getToggleState());
    panel.closeness[0].onClick();
    CHECK (session.processor.training.choice.closeness == Training::Closeness::exact);
    CHECK (panel.closeness[0].getToggleState());
    CHECK (! panel.automatic.getToggleState());
    panel.closeness[0].onClick();    // chosen again, it stays
    CHECK (session.processor.training.choice.closeness == Training::Closeness::exact);
    panel.automatic.onClick();
    CHECK (! session.processor.training.choice.closeness);
    CHECK (panel.automatic.getToggleState());
    panel.closeness[0].onClick();
    panel.train.onClick();
    CHECK (panel.cancel.isVisible());
    CHECK (! panel.train.isVisible());
    CHECK (! panel.name.isEnabled());
    untilItEnds (session.processor.training);
    session.run (0.3);
    CHECK (panel.train.isVisible());
    CHECK (panel.report.getText().contains ("6 of 6 files used"));
    CHECK (session.processor.modelName() == "Dropped");
    panel.close.onClick();
    CHECK (editor.pattern.isVisible());
    beats.getParentDirectory().deleteRecursively();
}

TEST_CASE ("what cannot be trained on is a sentence")
{
    Session session;
    auto& training = session.processor.training;
    training.add ({ "/nowhere/at all.mid" });
    REQUIRE (training.start().isEmpty());
    untilItEnds (training);
    CHECK (training.state().phase == Training::Phase::failed);
    CHECK (training.state().sentence == "/nowhere/at all.mid is not there.");
    CHECK (session.processor.modelName() == "Default");
}

int main (int argc, char** argv)
{
    juce::ScopedJuceInitialiser_GUI gui;
    return doctest::Context (argc, argv).run();
}
