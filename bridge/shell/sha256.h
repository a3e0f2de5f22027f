// SHA-256 (FIPS 180-4): the name of a model's portable form.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace groovefield {

using Sha256 = std::array<std::uint8_t, 32>;

/// [message] The digest of `size` bytes.
Sha256 sha256 (const void* data, std::size_t size);

/// [message] 64 hexadecimal digits, lower case.
std::string hexadecimal (const Sha256& digest);

} // namespace groovefield
