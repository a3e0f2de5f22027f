// What the pad draws. The map with its lines and dots is kept as one picture in the display's pixels: a frame copies
// the part of it that changed.
#include "field_picture.h"
#include "look_and_feel.h"
#include "pad.h"

#include <cmath>

namespace groovefield {

namespace {

constexpr double trailSeconds = 1.6;
constexpr int mapSide = 64, imageSide = 768;
constexpr float ringRadius = 9.0f, dotRadius = 4.5f, targetRadius = 7.0f, pointedRadius = 4.5f;
constexpr float captionMargin = 10.0f, captionLine = 17.0f;
constexpr float bubbleMargin = 8.0f, bubbleLine = 16.0f, bubbleGap = 10.0f, swatch = 8.0f;

juce::Rectangle<float> circle (juce::Point<float> at, float radius) { return juce::Rectangle<float> (radius * 2, radius * 2).withCentre (at); }

} // namespace

void Pad::setMap (std::vector<std::uint8_t> rgba)
{
    map = std::move (rgba);
    makePicture();
}

void Pad::makePicture()
{
    const auto view = settings.map.load();
    picture = makeFieldPicture (view == PadSettings::density ? densityOf (map) : view == PadSettings::character ? characterOf (map) : map, mapSide, imageSide);
    groundStale = true;
    repaint();
}

void Pad::setCaption (const juce::String& sentence)
{
    if (sentence == said)
        return;
    said = sentence;
    repaint();
    if (said.isNotEmpty())
        juce::AccessibilityHandler::postAnnouncement (said, juce::AccessibilityHandler::AnnouncementPriority::medium);
}

// The lines of the cross run over the whole pad: two strips and the ring, not the pad.
void Pad::repaintCross (juce::Point<float> at)
{
    const auto p = toPixels (at);
    repaint (juce::Rectangle<float> (ringRadius * 2 + 6, ringRadius * 2 + 6).withCentre (p).getSmallestIntegerContainer());
    repaint (juce::Rectangle<float> (p.x - 1.5f, 0, 3, static_cast<float> (getHeight())).getSmallestIntegerContainer());
    repaint (juce::Rectangle<float> (0, p.y - 1.5f, static_cast<float> (getWidth()), 3).getSmallestIntegerContainer());
}

void Pad::repaintTrail()
{
    juce::Rectangle<float> area;
    for (const auto& mark : trail) {
        const auto around = juce::Rectangle<float> (8, 8).withCentre (toPixels (mark.at));
        area = area.isEmpty() ? around : area.getUnion (around);
    }
    repaint (area.getSmallestIntegerContainer());
}

void Pad::paint (juce::Graphics& g)
{
    const auto area = getLocalBounds().toFloat();
    juce::Path shape;
    shape.addRoundedRectangle (area, palette::corner);
    {
        const juce::Graphics::ScopedSaveState saved (g);
        g.reduceClipRegion (shape);
        paintGround (g);
        paintMotion (g);
        paintTrail (g);
        paintGlide (g);
        paintMarks (g);
        paintPoints (g);
        paintPointed (g);
        paintCaption (g);
    }
    g.setColour (palette::text.withAlpha (0.10f));
    g.drawRoundedRectangle (area.reduced (0.5f), palette::corner, 1.0f);
    drawFocus (g, *this, area);
}

void Pad::paintGround (juce::Graphics& g)
{
    const auto scale = g.getInternalContext().getPhysicalPixelScaleFactor();
    const auto width = juce::roundToInt (std::ceil (static_cast<float> (getWidth()) * scale));
    const auto height = juce::roundToInt (std::ceil (static_cast<float> (getHeight()) * scale));
    if (groundStale || ground.getWidth() != width || ground.getHeight() != height) {
        groundStale = false;
        ground = juce::Image (juce::Image::RGB, std::max (1, width), std::max (1, height), false);
        juce::Graphics on (ground);
        on.addTransform (juce::AffineTransform::scale (scale));
        on.fillAll (palette::well);
        if (picture.isValid()) {
            on.setImageResamplingQuality (juce::Graphics::mediumResamplingQuality);
            on.drawImage (picture, field());
        }
        on.setColour (juce::Colours::white.withAlpha (0.07f));
        for (int quarter = 1; quarter < 4; ++quarter) {
            const auto at = static_cast<float> (quarter) * 0.25f;
            on.drawVerticalLine (juce::roundToInt (toPixels ({ at, 0 }).x), 0, static_cast<float> (getHeight()));
            on.drawHorizontalLine (juce::roundToInt (toPixels ({ 0, at }).y), 0, static_cast<float> (getWidth()));
        }
        if (shownSettings.dots)
            items.paint (on);
    }
    g.drawImageTransformed (ground, juce::AffineTransform::scale (1.0f / scale));
}

// White, and thinner and fainter the longer ago: where the music was.
void Pad::paintTrail (juce::Graphics& g) const
{
    for (std::size_t i = 1; i < trail.size(); ++i) {
        const auto left = std::max (0.0f, 1.0f - static_cast<float> ((now - trail[i].seconds) / trailSeconds));
        const juce::Line<float> line { toPixels (trail[i - 1].at), toPixels (trail[i].at) };
        g.setColour (juce::Colours::black.withAlpha (0.35f * left));
        g.drawLine (line, 2.5f + 2.0f * left);
        g.setColour (juce::Colours::white.withAlpha (0.85f * left));
        g.drawLine (line, 0.8f + 2.0f * left);
    }
}

// A dashed line to the target: a ring with a cross-hair, which fills as the time goes by.
void Pad::paintGlide (juce::Graphics& g) const
{
    if (! glide.active())
        return;
    const auto& target = glide.target();
    const auto from = toPixels (place.get()), to = toPixels ({ target[0], target[1] });
    const auto length = from.getDistanceFrom (to);
    if (length > ringRadius + targetRadius) {
        const auto along = (to - from) / length;
        const juce::Line<float> line { from + along * ringRadius, to - along * targetRadius };
        const float dashes[] { 6.0f, 4.0f };
        g.setColour (juce::Colours::black.withAlpha (0.5f));
        g.drawLine (line, 4.0f);
        g.setColour (juce::Colours::white);
        g.drawDashedLine (line, dashes, 2, 2.0f);
    }
    g.setColour (juce::Colours::black.withAlpha (0.5f));
    g.drawEllipse (circle (to, targetRadius), 5.0f);
    g.setColour (juce::Colours::white.withAlpha (0.55f));
    g.drawEllipse (circle (to, targetRadius), 2.0f);
    for (int quarter = 0; quarter < 4; ++quarter) {
        const auto angle = static_cast<float> (quarter) * juce::MathConstants<float>::halfPi;
        g.drawLine ({ to.getPointOnCircumference (targetRadius - 4.0f, angle), to.getPointOnCircumference (targetRadius + 4.0f, angle) }, 1.6f);
    }
    juce::Path arc;
    arc.addCentredArc (to.x, to.y, targetRadius, targetRadius, 0.0f, 0.0f, static_cast<float> (glide.progress()) * juce::MathConstants<float>::twoPi, true);
    g.setColour (juce::Colours::white);
    g.strokePath (arc, juce::PathStrokeType (3.0f));
}

void Pad::paintMarks (juce::Graphics& g) const
{
    const auto p = toPixels (set), h = toPixels (heard);
    const auto area = field();
    g.setColour (juce::Colours::white.withAlpha (0.30f));
    g.fillRect (juce::Rectangle<float> (p.x - 0.5f, area.getY(), 1.0f, area.getHeight()));
    g.fillRect (juce::Rectangle<float> (area.getX(), p.y - 0.5f, area.getWidth(), 1.0f));

    g.setColour (juce::Colours::black.withAlpha (0.45f));
    g.drawEllipse (circle (p, ringRadius), 4.5f);
    g.setColour (juce::Colours::white);
    g.drawEllipse (circle (p, ringRadius), 2.0f);

    // A point that is heard wears the dot itself (paintPoints).
    if (heardPoint() < points.size())
        return;
    g.setColour (juce::Colours::black.withAlpha (0.55f));
    g.fillEllipse (circle (h, dotRadius + 1.5f));
    g.setColour (running ? palette::accent : juce::Colours::white);
    g.fillEllipse (circle (h, dotRadius));
}

// The dot larger, and beside it what it is called: above and to the right, or where there is room.
void Pad::paintPointed (juce::Graphics& g) const
{
    const auto dot = pointedDot();
    if (dot < 0)
        return;
    const auto at = items.at (dot);
    const auto area = field();
    if (hovered >= 0) {
        g.setColour (palette::well);
        g.fillEllipse (circle (at, pointedRadius + 2.5f));
        g.setColour (juce::Colours::white);
        g.drawEllipse (circle (at, pointedRadius + 1.5f), 1.5f);
        g.setColour (items.colour (dot));
        g.fillEllipse (circle (at, pointedRadius - 0.5f));
    }

    const auto nameFont = Look::font (12.5f, true), labelFont = Look::font (12.0f);
    const auto name = items.name (dot), label = items.label (dot);
    const auto textWidth = std::max (nameFont.getStringWidthFloat (name), label.isEmpty() ? 0.0f : labelFont.getStringWidthFloat (label) + swatch + 6.0f);
    const auto width = std::min (textWidth + 2 * bubbleMargin, area.getWidth() - 8);
    const auto height = (label.isEmpty() ? 1.0f : 2.0f) * bubbleLine + bubbleMargin;
    const auto x = at.x - 0.5f * width;    // in the middle above its dot, so that it names no other
    const auto y = at.y - bubbleGap - height < area.getY() + 4 ? at.y + bubbleGap : at.y - bubbleGap - height;
    auto bubble = juce::Rectangle<float> (x, y, width, height);
    bubble.setX (juce::jlimit (area.getX() + 4, std::max (area.getX() + 4, area.getRight() - 4 - width), bubble.getX()));
    g.setColour (palette::ground.withAlpha (0.94f));
    g.fillRoundedRectangle (bubble, palette::corner);
    g.setColour (palette::edge);
    g.drawRoundedRectangle (bubble.reduced (0.5f), palette::corner, 1.0f);

    auto text = bubble.reduced (bubbleMargin, bubbleMargin / 2);
    g.setFont (nameFont);
    g.setColour (palette::text);
    g.drawFittedText (name, text.removeFromTop (bubbleLine).toNearestInt(), juce::Justification::centredLeft, 1, 0.8f);
    if (label.isEmpty())
        return;
    g.setColour (items.colour (dot));
    g.fillEllipse (text.removeFromLeft (swatch).withSizeKeepingCentre (swatch, swatch));
    text.removeFromLeft (6.0f);
    g.setFont (labelFont);
    g.setColour (palette::soft);
    g.drawFittedText (label, text.toNearestInt(), juce::Justification::centredLeft, 1, 0.8f);
}

void Pad::paintCaption (juce::Graphics& g) const
{
    if (said.isEmpty())
        return;
    const auto font = Look::font (12.5f, true);
    const auto area = field();
    const auto width = area.getWidth() - 2 * captionMargin;
    const auto lines = font.getStringWidthFloat (said) > width ? 2.0f : 1.0f;
    auto band = area;
    band = set.y < 0.25f ? band.removeFromTop (lines * captionLine + captionMargin) : band.removeFromBottom (lines * captionLine + captionMargin);
    g.setColour (palette::well.withAlpha (0.85f));
    g.fillRect (band);
    g.setFont (font);
    g.setColour (palette::text);
    g.drawFittedText (said, band.reduced (captionMargin, 0).toNearestInt(), juce::Justification::centredLeft, static_cast<int> (lines), 0.85f);
}

} // namespace groovefield
