// What differs between systems and is no secret of one class: processes, private files, paths.
// platform_posix.cpp and platform_windows.cpp hold the two bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace groovefield::platform {

using Path = std::filesystem::path;

/// A process, told from a later one with the same number by when it started (the system's own units).
struct Process {
    std::uint32_t pid = 0;
    std::uint64_t start = 0;
};

/// [message] This process.
Process ownProcess();

/// [message] The process that has that number now; its start is 0 if there is none.
Process processOf (std::uint32_t pid);

/// [bridge] The number of this process: another one in a fork of the host, where what the host holds is not ours to end.
std::uint32_t processNumber() noexcept;

/// [message] False if no process has that number, or one that started at another time.
bool isAlive (const Process&);

/// [message] An environment variable, empty when it is not set.
std::string environment (const char* name);

/// [message] The user's home directory; empty if the system names none.
Path homeDirectory();

/// [message] Where `groovefield install` writes which Python to start.
Path configDirectory();

/// [message] Where files may be kept that can be made again.
Path cacheDirectory();

/// [message] Where the shared memory may lie, the best first. They need not exist yet.
std::vector<Path> runtimeDirectories();

/// [message] Makes a directory that only this user can enter, or checks that the one there is such a directory and no
/// link. Those above it are made too, as open as the user's mask leaves them. Returns a sentence if it is not, else "".
std::string makePrivateDirectory (const Path&);

/// [message] A sentence if the file is not the user's own (or the administrator's), is no plain file, or others may
/// write it or its directory; else "".
std::string refuseUnlessOurs (const Path&);

/// [message] Writes a file that only this user can read, whole or not at all. Returns a sentence or "".
std::string writePrivateFile (const Path&, const void* data, std::size_t size);

/// [message] A random number, never 0.
std::uint64_t randomNumber();

} // namespace groovefield::platform
