#include "sha256.h"

#include <cstring>

namespace groovefield {
namespace {

// FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> roundConstants {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

using State = std::array<std::uint32_t, 8>;

std::uint32_t rotated (std::uint32_t word, int by) noexcept { return (word >> by) | (word << (32 - by)); }

void addBlock (State& state, const std::uint8_t* block) noexcept
{
    std::array<std::uint32_t, 64> w {};
    for (std::size_t i = 0; i < 16; ++i)
        w[i] = static_cast<std::uint32_t> (block[4 * i]) << 24 | static_cast<std::uint32_t> (block[4 * i + 1]) << 16
             | static_cast<std::uint32_t> (block[4 * i + 2]) << 8 | static_cast<std::uint32_t> (block[4 * i + 3]);
    for (std::size_t i = 16; i < 64; ++i) {
        const auto s0 = rotated (w[i - 15], 7) ^ rotated (w[i - 15], 18) ^ (w[i - 15] >> 3);
        const auto s1 = rotated (w[i - 2], 17) ^ rotated (w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < 64; ++i) {
        const auto sum1 = rotated (e, 6) ^ rotated (e, 11) ^ rotated (e, 25);
        const auto first = h + sum1 + ((e & f) ^ (~e & g)) + roundConstants[i] + w[i];
        const auto sum0 = rotated (a, 2) ^ rotated (a, 13) ^ rotated (a, 22);
        const auto second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + first;
        d = c;
        c = b;
        b = a;
        a = first + second;
    }
    const State added { a, b, c, d, e, f, g, h };
    for (std::size_t i = 0; i < 8; ++i)
        state[i] += added[i];
}

} // namespace

Sha256 sha256 (const void* data, std::size_t size)
{
    State state { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    const auto* bytes = static_cast<const std::uint8_t*> (data);
    auto left = size;
    for (; left >= 64; left -= 64, bytes += 64)
        addBlock (state, bytes);

    // The rest, a single one bit, zeros, and the length in bits fill one or two blocks more.
    std::array<std::uint8_t, 128> tail {};
    if (left > 0)
        std::memcpy (tail.data(), bytes, left);
    tail[left] = 0x80;
    const std::size_t tailSize = left < 56 ? 64 : 128;
    const auto bits = static_cast<std::uint64_t> (size) * 8;
    for (std::size_t i = 0; i < 8; ++i)
        tail[tailSize - 1 - i] = static_cast<std::uint8_t> (bits >> (8 * i));
    addBlock (state, tail.data());
    if (tailSize == 128)
        addBlock (state, tail.data() + 64);

    Sha256 digest {};
    for (std::size_t i = 0; i < 32; ++i)
        digest[i] = static_cast<std::uint8_t> (state[i / 4] >> (24 - 8 * (i % 4)));
    return digest;
}

std::string hexadecimal (const Sha256& digest)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve (64);
    for (const auto byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

} // namespace groovefield
