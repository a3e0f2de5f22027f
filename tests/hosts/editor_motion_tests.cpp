// Motion as a musician makes it: a path recorded on the pad in time with the song, points that are kept, and what is
// then heard.
#include "pad_driving.h"
#include "processor_testing.h"

#include "../../plugin/player/motion.h"

#include <cmath>
#include <set>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr double barBeats = 4.0;
const juce::KeyPress recordKey ('r', juce::ModifierKeys(), 'r');

/// What is drawn at a beat of the recording.
juce::Point<float> drawnAt (double beats)
{
    const auto turn = beats * juce::MathConstants<double>::pi / 4.0;
    return { static_cast<float> (0.45 + 0.25 * std::sin (turn)), static_cast<float> (0.55 + 0.2 * std::cos (turn)) };
}

/// Plays the song and moves the mouse, a look of the recorder after each; `draw` says where the mouse is. Until the
/// recorder rests, or the song comes to a beat.
template <class Draw>
void playAndDraw (Session& session, Draw&& draw, double untilBeat = 1.0e9)
{
    auto& recorder = session.processor.motion;
    auto& pad = session.editor->pad.pad;
    const auto from = pixels (pad, 0.5f, 0.5f);
    for (double seconds = 0.0; session.host.beats < untilBeat && recorder.phase() != MotionRecorder::Phase::idle; seconds += 0.01) {
        session.run (0.01);
        const auto at = draw (session.processor.now.song.load());
        pad.mouseDrag (mouse (pad, pixels (pad, at.x, at.y), from, true));
        recorder.look (seconds);
        REQUIRE (seconds < 100.0);
    }
}

/// Where the player is at a step of the song.
juce::Point<float> playedAtStep (Session& session, std::int64_t step)
{
    const auto at = positionAt (session.processor.play(), *session.processor.laying.overlay(), StepGrid {}, step).latent;
    return { at[0], at[1] };
}

void press (Session& session) { session.editor->controls.motion.record.onClick(); }

Session& started (Session& session, double beats, int bars)
{
    session.open();
    session.processor.padSettings.dots = false;
    session.processor.padSettings.recordBars = bars;
    session.host.beats = beats;
    session.host.playing = true;
    session.run (0.05);
    return session;
}

} // namespace

TEST_CASE ("a path recorded while the song plays is played as it was drawn, in phase with the song")
{
    Session session;
    started (session, 5.5, 2);      // it begins in the midst of the loop
    auto& pad = session.editor->pad.pad;
    auto& recorder = session.processor.motion;
    const auto began = drawnAt (session.processor.now.song.load());
    Recorder x (session, "x");
    pad.mouseDown (mouse (pad, pixels (pad, began.x, began.y), pixels (pad, began.x, began.y), false));
    press (session);
    REQUIRE (recorder.phase() == MotionRecorder::Phase::recording);
    playAndDraw (session, drawnAt);

    CHECK (session.host.beats == doctest::Approx (5.5 + 2 * barBeats).epsilon (0.03));
    const auto& path = session.processor.laying.overlay()->path;
    CHECK (path.beats == 8.0);
    CHECK (session.get ("motion") == 1.0f);
    CHECK (session.get ("x") == doctest::Approx (0.45f).epsilon (0.02));
    CHECK (session.get ("y") == doctest::Approx (0.55f).epsilon (0.02));
    CHECK (x.movedOutside == 0);
    for (std::int64_t step = -40; step < 200; ++step) {
        const auto played = playedAtStep (session, step), drawn = drawnAt (static_cast<double> (step) / 4.0);
        CHECK (played.getDistanceFrom (drawn) < 0.01f);
    }

    // What the mouse does before it is up moves nothing any more.
    pad.mouseDrag (mouse (pad, pixels (pad, 0.9f, 0.9f), pixels (pad, 0.5f, 0.5f), true));
    pad.mouseUp (mouse (pad, pixels (pad, 0.9f, 0.9f), pixels (pad, 0.5f, 0.5f), true));
    CHECK (session.get ("x") == doctest::Approx (0.45f).epsilon (0.02));

    // And it is heard: the position of the step that was asked for last. As in a bounce, each step waits for its answer.
    session.processor.setNonRealtime (true);
    session.run (0.5);
    for (int i = 0; i < 100; ++i) {
        session.run (0.03);
        const juce::Point<float> heard { session.processor.now.x.load(), session.processor.now.y.load() };
        const auto now = static_cast<std::int64_t> (std::floor (session.processor.now.song.load() * 4.0));
        const auto nearest = std::min (heard.getDistanceFrom (playedAtStep (session, now)), heard.getDistanceFrom (playedAtStep (session, now + 1)));
        CHECK (nearest < 0.001f);
    }

    // Half as large, and moved as a whole.
    session.set ("motion_size", 50.0f);
    session.set ("x", 0.6f);
    CHECK (playedAtStep (session, 8).x == doctest::Approx (0.6f + 0.125f).epsilon (0.02));
    CHECK (playedAtStep (session, 16).y - playedAtStep (session, 0).y == doctest::Approx (-0.2f).epsilon (0.05));
}

