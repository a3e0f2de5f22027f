#include "shown_melody.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace groovefield {

int ShownMelody::notes() const noexcept
{
    int count = 0;
    for (std::size_t step = 0; step < melody.count; ++step)
        count += strikes[step].velocity > 0 && melody.degree[step] != Melody::rest ? 1 : 0;
    return count;
}

ShownMelody showMelody (const Pattern& pattern, const Overlay& overlay, const PlayParameters& play, double song, bool running)
{
    ShownMelody shown;
    shown.melody = overlay.melody;
    shown.transpose = play.transpose;
    const auto grid = gridOf (pattern, play);
    // One and a half steps a beat: two beats are three.
    shown.beatSteps = static_cast<int> (std::lround (grid.rate == std::floor (grid.rate) ? grid.rate : 2.0 * grid.rate));
    const auto at = song * grid.rate;
    const auto step = static_cast<std::int64_t> (std::floor (at));
    shown.first = step - static_cast<std::int64_t> (melodyStep (overlay.melody, step));
    if (running)
        shown.playhead = at - static_cast<double> (shown.first);

    for (std::size_t lane = 0; lane < pattern.lanes; ++lane) {
        const auto& name = pattern.laneName[lane];
        shown.lanes.emplace_back (name.data(), strnlen (name.data(), name.size()));
    }
    for (std::size_t i = 0; i < overlay.melody.count; ++i) {
        MelodyRhythm rhythm;
        for (std::size_t lane = 0; lane < pattern.lanes; ++lane) {
            if (! drives (overlay, play, lane))
                continue;
            const auto address = addressOf (play, overlay.feel[lane], shown.first + static_cast<std::int64_t> (i), grid.steps);
            const auto laid = laidCell (pattern, overlay, play, lane, static_cast<std::size_t> (address.cell));
            if (const auto struck = strike (laid, overlay, play, lane, address, grid.rate))
                rhythm.hear (lane, *struck);
        }
        if (rhythm.any())
            shown.strikes[i] = { static_cast<std::uint8_t> (rhythm.velocity()), static_cast<std::uint8_t> (rhythm.lane()),
                                 static_cast<float> (rhythm.displacement()) };
    }
    return shown;
}

} // namespace groovefield
