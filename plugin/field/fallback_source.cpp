#include "fallback_source.h"

namespace groovefield {

std::uint64_t FallbackSource::request (const PadPosition& position) noexcept
{
    const auto id = client.request (position);
    asked[id % asked.size()] = position;
    return id;
}

bool FallbackSource::answer (std::uint64_t id, Pattern& into) noexcept
{
    if (client.answer (id, into)) {
        standsIn = false;
        return true;
    }
    const bool alone = ! client.connected();
    if (! builtinAllowed.load() || ! (alone || client.refused (id)))
        return false;
    builtin.patternAt (asked[id % asked.size()], into);
    into.id = id;
    standsIn = alone;
    return true;
}

bool FallbackSource::cameToLife() noexcept
{
    if (! standsIn || ! client.connected())
        return false;
    standsIn = false;
    return true;
}

} // namespace groovefield
