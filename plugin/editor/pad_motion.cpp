// What the pad draws of motion: the path around the position, the points, and the line that is being recorded.
#include "../player/motion.h"
#include "look_and_feel.h"
#include "pad.h"

namespace groovefield {

namespace {

constexpr int mostCorners = 256;
constexpr float pointRadius = 7.5f;

// The player's own path: what would leave the pad comes back from its edges.
std::vector<juce::Point<float>> wayOf (const Overlay& overlay, PlayParameters play)
{
    std::vector<juce::Point<float>> way;
    if (play.motion != Motion::path || ! overlay.path.any())
        return way;
    const auto corners = std::min (mostCorners, static_cast<int> (overlay.path.count));
    play.wander = 0.0;
    play.fillBars = 0;
    play.motionSpeed = overlay.path.beats / corners;    // so that a step is a corner
    for (int corner = 0; corner < corners; ++corner) {
        const auto at = positionAt (play, overlay, corner, 1, 2).latent;
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

void Pad::paintLine (juce::Graphics& g, const std::vector<juce::Point<float>>& line, juce::Colour colour) const
{
    if (line.size() < 2)
        return;
    juce::Path shape;
    shape.startNewSubPath (toPixels (line.front()));
    for (const auto& at : line)
        shape.lineTo (toPixels (at));
    const auto joint = juce::PathStrokeType::curved;
    g.setColour (juce::Colours::black.withAlpha (0.5f));
    g.strokePath (shape, { 4.0f, joint, juce::PathStrokeType::rounded });
    g.setColour (colour);
    g.strokePath (shape, { 1.6f, joint, juce::PathStrokeType::rounded });
}

void Pad::paintMotion (juce::Graphics& g) const
{
    paintLine (g, way, palette::accent);
    paintLine (g, recorded, palette::recording);
    g.setFont (Look::font (10.5f, true));
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto ring = juce::Rectangle<float> (2 * pointRadius, 2 * pointRadius).withCentre (toPixels (points[i]));
        g.setColour (palette::well.withAlpha (0.8f));
        g.fillEllipse (ring.expanded (1.0f));
        g.setColour (palette::accent);
        g.drawEllipse (ring, 1.4f);
        g.setColour (palette::text);
        g.drawText (juce::String (i + 1), ring, juce::Justification::centred, false);
    }
}

} // namespace groovefield
