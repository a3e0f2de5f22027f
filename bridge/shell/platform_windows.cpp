#ifdef _WIN32
#include "platform.h"

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <system_error>

namespace groovefield::platform {
namespace {

std::string because (DWORD error) { return std::system_category().message (static_cast<int> (error)); }

std::uint64_t startOf (HANDLE process)
{
    FILETIME created {}, ended {}, kernel {}, user {};
    if (! ::GetProcessTimes (process, &created, &ended, &kernel, &user))
        return 0;
    return (static_cast<std::uint64_t> (created.dwHighDateTime) << 32) | created.dwLowDateTime;
}

// %LOCALAPPDATA% is the user's own by its inherited access list.
Path localData()
{
    const auto* found = ::_wgetenv (L"LOCALAPPDATA");
    return found != nullptr ? Path (found) : homeDirectory() / "AppData" / "Local";
}

} // namespace

Process ownProcess() { return { ::GetCurrentProcessId(), startOf (::GetCurrentProcess()) }; }

Process processOf (std::uint32_t pid)
{
    const auto handle = ::OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (handle == nullptr)
        return { pid, 0 };
    const auto start = startOf (handle);
    ::CloseHandle (handle);
    return { pid, start };
}

std::uint32_t processNumber() noexcept { return ::GetCurrentProcessId(); }

bool isAlive (const Process& process)
{
    const auto handle = ::OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, process.pid);
    if (handle == nullptr)
        return ::GetLastError() == ERROR_ACCESS_DENIED;
    const bool alive = ::WaitForSingleObject (handle, 0) == WAIT_TIMEOUT && startOf (handle) == process.start;
    ::CloseHandle (handle);
    return alive;
}

std::string environment (const char* name)
{
    const auto* value = ::_wgetenv (Path (name).c_str());
    return value == nullptr ? std::string {} : Path (value).u8string();
}

Path homeDirectory()
{
    const auto* found = ::_wgetenv (L"USERPROFILE");
    return found == nullptr ? Path {} : Path (found);
}

Path configDirectory()
{
    const auto* found = ::_wgetenv (L"APPDATA");
    return (found != nullptr ? Path (found) : homeDirectory() / "AppData" / "Roaming") / "groovefield";
}

Path cacheDirectory() { return localData() / "Groovefield" / "cache"; }

std::vector<Path> runtimeDirectories() { return { localData() / "Groovefield" / "run" }; }

std::string makePrivateDirectory (const Path& path)
{
    std::error_code error;
    std::filesystem::create_directories (path, error);
    const auto kind = ::GetFileAttributesW (path.c_str());
    if (kind == INVALID_FILE_ATTRIBUTES)
        return "The directory " + path.u8string() + " cannot be made: " + because (::GetLastError());
    if ((kind & FILE_ATTRIBUTE_DIRECTORY) == 0 || (kind & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
        return path.u8string() + " is not a directory (a link does not count); remove it.";
    return {};
}

std::string refuseUnlessOurs (const Path& path)
{
    // It lies in the user's profile, which others cannot write.
    const auto kind = ::GetFileAttributesW (path.c_str());
    if (kind == INVALID_FILE_ATTRIBUTES)
        return path.u8string() + " cannot be read: " + because (::GetLastError());
    if ((kind & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) != 0)
        return path.u8string() + " is not a plain file.";
    return {};
}

std::string writePrivateFile (const Path& path, const void* data, std::size_t size)
{
    auto temporary = path;
    temporary += "." + std::to_string (randomNumber()) + ".part";
    {
        std::ofstream file (temporary, std::ios::binary);
        file.write (static_cast<const char*> (data), static_cast<std::streamsize> (size));
        file.flush();
        if (! file) {
            file.close();
            ::DeleteFileW (temporary.c_str());
            return path.u8string() + " cannot be written.";
        }
    }
    if (::MoveFileExW (temporary.c_str(), path.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
        return {};
    const auto error = ::GetLastError();
    ::DeleteFileW (temporary.c_str());
    return path.u8string() + " cannot be written: " + because (error);
}

std::uint64_t randomNumber()
{
    std::random_device source;
    const auto number = (static_cast<std::uint64_t> (source()) << 32) | source();
    return number == 0 ? 1 : number;
}

} // namespace groovefield::platform
#endif
