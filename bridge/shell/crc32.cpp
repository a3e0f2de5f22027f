#include "crc32.h"

#include <array>

namespace groovefield {
namespace {

// tables[k][b]: what byte b does to the remainder when k further bytes follow it.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables makeTables()
{
    Tables tables {};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t remainder = byte;
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1) ^ ((remainder & 1u) != 0 ? 0xEDB88320u : 0u);
        tables[0][byte] = remainder;
    }
    for (std::size_t k = 1; k < 8; ++k)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const auto earlier = tables[k - 1][byte];
            tables[k][byte] = (earlier >> 8) ^ tables[0][earlier & 0xFFu];
        }
    return tables;
}

constexpr Tables tables = makeTables();

std::uint32_t littleEndian (const unsigned char* bytes) noexcept
{
    return static_cast<std::uint32_t> (bytes[0]) | static_cast<std::uint32_t> (bytes[1]) << 8
         | static_cast<std::uint32_t> (bytes[2]) << 16 | static_cast<std::uint32_t> (bytes[3]) << 24;
}

} // namespace

std::uint32_t crc32 (const void* data, std::size_t size, std::uint32_t before) noexcept
{
    const auto* bytes = static_cast<const unsigned char*> (data);
    auto crc = ~before;
    for (; size >= 8; size -= 8, bytes += 8) {
        const auto low = crc ^ littleEndian (bytes);
        const auto high = littleEndian (bytes + 4);
        crc = tables[7][low & 0xFFu] ^ tables[6][(low >> 8) & 0xFFu] ^ tables[5][(low >> 16) & 0xFFu]
            ^ tables[4][low >> 24] ^ tables[3][high & 0xFFu] ^ tables[2][(high >> 8) & 0xFFu]
            ^ tables[1][(high >> 16) & 0xFFu] ^ tables[0][high >> 24];
    }
    for (; size > 0; --size, ++bytes)
        crc = (crc >> 8) ^ tables[0][(crc ^ *bytes) & 0xFFu];
    return ~crc;
}

} // namespace groovefield
