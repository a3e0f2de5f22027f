#ifndef _WIN32
#include "mapped_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace groovefield {
namespace {

std::string because (int error) { return std::system_category().message (error); }

// The owner holds a lock on its file as long as it lives, also where process numbers lie in different name spaces (a host in
// a container that shares the directory). The lock is the process's: one of the descriptor's would live on in a fork.
bool lockWhole (int file)
{
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl (file, F_SETLK, &whole) == 0;
}

bool removeIfOrphan (const std::string& path, const platform::Process& owner)
{
    if (platform::isAlive (owner))
        return false;
    const int file = ::open (path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return false;
    struct stat facts {};
    const bool orphan = ::fstat (file, &facts) == 0 && S_ISREG (facts.st_mode) && facts.st_uid == ::getuid()
                     && lockWhole (file);
    const bool removed = orphan && ::unlink (path.c_str()) == 0;
    ::close (file);
    return removed;
}

} // namespace

std::size_t removeOrphans (const platform::Path& directory)
{
    std::size_t removed = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator (directory, error)) {
        unsigned long pid = 0;
        unsigned long long start = 0, random = 0;
        int end = 0;
        const auto name = entry.path().filename().string();
        if (std::sscanf (name.c_str(), "groovefield-%lu-%llu-%16llx.shm%n", &pid, &start, &random, &end) == 3
            && static_cast<std::size_t> (end) == name.size()
            && removeIfOrphan (entry.path().string(), { static_cast<std::uint32_t> (pid), start }))
            ++removed;
    }
    return removed;
}

std::string MappedFile::open()
{
    const int descriptor = ::open (where.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return "The shared memory " + where.string() + " cannot be made: " + because (errno) + ".";
    file = descriptor;
    lockWhole (descriptor);
    if (::ftruncate (descriptor, static_cast<off_t> (sizeof (layout::Segment))) != 0)
        return "The shared memory " + where.string() + " cannot be sized: " + because (errno) + ".";
    void* at = ::mmap (nullptr, sizeof (layout::Segment), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (at == MAP_FAILED)
        return "The shared memory " + where.string() + " cannot be mapped: " + because (errno) + ".";
    mapped = static_cast<layout::Segment*> (at);
    return {};
}

MappedFile::~MappedFile()
{
    if (home != platform::processNumber())
        return;    // a forked copy of the host: the file is that of the one it was copied from
    if (mapped != nullptr)
        ::munmap (mapped, sizeof (layout::Segment));
    if (file >= 0) {
        ::unlink (where.c_str());
        ::close (static_cast<int> (file));
    }
}

std::string MappedFile::allocate (std::size_t from, std::size_t size)
{
#ifdef __APPLE__
    // Its temporary directory lies on a disk, and a page that finds no room there is paged to swap.
    fstore_t room { F_ALLOCATEALL, F_PEOFPOSMODE, 0, 0, 0 };
    room.fst_offset = static_cast<off_t> (from);
    room.fst_length = static_cast<off_t> (size);
    const int error = ::fcntl (static_cast<int> (file), F_PREALLOCATE, &room) == -1 && errno == ENOSPC ? ENOSPC : 0;
#else
    int error = EINTR;
    while (error == EINTR)
        error = ::posix_fallocate (static_cast<int> (file), static_cast<off_t> (from), static_cast<off_t> (size));
#endif
    if (error == 0)
        return {};
    char size_text[32];
    std::snprintf (size_text, sizeof (size_text), "%.1f MB", static_cast<double> (size) / 1e6);
    return "There is no room for " + std::string (size_text) + " of shared memory in " + where.parent_path().string() + ": "
         + because (error) + ".";
}

} // namespace groovefield
#endif
