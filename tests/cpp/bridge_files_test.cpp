// The files of the bridge: the shared memory in its private directory, and the note of which Python to start.
#include "bridge_testing.h"
#include "find_python.h"
#include "mapped_file.h"
#include "supervisor.h"
#include "python_task.h"

#include <doctest/doctest.h>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace groovefield;
using groovefield::testing::Environment;
using groovefield::testing::TemporaryDirectory;
using platform::Path;

namespace {

unsigned modeOf (const Path& path)
{
    struct stat facts {};
    REQUIRE (::lstat (path.c_str(), &facts) == 0);
    return static_cast<unsigned> (facts.st_mode) & 0777u;
}

void write (const Path& path, const std::string& text, unsigned mode = 0600)
{
    std::ofstream (path) << text;
    ::chmod (path.c_str(), mode);
}

bool contains (const std::string& sentence, const std::string& part) { return sentence.find (part) != std::string::npos; }

std::string shmName (std::uint32_t pid, std::uint64_t start)
{
    return "groovefield-" + std::to_string (pid) + "-" + std::to_string (start) + "-00000000deadbeef.shm";
}

// A process that holds the lock of a file's owner, until it is killed.
pid_t holdLock (const Path& file)
{
    int said[2];
    REQUIRE (::pipe (said) == 0);
    const auto owner = ::fork();
    if (owner == 0) {
        struct flock whole {};
        whole.l_type = F_WRLCK;
        const char good = ::fcntl (::open (file.c_str(), O_RDWR), F_SETLK, &whole) == 0;
        if (::write (said[1], &good, 1) != 1)
            ::_exit (1);
        for (;;)
            ::pause();
    }
    char good = 0;
    REQUIRE (::read (said[0], &good, 1) == 1);
    REQUIRE (good == 1);
    ::close (said[0]);
    ::close (said[1]);
    return owner;
}

} // namespace

TEST_CASE ("the shared memory is a private file in a private directory, with a header, gone when it is no longer used")
{
    const TemporaryDirectory temporary;
    const auto directory = temporary.path / "run";
    Path path;
    {
        std::string sentence;
        const auto file = MappedFile::create (sentence, { directory });
        REQUIRE (sentence == "");
        REQUIRE (file != nullptr);
        path = file->path();
        CHECK (modeOf (directory) == 0700);
        CHECK (modeOf (path) == 0600);
        CHECK (std::filesystem::file_size (path) == sizeof (layout::Segment));
        const auto& header = file->segment().header;
        CHECK (header.magic == layout::magic);
        CHECK (header.layoutHash == layout::layoutHash);
        CHECK (header.fileSize == sizeof (layout::Segment));
        CHECK (header.ownerPid == static_cast<std::uint32_t> (::getpid()));
        CHECK (header.ownerStart == platform::ownProcess().start);
        CHECK (header.ownerStart != 0);
    }
    CHECK_FALSE (std::filesystem::exists (path));
}

TEST_CASE ("a claimed slot has its memory, and the file takes no more than was claimed")
{
    const TemporaryDirectory temporary;
    std::string sentence;
    const auto file = MappedFile::create (sentence, { temporary.path / "run" });
    REQUIRE (file != nullptr);
    const auto bytes = [&] {
        struct stat facts {};
        ::stat (file->path().c_str(), &facts);
        return static_cast<std::size_t> (facts.st_blocks) * 512;
    };
    CHECK (bytes() < sizeof (layout::Slot));
    CHECK (file->allocateSlot (3) == "");
    CHECK (bytes() >= sizeof (layout::Slot));
    CHECK (bytes() < 2 * sizeof (layout::Slot));
}

