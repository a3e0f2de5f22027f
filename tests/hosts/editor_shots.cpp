// Takes pictures of the editor:
//     GROOVEFIELD_PYTHON=$PWD/.venv/bin/python groovefield_editor_shots FOLDER [pad|lanes|notes|presets]
// With "pad", those of the pad and of motion alone, with "lanes" those of the lanes' cards, with "notes" those of note mode,
// with "presets" those of presets and notes out, which take seconds.
#include "editor_session.h"
#include "editor_driving.h"
#include "shoot_presets.h"
#include "tone_file.h"
#include "training_material.h"

#include "../../plugin/editor/lane_card.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace {

using groovefield::testing::Session;

void write (juce::Component& component, const juce::File& file, float scale)
{
    const auto image = component.createComponentSnapshot (component.getLocalBounds(), true, scale);
    file.deleteFile();
    juce::FileOutputStream out (file);
    juce::PNGImageFormat png;
    png.writeImageToStream (image, out);
    std::printf ("%s  %d x %d\n", file.getFileName().toRawUTF8(), image.getWidth(), image.getHeight());
}

/// Runs until something is so; ends the program, and says what did not come, if it never is.
template <class Met>
void until (Session& session, const char* what, Met&& met)
{
    for (int tries = 0; ! met(); ++tries) {
        if (tries == 12000) {
            std::fprintf (stderr, "%s did not come; no picture of it was taken\n", what);
            std::exit (1);
        }
        session.processor.training.look();
        session.processor.places.look();
        session.run (0.02);
        juce::Thread::sleep (10);
    }
    session.run (0.5);
}

/// The model process answers in its own time.
void settle (Session& session)
{
    until (session, "the model process", [&] { return session.processor.modelReady() && session.processor.lastComplaint().isEmpty(); });
    for (int tries = 0; tries < 20; ++tries) {
        session.run (0.1);
        juce::Thread::sleep (50);
    }
}

/// The training panel: empty, in the midst of it, done; and small.
void shootTraining (const juce::File& folder)
{
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    settle (session);
    editor.header.train.onClick();
    session.run (0.5);
    write (editor, folder.getChildFile ("train_empty.png"), 1.0f);

    const auto beats = groovefield::testing::writeBeats();
    editor.filesDropped ({ beats.getFullPathName(), beats.getChildFile ("beat 1.mid").getFullPathName(),
                           beats.getChildFile ("beat 2.mid").getFullPathName() }, 0, 0);
    editor.training.name.setText ("Sunday beats", false);
    editor.training.name.onTextChange();
    editor.training.epochs.setText ("600", false);
    editor.training.epochs.onTextChange();
    session.run (0.5);
    write (editor, folder.getChildFile ("train_ready.png"), 1.0f);
    editor.training.train.onClick();
    auto& training = session.processor.training;
    until (session, "epoch 250 of the training", [&] { return training.state().epoch > 250; });
    write (editor, folder.getChildFile ("train_running.png"), 1.0f);
    write (editor, folder.getChildFile ("train_running@2x.png"), 2.0f);
    until (session, "the end of the training", [&] { return training.state().phase == groovefield::Training::Phase::done; });
    settle (session);
    write (editor, folder.getChildFile ("train_done.png"), 1.0f);
    editor.setSize (720, 560);
    session.run (0.5);
    write (editor, folder.getChildFile ("train_small.png"), 1.0f);
    beats.getParentDirectory().deleteRecursively();
}

