// The lanes' cards, sounds dropped on lanes, and notes captured into the grid: as a user does it.
#include "editor_driving.h"
#include "editor_session.h"
#include "processor_testing.h"
#include "tone_file.h"

#include "../../plugin/editor/lane_card.h"

#include <cmath>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr std::size_t kick = 0, snare = 1, hat = 2, lowTom = 4;
constexpr int kickNote = 36, snareNote = 38, lowTomNote = 43;
constexpr std::int64_t stepSamples = 6000;    // a sixteenth at 120 bpm and 48 kHz

// The card in the call-out that was opened last.
LaneCard& cardOf (Editor& editor)
{
    LaneCard* card = nullptr;
    for (auto* child : editor.getChildren())
        if (auto* box = dynamic_cast<juce::CallOutBox*> (child))
            for (auto* content : box->getChildren())
                if (auto* found = dynamic_cast<LaneCard*> (content))
                    card = found;
    REQUIRE (card != nullptr);
    return *card;
}

LaneCard& openCard (Editor& editor, std::size_t lane)
{
    auto& name = editor.pattern.strips[lane]->name;
    click (name, { 40.0f, 10.0f }, juce::ModifierKeys::rightButtonModifier);
    return cardOf (editor);
}

void turn (ValueKnob& knob, float pixels)
{
    const auto middle = knob.slider.getLocalBounds().toFloat().getCentre();
    drag (knob.slider, middle, middle.translated (0.0f, -pixels));
}

void type (ValueKnob& knob, const juce::String& text)
{
    knob.slider.setValue (knob.slider.getValueFromText (text), juce::sendNotificationSync);
}

/// What a note-on at the first sample of a stopped host sounds like, from a kit at rest.
juce::AudioBuffer<float> soundOf (Session& session, int note)
{
    session.processor.prepareToPlay (Session::rate, Session::block);
    juce::AudioBuffer<float> all (2, 40 * Session::block);
    for (int b = 0; b < 40; ++b) {
        juce::AudioBuffer<float> audio (2, Session::block);
        juce::MidiBuffer midi;
        if (b == 0)
            midi.addEvent (juce::MidiMessage::noteOn (10, note, juce::uint8 { 100 }), 0);
        session.processor.processBlock (audio, midi);
        for (int c = 0; c < 2; ++c)
            all.copyFrom (c, b * Session::block, audio, c, 0, Session::block);
    }
    return all;
}

bool same (const juce::AudioBuffer<float>& a, const juce::AudioBuffer<float>& b)
{
    for (int c = 0; c < 2; ++c)
        if (! std::equal (a.getReadPointer (c), a.getReadPointer (c) + a.getNumSamples(), b.getReadPointer (c)))
            return false;
    return true;
}

const ShownCell& cellOf (Editor& editor, std::size_t lane, std::size_t step) { return editor.pattern.grid.shown().lanes[lane].cells[step]; }

CellEdit editOf (Session& session, std::size_t lane, std::size_t step) { return session.processor.laying.overlay()->edits[lane][step]; }

int editsOf (Session& session)
{
    int count = 0;
    for (const auto& lane : session.processor.laying.overlay()->edits)
        count += static_cast<int> (std::count_if (lane.begin(), lane.end(), [] (const auto& edit) { return edit.any(); }));
    return count;
}

/// The timer's part.
void look (Session& session) { session.processor.noteCapture.look(); }

bool sent (const Session& session, int note, std::int64_t sample, int velocity)
{
    return std::any_of (session.heard.begin(), session.heard.end(), [&] (const auto& n) {
        return n.note == note && std::abs (n.sample - sample) <= 3 && n.velocity == velocity;
    });
}

struct SoundFile {
    explicit SoundFile (double seconds = 0.2) { writeTone (at, seconds); }
    ~SoundFile() { at.deleteFile(); }
    juce::File at = juce::File::createTempFile (".wav");
    juce::StringArray held() const { return { at.getFullPathName() }; }
};

} // namespace

