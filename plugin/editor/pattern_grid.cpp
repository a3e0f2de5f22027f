#include "pattern_grid.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr float glowSteps = 1.5f;        // a hit that has just sounded shines this long
constexpr float faintest = 0.04f;        // probabilities below this are not drawn
constexpr float quietestBar = 0.16f;     // of the row's height
constexpr float least = 0.02f;           // displacements below this, in steps, count as straight
constexpr int keyVelocity = 8;           // one key press
constexpr float keyTiming = 0.05f;       // steps

} // namespace

PatternGrid::PatternGrid (Processor& p) : hand (p)
{
    setTitle ("Pattern");
    setDescription ("The hits of the present cycle, lane by lane. Arrow keys choose a cell, return adds or removes its hit, "
                    "shift with arrows changes loudness and timing, delete gives it back to the field.");
    setWantsKeyboardFocus (true);
    setOpaque (false);
}

float PatternGrid::stepWidth() const noexcept
{
    return static_cast<float> (getWidth()) / static_cast<float> (std::max (1, cycle.steps));
}

juce::Rectangle<int> PatternGrid::row (std::size_t lane) const noexcept
{
    const auto lanes = static_cast<int> (cycle.lanes.size());
    if (lanes == 0)
        return {};
    const auto height = getHeight() - rulerHeight;
    const auto place = lanes - 1 - static_cast<int> (lane);
    const auto top = rulerHeight + height * place / lanes, bottom = rulerHeight + height * (place + 1) / lanes;
    return { 0, top, getWidth(), bottom - top };
}

void PatternGrid::show (const ShownCycle& next, double playhead)
{
    if (! (next == cycle)) {
        cycle = next;
        head = playhead;
        repaint();
        return;
    }
    if (playhead == head)
        return;
    for (const auto at : { head, playhead })
        if (at >= 0)
            repaintSteps (at - static_cast<double> (glowSteps) - 1.5, at + 1.0);
    // Hits near the end still shine while the next round begins.
    if (head > playhead)
        repaint();
    head = playhead;
}

void PatternGrid::repaintSteps (double from, double to)
{
    repaint (juce::Rectangle<float>::leftTopRightBottom (xOf (from) - 2, 0, xOf (to) + 2, static_cast<float> (getHeight()))
                 .getSmallestIntegerContainer());
}

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
        const auto isBeat = step % cycle.stepsPerBeat == 0;
        const auto beat = step / cycle.stepsPerBeat;
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
            g.drawText (juce::String (beat + 1), juce::Rectangle<float> (x + 3, 0, width * static_cast<float> (cycle.stepsPerBeat), top - 2),
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
        const auto beyond = step >= cycle.cycleSteps;
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
    const auto shine = lane.muted ? 0.0f : glow (at);
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

// A mark at the foot of the cell: filled under a hit, hollow where one was taken away.
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
    const auto area = juce::Rectangle<float>::leftTopRightBottom (xOf (static_cast<double> (selected.firstStep)), 0.0f,
                                                                  xOf (static_cast<double> (selected.endStep)), static_cast<float> (getHeight()));
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
    if (hasKeyboardFocus (true) && cursor.lane < cycle.lanes.size()) {
        g.setColour (palette::accent);
        g.drawRect (boundsOf (cursor), 1.5f);
    }
}

juce::Rectangle<float> PatternGrid::boundsOf (CellPlace at) const noexcept
{
    return row (at.lane).toFloat().withX (xOf (static_cast<double> (at.step))).withWidth (stepWidth());
}

// The hit whose bar is there, else the cell.
std::optional<CellPlace> PatternGrid::cellAt (juce::Point<float> at) const
{
    for (std::size_t lane = 0; lane < cycle.lanes.size(); ++lane) {
        if (! row (lane).toFloat().contains (at))
            continue;
        const auto step = std::clamp (static_cast<int> (at.x / stepWidth()), 0, cycle.steps - 1);
        for (const auto near : { step, step + 1, step - 1 }) {
            if (near < 0 || near >= cycle.steps)
                continue;
            const auto& cell = cycle.lanes[lane].cells[static_cast<std::size_t> (near)];
            const auto left = xOf (near + static_cast<double> (cell.displacement)) + 1.0f;
            if (cell.velocity > 0 && at.x >= left && at.x <= left + std::max (2.0f, stepWidth() * 0.62f))
                return CellPlace { lane, static_cast<std::size_t> (near) };
        }
        return CellPlace { lane, static_cast<std::size_t> (step) };
    }
    return std::nullopt;
}

void PatternGrid::mouseMove (const juce::MouseEvent& event)
{
    const auto now = cellAt (event.position);
    if (now == over)
        return;
    for (const auto& cell : { over, now })
        if (cell)
            repaint (boundsOf (*cell).expanded (2.0f).getSmallestIntegerContainer());
    over = now;
    setMouseCursor (over ? juce::MouseCursor::PointingHandCursor : juce::MouseCursor::NormalCursor);
}

void PatternGrid::mouseExit (const juce::MouseEvent&)
{
    over.reset();
    repaint();
}

void PatternGrid::mouseDown (const juce::MouseEvent& event)
{
    pressedAt = event.position;
    selecting = event.position.y < static_cast<float> (rulerHeight);
    if (selecting) {
        selected = none;
        repaint();
        return;
    }
    if (const auto at = cellAt (event.position)) {
        cursor = *at;
        hand.press (*at, cellOf (*at), event.mods.isAltDown() || event.mods.isPopupMenu());
    }
}