/// A clip held over the editor, looked for, found and not found.
void shootPlaces (const juce::File& folder)
{
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    session.set ("x", 0.3f);
    session.set ("y", 0.7f);
    settle (session);
    const auto clip = folder.getChildFile ("break.mid");
    session.processor.exportCycle().moveFileTo (clip);
    session.set ("x", 0.8f);
    session.set ("y", 0.2f);
    session.run (0.5);
    const juce::StringArray files { clip.getFullPathName() };
    const auto on = editor.getLocalPoint (&editor.pad, editor.pad.pad.getBounds().getCentre());
    editor.fileDragEnter (files, on.x, on.y);
    write (editor, folder.getChildFile ("held_over_pad.png"), 1.0f);
    editor.fileDragMove (files, 700, 300);
    write (editor, folder.getChildFile ("held_elsewhere.png"), 1.0f);
    editor.filesDropped (files, on.x, on.y);
    session.run (0.3);
    write (editor, folder.getChildFile ("place_looking.png"), 1.0f);
    until (session, "the clip's place", [&] { return ! session.processor.places.active(); });
    write (editor, folder.getChildFile ("place_found.png"), 1.0f);
    write (editor, folder.getChildFile ("place_found@2x.png"), 2.0f);
    editor.setSize (720, 560);
    session.run (0.3);
    write (editor, folder.getChildFile ("place_small.png"), 1.0f);
    editor.fileDragEnter (files, on.x, on.y);
    write (editor, folder.getChildFile ("held_small.png"), 1.0f);
    editor.fileDragExit (files);
    editor.setSize (980, 742);
    const auto broken = folder.getChildFile ("broken.mid");
    broken.replaceWithText ("no clip");
    editor.filesDropped ({ broken.getFullPathName() }, on.x, on.y);
    until (session, "why it is no clip", [&] { return ! session.processor.places.active(); });
    write (editor, folder.getChildFile ("place_refused.png"), 1.0f);
    clip.deleteFile();
    broken.deleteFile();
}

/// The pad: a dot pointed at in the middle and in a corner, a glide on its way, the two other maps, no dots, small.
void shootPad (const juce::File& folder)
{
    Session session;
    auto& editor = session.open();
    auto& pad = editor.pad.pad;
    auto& settings = session.processor.padSettings;
    session.host.playing = true;
    session.set ("x", 0.3f);
    session.set ("y", 0.65f);
    settle (session);
    const auto shoot = [&] (const char* name, float scale) {
        session.run (0.1);
        write (editor, folder.getChildFile (name), scale);
    };
    const auto point = [&] (float x, float y) {
        const auto dot = pad.dots().nearest ({ x * static_cast<float> (pad.getWidth()), (1.0f - y) * static_cast<float> (pad.getHeight()) }, 1000.0f);
        groovefield::testing::hover (pad, pad.dots().at (dot));
    };
    point (0.6f, 0.45f);
    shoot ("pad_hover.png", 1.0f);
    shoot ("pad_hover@2x.png", 2.0f);
    point (0.99f, 0.99f);
    shoot ("pad_hover_corner.png", 1.0f);
    groovefield::testing::leave (pad);
    auto& tools = editor.pad.tools;
    for (auto* button : { &tools.map, &tools.dots }) {
        button->setState (juce::Button::buttonOver);
        shoot (button == &tools.map ? "pad_legend_map.png" : "pad_legend_dots.png", 1.0f);
        button->setState (juce::Button::buttonNormal);
    }

    settings.glides = true;
    const juce::Point<float> target { 0.8f * static_cast<float> (pad.getWidth()), 0.7f * static_cast<float> (pad.getHeight()) };
    groovefield::testing::click (pad, target);
    for (int i = 0; i < 70; ++i) {
        session.run (0.01);
        session.processor.glide.look (0.01 * i);
    }
    shoot ("pad_glide.png", 1.0f);
    shoot ("pad_glide@2x.png", 2.0f);
    session.processor.glide.cancel();
    settings.map = groovefield::PadSettings::density;
    settings.snap = true;
    shoot ("pad_density.png", 1.0f);
    settings.map = groovefield::PadSettings::character;
    shoot ("pad_character.png", 1.0f);
    settings.map = groovefield::PadSettings::both;
    settings.dots = false;
    shoot ("pad_no_dots.png", 1.0f);
    settings.dots = true;
    editor.setSize (720, 560);
    session.run (0.2);
    point (0.9f, 0.2f);
    shoot ("pad_small.png", 1.0f);
    editor.setSize (1600, 1000);
    session.run (0.2);
    shoot ("pad_large.png", 1.0f);
}

