// What the host says about time, block by block.
#pragma once

namespace groovefield {

/// The host's transport for one block. Positions are in beats (quarter notes, "ppq").
struct Transport {
    bool offline = false;       ///< a bounce: the player may wait for patterns
    bool playing = false;
    bool hasPosition = false;   ///< the host gives a song position
    double position = 0.0;      ///< of the block's first sample
    double bpm = 0.0;           ///< 0: the host gives none
    bool looping = false;       ///< a loop is announced
    double loopStart = 0.0;
    double loopEnd = 0.0;
};

} // namespace groovefield
