// Renders the kit to WAV files, to be heard and measured: each lane at three velocities, and a
// four-bar groove with every lane. Or plays given notes, lines of "sample lane velocity" (1..127).
//     groovefield_kit_render FOLDER [SAMPLE_RATE]
//     groovefield_kit_render --notes FILE OUT.wav [SAMPLE_RATE]
#include "kit.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using groovefield::Kit;
using groovefield::Voice;

constexpr const char* laneNames[] = { "kick",    "snare",    "closed_hat", "open_hat", "low_tom", "mid_tom",
                                      "high_tom", "clap",     "rim",        "ride",     "crash" };

struct Note {
    double seconds;
    Voice voice;
    float velocity;
};

struct Audio {
    std::vector<float> left, right;
};

Audio play (double rate, double seconds, const std::vector<Note>& notes)
{
    constexpr int block = 256;
    const auto blocks = static_cast<std::size_t> (std::ceil (seconds * rate / block));
    Audio audio { std::vector<float> (blocks * block), std::vector<float> (blocks * block) };
    Kit kit;
    kit.prepare (rate);
    for (std::size_t b = 0; b < blocks; ++b) {
        const auto begin = static_cast<long> (b * block);
        for (const auto& note : notes) {
            const auto at = std::lround (note.seconds * rate) - begin;
            if (at >= 0 && at < block)
                kit.noteOn (static_cast<int> (at), note.voice, note.velocity);
        }
        kit.render (&audio.left[b * block], &audio.right[b * block], block);
    }
    return audio;
}

template <typename Number>
void put (std::ofstream& file, Number value)
{
    file.write (reinterpret_cast<const char*> (&value), sizeof value);
}

/// 32-bit float WAV; the machine is taken to be little-endian.
bool writeWav (const std::string& path, const Audio& audio, double rate)
{
    std::ofstream file (path, std::ios::binary);
    const auto bytes = static_cast<std::uint32_t> (audio.left.size() * 8);
    const auto hz = static_cast<std::uint32_t> (rate);
    file.write ("RIFF", 4);
    put (file, std::uint32_t { 36 + bytes });
    file.write ("WAVEfmt ", 8);
    put (file, std::uint32_t { 16 });
    put (file, std::uint16_t { 3 });
    put (file, std::uint16_t { 2 });
    put (file, hz);
    put (file, std::uint32_t { hz * 8 });
    put (file, std::uint16_t { 8 });
    put (file, std::uint16_t { 32 });
    file.write ("data", 4);
    put (file, bytes);
    for (std::size_t i = 0; i < audio.left.size(); ++i) {
        put (file, audio.left[i]);
        put (file, audio.right[i]);
    }
    if (! file)
        std::fprintf (stderr, "Could not write %s.\n", path.c_str());
    return static_cast<bool> (file);
}

/// A row of a groove: sixteen characters a bar, 1..9 for the velocity in tenths.
void add (std::vector<Note>& notes, Voice voice, int bar, const std::string& row)
{
    constexpr double sixteenth = 60.0 / 122.0 / 4.0;
    for (std::size_t step = 0; step < row.size(); ++step)
        if (row[step] >= '1' && row[step] <= '9')
            notes.push_back ({ (static_cast<double> (bar) * 16.0 + static_cast<double> (step)) * sixteenth, voice,
                               static_cast<float> (row[step] - '0') / 10.0f });
}

std::vector<Note> groove()
{
    std::vector<Note> notes;
    for (int bar = 0; bar < 4; ++bar) {
        add (notes, Voice::kick, bar, bar % 2 == 0 ? "9...9...9...9..." : "9...9...9..69...");
        add (notes, Voice::snare, bar, "....8..3....8.3.");
        add (notes, Voice::clap, bar, "....8.......8...");
        add (notes, Voice::closedHat, bar, bar < 2 ? "7484748474847484" : "74.474.474.474.4");
        add (notes, Voice::openHat, bar, bar < 2 ? "................" : "..8...8...8...8.");
        add (notes, Voice::rim, bar, "...6..6....6....");
        if (bar > 0)
            add (notes, Voice::ride, bar, "7.5.8.5.7.5.8.5.");
    }
    add (notes, Voice::crash, 0, "8...............");
    add (notes, Voice::highTom, 3, "........87......");
    add (notes, Voice::midTom, 3, "..........87....");
    add (notes, Voice::lowTom, 3, "............8798");
    return notes;
}

/// The notes of a file, and a second after the last of them.
bool renderNotes (const std::string& from, const std::string& to, double rate)
{
    std::ifstream file (from);
    std::vector<Note> notes;
    long sample = 0;
    int lane = 0, velocity = 0;
    while (file >> sample >> lane >> velocity) {
        if (sample < 0 || lane < 0 || lane >= groovefield::voiceCount || velocity < 1 || velocity > 127) {
            std::fprintf (stderr, "%s: %ld %d %d is no note.\n", from.c_str(), sample, lane, velocity);
            return false;
        }
        notes.push_back ({ static_cast<double> (sample) / rate, static_cast<Voice> (lane), static_cast<float> (velocity) / 127.0f });
    }
    if (notes.empty()) {
        std::fprintf (stderr, "%s holds no note.\n", from.c_str());
        return false;
    }
    return writeWav (to, play (rate, notes.back().seconds + 1.0, notes), rate);
}

} // namespace

int main (int argc, char** argv)
{
    if (argc < 2) {
        std::fprintf (stderr, "usage: groovefield_kit_render FOLDER [SAMPLE_RATE]\n");
        return 2;
    }
    const std::string folder = argv[1];
    if (folder == "--notes" && argc > 3)
        return renderNotes (argv[2], argv[3], argc > 4 ? std::atof (argv[4]) : 48000.0) ? 0 : 1;
    const auto rate = argc > 2 ? std::atof (argv[2]) : 48000.0;
    bool good = true;
    for (int lane = 0; lane < groovefield::voiceCount; ++lane)
        for (const auto velocity : { 0.3f, 0.7f, 1.0f }) {
            const auto audio = play (rate, Kit::tailSeconds, { { 0.0, static_cast<Voice> (lane), velocity } });
            const auto name = std::string (laneNames[lane]) + "_" + std::to_string (std::lround (100.0f * velocity));
            good = writeWav (folder + "/" + name + ".wav", audio, rate) && good;
        }
    good = writeWav (folder + "/groove.wav", play (rate, 4.0 * 4.0 * 60.0 / 122.0 + 2.0, groove()), rate) && good;
    return good ? 0 : 1;
}
