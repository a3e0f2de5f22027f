// What the map's brightness and colours and the dots' colours mean, over the pad's lower part while the mouse is on the
// button of the one or the other, and for a moment after a key has changed it.
#pragma once

#include "pad_items.h"

namespace groovefield {

/// All [message].
class PadLegend : public juce::Component {
public:
    enum class About { nothing, map, dots };

    PadLegend() { setInterceptsMouseClicks (false, false); }

    /// Takes as much of the pad as it needs, from below; hides where it is about nothing.
    void show (About, int mapView, const PadItems&, juce::Rectangle<int> pad);

    /// What can be read there, a line each.
    juce::String inWords() const;

    void paint (juce::Graphics&) override;

private:
    enum class Sign { none, greys, hues, lines, dot };
    struct Line {
        Sign sign = Sign::none;
        juce::String text;
        juce::Colour colour;
        bool operator== (const Line& o) const { return sign == o.sign && text == o.text && colour == o.colour; }
    };
    std::vector<Line> linesAbout (About, int mapView, const PadItems&) const;
    void paintSign (juce::Graphics&, const Line&, juce::Rectangle<float>) const;

    std::vector<Line> lines;
    int columns = 1;
};

} // namespace groovefield
