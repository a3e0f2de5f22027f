// Note mode by mouse and keyboard, what it plays, and what the state keeps of it: as a user does it.
#include "../../plugin/processor/overlay_bytes.h"
#include "editor_driving.h"
#include "editor_session.h"
#include "processor_testing.h"

#include <juce_audio_basics/juce_audio_basics.h>

#include <map>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr auto shift = juce::ModifierKeys::shiftModifier;
constexpr std::size_t kick = 0;

const Melody& melodyOf (Session& session) { return session.processor.laying.overlay()->melody; }

juce::Point<float> middleOf (const NotesRoll& roll, std::size_t step, int degree) { return roll.cell (step, degree).getCentre(); }

bool press (NotesRoll& roll, int code, int keys = 0, juce::juce_wchar character = 0)
{
    return roll.keyPressed (juce::KeyPress (code, juce::ModifierKeys (keys), character));
}

bool type (NotesRoll& roll, char character) { return press (roll, juce::CharacterFunctions::toUpperCase (character), 0, static_cast<juce::juce_wchar> (character)); }

NotesPanel& openNotes (Session& session)
{
    auto& editor = session.open();
    session.settle();
    editor.pattern.notesTab.onClick();
    session.run (0.05);
    return editor.pattern.notes;
}

Melody anything()
{
    Melody m;
    m.mode = Melody::Mode::instead;
    m.scale = Melody::Scale::dorian;
    m.source = Melody::allLanes;
    m.key = 7;
    m.octave = -1;
    m.channel = 13;
    m.count = 29;
    m.noteLength = 3.5f;
    m.level = -7.25f;
    for (std::size_t i = 0; i < Melody::room; ++i)
        m.degree[i] = i % 5 == 4 ? Melody::rest : static_cast<std::int8_t> (static_cast<int> (i) - 12);
    return m;
}

} // namespace

TEST_CASE ("a drag draws notes, fast or slow, an alt-click makes a rest, and undo takes back the whole of it")
{
    Session session;
    auto& roll = openNotes (session).roll;
    const auto before = melodyOf (session);

    drag (roll, middleOf (roll, 2, 4), middleOf (roll, 5, 4));
    session.run (0.05);
    for (std::size_t step = 2; step <= 5; ++step)
        CHECK (melodyOf (session).degree[step] == 4);
    CHECK (melodyOf (session).degree[1] == before.degree[1]);
    CHECK (melodyOf (session).degree[6] == before.degree[6]);
    CHECK (session.processor.history.undoName() == "Draw notes");

    // From one event to the next over four steps, from low to high.
    roll.mouseDown (mouse (roll, middleOf (roll, 8, 0), middleOf (roll, 8, 0), false));
    roll.mouseDrag (mouse (roll, middleOf (roll, 12, 8), middleOf (roll, 8, 0), true));
    roll.mouseUp (mouse (roll, middleOf (roll, 12, 8), middleOf (roll, 8, 0), true));
    session.run (0.05);
    for (std::size_t step = 8; step <= 12; ++step)
        CHECK (melodyOf (session).degree[step] == 2 * (static_cast<int> (step) - 8));

    click (roll, middleOf (roll, 3, 4), juce::ModifierKeys::leftButtonModifier | juce::ModifierKeys::altModifier);
    click (roll, middleOf (roll, 4, Melody::rest));
    session.run (0.05);
    CHECK (melodyOf (session).degree[3] == Melody::rest);
    CHECK (melodyOf (session).degree[4] == Melody::rest);
    for (int i = 0; i < 4; ++i)
        session.processor.history.undo();
    CHECK (melodyOf (session) == before);
}

TEST_CASE ("the end is dragged for the number of steps, by mouse and by shift with arrows")
{
    Session session;
    auto& roll = openNotes (session).roll;
    const juce::Point<float> end { roll.endX(), 100.0f };
    drag (roll, end, { roll.cell (11, 0).getX(), 100.0f });
    session.run (0.05);
    CHECK (melodyOf (session).count == 11);
    CHECK (session.processor.history.undoName() == "Steps of the melody");
    press (roll, juce::KeyPress::rightKey, shift);
    press (roll, juce::KeyPress::rightKey, shift);
    session.run (0.05);
    CHECK (melodyOf (session).count == 13);
    drag (roll, { roll.endX(), 100.0f }, { static_cast<float> (roll.getWidth()) + 50.0f, 100.0f });
    CHECK (melodyOf (session).count == Melody::room);
}