void PatternGrid::mouseDrag (const juce::MouseEvent& event)
{
    if (selecting) {
        select (pressedAt.x, event.position.x);
        return;
    }
    const auto moved = event.position - pressedAt;
    const auto fine = event.mods.isShiftDown() ? 0.25f : 1.0f;
    hand.drag (fine * moved.x / stepWidth(), -fine * moved.y / static_cast<float> (std::max (1, 2 * row (0).getHeight())));
}

void PatternGrid::mouseUp (const juce::MouseEvent&)
{
    hand.release();
    selecting = false;
}

// Whole steps; a click without a drag selects none.
void PatternGrid::select (float fromX, float toX)
{
    const auto stepOf = [&] (float x) { return std::clamp (static_cast<int> (x / stepWidth()), 0, cycle.steps - 1); };
    const auto first = std::min (stepOf (fromX), stepOf (toX)), last = std::max (stepOf (fromX), stepOf (toX));
    selected = { 0xFFFF, static_cast<std::size_t> (first), static_cast<std::size_t> (last) + 1 };
    repaint();
}

void PatternGrid::clearSelection()
{
    selected = none;
    repaint();
}

void PatternGrid::moveCursor (int lanes, int steps)
{
    const auto within = [] (std::size_t value, int by, int count) {
        return static_cast<std::size_t> (std::clamp (static_cast<int> (value) + by, 0, std::max (0, count - 1)));
    };
    cursor = { within (cursor.lane, lanes, static_cast<int> (cycle.lanes.size())), within (cursor.step, steps, cycle.steps) };
    repaint();
}

bool PatternGrid::keyPressed (const juce::KeyPress& key)
{
    const auto code = key.getKeyCode();
    if (cursor.lane >= cycle.lanes.size() || static_cast<int> (cursor.step) >= cycle.steps)
        return false;
    const auto& cell = cellOf (cursor);
    const int right = (code == juce::KeyPress::rightKey) - (code == juce::KeyPress::leftKey);
    const int up = (code == juce::KeyPress::upKey) - (code == juce::KeyPress::downKey);
    if (key.getModifiers().isCommandDown() || key.getModifiers().isAltDown())
        return false;
    if (right != 0 || up != 0) {
        if (! key.getModifiers().isShiftDown())
            moveCursor (up, right);
        else if (up != 0)
            hand.changeVelocity (cursor, cell, up * keyVelocity);
        else
            hand.changeTiming (cursor, cell, static_cast<float> (right) * keyTiming);
    } else if (code == juce::KeyPress::returnKey) {
        hand.toggle (cursor, cell);
    } else if (code == juce::KeyPress::deleteKey || code == juce::KeyPress::backspaceKey) {
        hand.giveBack (cursor);
    } else if (code == juce::KeyPress::escapeKey && hasSelection()) {
        clearSelection();
    } else {
        return false;
    }
    return true;
}

// 1 at the moment a hit sounds, 0 a little later.
float PatternGrid::glow (double at) const noexcept
{
    if (head < 0)
        return 0.0f;
    auto since = static_cast<float> (head - at);
    if (since < -static_cast<float> (cycle.cycleSteps) * 0.5f)
        since += static_cast<float> (cycle.cycleSteps);
    return since < 0.0f || since > glowSteps ? 0.0f : 1.0f - since / glowSteps;
}

void PatternGrid::paintPlayhead (juce::Graphics& g) const
{
    if (head < 0)
        return;
    const auto x = xOf (head);
    g.setColour (palette::accent.withAlpha (0.9f));
    g.fillRect (juce::Rectangle<float> (x - 0.75f, static_cast<float> (rulerHeight) - 3, 1.5f, static_cast<float> (getHeight())));
    juce::Path marker;
    marker.addTriangle (x - 4.5f, static_cast<float> (rulerHeight) - 8, x + 4.5f, static_cast<float> (rulerHeight) - 8, x, static_cast<float> (rulerHeight) - 1);
    g.fillPath (marker);
}

juce::String PatternGrid::getTooltip()
{
    const auto mouse = getMouseXYRelative();
    const auto step = static_cast<std::size_t> (std::max (0.0f, static_cast<float> (mouse.x) / stepWidth()));
    if (mouse.y < rulerHeight)
        return "Drag here to select steps: a new take then changes only those. Click: all.";
    for (std::size_t l = 0; l < cycle.lanes.size(); ++l) {
        const auto& lane = cycle.lanes[l];
        if (! row (l).contains (mouse) || step >= lane.cells.size())
            continue;
        const auto& cell = lane.cells[step];
        auto text = juce::String::fromUTF8 (lane.name.c_str()) + ", step " + juce::String (step + 1) + ": ";
        const juce::String how ("\nClick to add or remove a hit; drag up and down for loudness, to the sides for timing");
        const juce::String keep (cell.edited ? ". Set by hand: alt-click gives it back to the field." : ".");
        const auto percent = juce::String (juce::roundToInt (cell.probability * 100)) + " % likely";
        if (cell.velocity == 0)
            return text + percent + ", silent (sounds above " + juce::String (juce::roundToInt (lane.threshold * 100)) + " %)" + how + keep;
        text += percent + ", velocity " + juce::String (static_cast<int> (cell.velocity));
        const auto shift = juce::roundToInt (std::abs (cell.displacement) * 100);
        if (shift == 0)
            return text + ", on the grid" + how + keep;
        return text + ", " + juce::String (shift) + " % of a step " + (cell.displacement < 0 ? "early" : "late") + how + keep;
    }
    return {};
}

} // namespace groovefield
