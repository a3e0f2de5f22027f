#include "pad_legend.h"

#include "../processor/pad_settings.h"
#include "field_picture.h"
#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int margin = 10, lineHeight = 17, signWidth = 46, dotWidth = 14;
constexpr int roomForTwo = 92;    // of names in a column

} // namespace

std::vector<PadLegend::Line> PadLegend::linesAbout (About about, int mapView, const PadItems& items) const
{
    std::vector<Line> all;
    if (about == About::map) {
        if (mapView != PadSettings::character) {
            all.push_back ({ Sign::greys, "Brighter: more hits", {} });
            all.push_back ({ Sign::lines, "A line joins places with as many hits", {} });
        }
        if (mapView != PadSettings::density)
            all.push_back ({ Sign::hues, "Like colours: grooves of like character", {} });
    } else if (about == About::dots) {
        for (const auto& each : items.legend())
            all.push_back ({ Sign::dot, each.name, each.colour });
        if (items.latents() > 2)
            all.push_back ({ Sign::none, "Fainter: farther off in Z3 and beyond", {} });
    }
    return all;
}

void PadLegend::show (About about, int mapView, const PadItems& items, juce::Rectangle<int> pad)
{
    auto now = linesAbout (about, mapView, items);
    columns = about == About::dots && pad.getWidth() >= 2 * roomForTwo && now.size() > 4 ? 2 : 1;
    const auto rows = (static_cast<int> (now.size()) + columns - 1) / columns;
    const auto area = pad.reduced (1).removeFromBottom (std::min (pad.getHeight() - 2, rows * lineHeight + margin));
    setVisible (! now.empty());
    if (area != getBounds())
        setBounds (area);
    if (now == lines)
        return;
    lines = std::move (now);
    repaint();
}

juce::String PadLegend::inWords() const
{
    juce::StringArray words;
    for (const auto& line : lines)
        words.add (line.text);
    return words.joinIntoString ("\n");
}

void PadLegend::paintSign (juce::Graphics& g, const Line& line, juce::Rectangle<float> at) const
{
    const auto bar = at.withSizeKeepingCentre (at.getWidth(), 9.0f);
    if (line.sign == Sign::dot) {
        g.setColour (line.colour);
        g.fillEllipse (at.withSizeKeepingCentre (8.0f, 8.0f));
    } else if (line.sign == Sign::lines) {
        juce::Path wave;
        wave.startNewSubPath (bar.getX(), bar.getCentreY() + 2.0f);
        wave.cubicTo (bar.getX() + bar.getWidth() * 0.4f, bar.getY() - 5.0f, bar.getX() + bar.getWidth() * 0.6f, bar.getBottom() + 5.0f, bar.getRight(), bar.getCentreY() - 2.0f);
        g.setColour (palette::soft);
        g.strokePath (wave, juce::PathStrokeType (1.2f));
    } else if (line.sign == Sign::greys || line.sign == Sign::hues) {
        juce::ColourGradient colours (mapColour (line.sign == Sign::hues, 0.0f), bar.getTopLeft(), mapColour (line.sign == Sign::hues, 1.0f), bar.getTopRight(), false);
        for (int i = 1; i < 8; ++i)
            colours.addColour (i / 8.0, mapColour (line.sign == Sign::hues, static_cast<float> (i) / 8.0f));
        g.setGradientFill (colours);
        g.fillRect (bar);
    }
}

void PadLegend::paint (juce::Graphics& g)
{
    g.fillAll (palette::well.withAlpha (0.92f));
    g.setColour (palette::edge);
    g.fillRect (0, 0, getWidth(), 1);
    g.setFont (Look::font (12.0f));
    const auto rows = (static_cast<int> (lines.size()) + columns - 1) / columns;
    const auto inside = getLocalBounds().reduced (margin, margin / 2);
    const auto width = inside.getWidth() / columns;
    for (int i = 0; i < static_cast<int> (lines.size()); ++i) {
        const auto& line = lines[static_cast<std::size_t> (i)];
        auto area = juce::Rectangle<int> (inside.getX() + i / rows * width, inside.getY() + i % rows * lineHeight, width, lineHeight);
        if (line.sign != Sign::none) {
            paintSign (g, line, area.removeFromLeft (line.sign == Sign::dot ? dotWidth : signWidth).toFloat());
            area.removeFromLeft (margin / 2);
        }
        g.setColour (palette::text);
        g.drawFittedText (line.text, area, juce::Justification::centredLeft, 1, 0.8f);
    }
}

} // namespace groovefield
