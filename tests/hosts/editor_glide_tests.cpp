// Glides: in the song's time, in one gesture, aimed anew, ended by whoever else moves the place.
#include "pad_driving.h"

using namespace groovefield;
using namespace groovefield::testing;

TEST_CASE ("a glide goes to its target in the song's time, in one gesture, and another drag ends it")
{
    Session session;
    auto& pad = session.open().pad.pad;
    auto& glide = session.processor.glide;
    session.set ("x", 0.2f);
    session.set ("y", 0.2f);
    session.host.playing = true;
    session.host.bpm = 90.0;    // a beat is 2/3 s
    session.run (0.1);
    session.processor.padSettings.dots = false;
    session.processor.padSettings.glideBeats = 4.0f;

    Recorder x (session, "x"), y (session, "y"), z (session, "z3");
    click (pad, pixels (pad, 0.8f, 0.6f), left | alt);
    REQUIRE (glide.active());
    CHECK (session.get ("x") == 0.2f);
    const auto began = session.processor.now.song.load();
    double seconds = 0.0;
    const auto goOn = [&] (double beats) {
        while (session.processor.now.song.load() < began + beats) {
            session.run (0.02);
            glide.look (seconds += 100.0);    // while the song runs, no other time counts
        }
    };
    goOn (1.0);
    CHECK (session.get ("x") == doctest::Approx (0.35f).epsilon (0.03));
    goOn (3.0);
    CHECK (session.get ("x") == doctest::Approx (0.65f).epsilon (0.03));
    CHECK (session.get ("y") == doctest::Approx (0.5f).epsilon (0.03));
    CHECK (x.ended == 0);
    goOn (4.1);
    CHECK (! glide.active());
    CHECK (session.get ("x") == doctest::Approx (0.8f).epsilon (0.01));
    CHECK (session.get ("y") == doctest::Approx (0.6f).epsilon (0.01));
    for (const auto* each : { &x, &y }) {
        CHECK (each->begun == 1);
        CHECK (each->ended == 1);
        CHECK (each->movedOutside == 0);
        CHECK (each->moved > 50);
    }
    CHECK (z.begun == 0);
    session.editor->pad.goBack();
    CHECK (session.get ("x") == doctest::Approx (0.2f));

    // Another drag.
    click (pad, pixels (pad, 0.8f, 0.6f), left | alt);
    CHECK (glide.active());
    drag (pad, pixels (pad, 0.3f, 0.3f), pixels (pad, 0.4f, 0.3f));
    CHECK (! glide.active());
    CHECK (session.get ("x") == doctest::Approx (0.4f).epsilon (0.02));
    CHECK (x.begun == x.ended);
    CHECK (x.movedOutside == 0);
}

TEST_CASE ("a glide in a song that stands goes at 120, aims anew with the mouse, and yields to the host")
{
    Session session;
    auto& pad = session.open().pad.pad;
    auto& glide = session.processor.glide;
    session.set ("x", 0.2f);
    session.set ("y", 0.2f);
    session.run (0.05);
    session.processor.padSettings.dots = false;
    session.processor.padSettings.glides = true;
    session.processor.padSettings.glideBeats = 2.0f;    // a second
    Recorder x (session, "x");
    double seconds = 5.0;
    const auto goOn = [&] (double by) {
        for (int i = 0; i < 10; ++i)
            glide.look (seconds += by / 10);
    };
    const auto from = pixels (pad, 0.6f, 0.2f), to = pixels (pad, 0.2f, 0.8f);
    pad.mouseDown (mouse (pad, from, from, false));
    glide.look (seconds);
    goOn (0.5);
    CHECK (session.get ("x") == doctest::Approx (0.4f).epsilon (0.02));
    pad.mouseDrag (mouse (pad, to, from, true));    // half of the time is left
    goOn (0.25);
    CHECK (session.get ("x") == doctest::Approx (0.3f).epsilon (0.02));
    CHECK (session.get ("y") == doctest::Approx (0.5f).epsilon (0.02));
    goOn (0.3);
    pad.mouseUp (mouse (pad, to, from, true));
    CHECK (session.get ("x") == doctest::Approx (0.2f).epsilon (0.02));
    CHECK (session.get ("y") == doctest::Approx (0.8f).epsilon (0.02));
    CHECK (! glide.active());
    CHECK (x.begun == 1);
    CHECK (x.ended == 1);
    // Alt is the other of the two ways to get there.
    click (pad, from, left | alt);
    CHECK (! glide.active());
    CHECK (session.get ("x") == doctest::Approx (0.6f).epsilon (0.02));

    click (pad, to);
    glide.look (seconds);
    goOn (0.2);
    REQUIRE (glide.active());
    session.set ("x", 0.9f);    // the host plays automation
    goOn (0.1);
    CHECK (! glide.active());
    CHECK (session.get ("x") == doctest::Approx (0.9f));
    CHECK (x.begun == x.ended);

    click (pad, to);
    CHECK (pad.keyPressed (juce::KeyPress (juce::KeyPress::escapeKey)));
    CHECK (! glide.active());

    // It outlives the editor, and ends its gestures when it is over.
    session.run (0.05);
    click (pad, to);
    session.close();
    CHECK (glide.active());
    glide.look (seconds);
    goOn (1.1);
    CHECK (session.get ("x") == doctest::Approx (0.2f).epsilon (0.02));
    CHECK (x.begun == x.ended);
}

