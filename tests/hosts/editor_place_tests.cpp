// Clips dropped on the pad, and what plays, are found in the field, by the real search and by Pythons that fail.
#include <doctest/doctest.h>

#include "editor_session.h"
#include "processor_testing.h"
#include "training_material.h"

#include <cstdlib>
#include <functional>

using namespace groovefield;
using groovefield::testing::Recorder;
using groovefield::testing::Session;

namespace {

/// A folder that goes when the test ends.
struct Folder {
    juce::File path = juce::File::createTempFile ({}).getSiblingFile ("groovefield places " + juce::Uuid().toString());
    Folder() { path.createDirectory(); }
    ~Folder() { path.deleteRecursively(); }
};

/// Another Python for a while: a program of the shell's.
class StandIn {
public:
    StandIn (const Folder& folder, const juce::String& program)
    {
        const auto file = folder.path.getChildFile ("python");
        file.replaceWithText ("#!/bin/sh\n" + program + "\n", false, false, "\n");
        file.setExecutePermission (true);
        put (file.getFullPathName());
    }
    explicit StandIn (const juce::String& path) { put (path); }
    ~StandIn() { ::setenv ("GROOVEFIELD_PYTHON", before.toRawUTF8(), 1); }

private:
    juce::String before { std::getenv ("GROOVEFIELD_PYTHON") };
    static void put (const juce::String& path) { ::setenv ("GROOVEFIELD_PYTHON", path.toRawUTF8(), 1); }
};

bool until (Session& session, const std::function<bool()>& met)
{
    for (int tries = 0; tries < 30000 && ! met(); ++tries) {
        session.processor.places.look();
        session.processor.training.look();
        session.run (0.02);
        juce::Thread::sleep (10);
    }
    return met();
}

/// Until the search is over and the editor has shown it.
const PlaceFinder::State& searched (Session& session)
{
    const auto& places = session.processor.places;
    REQUIRE (until (session, [&] { return ! places.active(); }));
    session.run (0.5);
    return places.state();
}

/// The pattern at the place that is set, by the model process.
Pattern patternHere (Session& session)
{
    REQUIRE (until (session, [&] { return session.processor.modelReady(); }));
    for (int i = 0; i < 10; ++i) {
        session.run (0.2);
        juce::Thread::sleep (20);
    }
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    return pattern;
}

int cellsThatDiffer (const Pattern& a, const Pattern& b)
{
    REQUIRE (a.lanes == b.lanes);
    REQUIRE (a.steps == b.steps);
    int differ = 0;
    for (std::size_t i = 0; i < std::size_t { a.lanes } * a.steps; ++i)
        differ += (a.values[i] > 0.5f) != (b.values[i] > 0.5f);
    return differ;
}

/// The number before " of " in what was found, 0 for "hit for hit".
int saidToDiffer (const juce::String& sentence)
{
    return sentence.contains ("hit for hit") ? 0 : sentence.upToFirstOccurrenceOf (" of ", false, false).getTrailingIntValue();
}

void put (Session& session, float x, float y)
{
    session.set ("x", x);
    session.set ("y", y);
}

/// What plays at a place, as a file of a musician's.
juce::File clipOf (Session& session, const Folder& folder, const juce::String& name)
{
    const auto written = session.processor.exportCycle();
    const auto clip = folder.path.getChildFile (name);
    REQUIRE (written.moveFileTo (clip));
    return clip;
}

juce::Point<int> onPad (Editor& editor) { return editor.getLocalPoint (&editor.pad, editor.pad.pad.getBounds().getCentre()); }

void drop (Editor& editor, const juce::File& file, juce::Point<int> at)
{
    const juce::StringArray files { file.getFullPathName() };
    REQUIRE (editor.isInterestedInFileDrag (files));
    editor.fileDragEnter (files, 1, 1);
    editor.fileDragMove (files, at.x, at.y);
    editor.filesDropped (files, at.x, at.y);
}

} // namespace

