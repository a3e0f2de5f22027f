// The further latents of a model that has more than two: a bar each, Z3 to Z8, below the pad.
#pragma once

#include "knob.h"

#include "../processor/parameters.h"

#include <memory>
#include <vector>

namespace groovefield {

/// All [message].
class SliceRow : public juce::Component {
public:
    explicit SliceRow (juce::AudioProcessorValueTreeState&);

    /// True if the number of bars is another one than before: the row is then to be laid out anew.
    bool setLatents (int);
    int shown() const noexcept { return count; }   ///< bars

    void resized() override;

    static constexpr int height = knobNameHeight + 22;

    std::vector<std::unique_ptr<Knob>> bars;   ///< of all latents after X and Y

private:
    int count = 0;
};

} // namespace groovefield