TEST_CASE ("a recording is one deed, with the parameters that it moved")
{
    Session session;
    session.set ("motion_size", 40.0f);
    session.set ("motion", 2.0f);
    session.set ("x", 0.2f);
    started (session, 0.0, 1);
    press (session);
    CHECK (session.get ("motion") == 0.0f);    // what is drawn is what is heard
    auto& pad = session.editor->pad.pad;
    pad.mouseDown (mouse (pad, pixels (pad, 0.5f, 0.5f), pixels (pad, 0.5f, 0.5f), false));
    playAndDraw (session, drawnAt);
    auto& history = session.processor.history;
    CHECK (history.undoName() == "Record a path");
    const auto middle = session.get ("x");
    CHECK (session.get ("motion_size") == 100.0f);

    REQUIRE (history.undo());
    CHECK (session.get ("x") == doctest::Approx (0.2f));
    CHECK (session.get ("motion") == 2.0f);
    CHECK (session.get ("motion_size") == doctest::Approx (40.0f));
    CHECK_FALSE (session.processor.laying.overlay()->path.any());
    CHECK (history.undoName().isEmpty());
    REQUIRE (history.redo());
    CHECK (session.get ("x") == doctest::Approx (middle));
    CHECK (session.get ("motion") == 1.0f);
    CHECK (session.processor.laying.overlay()->path.any());
}

TEST_CASE ("while the song stands a recording waits for the drag and takes its time from the host's tempo")
{
    Session session;
    auto& pad = session.open().pad.pad;
    auto& recorder = session.processor.motion;
    session.processor.padSettings.dots = false;
    session.processor.padSettings.recordBars = 16;
    session.host.bpm = 90.0;
    session.run (0.05);
    CHECK (pad.keyPressed (recordKey));
    recorder.look (10.0);
    recorder.look (20.0);
    CHECK (recorder.phase() == MotionRecorder::Phase::armed);
    session.run (0.02);
    CHECK (pad.caption().contains ("Drag the pad"));

    const auto from = pixels (pad, 0.2f, 0.3f);
    pad.mouseDown (mouse (pad, from, from, false));
    CHECK (recorder.phase() == MotionRecorder::Phase::recording);
    // A line to the right, 2 s: three beats at 90.
    for (int i = 0; i <= 100; ++i) {
        pad.mouseDrag (mouse (pad, pixels (pad, 0.2f + 0.006f * static_cast<float> (i), 0.3f), from, true));
        recorder.look (20.0 + 0.02 * i);
    }
    pad.mouseUp (mouse (pad, pixels (pad, 0.8f, 0.3f), from, true));
    CHECK (pad.keyPressed (recordKey));    // ends early: one bar holds it
    CHECK (recorder.phase() == MotionRecorder::Phase::idle);
    CHECK (session.processor.laying.overlay()->path.beats == 4.0);
    CHECK (playedAtStep (session, 0).x == doctest::Approx (0.2f).epsilon (0.02));
    CHECK (playedAtStep (session, 6).x == doctest::Approx (0.5f).epsilon (0.02));
    CHECK (playedAtStep (session, 11).x == doctest::Approx (0.75f).epsilon (0.02));
    CHECK (playedAtStep (session, 14).x == doctest::Approx (0.8f).epsilon (0.02));    // it waits for the bar's end
}

