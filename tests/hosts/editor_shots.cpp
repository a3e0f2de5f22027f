// Takes pictures of the editor:
//     GROOVEFIELD_PYTHON=$PWD/.venv/bin/python groovefield_editor_shots FOLDER
#include "editor_session.h"

#include <cstdio>

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

/// The model process answers in its own time.
void settle (Session& session)
{
    for (int tries = 0; tries < 60; ++tries) {
        session.run (0.1);
        juce::Thread::sleep (50);
    }
}

} // namespace

int main (int count, char** arguments)
{
    if (count != 2)
        return std::puts ("usage: groovefield_editor_shots FOLDER"), 2;
    const juce::ScopedJuceInitialiser_GUI juceRuns;
    const auto folder = juce::File::getCurrentWorkingDirectory().getChildFile (arguments[1]);
    if (folder.createDirectory().failed())
        return std::puts ("the folder cannot be made"), 1;

    Session session;
    auto& editor = session.open();
    settle (session);
    write (editor, folder.getChildFile ("stopped.png"), 1.0f);

    session.set ("x", 0.62f);
    session.set ("y", 0.38f);
    session.set ("swing", 56.0f);
    session.set ("wander", 35.0f);
    session.set ("humanise", 30.0f);
    session.set ("density_closed_hat", 62.0f);
    session.host.playing = true;
    for (int i = 0; i < 90; ++i) {
        session.run (0.05);
        juce::Thread::sleep (2);
    }
    write (editor, folder.getChildFile ("playing.png"), 1.0f);
    write (editor, folder.getChildFile ("playing@2x.png"), 2.0f);

    session.set ("mute_snare", 1.0f);
    session.set ("steps", 27.0f);
    session.set ("threshold", 0.35f);
    session.set ("output", 0.0f);
    session.host.playing = false;
    session.set ("free_run", 1.0f);
    session.run (1.0);
    juce::Thread::sleep (300);
    session.run (0.5);
    editor.setSize (720, 480);
    session.run (0.1);
    write (editor, folder.getChildFile ("small.png"), 1.0f);
    editor.setSize (1600, 1000);
    session.run (0.1);
    write (editor, folder.getChildFile ("large.png"), 1.0f);
    return 0;
}
