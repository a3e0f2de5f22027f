#pragma once

#include <cstdint>

namespace groovefield {

/// Floor arithmetic: song positions before 0 count on downwards.
inline std::int64_t floorDivide (std::int64_t a, std::int64_t b) noexcept
{
    return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

} // namespace groovefield
