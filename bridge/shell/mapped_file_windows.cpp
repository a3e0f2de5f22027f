#ifdef _WIN32
#include "mapped_file.h"

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <cstdio>
#include <system_error>

namespace groovefield {
namespace {

std::string because (DWORD error) { return std::system_category().message (static_cast<int> (error)); }

HANDLE asHandle (std::intptr_t value) { return reinterpret_cast<HANDLE> (value); }

} // namespace

std::size_t removeOrphans (const platform::Path& directory)
{
    std::size_t removed = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator (directory, error)) {
        unsigned long pid = 0;
        unsigned long long start = 0, random = 0;
        int end = 0;
        const auto name = entry.path().filename().u8string();
        if (std::sscanf (name.c_str(), "groovefield-%lu-%llu-%16llx.shm%n", &pid, &start, &random, &end) == 3
            && static_cast<std::size_t> (end) == name.size()
            && ! platform::isAlive ({ static_cast<std::uint32_t> (pid), start }) && ::DeleteFileW (entry.path().c_str()))
            ++removed;
    }
    return removed;
}

std::string MappedFile::open()
{
    // A null security descriptor: the one that the user's own directory hands on. Handles are not inherited.
    const auto made = ::CreateFileW (where.c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                     nullptr, CREATE_NEW, FILE_ATTRIBUTE_TEMPORARY, nullptr);
    if (made == INVALID_HANDLE_VALUE)
        return "The shared memory " + where.u8string() + " cannot be made: " + because (::GetLastError());
    file = reinterpret_cast<std::intptr_t> (made);
    // NTFS reserves the clusters here, so that no page lacks room later; they are not written.
    LARGE_INTEGER size {};
    size.QuadPart = static_cast<LONGLONG> (sizeof (layout::Segment));
    if (! ::SetFilePointerEx (made, size, nullptr, FILE_BEGIN) || ! ::SetEndOfFile (made))
        return "The shared memory " + where.u8string() + " cannot be sized: " + because (::GetLastError());
    const auto section = ::CreateFileMappingW (made, nullptr, PAGE_READWRITE, 0, 0, nullptr);
    if (section == nullptr)
        return "The shared memory " + where.u8string() + " cannot be mapped: " + because (::GetLastError());
    mapping = reinterpret_cast<std::intptr_t> (section);
    mapped = static_cast<layout::Segment*> (::MapViewOfFile (section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, sizeof (layout::Segment)));
    if (mapped == nullptr)
        return "The shared memory " + where.u8string() + " cannot be mapped: " + because (::GetLastError());
    return {};
}

MappedFile::~MappedFile()
{
    if (mapped != nullptr)
        ::UnmapViewOfFile (mapped);
    if (mapping != 0)
        ::CloseHandle (asHandle (mapping));
    if (file != -1) {
        ::CloseHandle (asHandle (file));
        ::DeleteFileW (where.c_str());
    }
}

std::string MappedFile::allocate (std::size_t, std::size_t)
{
    return {};    // `open` reserved all of it
}

} // namespace groovefield
#endif