TEST_CASE ("a directory that is a link, is open to others or is no directory is refused in a sentence")
{
    const TemporaryDirectory temporary;
    std::filesystem::create_directory (temporary.path / "elsewhere");
    std::filesystem::create_symlink (temporary.path / "elsewhere", temporary.path / "link");
    std::filesystem::create_directory (temporary.path / "open");
    ::chmod ((temporary.path / "open").c_str(), 0755);
    write (temporary.path / "file", "");

    std::string sentence;
    CHECK (MappedFile::create (sentence, { temporary.path / "link" }) == nullptr);
    CHECK (contains (sentence, "link is not a directory"));
    sentence.clear();
    CHECK (MappedFile::create (sentence, { temporary.path / "open" }) == nullptr);
    CHECK (contains (sentence, "open to other users"));
    sentence.clear();
    CHECK (MappedFile::create (sentence, { temporary.path / "file" }) == nullptr);
    CHECK (contains (sentence, "is not a directory"));

    // The next directory will do.
    const auto file = MappedFile::create (sentence, { temporary.path / "link", temporary.path / "good" });
    REQUIRE (file != nullptr);
    CHECK (sentence == "");
    CHECK (file->path().parent_path() == temporary.path / "good");
}

TEST_CASE ("a directory of another user is refused")
{
    if (::getuid() != 0) {
        MESSAGE ("skipped: only the administrator can give a directory away");
        return;
    }
    const TemporaryDirectory temporary;
    std::filesystem::create_directory (temporary.path / "theirs");
    ::chmod ((temporary.path / "theirs").c_str(), 0700);
    REQUIRE (::chown ((temporary.path / "theirs").c_str(), 12'345, 12'345) == 0);
    std::string sentence;
    CHECK (MappedFile::create (sentence, { temporary.path / "theirs" }) == nullptr);
    CHECK (contains (sentence, "belongs to another user"));
}

TEST_CASE ("files of owners that are gone are removed, all others stay")
{
    const TemporaryDirectory temporary;
    const auto directory = temporary.path / "run";
    std::string sentence;
    const auto living = MappedFile::create (sentence, { directory });
    REQUIRE (living != nullptr);
    const auto self = platform::ownProcess();
    write (directory / shmName (4'194'305, 77), "");                // above Linux's largest process number
    write (directory / shmName (self.pid, self.start + 1), "");     // our number, worn by an earlier process
    write (directory / shmName (self.pid, self.start), "");         // ours
    write (directory / "notes.txt", "");
    write (directory / ("x" + shmName (4'194'305, 77)), "");
    const auto held = directory / shmName (4'194'305, 78);          // its owner lives where we see no process numbers
    write (held, "");
    const auto owner = holdLock (held);

    CHECK (removeOrphans (directory) == 2);
    CHECK (std::filesystem::exists (living->path()));
    CHECK (std::filesystem::exists (directory / shmName (self.pid, self.start)));
    CHECK (std::filesystem::exists (directory / "notes.txt"));
    CHECK (std::filesystem::exists (directory / ("x" + shmName (4'194'305, 77))));
    CHECK (std::filesystem::exists (held));
    ::kill (owner, SIGKILL);
    ::waitpid (owner, nullptr, 0);
    CHECK (removeOrphans (directory) == 1);
}

TEST_CASE ("a full file system is a sentence, not a signal")
{
    const TemporaryDirectory temporary;
    const auto small = temporary.path / "small";
    std::filesystem::create_directory (small);
#ifdef __linux__
    if (::mount ("tmpfs", small.c_str(), "tmpfs", 0, "size=4m,mode=0700") != 0) {
        MESSAGE ("skipped: no right to mount a small tmpfs");
        return;
    }
    {
        std::string sentence;
        const auto file = MappedFile::create (sentence, { small });
        REQUIRE (file != nullptr);
        CHECK (file->allocateSlot (0) == "");
        CHECK (contains (file->allocateSlot (1), "There is no room for 3.3 MB of shared memory in"));
        file->segment().slots[0].events[layout::events - 1].note = 1;    // allocated: no signal
    }
    ::umount (small.c_str());
#endif
}