TEST_CASE ("a clip dropped on the pad takes X and Y to where the field plays its hits")
{
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    const Folder folder;
    put (session, 0.3f, 0.7f);
    const auto wanted = patternHere (session);
    const auto clip = clipOf (session, folder, "break.mid");
    put (session, 0.8f, 0.2f);
    session.run (0.2);

    Recorder x (session, "x"), y (session, "y"), z (session, "z3");
    drop (editor, clip, onPad (editor));
    session.run (0.1);
    CHECK (session.processor.places.active());
    CHECK (editor.pad.pad.caption() == "Looking for break.mid ...");
    CHECK (editor.pad.findButton.getTitle() == "Stop looking");
    const auto& found = searched (session);
    CHECK_MESSAGE (found.phase == PlaceFinder::Phase::found, found.sentence.toStdString());
    CHECK (found.sentence.startsWith ("break.mid: here, "));
    CHECK (editor.pad.pad.caption() == found.sentence);
    CHECK (session.get ("x") == doctest::Approx (0.3f).epsilon (0.05));
    CHECK (session.get ("y") == doctest::Approx (0.7f).epsilon (0.05));
    for (const auto* recorder : { &x, &y }) {
        CHECK (recorder->begun == 1);
        CHECK (recorder->ended == 1);
        CHECK (recorder->moved == 1);
        CHECK (recorder->movedOutside == 0);
    }
    CHECK (z.begun + z.moved == 0);
    const auto differ = cellsThatDiffer (wanted, patternHere (session));
    CHECK (differ <= 1);
    CHECK (differ == saidToDiffer (found.sentence));
    CHECK (session.processor.training.choice.sources.isEmpty());

    editor.pad.goBack();
    CHECK (session.get ("x") == doctest::Approx (0.8f));
    CHECK (session.get ("y") == doctest::Approx (0.2f));
    session.run (0.1);
    CHECK (editor.pad.pad.caption().isEmpty());    // it is no longer there
}

TEST_CASE ("dropped elsewhere, or with others, or as a folder, it is trained on")
{
    Session session;
    auto& editor = session.open();
    const auto beats = groovefield::testing::writeBeats();
    const auto one = beats.getChildFile ("beat 1.mid"), two = beats.getChildFile ("beat 2.mid");
    const auto inPad = onPad (editor);
    drop (editor, one, editor.getLocalBounds().getBottomRight() - juce::Point<int> (40, 200));
    CHECK (session.processor.training.choice.sources.size() == 1);
    editor.filesDropped ({ one.getFullPathName(), two.getFullPathName() }, inPad.x, inPad.y);
    CHECK (session.processor.training.choice.sources.size() == 2);
    drop (editor, beats, inPad);
    CHECK (session.processor.training.choice.sources.size() == 3);
    CHECK (session.processor.places.state().searches == 0);
    CHECK (! session.processor.places.active());
    beats.getParentDirectory().deleteRecursively();
}

TEST_CASE ("an audio loop dropped on the pad is found like a clip")
{
    const auto* data = std::getenv ("GROOVEFIELD_TEST_LOOP");
    if (data == nullptr) {
        MESSAGE ("skipped: GROOVEFIELD_TEST_LOOP names no loop");
        return;
    }
    Session session;
    auto& editor = session.open();
    drop (editor, juce::File (data), onPad (editor));
    const auto& found = searched (session);
    CHECK_MESSAGE (found.phase == PlaceFinder::Phase::found, found.sentence.toStdString());
    CHECK (found.sentence.startsWith (juce::File (data).getFileName()));
    CHECK (std::abs (session.get ("x") - 0.5f) + std::abs (session.get ("y") - 0.5f) > 0.01f);
}