TEST_CASE ("keys: arrows, octaves, letters, numbers, rests; the cursor goes on and comes round")
{
    Session session;
    auto& roll = openNotes (session).roll;
    session.processor.laying.lay ("C major", [] (Overlay& o) {
        o.melody.scale = Melody::Scale::major;
        o.melody.count = 4;
        o.melody.degree.fill (0);
    });
    session.run (0.05);
    CHECK (press (roll, juce::KeyPress::upKey));
    CHECK (melodyOf (session).degree[0] == 1);
    press (roll, juce::KeyPress::upKey, shift);
    CHECK (melodyOf (session).degree[0] == 8);
    press (roll, juce::KeyPress::downKey);
    CHECK (melodyOf (session).degree[0] == 7);
    press (roll, juce::KeyPress::rightKey);
    CHECK (roll.cursor() == 1);

    // A is nearer above C's own octave at the sixth than an octave below: the nearest to the present note.
    CHECK (type (roll, 'g'));
    CHECK (melodyOf (session).degree[1] == -3);
    CHECK (type (roll, '5'));
    CHECK (melodyOf (session).degree[2] == 4);
    CHECK (type (roll, '0'));
    CHECK (melodyOf (session).degree[3] == Melody::rest);
    CHECK (roll.cursor() == 0);
    press (roll, juce::KeyPress::deleteKey);
    CHECK (melodyOf (session).degree[0] == Melody::rest);
    press (roll, juce::KeyPress::upKey);
    CHECK (melodyOf (session).degree[0] == 0);
    CHECK_FALSE (type (roll, 'x'));
    CHECK_FALSE (press (roll, 'Z', juce::ModifierKeys::commandModifier));

    // A letter that the scale lacks is the note beside it: B flat major has no B.
    session.processor.laying.lay ("F major", [] (Overlay& o) { o.melody.key = 5; });
    session.run (0.05);
    type (roll, 'b');
    CHECK ((noteOf (melodyOf (session), melodyOf (session).degree[0]) + 120) % 12 == 0);
    press (roll, juce::KeyPress::endKey);
    CHECK (roll.cursor() == 3);
    press (roll, juce::KeyPress::homeKey);
    CHECK (roll.cursor() == 0);
}

TEST_CASE ("a keyboard sets step after step while the notes have the focus, sounds, and plays no drum; else it plays the drums")
{
    Session session;
    auto& roll = openNotes (session).roll;
    session.processor.laying.lay ("Minor", [] (Overlay& o) {
        o.melody.scale = Melody::Scale::minor;
        o.melody.count = 3;
    });
    session.run (0.05);
    roll.focusGained (juce::Component::focusChangedDirectly);
    const auto at = session.samples;
    session.keyboard = { { at + 300, 39, 100 }, { at + 3000, 43, 90 }, { at + 6000, 60, 80 }, { at + 9000, 36, 80 } };
    session.run (0.5);
    // The fourth comes round to the first step: Eb, G, C two octaves up, then C.
    CHECK (melodyOf (session).degree[0] == 0);
    CHECK (melodyOf (session).degree[1] == 4);
    CHECK (melodyOf (session).degree[2] == 14);
    CHECK (session.processor.history.undoName() == "Enter notes");
    CHECK (session.loudest > 0.02f);

    // The key of the last one is still down: its tone ends with the focus, long before it would have rung out.
    session.loudest = 0.0f;
    session.run (0.1);
    const auto held = session.loudest;
    roll.focusLost (juce::Component::focusChangedDirectly);
    session.run (0.3);
    session.loudest = 0.0f;
    session.run (0.1);
    CHECK (session.loudest < 0.02f * held);
    session.keyboard = { { session.samples + 300, 47, 100 } };
    session.run (0.2);
    CHECK (melodyOf (session).degree[0] == 0);
    CHECK (melodyOf (session).degree[1] == 4);
}

