#ifndef _WIN32
#include "platform.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <pwd.h>
#include <random>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#ifdef __APPLE__
#include <libproc.h>
#include <sys/proc_info.h>
#endif

namespace groovefield::platform {
namespace {

std::string because (int error) { return std::system_category().message (error); }

/// When a process started; 0 if there is none of that number, or it has ended and nobody has asked how.
std::uint64_t startOf (std::uint32_t pid)
{
#ifdef __APPLE__
    proc_bsdinfo info {};
    const auto size = static_cast<int> (sizeof (info));
    if (proc_pidinfo (static_cast<int> (pid), PROC_PIDTBSDINFO, 0, &info, size) != size)
        return 0;
    return info.pbi_start_tvsec * 1'000'000u + info.pbi_start_tvusec;
#else
    // The name in brackets may hold anything, brackets and spaces too: count from the last bracket.
    // After it come the fields 3 (state), 4, ...; the start time is field 22.
    std::ifstream file ("/proc/" + std::to_string (pid) + "/stat");
    const std::string text { std::istreambuf_iterator<char> (file), {} };
    auto at = text.rfind (')');
    if (at == std::string::npos || text.compare (at, 3, ") Z") == 0 || text.compare (at, 3, ") X") == 0)
        return 0;
    for (int field = 2; field < 22 && at != std::string::npos; ++field)
        at = text.find (' ', at + 1);
    return at == std::string::npos ? 0 : std::strtoull (text.c_str() + at + 1, nullptr, 10);
#endif
}

Path absoluteVariable (const char* name)
{
    Path path = environment (name);
    return path.is_absolute() ? path : Path {};
}

} // namespace

Process ownProcess()
{
    const auto pid = processNumber();
    return { pid, startOf (pid) };
}

Process processOf (std::uint32_t pid) { return { pid, startOf (pid) }; }

std::uint32_t processNumber() noexcept { return static_cast<std::uint32_t> (::getpid()); }

bool isAlive (const Process& process)
{
    if (::kill (static_cast<pid_t> (process.pid), 0) != 0 && errno == ESRCH)
        return false;
    return startOf (process.pid) == process.start;
}

std::string environment (const char* name)
{
    const char* value = std::getenv (name);
    return value == nullptr ? std::string {} : std::string { value };
}

Path homeDirectory()
{
    if (auto home = absoluteVariable ("HOME"); ! home.empty())
        return home;
    std::vector<char> room (16'384);
    passwd entry {};
    passwd* found = nullptr;
    if (::getpwuid_r (::getuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr)
        return found->pw_dir;
    return {};
}

Path configDirectory()
{
    const auto base = absoluteVariable ("XDG_CONFIG_HOME");
    return (base.empty() ? homeDirectory() / ".config" : base) / "groovefield";
}

Path cacheDirectory()
{
    const auto base = absoluteVariable ("XDG_CACHE_HOME");
    return (base.empty() ? homeDirectory() / ".cache" : base) / "groovefield";
}

std::vector<Path> runtimeDirectories()
{
    std::vector<Path> result;
    const auto own = "groovefield-" + std::to_string (::getuid());
    struct stat facts {};
    if (const auto runtime = absoluteVariable ("XDG_RUNTIME_DIR"); ! runtime.empty())
        if (::stat (runtime.c_str(), &facts) == 0 && S_ISDIR (facts.st_mode) && facts.st_uid == ::getuid()
            && (facts.st_mode & 0077) == 0)
            result.push_back (runtime / "groovefield");
#ifdef __linux__
    if (::stat ("/dev/shm", &facts) == 0 && S_ISDIR (facts.st_mode))
        result.push_back (Path ("/dev/shm") / own);
#endif
    const auto temporary = absoluteVariable ("TMPDIR");
    result.push_back ((temporary.empty() ? Path ("/tmp") : temporary) / own);
    return result;
}

std::string makePrivateDirectory (const Path& path)
{
    std::error_code error;
    std::filesystem::create_directories (path.parent_path(), error);
    if (::mkdir (path.c_str(), 0700) != 0 && errno != EEXIST)
        return "The directory " + path.string() + " cannot be made: " + because (errno) + ".";
    struct stat facts {};
    if (::lstat (path.c_str(), &facts) != 0)
        return "The directory " + path.string() + " cannot be looked at: " + because (errno) + ".";
    if (! S_ISDIR (facts.st_mode))
        return path.string() + " is not a directory (a link does not count); remove it.";
    if (facts.st_uid != ::getuid())
        return "The directory " + path.string() + " belongs to another user; remove it.";
    if ((facts.st_mode & 0777) != 0700)
        return "The directory " + path.string() + " is open to other users; run: chmod 700 " + path.string();
    return {};
}

std::string refuseUnlessOurs (const Path& path)
{
    // The file, then its directory: who may write there can put another file in its place.
    for (const auto& each : { path, path.parent_path() }) {
        struct stat facts {};
        if (::lstat (each.c_str(), &facts) != 0)
            return each.string() + " cannot be read: " + because (errno) + ".";
        const bool isFile = each == path;
        if (isFile ? ! S_ISREG (facts.st_mode) : ! S_ISDIR (facts.st_mode))
            return each.string() + (isFile ? " is not a plain file." : " is not a directory.");
        if (facts.st_uid != ::getuid() && facts.st_uid != 0)
            return each.string() + " belongs to another user.";
        if ((facts.st_mode & 0022) != 0)
            return each.string() + " can be written by other users; run: chmod go-w " + each.string();
    }
    return {};
}

std::string writePrivateFile (const Path& path, const void* data, std::size_t size)
{
    Path temporary = path;
    temporary += "." + std::to_string (randomNumber()) + ".part";
    const int file = ::open (temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return temporary.string() + " cannot be made: " + because (errno) + ".";
    const auto* bytes = static_cast<const char*> (data);
    int error = 0;
    while (size > 0 && error == 0) {
        const auto written = ::write (file, bytes, size);
        if (written > 0) {
            bytes += written;
            size -= static_cast<std::size_t> (written);
        } else if (written == 0 || errno != EINTR) {
            error = written == 0 ? ENOSPC : errno;
        }
    }
    if (error == 0 && ::fsync (file) != 0)
        error = errno;
    ::close (file);
    if (error == 0 && ::rename (temporary.c_str(), path.c_str()) != 0)
        error = errno;
    if (error == 0)
        return {};
    ::unlink (temporary.c_str());
    return path.string() + " cannot be written: " + because (error) + ".";
}

std::uint64_t randomNumber()
{
    std::random_device source;
    const auto number = (static_cast<std::uint64_t> (source()) << 32) | source();
    return number == 0 ? 1 : number;
}

} // namespace groovefield::platform
#endif
