#include "mapped_file.h"

#include "seqlock.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

namespace groovefield {
namespace {

// groovefield-<pid>-<start time>-<random>.shm, the numbers in decimal, the random part in hexadecimal.
std::string fileName (const platform::Process& owner)
{
    char text[96];
    std::snprintf (text, sizeof (text), "groovefield-%lu-%llu-%016llx.shm", static_cast<unsigned long> (owner.pid),
                   static_cast<unsigned long long> (owner.start),
                   static_cast<unsigned long long> (platform::randomNumber()));
    return text;
}

std::uintmax_t freeBytes (const platform::Path& directory)
{
    std::error_code error;
    const auto space = std::filesystem::space (directory, error);
    return error ? 0 : space.available;
}

void writeHeader (layout::Segment& segment, const platform::Process& owner)
{
    auto& header = segment.header;
    header.version = layout::version;
    header.slots = layout::slots;
    header.layoutHash = layout::layoutHash;
    header.fileSize = sizeof (layout::Segment);
    header.ownerPid = owner.pid;
    header.ownerStart = owner.start;
    shared::store (header.magic, layout::magic, std::memory_order_release);
}

} // namespace

std::unique_ptr<MappedFile> MappedFile::create (std::string& sentence, const std::vector<platform::Path>& directories)
{
    std::vector<std::pair<std::uintmax_t, platform::Path>> tight;    // too full, by what they say; perhaps they will do
    const auto tryIn = [&sentence] (const platform::Path& directory) {
        std::string trouble;
        auto made = createIn (directory, trouble);
        if (sentence.empty() || made != nullptr)
            sentence = trouble;
        return made;
    };
    for (const auto& directory : directories) {
        if (const auto refused = platform::makePrivateDirectory (directory); ! refused.empty()) {
            if (sentence.empty())
                sentence = refused;
            continue;
        }
        removeOrphans (directory);
        if (const auto room = freeBytes (directory); room < sizeof (layout::Segment))
            tight.emplace_back (room, directory);
        else if (auto made = tryIn (directory))
            return made;
    }
    std::stable_sort (tight.begin(), tight.end(), [] (const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& each : tight)
        if (auto made = tryIn (each.second))
            return made;
    return nullptr;
}

std::unique_ptr<MappedFile> MappedFile::createIn (const platform::Path& directory, std::string& sentence)
{
    const auto owner = platform::ownProcess();
    std::unique_ptr<MappedFile> made (new MappedFile);
    made->where = directory / fileName (owner);
    sentence = made->open();
    if (sentence.empty())
        sentence = made->allocate (0, offsetof (layout::Segment, slots));
    if (! sentence.empty())
        return nullptr;
    writeHeader (made->segment(), owner);
    return made;
}

std::string MappedFile::allocateSlot (std::size_t slot)
{
    return allocate (offsetof (layout::Segment, slots) + slot * sizeof (layout::Slot), sizeof (layout::Slot));
}

} // namespace groovefield
