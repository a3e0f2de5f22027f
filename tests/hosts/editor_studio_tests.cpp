// The studio opened by a button: a real window on a virtual display, attached to this very instance, and nobody's child.
#include <doctest/doctest.h>

#include "editor_session.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <unistd.h>

using namespace groovefield;
using groovefield::testing::Session;

namespace {

bool until (Session& session, const std::function<bool()>& met)
{
    for (int tries = 0; tries < 30000 && ! met(); ++tries) {
        session.processor.studio.look();
        session.run (0.02);
        juce::Thread::sleep (10);
    }
    return met();
}

juce::File ofProcess (std::uint32_t pid, const char* what) { return juce::File ("/proc/" + juce::String (pid)).getChildFile (what); }

juce::String statusOf (std::uint32_t pid, const juce::String& key)
{
    juce::StringArray lines;
    lines.addLines (ofProcess (pid, "status").loadFileAsString());
    for (const auto& line : lines)
        if (line.startsWith (key + ":"))
            return line.fromFirstOccurrenceOf (":", false, false).trim();
    return {};
}

/// The shared memory of this process, which a studio that is attached has mapped.
bool isAttached (std::uint32_t pid)
{
    return ofProcess (pid, "maps").loadFileAsString().contains ("/groovefield-" + juce::String (static_cast<int> (::getpid())) + "-");
}

juce::String run (const juce::StringArray& command)
{
    juce::ChildProcess process;
    return process.start (command) ? process.readAllProcessOutput().trim() : juce::String();
}

/// Of the studio, as X numbers it; empty while it has none that is seen.
juce::String windowOf (std::uint32_t pid)
{
    return run ({ "xdotool", "search", "--onlyvisible", "--pid", juce::String (pid), "--name", "Groovefield Studio" });
}

/// As a user closes it, who tries again where the keys were too early.
void closeWindow (std::uint32_t pid)
{
    const auto window = windowOf (pid);
    if (window.isNotEmpty() && window.containsOnly ("0123456789"))
        run ({ "xdotool", "windowfocus", "--sync", window, "key", "ctrl+q" });
}

} // namespace

TEST_CASE ("the studio button opens one window that is attached to the plugin and outlives it")
{
    const auto secret = juce::File::createTempFile ("secret");
    const int inherited = ::open (secret.getFullPathName().toRawUTF8(), O_CREAT | O_RDWR, 0600);    // not closed over exec
    REQUIRE (inherited >= 0);
    platform::Process left;
    {
        Session session;
        auto& editor = session.open();
        auto& studio = session.processor.studio;
        CHECK (editor.header.studio.getTitle() == "Open the studio");
        editor.header.studio.onClick();
        CHECK (studio.opening());
        CHECK (editor.header.studio.getTitle() == "The studio opens");
        REQUIRE_MESSAGE (until (session, [&] { return studio.isOpen(); }), studio.sentence().toStdString());
        const auto first = studio.processId();
        REQUIRE (until (session, [&] { return isAttached (first); }));
        session.run (0.5);
        CHECK (editor.header.studio.getTitle() == "The studio is open");
        CHECK (editor.status.shownText() == session.processor.modelSentence());

        CHECK (::getsid (static_cast<pid_t> (first)) == static_cast<pid_t> (first));
        CHECK (statusOf (first, "PPid").getIntValue() != static_cast<int> (::getpid()));
        for (const auto& entry : juce::RangedDirectoryIterator (ofProcess (first, "fd"), false, "*", juce::File::findFiles))
            CHECK (entry.getFile().getLinkedTarget() != secret);
        CHECK (until (session, [&] { return windowOf (first).isNotEmpty(); }));

        editor.header.studio.onClick();
        session.run (0.5);
        CHECK (! studio.opening());
        CHECK (studio.processId() == first);
        CHECK (editor.status.shownText().contains ("The studio is open already."));

        int looks = 0;
        REQUIRE (until (session, [&] {
            if (looks++ % 100 == 0)
                closeWindow (first);
            return ! studio.isOpen();
        }));
        session.run (0.5);
        CHECK (editor.header.studio.getTitle() == "Open the studio");
        editor.header.studio.onClick();
        REQUIRE (until (session, [&] { return studio.isOpen(); }));
        CHECK (studio.processId() != first);
        left = platform::processOf (studio.processId());
    }
    CHECK (platform::isAlive (left));
    ::kill (static_cast<pid_t> (left.pid), SIGTERM);
    for (int tries = 0; tries < 1000 && platform::isAlive (left); ++tries)
        juce::Thread::sleep (10);
    CHECK (! platform::isAlive (left));
    ::close (inherited);
    secret.deleteFile();
}

TEST_CASE ("a studio that cannot open is a sentence")
{
    Session session;
    auto& editor = session.open();
    auto& studio = session.processor.studio;
    const auto refusedWith = [&] (const char* variable, const char* value, const juce::String& words) {
        const juce::String before (std::getenv (variable));
        value == nullptr ? ::unsetenv (variable) : ::setenv (variable, value, 1);
        editor.header.studio.onClick();
        CHECK (until (session, [&] { return ! studio.opening(); }));
        session.run (0.5);
        ::setenv (variable, before.toRawUTF8(), 1);
        CHECK (! studio.isOpen());
        CHECK_MESSAGE (editor.status.shownText().contains (words), editor.status.shownText().toStdString());
    };
    refusedWith ("DISPLAY", nullptr, "The studio needs a desktop");
    refusedWith ("DISPLAY", ":4711", "The studio's window cannot open");
    refusedWith ("GROOVEFIELD_PYTHON", "/nowhere/python", "/nowhere/python, which is not there");
    refusedWith ("GROOVEFIELD_PYTHON", "/bin/true", "did not open and did not say why");
}