TEST_CASE ("the other mouse button opens a lane's card; a drag of a knob sounds at once and is one deed")
{
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    const auto before = session.processor.kitSettings();
    const auto snareBefore = soundOf (session, snareNote), kickBefore = soundOf (session, kickNote);

    auto& card = openCard (editor, snare);
    CHECK_FALSE (editor.pattern.strips[snare]->name.getToggleState());
    CHECK (card.getTitle() == "Snare: sound and notes");
    turn (*card.sound[0], -30.0f);
    CHECK (session.processor.kitSettings()[Voice::snare].level < -1.0f);
    CHECK (session.processor.history.undoName() == "Volume of Snare");
    CHECK (soundOf (session, snareNote).getRMSLevel (0, 0, 4096) < 0.9f * snareBefore.getRMSLevel (0, 0, 4096));
    CHECK (same (soundOf (session, kickNote), kickBefore));

    editor.keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier, 0));
    CHECK (session.processor.kitSettings() == before);
    CHECK (same (soundOf (session, snareNote), snareBefore));
    CHECK (session.processor.history.undoName().isEmpty());
    card.show();
    CHECK (card.sound[0]->slider.getValue() == 0.0);
    editor.keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier | juce::ModifierKeys::shiftModifier, 0));
    CHECK (session.processor.kitSettings()[Voice::snare].level < -1.0f);
}

TEST_CASE ("typed values, choke groups and notes of a card are deeds of their own, and go into the state")
{
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    auto& card = openCard (editor, snare);
    type (*card.sound[1], "L 30");
    type (*card.sound[2], juce::String::fromUTF8 ("\u22127"));
    type (*card.sound[3], "150");
    CHECK (session.processor.history.undoName() == "Decay of Snare");
    card.choke[3].onClick();
    CHECK (card.choke[3].getToggleState());
    CHECK_FALSE (card.choke[0].getToggleState());
    card.note.setText ("E1", juce::sendNotificationSync);
    CHECK (session.processor.noteMap().note[snare] == 40);
    CHECK (session.processor.history.undoName() == "Note of Snare");
    type (*card.length, "80");
    type (*card.push, "10");
    CHECK (session.processor.laying.overlay()->feel[snare].noteLength == doctest::Approx (0.8f));
    CHECK (session.processor.laying.overlay()->feel[snare].push == doctest::Approx (0.1f));
    type (*card.steps, "12");
    type (*card.rotate, juce::String::fromUTF8 ("\u22122"));
    CHECK (session.processor.laying.overlay()->feel[snare].steps == 12);
    CHECK (session.processor.laying.overlay()->feel[snare].rotate == -2);
    type (*card.steps, "common");
    CHECK (session.processor.laying.overlay()->feel[snare].steps == 0);
    type (*card.length, "common");
    CHECK (session.processor.laying.overlay()->feel[snare].noteLength == 0.0f);

    Session other;
    restore (other.processor, stateOf (session.processor));
    const auto kept = other.processor.kitSettings()[Voice::snare];
    CHECK (kept.pan == doctest::Approx (-0.3f));
    CHECK (kept.tune == doctest::Approx (-7.0f));
    CHECK (kept.decay == doctest::Approx (1.5f));
    CHECK (kept.choke == 3);
    CHECK (other.processor.noteMap().note[snare] == 40);
    CHECK (other.processor.laying.overlay()->feel[snare].push == doctest::Approx (0.1f));

    for (int i = 0; i < 7; ++i)
        CHECK (session.processor.history.undo());
    CHECK (session.processor.noteMap().note[snare] == -1);
    CHECK (session.processor.kitSettings()[Voice::snare].choke == 3);
    CHECK (session.processor.history.undo());
    CHECK (session.processor.kitSettings()[Voice::snare].choke == 0);
}

TEST_CASE ("keys on a lane's name: Enter opens the card, M mutes, S plays it alone, L locks")
{
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    auto& strip = *editor.pattern.strips[hat];
    CHECK (strip.name.keyPressed (juce::KeyPress (juce::KeyPress::returnKey)));
    CHECK (cardOf (editor).getTitle() == "Closed hat: sound and notes");
    CHECK (strip.keyPressed (juce::KeyPress ('s')));
    CHECK (session.processor.laying.overlay()->solo == 1u << hat);
    CHECK (strip.keyPressed (juce::KeyPress ('l')));
    CHECK (session.processor.laying.overlay()->isLocked (hat));
    CHECK_FALSE (strip.keyPressed (juce::KeyPress (juce::KeyPress::spaceKey)));   // the host's
}