TEST_CASE ("a song that wraps is recorded where it plays, and what it jumps over keeps the place before it")
{
    Session session;
    started (session, 6.0, 2);
    press (session);
    auto& pad = session.editor->pad.pad;
    pad.mouseDown (mouse (pad, pixels (pad, 0.5f, 0.5f), pixels (pad, 0.5f, 0.5f), false));
    playAndDraw (session, drawnAt, 7.0);
    session.host.beats = 2.0;      // beats 7 to 8 and 0 to 2 are never played
    playAndDraw (session, [&] (double song) {
        if (session.host.beats >= 6.0)
            session.host.beats = 2.0;
        return drawnAt (song);
    });
    for (const std::int64_t step : { 9, 12, 16, 20, 22, 25, 27 })
        CHECK (playedAtStep (session, step).getDistanceFrom (drawnAt (static_cast<double> (step) / 4.0)) < 0.01f);
    for (const std::int64_t step : { 29, 32, 36, 39 })
        CHECK (playedAtStep (session, step).getDistanceFrom (drawnAt (7.0)) < 0.03f);
}

TEST_CASE ("a recording without movement, one that is given up, and one that meets another state leave no path")
{
    Session session;
    started (session, 0.0, 1);
    auto& recorder = session.processor.motion;
    auto& pad = session.editor->pad.pad;
    session.set ("motion", 2.0f);
    const auto kept = stateOf (session.processor);
    press (session);
    for (int i = 0; i < 30; ++i) {
        session.run (0.1);
        recorder.look (0.1 * i);
    }
    CHECK (recorder.phase() == MotionRecorder::Phase::idle);
    CHECK (recorder.sentence().contains ("did not move"));
    CHECK (session.get ("motion") == 2.0f);

    press (session);
    drag (pad, pixels (pad, 0.2f, 0.2f), pixels (pad, 0.6f, 0.6f));
    CHECK (pad.keyPressed (juce::KeyPress (juce::KeyPress::escapeKey)));
    CHECK (recorder.phase() == MotionRecorder::Phase::idle);
    CHECK (session.get ("motion") == 2.0f);
    CHECK (session.processor.history.undoName() == "Move on the pad");

    press (session);
    restore (session.processor, kept);
    recorder.look (0.0);
    CHECK (recorder.phase() == MotionRecorder::Phase::idle);
    CHECK (session.get ("motion") == 2.0f);
    CHECK_FALSE (session.processor.laying.overlay()->path.any());
    CHECK (session.processor.history.undoName().isEmpty());
}

TEST_CASE ("places are kept as points and visited bar by bar; all of it can be undone")
{
    Session session;
    auto& editor = session.open();
    auto& motion = editor.controls.motion;
    const auto overlay = [&] { return session.processor.laying.overlay(); };
    CHECK_FALSE (motion.remove.isEnabled());
    const auto keepAt = [&] (float x, float y, float z3) {
        session.set ("x", x);
        session.set ("y", y);
        session.set ("z3", z3);
        motion.add.onClick();
    };
    keepAt (0.2f, 0.3f, 0.1f);
    CHECK (session.get ("motion") == 0.0f);
    keepAt (0.8f, 0.6f, 0.9f);
    CHECK (session.get ("motion") == 2.0f);
    CHECK (editor.pad.pad.keyPressed (juce::KeyPress ('p', juce::ModifierKeys(), 'p')));
    REQUIRE (overlay()->points.count == 3);
    motion.remove.onClick();
    REQUIRE (overlay()->points.count == 2);
    CHECK (overlay()->points.at[1][2] == doctest::Approx (0.9f));
    session.run (0.02);
    CHECK (motion.inWords() == "2 points");
    CHECK (motion.stay.getButtonText() == "1 bar each");

    // A bar at each, at whatever place the pad is.
    session.set ("x", 0.5f);
    CHECK (playedAtStep (session, 3).x == doctest::Approx (0.2f));
    CHECK (playedAtStep (session, 16).x == doctest::Approx (0.8f));
    CHECK (playedAtStep (session, 32).y == doctest::Approx (0.3f));
    session.processor.setNonRealtime (true);
    session.host.playing = true;
    session.run (0.5);
    CHECK (session.processor.now.x.load() == doctest::Approx (0.2f));
    session.run (2.0);    // a bar
    CHECK (session.processor.now.x.load() == doctest::Approx (0.8f));

    auto menu = motion.stayMenu();
    juce::PopupMenu::MenuItemIterator items (menu);
    while (items.next())
        if (items.getItem().text == "Each for 1/2 bar")
            items.getItem().action();
    CHECK (overlay()->points.beats == 2.0);
    CHECK (playedAtStep (session, 8).x == doctest::Approx (0.8f));

    auto& history = session.processor.history;
    for (const auto* deed : { "Stay at points", "Remove a point", "Add a point", "Add a point" }) {
        CHECK (history.undoName() == deed);
        history.undo();
    }
    CHECK (overlay()->points.count == 1);
    CHECK (session.get ("motion") == 0.0f);
    history.redo();
    CHECK (session.get ("motion") == 2.0f);
    CHECK (overlay()->points.count == 2);

    for (int i = 0; i < 20; ++i)
        motion.add.onClick();
    CHECK (overlay()->points.count == MotionPoints::room);
    session.run (0.02);
    CHECK_FALSE (motion.add.isEnabled());
}