TEST_CASE ("a fork that outlives the owner of a file does not keep the file")
{
    const TemporaryDirectory temporary;
    const auto directory = temporary.path / "run";
    int said[2];
    REQUIRE (::pipe (said) == 0);
    const auto host = ::fork();
    if (host == 0) {
        std::string sentence;
        const auto* file = MappedFile::create (sentence, { directory }).release();
        pid_t copy = file != nullptr ? ::fork() : -1;
        while (copy == 0)
            ::pause();
        ::_exit (::write (said[1], &copy, sizeof (copy)) == sizeof (copy) ? 0 : 1);
    }
    pid_t copy = 0;
    REQUIRE (::read (said[0], &copy, sizeof (copy)) == sizeof (copy));
    REQUIRE (copy > 0);
    ::waitpid (host, nullptr, 0);
    CHECK (removeOrphans (directory) == 1);
    CHECK (std::filesystem::is_empty (directory));
    ::kill (copy, SIGKILL);
    ::close (said[0]);
    ::close (said[1]);
}

TEST_CASE ("where a file cannot be made the next directory is tried, also when the first says that it has room")
{
    const TemporaryDirectory temporary;
    const auto bad = temporary.path / "bad";
    std::filesystem::create_directory (bad);
#ifdef __linux__
    // Room, but not for one more name.
    if (::mount ("tmpfs", bad.c_str(), "tmpfs", 0, "size=1g,nr_inodes=1,mode=0700") != 0) {
        MESSAGE ("skipped: no right to mount a small tmpfs");
        return;
    }
    std::string sentence;
    CHECK (MappedFile::create (sentence, { bad }) == nullptr);
    CHECK (contains (sentence, "cannot be made"));
    {
        const auto file = MappedFile::create (sentence, { bad, temporary.path / "good" });
        REQUIRE (file != nullptr);
        CHECK (sentence == "");
        CHECK (file->path().parent_path() == temporary.path / "good");
    }
    ::umount (bad.c_str());
#endif
}

TEST_CASE ("a host without a descriptor left gets a sentence, and the process once there is one again")
{
    const TemporaryDirectory temporary;
    Environment environment;
    environment.set ("GROOVEFIELD_PYTHON", std::nullopt);
    environment.set ("XDG_CONFIG_HOME", (temporary.path / "config").string());
    environment.set ("XDG_RUNTIME_DIR", temporary.path.string());
    ModelProcess::setLinger (std::chrono::milliseconds (0));
    rlimit before {};
    REQUIRE (::getrlimit (RLIMIT_NOFILE, &before) == 0);
    for (rlim_t left = 0; left < 6; ++left) {
        CAPTURE (left);
        const auto lowest = ::dup (0);
        ::close (lowest);
        const rlimit few { static_cast<rlim_t> (lowest) + left, before.rlim_max };
        REQUIRE (::setrlimit (RLIMIT_NOFILE, &few) == 0);
        std::string said;
        bool shared = false;
        {
            const auto process = ModelProcess::acquire();
            said = process->sentence();
            shared = process->segment() != nullptr;
            TaskPlan plan;
            plan.name = "The training";
            plan.launch.module = "groovefield.trainer";
            const PythonTask task (plan);
            for (int tries = 0; tries < 1000 && task.running(); ++tries)
                std::this_thread::sleep_for (std::chrono::milliseconds (1));
            CHECK (task.complaint() != "");
        }
        REQUIRE (::setrlimit (RLIMIT_NOFILE, &before) == 0);
        if (left == 0) {
            CHECK_FALSE (shared);
            CHECK (contains (said, "Too many open files"));
        }
    }
    const auto process = ModelProcess::acquire();
    CHECK (process->segment() != nullptr);
}

TEST_CASE ("the runtime directory follows XDG_RUNTIME_DIR where that is private, and the user's number elsewhere")
{
    const TemporaryDirectory temporary;
    Environment environment;
    environment.set ("XDG_RUNTIME_DIR", temporary.path.string());
    CHECK (platform::runtimeDirectories().front() == temporary.path / "groovefield");
    ::chmod (temporary.path.c_str(), 0755);
    CHECK (platform::runtimeDirectories().front() != temporary.path / "groovefield");
    environment.set ("XDG_RUNTIME_DIR", "relative");
    environment.set ("TMPDIR", std::nullopt);
    CHECK (platform::runtimeDirectories().back() == Path ("/tmp") / ("groovefield-" + std::to_string (::getuid())));
}

