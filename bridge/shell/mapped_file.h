// The shared memory: a private file, mapped. It lives as long as the object.
#pragma once

#include "layout.h"
#include "platform.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace groovefield {

class MappedFile {
public:
    /// [message] Makes the file in the first of `directories` that has room for it and where it can be made (else in the
    /// one with most room), after removing files there whose owner is gone. Null, and a sentence, if none will do.
    static std::unique_ptr<MappedFile> create (std::string& sentence,
                                               const std::vector<platform::Path>& directories = platform::runtimeDirectories());

    /// [message] Unmaps and removes it.
    ~MappedFile();

    MappedFile (const MappedFile&) = delete;
    MappedFile& operator= (const MappedFile&) = delete;

    layout::Segment& segment() noexcept { return *mapped; }
    const platform::Path& path() const noexcept { return where; }

    /// [message] Gives a slot its memory, so that touching it later cannot fail. A sentence if there is none left.
    std::string allocateSlot (std::size_t slot);

private:
    MappedFile() = default;
    static std::unique_ptr<MappedFile> createIn (const platform::Path& directory, std::string& sentence);
    std::string open();                                            // makes, sizes and maps the file
    std::string allocate (std::size_t from, std::size_t size);     // [from, from + size) of the file

    const std::uint32_t home = platform::processNumber();
    platform::Path where;
    layout::Segment* mapped = nullptr;
    std::intptr_t file = -1;
    std::intptr_t mapping = 0;    // Windows: the handle of the mapping
};

/// [message] Removes shared memory files in `directory` whose owner is gone; returns how many.
std::size_t removeOrphans (const platform::Path& directory);

} // namespace groovefield