TEST_CASE ("what plays is found where it is, whatever the knobs make of it, and where wander took it")
{
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    put (session, 0.62f, 0.31f);
    session.set ("threshold", 0.3f);
    session.set ("steps", 11.0f);
    session.set ("swing", 70.0f);
    session.set ("mute_kick", 1.0f);
    patternHere (session);
    CHECK (editor.pad.findButton.getTitle() == "Find what plays");
    CHECK (editor.pad.findButton.getWantsKeyboardFocus());
    CHECK (editor.pad.findButton.getTooltip().isNotEmpty());
    editor.pad.findButton.onClick();
    const auto& found = searched (session);
    CHECK_MESSAGE (found.phase == PlaceFinder::Phase::found, found.sentence.toStdString());
    CHECK (found.sentence.startsWith ("What plays: here, "));
    CHECK (found.sentence.contains ("at Density 50"));
    CHECK (session.get ("x") == doctest::Approx (0.62f).epsilon (0.04));
    CHECK (session.get ("y") == doctest::Approx (0.31f).epsilon (0.06));

    session.set ("wander", 100.0f);
    session.set ("steps", 32.0f);
    REQUIRE (until (session, [&] { return std::abs (session.processor.now.x.load() - session.get ("x")) > 0.15f; }));
    Pattern heard;
    REQUIRE (session.processor.pattern (heard));
    CHECK (editor.pad.pad.keyPressed (juce::KeyPress ('f')));
    session.set ("wander", 0.0f);
    searched (session);
    CHECK (cellsThatDiffer (heard, patternHere (session)) <= 2);
}

TEST_CASE ("after another model was chosen, what played before is found in it")
{
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    put (session, 0.4f, 0.6f);
    const auto before = patternHere (session);
    auto& training = session.processor.training;
    const auto beats = groovefield::testing::writeBeats();
    training.add ({ beats.getFullPathName() });
    training.choice.name = "Another";
    training.choice.epochs = 60;
    REQUIRE (training.start().isEmpty());
    REQUIRE (until (session, [&] { return ! training.active(); }));
    REQUIRE (session.processor.modelName() == "Another");
    const auto after = patternHere (session);
    REQUIRE (cellsThatDiffer (before, after) > 0);
    CHECK (editor.pad.findButton.getTitle() == "Find what played before");
    editor.pad.findButton.onClick();
    const auto& found = searched (session);
    REQUIRE_MESSAGE (found.phase == PlaceFinder::Phase::found, found.sentence.toStdString());
    CHECK (found.sentence.startsWith ("What Default played: "));
    const auto differ = cellsThatDiffer (before, patternHere (session));
    CHECK (differ == saidToDiffer (found.sentence));
    CHECK (editor.pad.findButton.getTitle() == "Find what plays");

    // Whoever moves away has done with what played before.
    session.processor.loadDefaultModel();
    CHECK (session.processor.findsWhatPlayedBefore());
    put (session, 0.1f, 0.1f);
    CHECK (! session.processor.findsWhatPlayedBefore());
    beats.getParentDirectory().deleteRecursively();
}

TEST_CASE ("all latents of a model go to the place, and Back brings them back")
{
    const auto file = groovefield::modelOfFourLatents();
    if (! file)
        return;
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    const Folder folder;
    REQUIRE (session.processor.loadModel (*file).isEmpty());
    put (session, 0.2f, 0.8f);
    session.set ("z3", 0.9f);
    session.set ("z4", 0.15f);
    const auto wanted = patternHere (session);
    const auto clip = clipOf (session, folder, "four.mid");
    put (session, 0.5f, 0.5f);
    session.set ("z3", 0.4f);
    session.set ("z4", 0.6f);
    Recorder z3 (session, "z3"), z4 (session, "z4"), z5 (session, "z5");
    drop (editor, clip, onPad (editor));
    const auto& found = searched (session);
    REQUIRE_MESSAGE (found.phase == PlaceFinder::Phase::found, found.sentence.toStdString());
    CHECK (z3.begun == 1);
    CHECK (z4.ended == 1);
    CHECK (z3.moved + z4.moved == 2);
    CHECK (z3.movedOutside + z4.movedOutside == 0);
    CHECK (z5.begun + z5.moved == 0);
    CHECK (session.get ("z3") == doctest::Approx (0.9f).epsilon (0.1));
    CHECK (cellsThatDiffer (wanted, patternHere (session)) == saidToDiffer (found.sentence));
    CHECK (cellsThatDiffer (wanted, patternHere (session)) <= 6);
    editor.pad.goBack();
    CHECK (session.get ("x") == doctest::Approx (0.5f));
    CHECK (session.get ("z3") == doctest::Approx (0.4f));
    CHECK (session.get ("z4") == doctest::Approx (0.6f));
}