TEST_CASE ("Python is found by the variable, else by the installation's note, else a sentence says what to do")
{
    const TemporaryDirectory temporary;
    const auto python = temporary.path / "python3";
    write (python, "#!/bin/sh\n", 0755);
    const auto config = temporary.path / "config";
    const auto note = config / "groovefield" / "python";
    std::filesystem::create_directories (note.parent_path());
    ::chmod (note.parent_path().c_str(), 0755);
    Environment environment;
    environment.set ("GROOVEFIELD_PYTHON", std::nullopt);
    environment.set ("XDG_CONFIG_HOME", config.string());

    SUBCASE ("nothing is known")
    {
        CHECK (findPython().python.empty());
        CHECK (contains (findPython().sentence, "run: groovefield install"));
    }
    SUBCASE ("the note")
    {
        write (note, "python=" + python.string() + "\nversion=0.1.0\n", 0644);
        CHECK (findPython().python == python);
        CHECK (findPython().sentence == "");
    }
    SUBCASE ("the variable comes first")
    {
        write (note, "python=/nowhere/python\nversion=0.1.0\n");
        environment.set ("GROOVEFIELD_PYTHON", python.string());
        CHECK (findPython().python == python);
        environment.set ("GROOVEFIELD_PYTHON", "python3");
        CHECK (contains (findPython().sentence, "not an absolute path"));
        environment.set ("GROOVEFIELD_PYTHON", (temporary.path / "none").string());
        CHECK (contains (findPython().sentence, "not there or cannot be run"));
    }
    SUBCASE ("a note that others may write is refused")
    {
        write (note, "python=" + python.string() + "\n", 0666);
        CHECK (findPython().python.empty());
        CHECK (contains (findPython().sentence, "can be written by other users"));
    }
    SUBCASE ("a note in a directory that others may write is refused")
    {
        write (note, "python=" + python.string() + "\n");
        ::chmod (note.parent_path().c_str(), 0777);
        CHECK (findPython().python.empty());
        CHECK (contains (findPython().sentence, "chmod go-w"));
    }
    SUBCASE ("a note that is a link is refused")
    {
        write (temporary.path / "real", "python=" + python.string() + "\n");
        std::filesystem::create_symlink (temporary.path / "real", note);
        CHECK (contains (findPython().sentence, "is not a plain file"));
    }
    SUBCASE ("a note of another user is refused")
    {
        write (note, "python=" + python.string() + "\n", 0644);
        if (::getuid() == 0 && ::chown (note.c_str(), 12'345, 12'345) == 0)
            CHECK (contains (findPython().sentence, "belongs to another user"));
    }
    SUBCASE ("a note that names nothing usable says so")
    {
        for (const char* text : { "", "version=0.1.0\n", "\x01\x02\xff", "python=\n", "python=relative/python\n" }) {
            write (note, text);
            CHECK (findPython().python.empty());
            CHECK (contains (findPython().sentence, "groovefield install"));
        }
    }
}

TEST_CASE ("a model is stored under its SHA-256, whole, for this user only")
{
    const TemporaryDirectory temporary;
    Environment environment;
    environment.set ("XDG_CACHE_HOME", temporary.path.string());
    const std::vector<std::uint8_t> model (100'000, 42);
    Sha256 digest {};
    REQUIRE (ModelProcess::storeModel (model, digest) == "");
    CHECK (digest == sha256 (model.data(), model.size()));
    const auto directory = temporary.path / "groovefield" / "models";
    const auto path = directory / (hexadecimal (digest) + ".groovefield");
    REQUIRE (std::filesystem::exists (path));
    CHECK (modeOf (path) == 0600);
    CHECK (modeOf (directory) == 0700);
    CHECK (std::filesystem::file_size (path) == model.size());

    // A damaged copy of the same length is written anew.
    write (path, std::string (100'000, 'x'));
    REQUIRE (ModelProcess::storeModel (model, digest) == "");
    std::ifstream file (path, std::ios::binary);
    CHECK (file.get() == 42);
    CHECK (std::distance (std::filesystem::directory_iterator (directory), {}) == 1);

    // A cache that is no directory is a sentence.
    environment.set ("XDG_CACHE_HOME", path.string());
    CHECK (ModelProcess::storeModel (model, digest) != "");
}
