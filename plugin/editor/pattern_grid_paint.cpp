// How the grid is drawn.
#include "look_and_feel.h"
#include "pattern_grid.h"

namespace groovefield {

namespace {

constexpr float faintest = 0.04f;        // probabilities below this are not drawn
constexpr float quietestBar = 0.16f;     // of the row's height
constexpr float least = 0.02f;           // displacements below this, in steps, count as straight

} // namespace

void PatternGrid::paint (juce::Graphics& g)
{
    const auto clip = g.getClipBounds().toFloat();
    const auto width = stepWidth();
    // Neighbours may reach in by half a step to a whole one.
    const auto first = std::clamp (static_cast<int> (clip.getX() / width) - 2, 0, std::max (0, cycle.steps - 1));
    const auto last = std::clamp (static_cast<int> (clip.getRight() / width) + 2, 0, std::max (0, cycle.steps - 1));

    paintGround (g, first, last);
    for (std::size_t lane = 0; lane < cycle.lanes.size(); ++lane)
        paintLane (g, lane, first, last);
    paintSelection (g);
    paintCursor (g);
    paintPlayhead (g);
}

void PatternGrid::paintGround (juce::Graphics& g, int first, int last) const
{
    const auto top = static_cast<float> (rulerHeight), height = static_cast<float> (getHeight()) - top;
    g.setColour (palette::well);
    g.fillRoundedRectangle (0, top, static_cast<float> (getWidth()), height, palette::corner);

    for (int step = first; step <= last; ++step) {
        const auto x = xOf (step), width = stepWidth();
        const auto beats = step / cycle.rate;
        const auto beat = static_cast<int> (beats);
        const auto isBeat = beats == std::floor (beats);
        if (beat % 2 == 0 && step < cycle.cycleSteps) {
            g.setColour (palette::text.withAlpha (0.022f));
            g.fillRect (x, top, width, height);
        }
        if (step > 0) {
            g.setColour (isBeat ? palette::edge.withAlpha (0.8f) : palette::line.withAlpha (0.7f));
            g.fillRect (juce::Rectangle<float> (std::round (x), top, 1.0f, height));
        }
        if (isBeat) {
            const auto silent = step >= cycle.cycleSteps;
            g.setFont (Look::font (11.0f, beat % 4 == 0));
            g.setColour (silent ? palette::edge : (beat % 4 == 0 ? palette::soft : palette::quiet));
            g.drawText (juce::String (beat + 1), juce::Rectangle<float> (x + 3, 0, width * static_cast<float> (cycle.rate), top - 2),
                        juce::Justification::centredLeft, false);
        }
    }
    for (std::size_t lane = 0; lane < cycle.lanes.size(); ++lane)
        if (cycle.lanes[lane].locked) {
            g.setColour (palette::lane (lane).withAlpha (0.10f));
            g.fillRect (row (lane));
        }
    g.setColour (palette::line);
    for (std::size_t lane = 0; lane + 1 < cycle.lanes.size(); ++lane)
        g.fillRect (row (lane).removeFromTop (1));
}

void PatternGrid::paintLane (juce::Graphics& g, std::size_t index, int first, int last) const
{
    const auto& lane = cycle.lanes[index];
    const auto area = row (index).toFloat().withTrimmedTop (3).withTrimmedBottom (2);
    const auto width = std::max (2.0f, stepWidth() * 0.62f);

    for (int step = first; step <= last; ++step) {
        const auto& cell = lane.cells[static_cast<std::size_t> (step)];
        if (cell.edited)
            paintEdit (g, area, cell, step);
        if (cell.velocity > 0) {
            paintHit (g, area, lane, index, step);
            continue;
        }
        if (cell.probability < faintest)
            continue;
        const auto height = std::max (2.0f, area.getHeight() * cell.probability * 0.9f);
        const auto beyond = step >= lane.cycleSteps;
        g.setColour ((lane.muted || beyond ? palette::quiet : palette::lane (index)).withAlpha (0.16f + 0.22f * cell.probability));
        g.fillRect (juce::Rectangle<float> (xOf (step) + 1.0f, area.getBottom() - height, width, height));
    }
}

void PatternGrid::paintHit (juce::Graphics& g, juce::Rectangle<float> area, const ShownLane& lane, std::size_t index, int step) const
{
    const auto& cell = lane.cells[static_cast<std::size_t> (step)];
    const auto loud = static_cast<float> (cell.velocity) / 127.0f;
    const auto at = static_cast<double> (step) + static_cast<double> (cell.displacement);
    const auto width = std::max (2.0f, stepWidth() * 0.62f);
    const auto height = area.getHeight() * (quietestBar + (1.0f - quietestBar) * loud);
    const juce::Rectangle<float> bar (std::max (0.0f, xOf (at) + 1.0f), area.getBottom() - height, width, height);

    const auto colour = lane.muted ? palette::edge : palette::lane (index);
    const auto strength = lane.muted ? 0.55f : 0.30f + 0.70f * loud * loud;
    const auto shine = lane.muted ? 0.0f : glow (lane, at);
    g.setColour (palette::well.interpolatedWith (colour, strength).interpolatedWith (juce::Colours::white, shine * 0.75f));
    g.fillRoundedRectangle (bar, std::min (2.0f, width * 0.3f));
    // The edge where it sounds, and how far that is from the straight line.
    g.setColour (colour.interpolatedWith (juce::Colours::white, 0.25f + 0.5f * shine).withAlpha (lane.muted ? 0.6f : 1.0f));
    g.fillRect (bar.withWidth (1.5f));
    if (std::abs (cell.displacement) > least) {
        const auto straight = xOf (step) + 1.0f;
        g.setColour (colour.withAlpha (0.8f));
        g.fillRect (juce::Rectangle<float>::leftTopRightBottom (std::min (straight, bar.getX()), area.getBottom() - 0.5f,
                                                                std::max (straight, bar.getX()), area.getBottom() + 1.0f));
    }
}

// A mark at the top of the cell: filled under a hit, hollow where one was taken away.
void PatternGrid::paintEdit (juce::Graphics& g, juce::Rectangle<float> area, const ShownCell& cell, int step) const
{
    const auto mark = juce::Rectangle<float> (xOf (step) + 1.0f, area.getY() - 2.0f, std::max (3.0f, stepWidth() - 3.0f), 2.5f);
    g.setColour (palette::accent.withAlpha (0.9f));
    if (cell.velocity > 0)
        g.fillRect (mark);
    else
        g.drawRect (mark.withHeight (3.0f), 1.0f);
}

void PatternGrid::paintSelection (juce::Graphics& g) const
{
    if (! hasSelection())
        return;
    const auto area = juce::Rectangle<float>::leftTopRightBottom (xOf (selected.getStart()), 0.0f,
                                                                  xOf (selected.getEnd()), static_cast<float> (getHeight()));
    g.setColour (palette::accent.withAlpha (0.07f));
    g.fillRect (area);
    g.setColour (palette::accent.withAlpha (0.8f));
    g.fillRect (area.withHeight (2.0f));
}

void PatternGrid::paintCursor (juce::Graphics& g) const
{
    if (over) {
        g.setColour (palette::text.withAlpha (0.25f));
        g.drawRect (boundsOf (*over), 1.0f);
    }
    if (capturing && head < 0.0) {
        const auto column = boundsOf (cursor);
        g.setColour (palette::recording);
        g.drawRect (column.withTop (static_cast<float> (rulerHeight)).withBottom (static_cast<float> (getHeight())), 1.5f);
    }
    if (hasKeyboardFocus (true) && cursor.lane < cycle.lanes.size()) {
        g.setColour (palette::accent);
        g.drawRect (boundsOf (cursor), 1.5f);
    }
}

// 1 at the moment a hit sounds, 0 a little later.
float PatternGrid::glow (const ShownLane& lane, double at) const noexcept
{
    if (head < 0)
        return 0.0f;
    auto since = static_cast<float> ((lane.playhead < 0.0 ? head : lane.playhead) - at);
    if (since < -static_cast<float> (lane.cycleSteps) * 0.5f)
        since += static_cast<float> (lane.cycleSteps);
    return since < 0.0f || since > glowSteps ? 0.0f : 1.0f - since / glowSteps;
}

void PatternGrid::paintPlayhead (juce::Graphics& g) const
{
    if (head < 0)
        return;
    const auto x = xOf (head);
    g.setColour (palette::accent.withAlpha (0.9f));
    g.fillRect (x - 0.75f, static_cast<float> (rulerHeight) - 3, 1.5f, 3.0f);
    for (std::size_t lane = 0; lane < cycle.lanes.size(); ++lane) {
        const auto own = cycle.lanes[lane].playhead;
        g.fillRect (row (lane).toFloat().withX ((own < 0.0 ? x : xOf (own)) - 0.75f).withWidth (1.5f));
    }
    juce::Path marker;
    marker.addTriangle (x - 4.5f, static_cast<float> (rulerHeight) - 8, x + 4.5f, static_cast<float> (rulerHeight) - 8, x, static_cast<float> (rulerHeight) - 1);
    g.fillPath (marker);
}

} // namespace groovefield
