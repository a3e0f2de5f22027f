#include "marker.h"

#include "layout.h"

#include <array>
#include <cstddef>

namespace groovefield {
namespace {

constexpr char beginning[] = "groovefield-plugin version=" GROOVEFIELD_VERSION " layout=";
constexpr std::size_t beginningSize = sizeof (beginning) - 1, digits = 16;

constexpr std::array<char, beginningSize + digits + 1> made()
{
    std::array<char, beginningSize + digits + 1> text {};
    for (std::size_t i = 0; i < beginningSize; ++i)
        text[i] = beginning[i];
    for (std::size_t i = 0; i < digits; ++i)
        text[beginningSize + i] = "0123456789abcdef"[(layout::layoutHash >> (4 * (digits - 1 - i))) & 0xFu];
    return text;
}

constexpr auto marker = made();

} // namespace

const char* buildMarker() noexcept { return marker.data(); }

} // namespace groovefield
