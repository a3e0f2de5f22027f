// A one-shot for tests: a tone that dies away, as 16-bit mono.
#pragma once

#include <juce_core/juce_core.h>

#include <cmath>

namespace groovefield::testing {

inline void writeTone (const juce::File& file, double seconds, double hz = 1500.0)
{
    constexpr int rate = 48000;
    const auto frames = static_cast<int> (seconds * rate);
    file.deleteFile();
    juce::FileOutputStream out (file);
    out.write ("RIFF", 4);
    out.writeInt (36 + 2 * frames);
    out.write ("WAVEfmt ", 8);
    for (const int value : { 16, 1 | 1 << 16, rate, 2 * rate, 2 | 16 << 16 })
        out.writeInt (value);
    out.write ("data", 4);
    out.writeInt (2 * frames);
    for (int i = 0; i < frames; ++i)
        out.writeShort (static_cast<short> (20000.0 * std::sin (6.283185307 * hz * i / rate) * std::exp (-6.0 * i / frames)));
}

} // namespace groovefield::testing