TEST_CASE ("the buttons of motion choose its mode, in a gesture, and show what the host chose")
{
    Session session;
    auto& editor = session.open();
    auto& mode = editor.controls.motion.mode;
    Recorder recorder (session, "motion");
    mode.buttons[1]->onClick();
    CHECK (session.get ("motion") == 1.0f);
    CHECK (recorder.begun == 1);
    CHECK (recorder.movedOutside == 0);
    session.set ("motion", 2.0f);
    CHECK (mode.buttons[2]->getToggleState());
    CHECK_FALSE (mode.buttons[1]->getToggleState());
}

TEST_CASE ("a mode with nothing to play says what to do, and each has its own tools")
{
    Session session;
    auto& editor = session.open();
    auto& motion = editor.controls.motion;
    const auto choose = [&] (std::size_t mode) {
        motion.mode.buttons[mode]->onClick();
        session.run (0.05);
    };
    const auto tools = [&] {
        juce::StringArray words;
        for (const auto* button : { static_cast<juce::Button*> (&motion.record), static_cast<juce::Button*> (&motion.length), static_cast<juce::Button*> (&motion.add),
                                    static_cast<juce::Button*> (&motion.remove), static_cast<juce::Button*> (&motion.stay) })
            if (button->isVisible())
                words.add (button->getTitle());
        return words.joinIntoString (", ");
    };
    CHECK (motion.missing().isEmpty());
    CHECK (tools() == "Record a path, Record 4 bars, Add a point");
    choose (1);
    CHECK (motion.inWords() == "No path yet: press Rec and move on the pad.");
    CHECK (tools() == "Record a path, Record 4 bars");
    press (session);
    session.run (0.05);
    CHECK (motion.missing().isEmpty());    // the pad says how it goes on
    session.processor.motion.cancel();

    choose (2);
    CHECK (motion.missing() == "No points yet: move on the pad, press + Point at each place.");
    CHECK (tools() == "Add a point, Remove the last point, Each point for 1 bar");
    motion.add.onClick();
    CHECK (motion.missing().startsWith ("1 point, and it stays there"));
    motion.add.onClick();
    CHECK (motion.missing().isEmpty());
    CHECK (motion.inWords() == "2 points");
    session.set ("motion", 0.0f);
    session.run (0.05);
    CHECK (motion.remove.isVisible() == false);
}