/// The card of a lane as it is made, and with much set; a lane that has a one-shot.
void shootCard (const juce::File& folder)
{
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    settle (session);
    using groovefield::Voice;
    auto kit = session.processor.kitSettings();
    kit[Voice::snare] = { -3.5f, 0.2f, -2.0f, 1.4f, 0.7f, 2 };
    session.processor.laneDeeds.set ("Kit", [&] (auto& kept) { kept = kit; });
    session.processor.laying.lay ("Feel", [] (groovefield::Overlay& o) { o.feel[1] = { 0.75f, 0.06f }; });
    const auto file = folder.getChildFile ("Ludwig 402 center.wav");
    groovefield::testing::writeTone (file, 0.3);
    session.processor.laneDeeds.load (Voice::snare, file, "Lane");
    const auto shoot = [&] (std::size_t lane, const char* name, float scale) {
        editor.pattern.strips[lane]->openCard();
        session.run (0.1);
        write (editor, folder.getChildFile (name), scale);
        for (auto* child : editor.getChildren())
            if (auto* box = dynamic_cast<juce::CallOutBox*> (child))
                box->exitModalState (0), box->setVisible (false);
    };
    const juce::StringArray held { file.getFullPathName() };
    const auto row = editor.getLocalPoint (&editor.pattern, editor.pattern.rowOf (1).getCentre());
    editor.fileDragEnter (held, row.x, row.y);
    write (editor, folder.getChildFile ("held_over_lane.png"), 1.0f);
    editor.fileDragExit (held);
    session.processor.noteCapture.setOn (true);
    session.run (0.1);
    write (editor, folder.getChildFile ("capture.png"), 1.0f);
    session.host.playing = false;
    session.processor.noteCapture.setStep (9);
    session.run (0.2);
    write (editor, folder.getChildFile ("capture_standing.png"), 1.0f);
    session.processor.noteCapture.setOn (false);
    session.host.playing = true;
    shoot (1, "lane_card.png", 1.0f);
    shoot (1, "lane_card@2x.png", 2.0f);
    shoot (2, "lane_card_plain.png", 1.0f);
    editor.setSize (720, 560);
    session.run (0.2);
    shoot (1, "lane_card_small.png", 1.0f);
    file.deleteFile();
}

/// Motion: a path that is being recorded, and played; points; small.
void shootMotion (const juce::File& folder)
{
    Session session;
    auto& editor = session.open();
    auto& motion = session.processor.motion;
    session.host.playing = true;
    settle (session);
    session.host.beats = 0.0;
    session.processor.padSettings.recordBars = 2;
    editor.controls.motion.record.onClick();
    for (int i = 0; motion.phase() != groovefield::MotionRecorder::Phase::idle && i < 1000; ++i) {
        const auto turn = session.processor.now.song.load() * juce::MathConstants<double>::pi / 4.0;
        editor.pad.place.move ({ static_cast<float> (0.42 + 0.24 * std::sin (turn)), static_cast<float> (0.52 + 0.2 * std::sin (2.0 * turn)) });
        session.run (0.02);
        motion.look (0.02 * i);
        if (i == 120)
            write (editor, folder.getChildFile ("motion_recording.png"), 1.0f);
    }
    settle (session);
    write (editor, folder.getChildFile ("motion_path.png"), 1.0f);
    write (editor, folder.getChildFile ("motion_path@2x.png"), 2.0f);

    session.set ("motion", 2.0f);
    session.run (0.2);
    write (editor, folder.getChildFile ("motion_no_points.png"), 1.0f);
    session.set ("motion", 0.0f);
    for (const auto& [x, y] : { std::pair { 0.2f, 0.3f }, { 0.36f, 0.8f }, { 0.7f, 0.72f }, { 0.62f, 0.24f } }) {
        editor.pad.place.move ({ x, y });
        editor.controls.motion.add.onClick();
    }
    session.set ("fill", 3.0f);
    settle (session);
    write (editor, folder.getChildFile ("motion_points.png"), 1.0f);
    editor.setSize (720, 560);
    session.run (0.2);
    write (editor, folder.getChildFile ("motion_small.png"), 1.0f);
    session.set ("motion", 0.0f);
    session.run (0.2);
    write (editor, folder.getChildFile ("motion_off_small.png"), 1.0f);
}

