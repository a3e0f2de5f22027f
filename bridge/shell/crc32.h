// CRC-32 as zlib computes it (polynomial 0xEDB88320), eight bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace groovefield {

/// [audio] The checksum of `size` bytes; `before` goes on from an earlier piece.
std::uint32_t crc32 (const void* data, std::size_t size, std::uint32_t before = 0) noexcept;

} // namespace groovefield