TEST_CASE ("what cannot be found is a sentence in the status line, and nothing moves")
{
    Session session;
    auto& editor = session.open();
    const Folder folder;
    const auto clip = folder.path.getChildFile ("broken.mid");
    clip.replaceWithText ("\x89PNG");
    Recorder x (session, "x");
    auto& places = session.processor.places;
    const auto refusedWith = [&] (const juce::String& words) {
        drop (editor, clip, onPad (editor));
        const auto& state = searched (session);
        CHECK (state.phase == PlaceFinder::Phase::failed);
        CHECK_MESSAGE (editor.status.shownText().contains (words), editor.status.shownText().toStdString());
        CHECK (editor.pad.pad.caption().isEmpty());
    };
    refusedWith ("broken.mid is not a MIDI file");
    {
        const StandIn gone ("/nowhere/python");
        refusedWith ("/nowhere/python, which is not there");
    }
    {
        const StandIn slow (folder, "exec sleep 600");
        places.patience = std::chrono::milliseconds (300);
        refusedWith ("The search for broken.mid gave no answer within 1 second and was ended.");
        places.patience = std::chrono::minutes (2);
    }
    {
        const StandIn silent (folder, "exit 0");
        refusedWith ("ended without an answer");
    }
    {
        const StandIn faulty (folder, "echo 'MemoryError: too much' >&2; exit 1");
        refusedWith ("failed (MemoryError: too much)");
    }
    for (const auto* nonsense : { "{nonsense}", "{}", R"({"files": []})", R"({"files": [{"windows": [{"place": [2, 0.5]}]}]})",
                                  R"({"files": [{"windows": [{"place": [0.5]}]}]})", R"({"files": [{"windows": [{"place": ["a", 1]}]}]})",
                                  R"({"files": [{"windows": [{"place": [0,0,0,0,0,0,0,0,0]}]}]})" }) {
        CAPTURE (std::string (nonsense));
        const StandIn mad (folder, juce::String ("echo '") + nonsense + "'");
        refusedWith ("an answer that cannot be read");
    }
    CHECK (x.begun + x.moved == 0);

    // The next that goes well takes the sentence away.
    put (session, 0.3f, 0.7f);
    patternHere (session);
    drop (editor, clipOf (session, folder, "good.mid"), onPad (editor));
    CHECK (searched (session).phase == PlaceFinder::Phase::found);
    CHECK (! editor.status.shownText().contains ("cannot be read"));
}

TEST_CASE ("a search ends with another one, with a movement by hand, with a click, and with its instance")
{
    const Folder folder;
    const StandIn slow (folder, "exec sleep 600");
    const auto isGone = [] (std::uint32_t pid) { return ! platform::isAlive (platform::processOf (pid)); };
    std::uint32_t last = 0;
    {
        Session session;
        auto& editor = session.open();
        auto& places = session.processor.places;
        const auto clip = folder.path.getChildFile ("a.mid");
        clip.replaceWithText ("x");
        const auto begun = [&] {
            drop (editor, clip, onPad (editor));
            REQUIRE (until (session, [&] { return places.processId() != 0; }));
            return places.processId();
        };
        const auto first = begun(), second = begun();
        CHECK (first != second);
        CHECK (isGone (first));
        CHECK (! isGone (second));
        editor.pad.place.jump ({ 0.9f, 0.9f });
        CHECK (! places.active());
        CHECK (isGone (second));
        const auto third = begun();
        editor.pad.findButton.onClick();
        CHECK (! places.active());
        CHECK (isGone (third));
        last = begun();
        session.close();
        CHECK (places.active());    // it goes on without an editor
    }
    CHECK (isGone (last));
}