/// Note mode: a bass beside the drums, a melody of all lanes in another scale, standing and small.
void shootNotes (const juce::File& folder)
{
    using groovefield::Melody;
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    session.set ("x", 0.62f);
    session.set ("y", 0.38f);
    settle (session);
    editor.pattern.notesTab.onClick();
    const auto shoot = [&] (const char* name, float scale) {
        session.run (0.1);
        write (editor, folder.getChildFile (name), scale);
    };
    shoot ("notes_off.png", 1.0f);
    editor.pattern.notes.mode[1].onClick();
    shoot ("notes.png", 1.0f);
    shoot ("notes@2x.png", 2.0f);
    session.processor.laying.lay ("Melody", [] (groovefield::Overlay& o) {
        o.melody.source = Melody::allLanes;
        o.melody.mode = Melody::Mode::instead;
        o.melody.count = 23;
        groovefield::changeScale (o.melody, Melody::Scale::chromatic);
        o.melody.degree[5] = o.melody.degree[14] = Melody::rest;
    });
    shoot ("notes_all.png", 1.0f);
    editor.setSize (720, 560);
    session.run (0.2);
    shoot ("notes_small.png", 1.0f);
    shoot ("notes_small@2x.png", 2.0f);
    editor.pattern.showNotes (false);
    session.processor.laying.lay ("Edits", [] (groovefield::Overlay& o) {
        o.edits[0][10] = { groovefield::CellEdit::Hit::silent, 0, groovefield::CellEdit::patternOffset };
        groovefield::takeAgain (o, {}, 5);
    });
    shoot ("pattern_small.png", 1.0f);
}

/// Where everything is that has a title, by it, and each lane's row of the grid, as JSON: for who drives the editor from outside.
void writePlaces (const juce::File& folder)
{
    Session session;
    auto& editor = session.open();
    session.run (0.5);
    juce::DynamicObject::Ptr all = new juce::DynamicObject();
    const auto put = [&] (const juce::String& name, juce::Rectangle<int> at) {
        all->setProperty (name, juce::Array<juce::var> { at.getX(), at.getY(), at.getWidth(), at.getHeight() });
    };
    const std::function<void (juce::Component&)> look = [&] (juce::Component& in) {
        for (auto* child : in.getChildren()) {
            if (! child->isVisible())
                continue;
            if (const auto title = child->getTitle().isNotEmpty() || dynamic_cast<juce::Button*> (child) == nullptr
                                       ? child->getTitle() : dynamic_cast<juce::Button*> (child)->getButtonText(); title.isNotEmpty())
                put (title, editor.getLocalArea (&in, child->getBounds()));
            look (*child);
        }
    };
    put ("Groovefield", editor.getLocalBounds());
    look (editor);
    auto& grid = editor.pattern.grid;
    for (std::size_t lane = 0; lane < grid.shown().lanes.size(); ++lane)
        put ("Row " + juce::String (grid.shown().lanes[lane].name), editor.getLocalArea (&grid, grid.row (lane)));
    folder.getChildFile ("places.json").replaceWithText (juce::JSON::toString (juce::var (all.get())));
}