TEST_CASE ("controls: mode, rhythm, key, scale, octave, length, channel, level, each one deed")
{
    Session session;
    auto& panel = openNotes (session);
    auto& history = session.processor.history;
    panel.mode[1].onClick();
    CHECK (melodyOf (session).mode == Melody::Mode::beside);
    CHECK (history.undoName() == "Melody: With drums");
    panel.mode[2].onClick();
    CHECK (melodyOf (session).mode == Melody::Mode::instead);
    session.run (0.05);
    CHECK (panel.mode[2].getToggleState());

    panel.source.onChoice (11);
    CHECK (melodyOf (session).source == Melody::allLanes);
    session.run (0.05);
    CHECK (panel.source.button.getButtonText() == "All lanes");
    panel.source.onChoice (1);
    session.run (0.05);
    CHECK (panel.source.button.getButtonText() == "Snare");
    CHECK (panel.key.keyPressed (juce::KeyPress (juce::KeyPress::downKey)));
    CHECK (melodyOf (session).key == 1);

    // Five tones to seven: the pitches stay.
    const auto before = melodyOf (session);
    panel.scale.onChoice (static_cast<int> (Melody::Scale::minor));
    const auto after = melodyOf (session);
    for (std::size_t step = 0; step < Melody::room; ++step)
        CHECK (noteOf (after, after.degree[step]) == noteOf (before, before.degree[step]));

    const auto typeInto = [&] (std::size_t which, const char* text) {
        panel.values[which]->slider.setValue (panel.values[which]->slider.getValueFromText (text), juce::sendNotificationSync);
    };
    typeInto (0, "3");
    CHECK (melodyOf (session).octave == 3);
    typeInto (1, "7");
    CHECK (melodyOf (session).count == 7);
    typeInto (2, "2.5");
    CHECK (melodyOf (session).noteLength == 2.5f);
    typeInto (2, "common");
    CHECK (melodyOf (session).noteLength == 0.0f);
    typeInto (3, "4");
    CHECK (melodyOf (session).channel == 4);
    typeInto (4, "-6.5");
    CHECK (melodyOf (session).level == doctest::Approx (-6.5));
    CHECK (history.undoName() == "Level of the melody");
    history.undo();
    CHECK (melodyOf (session).level == 0.0f);
    CHECK (melodyOf (session).channel == 4);
}

TEST_CASE ("the state keeps the melody, A and B have their own, and what is out of range is brought into it")
{
    Session session;
    session.processor.laying.lay ("Melody", [] (Overlay& o) { o.melody = anything(); });
    const auto kept = stateOf (session.processor);
    Session other;
    restore (other.processor, kept);
    CHECK (melodyOf (other) == anything());

    session.processor.compare();
    session.processor.laying.lay ("Other", [] (Overlay& o) { o.melody.key = 3; });
    session.processor.compare();
    CHECK (melodyOf (session).key == 7);

    Overlay overlay;
    overlay.melody = anything();
    auto bytes = overlayBytes (overlay);
    juce::Random random (5);
    for (int i = 0; i < 3000; ++i) {
        auto noise = bytes;
        for (int k = 0; k < 6; ++k)
            static_cast<char*> (noise.getData())[bytes.getSize() - 1 - static_cast<std::size_t> (random.nextInt (48))] = static_cast<char> (random.nextInt (256));
        const auto read = readOverlay (noise.getData(), noise.getSize());
        REQUIRE (read.has_value());
        const auto& m = read->melody;
        CHECK (static_cast<int> (m.mode) <= 2);
        CHECK (static_cast<int> (m.scale) < Melody::scales);
        CHECK ((m.source < maxLanes || m.source == Melody::allLanes));
        CHECK (m.key < 12);
        CHECK ((m.octave >= Melody::lowestOctave && m.octave <= Melody::highestOctave));
        CHECK ((m.channel >= 1 && m.channel <= 16));
        CHECK ((m.count >= 1 && m.count <= Melody::room));
        CHECK ((m.noteLength >= 0.0f && m.noteLength <= Melody::longestNote));
        for (const auto degree : m.degree)
            CHECK ((degree == Melody::rest || std::abs (degree) <= Melody::farthestDegree));
    }
}

