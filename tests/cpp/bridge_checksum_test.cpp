#include "crc32.h"
#include "sha256.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace groovefield;

namespace {

// CRC-32 as its definition reads, a bit at a time.
std::uint32_t slowCrc (const std::vector<std::uint8_t>& bytes)
{
    std::uint32_t crc = 0xFFFFFFFFu;
    for (const auto byte : bytes)
        for (int bit = 0; bit < 8; ++bit) {
            const auto low = ((crc >> 0) ^ static_cast<std::uint32_t> (byte >> bit)) & 1u;
            crc = (crc >> 1) ^ (low != 0 ? 0xEDB88320u : 0u);
        }
    return ~crc;
}

std::string digest (const std::string& text) { return hexadecimal (sha256 (text.data(), text.size())); }

} // namespace

TEST_CASE ("the checksum is zlib's")
{
    CHECK (crc32 ("123456789", 9) == 0xCBF43926u);
    CHECK (crc32 ("", 0) == 0u);
}

TEST_CASE ("the checksum equals its definition at any length and in any pieces")
{
    std::mt19937 random (7);
    for (std::size_t size = 0; size < 300; ++size) {
        std::vector<std::uint8_t> bytes (size);
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t> (random());
        const auto whole = crc32 (bytes.data(), size);
        CHECK (whole == slowCrc (bytes));
        const auto cut = size == 0 ? 0 : random() % size;
        CHECK (crc32 (bytes.data() + cut, size - cut, crc32 (bytes.data(), cut)) == whole);
    }
}

TEST_CASE ("SHA-256 gives the digests of FIPS 180-4 and of every padding length")
{
    CHECK (digest ("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK (digest ("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK (digest ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
           == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK (digest (std::string (1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