/// Without a model process: for an environment that names a Python that is none.
void shootFault (const juce::File& folder)
{
    Session session;
    auto& editor = session.open();
    until (session, "what is wrong", [&] { return editor.status.shownText().contains ("GROOVEFIELD_PYTHON"); });
    session.host.playing = true;
    session.run (2.0);
    write (editor, folder.getChildFile ("no_python.png"), 1.0f);
    write (editor, folder.getChildFile ("no_python@2x.png"), 2.0f);
}

} // namespace

int main (int count, char** arguments)
{
    const juce::String only (count == 3 ? arguments[2] : "");
    if (count != 2 && (count != 3 || (only != "pad" && only != "lanes" && only != "notes" && only != "presets" && only != "places" && only != "fault")))
        return std::puts ("usage: groovefield_editor_shots FOLDER [pad|lanes|notes|presets|places|fault]"), 2;
    const juce::ScopedJuceInitialiser_GUI juceRuns;
    const auto folder = juce::File::getCurrentWorkingDirectory().getChildFile (arguments[1]);
    if (folder.createDirectory().failed())
        return std::puts ("the folder cannot be made"), 1;

    if (only == "places")
        return writePlaces (folder), 0;
    if (only == "fault")
        return shootFault (folder), 0;
    if (only.isEmpty() || only == "presets")
        groovefield::testing::shootPresets ([&] (juce::Component& component, const juce::String& name) {
            write (component, folder.getChildFile (name + ".png"), 1.0f);
            write (component, folder.getChildFile (name + "@2x.png"), 2.0f);
        });
    if (only.isEmpty() || only == "notes")
        shootNotes (folder);
    if (only.isEmpty() || only == "pad") {
        shootPad (folder);
        shootMotion (folder);
    }
    if (only.isEmpty() || only == "lanes")
        shootCard (folder);
    if (count == 3)
        return 0;

    Session session;
    auto& editor = session.open();
    settle (session);
    write (editor, folder.getChildFile ("stopped.png"), 1.0f);

    session.set ("x", 0.62f);
    session.set ("y", 0.38f);
    session.set ("swing", 56.0f);
    session.set ("wander", 35.0f);
    session.set ("humanise", 30.0f);
    session.set ("style", 3.0f / 16.0f);
    session.set ("density_closed_hat", 62.0f);
    session.host.playing = true;
    for (int i = 0; i < 90; ++i) {
        session.run (0.05);
        juce::Thread::sleep (2);
    }
    write (editor, folder.getChildFile ("playing.png"), 1.0f);
    write (editor, folder.getChildFile ("playing@2x.png"), 2.0f);
    write (editor, folder.getChildFile ("playing@3x.png"), 3.0f);

    auto& laying = session.processor.laying;
    laying.lay ("Edits", [] (groovefield::Overlay& o) {
        for (const auto step : { 3u, 11u, 19u })
            o.edits[8][step] = { groovefield::CellEdit::Hit::struck, 90, groovefield::CellEdit::patternOffset };
        o.edits[0][10] = { groovefield::CellEdit::Hit::silent, 0, groovefield::CellEdit::patternOffset };
        groovefield::takeAgain (o, {}, 5);
    });
    editor.pattern.strips[2]->lock.onClick();
    editor.pattern.strips[1]->lock.onClick();
    session.run (0.2);
    write (editor, folder.getChildFile ("edited.png"), 1.0f);
    write (editor, folder.getChildFile ("edited@2x.png"), 2.0f);

    session.set ("mute_snare", 1.0f);
    session.set ("steps", 27.0f);
    session.set ("threshold", 0.35f);
    session.set ("output", 0.0f);
    session.host.playing = false;
    session.set ("free_run", 1.0f);
    session.run (1.0);
    juce::Thread::sleep (300);
    session.run (0.5);
    editor.setSize (720, 560);
    session.run (0.1);
    write (editor, folder.getChildFile ("small.png"), 1.0f);
    editor.setSize (1600, 1000);
    session.run (0.1);
    write (editor, folder.getChildFile ("large.png"), 1.0f);
    shootPlaces (folder);
    shootTraining (folder);
    return 0;
}
