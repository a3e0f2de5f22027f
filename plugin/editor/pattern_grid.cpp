#include "pattern_grid.h"

namespace groovefield {

namespace {

constexpr int keyVelocity = 8;           // one key press
constexpr float keyTiming = 0.05f;       // steps

} // namespace

PatternGrid::PatternGrid (Processor& p) : processor (p), hand (p)
{
    setTitle ("Pattern");
    setDescription ("The hits of the present cycle, lane by lane. Arrow keys choose a cell, return adds or removes its hit, "
                    "shift with arrows changes loudness and timing, delete gives it back to the field, C captures what is played on a keyboard.");
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
    followCapture();
    if (! (next == cycle)) {
        cycle = next;
        head = playhead;
        repaint();
        return;
    }
    if (playhead == head)
        return;
    for (std::size_t lane = 0; lane < cycle.lanes.size(); ++lane)
        if (std::exchange (cycle.lanes[lane].playhead, next.lanes[lane].playhead) != next.lanes[lane].playhead)
            repaint (row (lane));
    for (const auto at : { head, playhead })
        if (at >= 0)
            repaintSteps (at - static_cast<double> (glowSteps) - 1.5, at + 1.0);
    // Hits near the end still shine while the next round begins.
    if (head > playhead)
        repaint();
    head = playhead;
}

// The step where the next note goes is the cursor's, whoever moved it.
void PatternGrid::followCapture()
{
    const auto& capture = processor.noteCapture;
    if (std::exchange (cursor.step, capture.step()) != capture.step() || std::exchange (capturing, capture.isOn()) != capture.isOn())
        repaint();
}

void PatternGrid::repaintSteps (double from, double to)
{
    repaint (juce::Rectangle<float>::leftTopRightBottom (xOf (from) - 2, 0, xOf (to) + 2, static_cast<float> (getHeight()))
                 .getSmallestIntegerContainer());
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
        clearSelection();
        return;
    }
    if (const auto at = cellAt (event.position); at && hand.fits (cycle)) {
        cursor = *at;
        processor.noteCapture.setStep (cursor.step);
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
    selected = { first, last + 1 };
    repaint();
}

void PatternGrid::clearSelection()
{
    selected = {};
    repaint();
}

Region PatternGrid::selection() const
{
    if (! hasSelection())
        return Region::all();
    Region region;
    for (std::size_t lane = 0; lane < cycle.lanes.size(); ++lane)
        for (auto step = selected.getStart(); step < std::min (selected.getEnd(), cycle.steps); ++step)
            region.cells[lane].set (cycle.lanes[lane].cells[static_cast<std::size_t> (step)].cell);
    return region;
}

void PatternGrid::moveCursor (int lanes, int steps)
{
    const auto within = [] (std::size_t value, int by, int count) {
        return static_cast<std::size_t> (std::clamp (static_cast<int> (value) + by, 0, std::max (0, count - 1)));
    };
    cursor = { within (cursor.lane, lanes, static_cast<int> (cycle.lanes.size())), within (cursor.step, steps, cycle.steps) };
    processor.noteCapture.setStep (cursor.step);
    repaint();
}

bool PatternGrid::keyPressed (const juce::KeyPress& key)
{
    const auto code = key.getKeyCode();
    if (cursor.lane >= cycle.lanes.size() || static_cast<int> (cursor.step) >= cycle.steps || ! hand.fits (cycle))
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
        hand.giveBack (cursor, cell);
    } else if (key == juce::KeyPress ('c')) {
        processor.noteCapture.setOn (! processor.noteCapture.isOn());
    } else if (code == juce::KeyPress::escapeKey && hasSelection()) {
        clearSelection();
    } else {
        return false;
    }
    return true;
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