TEST_CASE ("a sound dropped on a lane sounds in the drum's place, and in no other; undo brings the drum back")
{
    const SoundFile file;
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    const auto snareBefore = soundOf (session, snareNote), kickBefore = soundOf (session, kickNote);
    const auto at = editor.getLocalPoint (&editor.pattern, editor.pattern.rowOf (snare).getCentre());
    editor.fileDragEnter (file.held(), at.x, at.y);
    editor.filesDropped (file.held(), at.x, at.y);
    CHECK_FALSE (editor.training.isVisible());
    CHECK (session.processor.sampleName (Voice::snare) == file.at.getFileName());
    session.run (0.05);
    CHECK (editor.pattern.strips[snare]->card.getToggleState());
    CHECK (editor.pattern.strips[snare]->card.getTooltip().contains (file.at.getFileName()));
    CHECK_FALSE (editor.pattern.strips[kick]->card.getToggleState());
    CHECK_FALSE (same (soundOf (session, snareNote), snareBefore));
    CHECK (same (soundOf (session, kickNote), kickBefore));

    CHECK (session.processor.history.undoName() == "One-shot for Snare");
    CHECK (session.processor.history.undo());
    CHECK (same (soundOf (session, snareNote), snareBefore));
    CHECK (session.processor.history.redo());
    auto& card = openCard (editor, snare);
    CHECK (card.file.getText() == file.at.getFileNameWithoutExtension());
    card.remove.onClick();
    CHECK (same (soundOf (session, snareNote), snareBefore));
}

TEST_CASE ("what is too long for a lane is a sentence, and elsewhere it is trained on as before")
{
    const SoundFile file (11.0);
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    const auto at = editor.getLocalPoint (&editor.pattern, editor.pattern.rowOf (snare).getCentre());
    editor.filesDropped (file.held(), at.x, at.y);
    CHECK (session.processor.sampleName (Voice::snare).isEmpty());
    CHECK (session.processor.history.undoName().isEmpty());
    CHECK (editor.status.shownText().contains (file.at.getFileName()));
    CHECK (editor.status.shownText().contains ("Drop it beside the lanes"));
    editor.filesDropped (file.held(), 5, 5);
    CHECK (editor.training.isVisible());
}

TEST_CASE ("notes that are captured lie where they were played, and are heard there in the next round, whatever the knobs say")
{
    Session session;
    auto& editor = session.open();
    for (const auto& [id, value] : { std::pair { "swing", 62.0f }, { "groove", 150.0f }, { "velocity", 70.0f } })
        session.set (id, value);
    session.run (0.3);
    CHECK (editor.pattern.grid.keyPressed (juce::KeyPress ('c')));
    CHECK (session.processor.noteCapture.isOn());
    session.host.playing = true;
    const auto start = session.samples;
    const auto late = 5 * stepSamples + 1200, early = 10 * stepSamples - 1800;
    session.keyboard = { { start + late, lowTomNote, 101 }, { start + early, lowTomNote, 64 } };
    session.run (2.0);
    look (session);
    CHECK (editsOf (session) == 2);
    session.run (0.02);
    CHECK (editor.pattern.capture.getToggleState());
    CHECK (cellOf (editor, lowTom, 5).velocity == 101);
    CHECK (cellOf (editor, lowTom, 5).displacement == doctest::Approx (0.2f).epsilon (0.01));
    CHECK (cellOf (editor, lowTom, 10).velocity == 64);
    CHECK (cellOf (editor, lowTom, 10).displacement == doctest::Approx (-0.3f).epsilon (0.01));

    // The second round plays them; what is played in it is a deed of its own.
    session.heard.clear();
    session.keyboard = { { start + 48 * stepSamples, snareNote, 90 } };
    session.run (5.0);
    look (session);
    const auto round = start + 32 * stepSamples;
    CHECK (sent (session, lowTomNote, round + late, 101));
    CHECK (sent (session, lowTomNote, round + early, 64));
    CHECK (editOf (session, snare, 16).any());
    CHECK (session.processor.history.undoName() == "Capture");
    CHECK (session.processor.history.undo());
    CHECK (editsOf (session) == 2);
    CHECK (session.processor.history.undo());
    CHECK (editsOf (session) == 0);

    CHECK (editor.pattern.grid.keyPressed (juce::KeyPress ('c')));
    session.keyboard = { { session.samples + 100, snareNote, 90 } };
    session.run (0.1);
    look (session);
    CHECK (editsOf (session) == 0);
}