TEST_CASE ("the number of the point that is heard can be read, and the path, the trail and a glide look different")
{
    Session session;
    auto& editor = session.open();
    auto& pad = editor.pad.pad;
    session.processor.padSettings.dots = false;
    const auto bright = [] (juce::Colour c) { return c.getPerceivedBrightness() > 0.6f; };
    const auto shot = [&] { return pad.createComponentSnapshot (pad.getLocalBounds(), true, 1.0f); };
    session.set ("x", 0.25f);
    session.set ("y", 0.25f);
    editor.controls.motion.add.onClick();
    editor.pad.place.move ({ 0.75f, 0.75f });
    editor.controls.motion.add.onClick();
    session.processor.setNonRealtime (true);
    session.host.playing = true;
    session.run (0.5);
    REQUIRE (session.processor.now.x.load() == doctest::Approx (0.25f));
    const auto image = shot();
    // A light disc with a dark number at the first; a dark one with a light number at the second.
    const auto lightAround = [&] (float x, float y, int reach) {
        int light = 0;
        const auto at = pixels (pad, x, y).roundToInt();
        for (int dx = -reach; dx <= reach; ++dx)
            for (int dy = -reach; dy <= reach; ++dy)
                light += bright (image.getPixelAt (at.x + dx, at.y + dy)) ? 1 : 0;
        return light;
    };
    CHECK (lightAround (0.25f, 0.25f, 2) < 22);    // the number, not the dot of what is heard
    CHECK (lightAround (0.25f, 0.25f, 5) > 60);
    CHECK (lightAround (0.25f, 0.25f, 5) < 115);
    CHECK (lightAround (0.75f, 0.75f, 5) < 60);
    CHECK (lightAround (0.75f, 0.75f, 5) > 10);

    // Along a glide the line is broken; along a path it is not.
    session.set ("motion", 0.0f);
    session.run (0.1);
    editor.pad.place.move ({ 0.1f, 0.5f });
    Place::Spot target {};
    target[0] = 0.9f;
    target[1] = 0.5f;
    session.processor.glide.start (target, 2, 64.0);
    session.run (2.0);     // until the trail is gone
    const auto glides = shot();
    int changes = 0;
    const auto from = pixels (pad, 0.2f, 0.5f).roundToInt(), to = pixels (pad, 0.8f, 0.5f).roundToInt();
    for (int x = from.x; x < to.x; ++x)
        changes += bright (glides.getPixelAt (x, from.y)) != bright (glides.getPixelAt (x + 1, from.y)) ? 1 : 0;
    CHECK (changes > 20);
    session.processor.glide.cancel();
}

TEST_CASE ("motion, wander and fills move what is heard and no parameter: hosts see nothing of it")
{
    struct Counter : juce::AudioProcessorListener {
        void audioProcessorParameterChanged (juce::AudioProcessor*, int, float) override { ++changes; }
        void audioProcessorChanged (juce::AudioProcessor*, const ChangeDetails&) override {}
        void audioProcessorParameterChangeGestureBegin (juce::AudioProcessor*, int) override { ++changes; }
        int changes = 0;
    } counter;
    Session session;
    session.open();
    session.processor.laying.lay ("Points", [] (Overlay& o) {
        o.points.beats = 1.0;
        o.points.count = 3;
        o.points.at[0] = { 0.2f, 0.3f };
        o.points.at[1] = { 0.8f, 0.4f };
        o.points.at[2] = { 0.5f, 0.9f };
    });
    for (const auto& [id, value] : { std::pair { "motion", 2.0f }, { "wander", 60.0f }, { "humanise", 50.0f }, { "fill", 1.0f } })
        session.set (id, value);
    session.run (0.2);
    session.processor.addListener (&counter);
    session.host.playing = true;
    std::set<float> places;
    for (int i = 0; i < 100; ++i) {
        session.run (0.1);
        places.insert (session.processor.now.x.load());
    }
    session.processor.removeListener (&counter);
    CHECK (places.size() > 5);
    CHECK (counter.changes == 0);
    CHECK (session.processor.getLatencySamples() == 0);
}

TEST_CASE ("controls keep apart and on the window at every width")
{
    Session session;
    auto& editor = session.open();
    const std::size_t tools[] { 3, 2, 3 };    // of motion that is off, of the path, of the points
    for (int at = 0; at < 18; ++at) {
        const auto mode = static_cast<std::size_t> (at % 3);
        const auto width = std::array { 720, 760, 980, 1280, 1600, 2400 }[static_cast<std::size_t> (at / 3)];
        editor.controls.motion.mode.buttons[mode]->onClick();
        session.run (0.05);
        editor.setSize (width, width < 900 ? 560 : 742);
        std::vector<juce::Rectangle<int>> taken;
        const std::function<void (juce::Component&)> look = [&] (juce::Component& in) {
            for (auto* child : in.getChildren()) {
                if (! child->isVisible())
                    continue;
                if (dynamic_cast<juce::Button*> (child) != nullptr || dynamic_cast<Knob*> (child) != nullptr)
                    taken.push_back (editor.getLocalArea (&in, child->getBounds()));
                else
                    look (*child);
            }
        };
        look (editor.controls);
        REQUIRE (taken.size() == 21 + 6 + tools[mode]);
        for (std::size_t i = 0; i < taken.size(); ++i) {
            CHECK (editor.controls.getBounds().contains (taken[i]));
            CHECK (taken[i].getWidth() >= 20);
            for (std::size_t k = 0; k < i; ++k)
                CHECK_FALSE (taken[i].intersects (taken[k]));
        }
    }
}