TEST_CASE ("a song that wraps does not throw a glide back or on")
{
    Session session;
    auto& glide = session.processor.glide;
    session.set ("x", 0.0f);
    session.host.playing = true;
    session.host.beats = 7.5;
    session.run (0.05);
    Place::Spot target {};
    target[0] = 1.0f;
    glide.start (target, 2, 8.0);
    double seconds = 0.0;
    for (int i = 0; i < 10; ++i) {
        if (i == 5)
            session.host.beats = 0.0;
        session.run (0.05);
        glide.look (seconds += 0.05);
    }
    // Half a second at 120 is one beat of eight.
    CHECK (session.get ("x") == doctest::Approx (0.125f).epsilon (0.03));
}

// JUCE's timers want its message loop, one look at a time: its own function for that, which no header of it has.
#if JUCE_LINUX
namespace juce {
bool dispatchNextMessageOnSystemQueue (bool returnIfNoPendingMessages);
}

namespace {

/// Runs the session in the time that it takes, and JUCE's messages beside it, until something is so; false: it never was.
template <class Met>
bool runAlong (Session& session, Met&& met)
{
    const auto now = [] { return juce::Time::getMillisecondCounterHiRes() * 0.001; };
    const auto began = now();
    const auto samples = session.samples;
    for (int tries = 0; tries < 4000; ++tries) {
        if (met())
            return true;
        session.run (0.005);
        while (now() - began < static_cast<double> (session.samples - samples) / Session::rate)
            juce::Thread::sleep (1);
        for (int messages = 0; messages < 100 && juce::dispatchNextMessageOnSystemQueue (true);)
            ++messages;
    }
    return false;
}

} // namespace

TEST_CASE ("a glide's own timer takes it to its target while the song plays, with the editor open or not")
{
    Session session;
    auto& pad = session.open().pad.pad;
    auto& glide = session.processor.glide;
    session.processor.padSettings.dots = false;
    session.processor.padSettings.glideBeats = 1.0f;
    session.host.playing = true;
    session.run (0.1);
    for (const bool open : { true, false }) {
        session.set ("x", 0.2f);
        session.set ("y", 0.2f);
        if (open)
            click (pad, pixels (pad, 0.8f, 0.6f), left | alt);
        else {
            session.close();
            Place::Spot target {};
            target[0] = 0.8f;
            target[1] = 0.6f;
            glide.start (target, 2, 1.0);
        }
        REQUIRE (glide.active());
        const auto began = session.host.beats;
        bool between = false;
        CHECK (runAlong (session, [&] {
            between = between || (session.get ("x") > 0.3f && session.get ("x") < 0.7f);
            return ! glide.active();
        }));
        CHECK (between);
        CHECK (session.get ("x") == doctest::Approx (0.8f).epsilon (0.01));
        CHECK (session.get ("y") == doctest::Approx (0.6f).epsilon (0.01));
        CHECK (session.host.beats - began >= 0.98);    // no sooner than in its time
        runAlong (session, [&, until = session.host.beats + 1.0] { return session.host.beats > until; });
        CHECK (session.processor.now.x.load() == doctest::Approx (0.8f).epsilon (0.01));    // and heard there
    }
}
#endif