TEST_CASE ("while nothing plays, notes go to the grid's cursor, those struck together to one step")
{
    Session session;
    auto& editor = session.open();
    session.run (0.3);
    for (int i = 0; i < 3; ++i)
        editor.pattern.grid.keyPressed (juce::KeyPress (juce::KeyPress::rightKey));
    editor.pattern.capture.setToggleState (true, juce::sendNotificationSync);
    const auto now = session.samples;
    session.keyboard = { { now + 100, kickNote, 120 }, { now + 700, 46, 50 }, { now + 20000, snareNote, 80 }, { now + 21000, 10, 80 } };   // 10 is no drum
    session.run (0.6);
    look (session);
    session.run (0.05);
    CHECK (cellOf (editor, kick, 3).velocity == 120);
    CHECK (cellOf (editor, 3, 3).velocity == 50);
    CHECK (cellOf (editor, snare, 4).velocity == 80);
    CHECK (editsOf (session) == 3);
    CHECK (session.processor.noteCapture.step() == 5);
    CHECK (session.processor.history.undoName() == "Capture");
    CHECK (session.processor.history.undo());
    CHECK (editsOf (session) == 0);
}

TEST_CASE ("a note belongs to the step whose hits sound there, with swing, push and a loop's end")
{
    PlayParameters play;
    Overlay overlay;
    const auto at = [&] (double song, double loopStart = 0.0, double loopEnd = 0.0) {
        IncomingNote note;
        note.song = song;
        note.loopStart = loopStart;
        note.loopEnd = loopEnd;
        return playedAt (note, play, overlay, snare, 4);
    };
    CHECK (at (1.0).gridStep == 4);
    CHECK (at (1.1).gridStep == 4);
    CHECK (at (1.15).gridStep == 5);
    CHECK (at (1.15).displacement == doctest::Approx (-0.4));
    CHECK (at (-0.05).gridStep == 0);
    play.swing = 0.75;    // step 5 is heard half a step after its line
    CHECK (at (1.15).gridStep == 4);
    CHECK (at (1.4).gridStep == 5);
    CHECK (at (1.4).displacement == doctest::Approx (0.6));
    play.swing = 0.5;
    overlay.feel[snare].push = 0.4f;
    CHECK (at (1.2).gridStep == 4);
    overlay.feel[snare].push = 0.0f;
    // Early for the line where the loop ends: its first step.
    CHECK (at (11.95, 8.0, 12.0).gridStep == 32);
    CHECK (at (11.95, 8.0, 12.0).displacement == doctest::Approx (-0.2));
    CHECK (at (11.8, 8.0, 12.0).gridStep == 47);
}

TEST_CASE ("the way to a card can be seen without the mouse, and the card leaves its lane's hits to be seen at every size")
{
    Session session;
    auto& editor = session.open();
    for (const auto& [width, height] : { std::pair { 720, 560 }, { 980, 742 }, { 1600, 1000 } }) {
        editor.setSize (width, height);
        session.run (0.1);
        for (const auto lane : { kick, lowTom, std::size_t { 10 } }) {
            auto& sign = editor.pattern.strips[lane]->card;
            const auto image = sign.createComponentSnapshot (sign.getLocalBounds(), true, 1.0f);
            int ink = 0;
            for (int x = 0; x < image.getWidth(); ++x)
                for (int y = 0; y < image.getHeight(); ++y)
                    ink += image.getPixelAt (x, y).getAlpha() > 128 && image.getPixelAt (x, y).getPerceivedBrightness() > 0.35f ? 1 : 0;
            CHECK (ink >= 6);

            auto& card = openCard (editor, lane);
            auto& box = *card.getParentComponent();
            CHECK (editor.getLocalBounds().contains (editor.getLocalArea (&card, card.getLocalBounds())));
            const auto cells = editor.getLocalArea (&editor.pattern.grid, editor.pattern.grid.row (lane));
            CHECK_FALSE (editor.getLocalArea (&card, card.getLocalBounds()).intersects (cells));
            box.exitModalState (0);
            box.setVisible (false);
        }
    }
}

TEST_CASE ("a card shows the whole name of a one-shot of usual length")
{
    Session session;
    auto& editor = session.open();
    session.run (0.1);
    const auto folder = juce::File::createTempFile ("one_shot");
    folder.createDirectory();
    const auto file = folder.getChildFile ("Ludwig 402 center.wav");
    writeTone (file, 0.1);
    auto& card = openCard (editor, snare);
    card.loadFile (file);
    CHECK (card.file.getText() == "Ludwig 402 center");
    CHECK (card.file.getFont().getStringWidthFloat (card.file.getText()) <= static_cast<float> (card.file.getWidth() - card.file.getBorderSize().getLeftAndRight()));
    CHECK (card.remove.isVisible());
    CHECK (card.remove.getTitle() == "Remove the one-shot of Snare");
    folder.deleteRecursively();
}
