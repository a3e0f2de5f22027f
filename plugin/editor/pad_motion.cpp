// What the pad draws of motion: the path around the position, the points, and the line that is being recorded.
#include "../player/motion.h"
#include "look_and_feel.h"
#include "pad.h"

#include <algorithm>

namespace groovefield {

namespace {

constexpr int mostCorners = 256;
constexpr float pointRadius = 7.5f;
constexpr int mostArrows = 6;
constexpr float arrowApart = 70.0f, arrowLength = 9.0f, arrowHalf = 4.5f;    // pixels

// The player's own path: what would leave the pad comes back from its edges.
std::vector<juce::Point<float>> wayOf (const Overlay& overlay, PlayParameters play)
{
    std::vector<juce::Point<float>> way;
    if (play.motion != Motion::path || ! overlay.path.any())
        return way;
    const auto corners = std::min (mostCorners, static_cast<int> (overlay.path.count));
    play.wander = 0.0;
    play.fillBars = 0;
    play.change = Change::atOnce;
    play.motionSpeed = overlay.path.beats / corners;    // so that a step is a corner
    StepGrid grid;
    grid.rate = 1.0;
    for (int corner = 0; corner < corners; ++corner) {
        const auto at = positionAt (play, overlay, grid, corner).latent;
        way.push_back ({ at[0], at[1] });
    }
    return way;
}

std::vector<juce::Point<float>> pointsOf (const Overlay& overlay, const PlayParameters& play)
{
    std::vector<juce::Point<float>> points;
    if (play.motion == Motion::points)
        for (std::size_t i = 0; i < overlay.points.count; ++i)
            points.push_back ({ overlay.points.at[i][0], overlay.points.at[i][1] });
    return points;
}

} // namespace

void Pad::showMotion (const Overlay& overlay, const PlayParameters& play, const std::vector<MotionRecorder::Sample>& samples)
{
    auto nowWay = wayOf (overlay, play), nowPoints = pointsOf (overlay, play);
    if (nowWay != way || nowPoints != points || samples.size() != recorded.size())
        repaint();
    way = std::move (nowWay);
    points = std::move (nowPoints);
    recorded.clear();
    for (const auto& sample : samples)
        recorded.push_back ({ sample.x, sample.y });
}

void Pad::paintLine (juce::Graphics& g, const std::vector<juce::Point<float>>& line, juce::Colour colour, float width) const
{
    if (line.size() < 2)
        return;
    juce::Path shape;
    shape.startNewSubPath (toPixels (line.front()));
    for (const auto& at : line)
        shape.lineTo (toPixels (at));
    const auto joint = juce::PathStrokeType::curved;
    g.setColour (juce::Colours::black.withAlpha (0.5f));
    g.strokePath (shape, { width + 2.4f, joint, juce::PathStrokeType::rounded });
    g.setColour (colour);
    g.strokePath (shape, { width, joint, juce::PathStrokeType::rounded });
}

// Arrowheads along the path: which way it goes round.
void Pad::paintArrows (juce::Graphics& g, const std::vector<juce::Point<float>>& line, juce::Colour colour) const
{
    juce::Path shape;
    for (std::size_t i = 0; i < line.size(); ++i)
        i == 0 ? shape.startNewSubPath (toPixels (line[i])) : shape.lineTo (toPixels (line[i]));
    const auto length = shape.getLength();
    const int count = std::min (mostArrows, static_cast<int> (length / arrowApart));
    for (int i = 0; i < count; ++i) {
        const auto along = length * (static_cast<float> (i) + 0.5f) / static_cast<float> (count);
        const auto tip = shape.getPointAlongPath (std::min (length, along + arrowLength / 2)), tail = shape.getPointAlongPath (std::max (0.0f, along - arrowLength / 2));
        if (tip.getDistanceFrom (tail) < arrowLength / 2)
            continue;    // it turns back there
        juce::Path head;
        head.addArrow ({ tail, tip }, 0.0f, 2.0f * arrowHalf, tip.getDistanceFrom (tail));
        g.setColour (juce::Colours::black.withAlpha (0.6f));
        g.strokePath (head, juce::PathStrokeType (2.0f));
        g.setColour (colour);
        g.fillPath (head);
    }
}

void Pad::paintMotion (juce::Graphics& g) const
{
    paintLine (g, way, palette::accent, 1.8f);
    paintArrows (g, way, palette::accent);
    paintLine (g, recorded, palette::recording, 3.0f);
}

std::size_t Pad::heardPoint() const noexcept
{
    const auto at = toPixels (heard);
    for (std::size_t i = 0; i < points.size(); ++i)
        if (toPixels (points[i]).getDistanceFrom (at) < 2.0f)
            return i;
    return points.size();
}

// Over all marks, so that each number can be read; the one that is heard is filled.
void Pad::paintPoints (juce::Graphics& g) const
{
    g.setFont (Look::font (10.5f, true));
    const auto active = heardPoint();
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto ring = juce::Rectangle<float> (2 * pointRadius, 2 * pointRadius).withCentre (toPixels (points[i]));
        g.setColour (palette::well.withAlpha (0.8f));
        g.fillEllipse (ring.expanded (1.0f));
        g.setColour (i == active && ! running ? juce::Colours::white : palette::accent);
        if (i == active)
            g.fillEllipse (ring);
        else
            g.drawEllipse (ring, 1.4f);
        g.setColour (i == active ? palette::well : palette::text);
        g.drawText (juce::String (i + 1), ring, juce::Justification::centred, false);
    }
}

} // namespace groovefield
