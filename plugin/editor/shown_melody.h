// What the editor shows of the melody: its steps in the present round, and which of them the rhythm plays.
#pragma once

#include "../player/feel.h"

#include <string>
#include <vector>

namespace groovefield {

struct ShownMelody {
    Melody melody;
    int transpose = 0;
    int beatSteps = 4;          ///< from one beat to the next that a step lies on
    std::int64_t first = 0;     ///< the step of the song that the first step is in this round
    double playhead = -1.0;     ///< steps within the melody; below 0: standing still
    struct Strike {
        std::uint8_t velocity = 0;    ///< 0: the rhythm has no hit there
        std::uint8_t lane = 0;
        float displacement = 0.0f;    ///< steps from the straight line
        bool operator== (const Strike& o) const noexcept { return velocity == o.velocity && lane == o.lane && displacement == o.displacement; }
    };
    std::array<Strike, Melody::room> strikes {};
    std::vector<std::string> lanes;

    /// The same, wherever the playhead is.
    bool looksLike (const ShownMelody& o) const noexcept
    {
        return melody == o.melody && transpose == o.transpose && beatSteps == o.beatSteps && first == o.first && strikes == o.strikes && lanes == o.lanes;
    }

    /// Notes that sound in this round, rests left out.
    int notes() const noexcept;
};

/// [message] The round at a place of the song, in beats. The pattern must be valid.
ShownMelody showMelody (const Pattern&, const Overlay&, const PlayParameters&, double song, bool running);

} // namespace groovefield
