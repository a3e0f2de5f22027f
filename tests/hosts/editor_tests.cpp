// The editor driven as a user drives it: mouse on the pad, buttons, mutes, the MIDI file, opened
// and closed while it plays.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "editor_session.h"

#include <juce_audio_basics/juce_audio_basics.h>

#include <numeric>

using namespace groovefield;
using groovefield::testing::Session;

namespace {

// What a host that records automation sees of one parameter.
class Recorder : public juce::AudioProcessorParameter::Listener {
public:
    Recorder (Session& session, const char* id) : parameter (*session.processor.parameters.getParameter (id))
    {
        parameter.addListener (this);
    }
    ~Recorder() override { parameter.removeListener (this); }

    void parameterValueChanged (int, float) override { (open ? moved : movedOutside)++; }
    void parameterGestureChanged (int, bool starting) override
    {
        open = starting;
        (starting ? begun : ended)++;
    }

    int begun = 0, ended = 0, moved = 0, movedOutside = 0;

private:
    juce::AudioProcessorParameter& parameter;
    bool open = false;
};

juce::MouseEvent mouse (juce::Component& on, juce::Point<float> at, juce::Point<float> downAt, bool dragged)
{
    const auto now = juce::Time::getCurrentTime();
    return { juce::Desktop::getInstance().getMainMouseSource(), at, juce::ModifierKeys::leftButtonModifier,
             juce::MouseInputSource::defaultPressure, juce::MouseInputSource::defaultOrientation,
             juce::MouseInputSource::defaultRotation, juce::MouseInputSource::defaultTiltX,
             juce::MouseInputSource::defaultTiltY, &on, &on, now, downAt, now, 1, dragged };
}

void drag (juce::Component& on, juce::Point<float> from, juce::Point<float> to)
{
    on.mouseDown (mouse (on, from, from, false));
    for (int i = 1; i <= 10; ++i)
        on.mouseDrag (mouse (on, from + (to - from) * (static_cast<float> (i) / 10.0f), from, true));
    on.mouseUp (mouse (on, to, from, true));
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
            if (strike (pattern.cell (lane, static_cast<std::size_t> (step)), play, lane, addressOf (step, 32), pattern.stepsPerBeat))
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

int main (int argc, char** argv)
{
    juce::ScopedJuceInitialiser_GUI gui;
    return doctest::Context (argc, argv).run();
}