TEST_CASE ("what is drawn is what goes out, on its channel, to the rhythm of the lane; and what is dragged into the host")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    const auto kicks = editor.pattern.grid.shown().lanes[kick].cells;
    editor.pattern.notesTab.onClick();
    session.run (0.05);
    auto& panel = editor.pattern.notes;
    panel.values[1]->slider.setValue (32.0, juce::sendNotificationSync);
    session.run (0.05);
    drag (panel.roll, middleOf (panel.roll, 0, 3), middleOf (panel.roll, 31, 3));
    panel.mode[2].onClick();
    session.set ("groove", 0.0f);
    session.host.playing = true;
    session.heard.clear();
    session.run (3.9);    // two bars last 4 s
    const auto wanted = std::count_if (kicks.begin(), kicks.end(), [] (const ShownCell& cell) { return cell.velocity > 0; });
    CHECK (static_cast<long> (session.heard.size()) == wanted);
    const auto note = noteOf (melodyOf (session), 3);
    for (const auto& n : session.heard) {
        CHECK (n.note == note);
        CHECK (n.channel == 1);
        const auto step = static_cast<std::size_t> (juce::roundToInt (static_cast<double> (n.sample - session.heard[0].sample) / 6000.0));
        CHECK (n.velocity == kicks[step].velocity);
    }

    const auto channelsIn = [] (const juce::File& file) {
        juce::FileInputStream in (file);
        juce::MidiFile midi;
        REQUIRE (midi.readFrom (in));
        std::map<int, int> count;
        for (int t = 0; t < midi.getNumTracks(); ++t)
            for (const auto* event : *midi.getTrack (t))
                if (event->message.isNoteOn())
                    ++count[event->message.getChannel()];
        return count;
    };
    CHECK (channelsIn (session.processor.exportCycle()) == std::map<int, int> { { 1, static_cast<int> (wanted) } });
    CHECK (channelsIn (session.processor.exportHeard (4))[10] == 0);
    CHECK (channelsIn (session.processor.exportHeard (4))[1] >= static_cast<int> (wanted));

    panel.mode[1].onClick();
    panel.values[3]->slider.setValue (7.0, juce::sendNotificationSync);
    session.run (0.5);
    session.heard.clear();
    session.run (4.0);
    const auto on = [&] (int channel) { return std::count_if (session.heard.begin(), session.heard.end(), [&] (const auto& n) { return n.channel == channel; }); };
    CHECK (on (7) >= wanted - 1);
    CHECK (on (10) > on (7));
    CHECK (on (1) == 0);
    CHECK (channelsIn (session.processor.exportCycle())[7] == wanted);

    panel.transpose.slider.setValue (-7.0, juce::sendNotificationSync);
    CHECK (session.get ("transpose") == -7.0f);
    session.run (0.5);
    session.heard.clear();
    session.run (1.0);
    for (const auto& n : session.heard)
        if (n.channel == 7)
            CHECK (n.note == note - 7);
}

TEST_CASE ("the roll shows which steps the rhythm plays in this round of the melody")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    const auto& drums = editor.pattern.grid.shown().lanes[kick];
    session.processor.laying.lay ("Five steps", [] (Overlay& o) { o.melody.count = 5; });
    editor.pattern.notesTab.onClick();
    session.run (0.05);
    const auto& roll = editor.pattern.notes.roll;
    for (std::size_t step = 0; step < 5; ++step)
        CHECK (roll.shown().strikes[step].velocity == drums.cells[step].velocity);
    // Two beats on, step 8 of the song is the fourth of the melody's second round.
    session.host.beats = 2.0;
    session.run (0.05);
    CHECK (roll.shown().first == 5);
    for (std::size_t step = 0; step < 5; ++step)
        CHECK (roll.shown().strikes[step].velocity == drums.cells[5 + step].velocity);
    CHECK_FALSE (editor.pattern.grid.isVisible());
    editor.pattern.patternTab.onClick();
    CHECK (editor.pattern.grid.isVisible());
    CHECK_FALSE (editor.pattern.notes.isVisible());
}
