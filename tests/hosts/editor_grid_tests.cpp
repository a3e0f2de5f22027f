// The grid edited by mouse and keyboard, lanes locked and soloed, takes, undo, A and B: as a user does it.
#include "editor_driving.h"
#include "editor_session.h"
#include "processor_testing.h"

#include <algorithm>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

juce::Point<float> middleOf (const PatternGrid& grid, std::size_t lane, int step)
{
    const auto width = static_cast<float> (grid.getWidth()) / static_cast<float> (grid.shown().steps);
    return { (static_cast<float> (step) + 0.4f) * width, static_cast<float> (grid.row (lane).getCentreY()) };
}

const ShownCell& cellOf (const PatternGrid& grid, std::size_t lane, int step)
{
    return grid.shown().lanes[lane].cells[static_cast<std::size_t> (step)];
}

// A step of the lane with or without a hit whose neighbours have none.
int stepOf (const PatternGrid& grid, std::size_t lane, bool hit)
{
    for (int step = 1; step + 1 < grid.shown().steps; ++step)
        if ((cellOf (grid, lane, step).velocity > 0) == hit && cellOf (grid, lane, step - 1).velocity == 0
            && cellOf (grid, lane, step + 1).velocity == 0)
            return step;
    return -1;
}

constexpr std::size_t kick = 0, hat = 2, lowTom = 4;

} // namespace

TEST_CASE ("a click adds a hit, another takes it away, alt-click gives the cell back to the field")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    auto& grid = editor.pattern.grid;
    const auto step = stepOf (grid, lowTom, false);
    REQUIRE (step > 0);
    const auto at = middleOf (grid, lowTom, step);

    click (grid, at);
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == 96);
    CHECK (cellOf (grid, lowTom, step).edited);
    CHECK (session.processor.history.undoName() == "Add a hit");

    click (grid, at);
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == 0);
    CHECK (session.processor.history.undoName() == "Remove a hit");

    click (grid, at, juce::ModifierKeys::leftButtonModifier | juce::ModifierKeys::altModifier);
    session.run (0.05);
    CHECK_FALSE (cellOf (grid, lowTom, step).edited);
}

TEST_CASE ("what is edited in a cycle that is rotated stays on its hit when it is turned back, and a selection means what it shows")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    auto& grid = editor.pattern.grid;
    const auto step = stepOf (grid, lowTom, false);
    REQUIRE (step > 0);
    session.set ("rotate", 3.0f);
    session.run (0.05);
    click (grid, middleOf (grid, lowTom, step + 3));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step + 3).velocity == 96);
    CHECK (session.processor.laying.overlay()->edits[lowTom][static_cast<std::size_t> (step)].hit == CellEdit::Hit::struck);
    // The last of the steps selected is the one that was edited.
    const auto y = PatternGrid::rulerHeight / 2.0f;
    drag (grid, middleOf (grid, lowTom, step).withY (y), middleOf (grid, lowTom, step + 3).withY (y));
    CHECK (grid.selection().cells[lowTom][static_cast<std::size_t> (step)]);
    CHECK_FALSE (grid.selection().cells[lowTom][static_cast<std::size_t> (step + 1)]);

    session.set ("rotate", 0.0f);
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == 96);
}

TEST_CASE ("a lane with a number of steps of its own shows what plays of it, and comes round by itself")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    session.processor.laying.lay ("Steps", [] (Overlay& o) {
        o.feel[lowTom].steps = 5;
        o.edits[lowTom][0].hit = o.edits[lowTom][7].hit = CellEdit::Hit::struck;
    });
    session.run (0.05);
    auto& grid = editor.pattern.grid;
    CHECK (cellOf (grid, lowTom, 0).velocity > 0);
    CHECK (cellOf (grid, lowTom, 7).velocity == 0);    // beyond its cycle
    CHECK (grid.shown().lanes[lowTom].cycleSteps == 5);
    CHECK (grid.shown().lanes[kick].cycleSteps == 32);

    // Its MIDI clip is as long as all cycles need to come round together: five of the common ones.
    juce::FileInputStream in (session.processor.exportCycle());
    juce::MidiFile midi;
    REQUIRE (midi.readFrom (in));
    CHECK (midi.getLastTimestamp() / midi.getTimeFormat() == doctest::Approx (40.0));
}

TEST_CASE ("a hit dragged up is struck harder, dragged to the right it sounds later, and undo brings it back")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    auto& grid = editor.pattern.grid;
    const auto step = stepOf (grid, lowTom, false);
    REQUIRE (step > 0);
    const auto at = middleOf (grid, lowTom, step);
    click (grid, at);
    session.run (0.05);

    drag (grid, at, at.translated (0, -0.3f * static_cast<float> (grid.row (lowTom).getHeight())));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == doctest::Approx (96 + 19).epsilon (0.02));
    CHECK (session.processor.history.undoName() == "Velocity");

    const auto before = cellOf (grid, lowTom, step).displacement;
    const auto width = static_cast<float> (grid.getWidth()) / static_cast<float> (grid.shown().steps);
    drag (grid, at, at.translated (0.3f * width, 0));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).displacement == doctest::Approx (before + 0.3f).epsilon (0.02));
    CHECK (session.processor.history.undoName() == "Timing");

    editor.keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier, 0));
    editor.keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier, 0));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == 96);
    CHECK (cellOf (grid, lowTom, step).displacement == before);
    editor.header.redo.triggerClick();
}

TEST_CASE ("what is drawn by hand is heard as drawn, whatever the knobs say")
{
    Session session;
    auto& editor = session.open();
    session.set ("velocity", 50.0f);
    session.set ("groove", 150.0f);
    session.set ("swing", 60.0f);
    session.settle();
    auto& grid = editor.pattern.grid;
    const int step = stepOf (grid, lowTom, false);
    const auto at = middleOf (grid, lowTom, step);
    drag (grid, at, at.translated (0, 0.2f * static_cast<float> (grid.row (lowTom).getHeight())));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == doctest::Approx (96 - 13).epsilon (0.02));
    session.host.playing = true;
    session.run (5.0);
    CHECK (session.processor.now.strikes[lowTom].load() > 0);
}

TEST_CASE ("a probability under the threshold is seen faintly: more than nothing, less than a hit")
{
    Session session;
    auto& editor = session.open();
    session.set ("x", 0.62f);
    session.set ("y", 0.38f);
    session.set ("threshold", 0.8f);    // much lies under it
    session.settle();
    auto& grid = editor.pattern.grid;
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    const auto image = grid.createComponentSnapshot (grid.getLocalBounds());
    // How much of the lane's colour is in a cell: the ground has none.
    const auto colourful = [] (juce::Colour c) {
        const auto [least, most] = std::minmax ({ c.getRed(), c.getGreen(), c.getBlue() });
        return most - least > 10 ? static_cast<float> (most - least) : 0.0f;
    };
    const auto light = [&] (std::size_t lane, int step) {
        const auto width = static_cast<float> (grid.getWidth()) / static_cast<float> (grid.shown().steps);
        const auto area = juce::Rectangle<float> (static_cast<float> (step) * width, static_cast<float> (grid.row (lane).getY()), width,
                                                  static_cast<float> (grid.row (lane).getHeight())).reduced (2.0f).toNearestInt();
        float sum = 0.0f;
        for (int y = area.getY(); y < area.getBottom(); ++y)
            for (int x = area.getX(); x < area.getRight(); ++x)
                sum += colourful (image.getPixelAt (x, y));
        return sum / static_cast<float> (area.getWidth() * area.getHeight());
    };
    const auto probability = [&] (std::size_t lane, int step) { return pattern.cell (lane, static_cast<std::size_t> (step)).probability; };
    // Beside a hit that is early or late its bar is seen too: such cells are left out.
    int drawn = 0, blank = 0;
    for (std::size_t lane = 0; lane < grid.shown().lanes.size(); ++lane) {
        float hits = 1.0e9f;
        for (int step = 0; step < grid.shown().steps; ++step)
            if (cellOf (grid, lane, step).velocity > 0)
                hits = std::min (hits, light (lane, step));
        for (int step = 1; step + 1 < grid.shown().steps; ++step) {
            if (cellOf (grid, lane, step - 1).velocity + cellOf (grid, lane, step).velocity + cellOf (grid, lane, step + 1).velocity > 0)
                continue;
            CAPTURE (lane);
            CAPTURE (step);
            if (probability (lane, step) > 0.05f) {
                ++drawn;
                CHECK (light (lane, step) > 0.0f);
                CHECK (light (lane, step) < 0.8f * hits);
            } else if (probability (lane, step) < 0.03f) {
                ++blank;
                CHECK (light (lane, step) == 0.0f);
            }
        }
    }
    CHECK (drawn >= 4);
    CHECK (blank >= 20);
}

TEST_CASE ("keys: arrows choose, return adds, shift with arrows loudness and timing, delete gives back")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    auto& grid = editor.pattern.grid;
    const auto step = stepOf (grid, lowTom, false);
    for (int i = 0; i < static_cast<int> (lowTom); ++i)
        grid.keyPressed (juce::KeyPress (juce::KeyPress::upKey));
    for (int i = 0; i < step; ++i)
        grid.keyPressed (juce::KeyPress (juce::KeyPress::rightKey));
    grid.keyPressed (juce::KeyPress (juce::KeyPress::returnKey));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == 96);
    grid.keyPressed (juce::KeyPress (juce::KeyPress::downKey, juce::ModifierKeys::shiftModifier, 0));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).velocity == 88);
    const auto before = cellOf (grid, lowTom, step).displacement;
    grid.keyPressed (juce::KeyPress (juce::KeyPress::leftKey, juce::ModifierKeys::shiftModifier, 0));
    session.run (0.05);
    CHECK (cellOf (grid, lowTom, step).displacement == doctest::Approx (before - 0.05f).epsilon (0.01));
    grid.keyPressed (juce::KeyPress (juce::KeyPress::deleteKey));
    session.run (0.05);
    CHECK_FALSE (cellOf (grid, lowTom, step).edited);
    CHECK_FALSE (grid.keyPressed (juce::KeyPress (juce::KeyPress::spaceKey)));   // the host's
}

TEST_CASE ("the padlock keeps a lane, S plays it alone")
{
    Session session;
    auto& editor = session.open();
    session.settle();
    const auto before = editor.pattern.grid.shown().lanes[hat].cells;
    editor.pattern.strips[hat]->lock.onClick();
    session.set ("threshold", 0.05f);
    session.run (0.1);
    CHECK (editor.pattern.grid.shown().lanes[hat].locked);
    CHECK (editor.pattern.grid.shown().lanes[hat].cells.size() == before.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        CHECK (editor.pattern.grid.shown().lanes[hat].cells[i].velocity == before[i].velocity);
    editor.pattern.strips[hat]->lock.onClick();
    session.run (0.05);
    CHECK_FALSE (editor.pattern.grid.shown().lanes[hat].locked);

    editor.pattern.strips[kick]->solo.onClick();
    session.run (0.05);
    CHECK (editor.pattern.grid.shown().lanes[hat].muted);
    CHECK_FALSE (editor.pattern.grid.shown().lanes[kick].muted);
}

TEST_CASE ("steps selected on the ruler are the ones that a new take and Clear edits change")
{
    Session session;
    auto& editor = session.open();
    session.set ("variation", 100.0f);
    session.settle();
    auto& grid = editor.pattern.grid;
    const auto before = grid.shown();
    const auto width = static_cast<float> (grid.getWidth()) / 32.0f;
    drag (grid, { 16.5f * width, 5.0f }, { 31.5f * width, 5.0f });
    CHECK (grid.hasSelection());
    editor.pattern.take.onClick();
    session.run (0.05);
    bool changed = false;
    for (std::size_t lane = 0; lane < before.lanes.size(); ++lane)
        for (std::size_t step = 0; step < 32; ++step) {
            const auto same = before.lanes[lane].cells[step].velocity == grid.shown().lanes[lane].cells[step].velocity;
            CHECK ((same || step >= 16));
            changed = changed || ! same;
        }
    CHECK (changed);
    CHECK (editor.pattern.clearTakes.isVisible());
    editor.pattern.clearTakes.onClick();
    session.run (0.05);
    CHECK (grid.shown() == before);
    click (grid, { 4.0f, 5.0f });
    CHECK_FALSE (grid.hasSelection());
}

TEST_CASE ("a new take that could change nothing says so, or raises what it needs")
{
    Session session;
    auto& editor = session.open();
    session.set ("variation", 0.0f);
    session.settle();
    const auto before = editor.pattern.grid.shown();
    editor.pattern.take.onClick();
    session.run (0.1);
    CHECK (session.get ("variation") == doctest::Approx (30.0f));
    CHECK (editor.status.shownText().contains ("Variation was 0 %"));
    CHECK (editor.status.shownText().contains ("30 %"));
    CHECK_FALSE (editor.pattern.grid.shown() == before);
    CHECK (session.processor.history.undoName() == "New take");
    REQUIRE (session.processor.history.undo());     // both in one
    CHECK (session.get ("variation") == 0.0f);
    session.run (0.1);
    CHECK (editor.pattern.grid.shown() == before);
    CHECK (session.processor.history.undoName().isEmpty());

    session.set ("variation", 50.0f);
    editor.pattern.take.onClick();
    CHECK (session.get ("variation") == doctest::Approx (50.0f));
    CHECK_FALSE (editor.status.shownText().contains ("Variation"));
    for (auto& strip : editor.pattern.strips)
        strip->lock.onClick();
    session.run (0.1);
    const auto deed = session.processor.history.undoName();
    editor.pattern.take.onClick();
    CHECK (session.processor.history.undoName() == deed);
    CHECK (editor.status.shownText().contains ("All lanes are locked"));
}

TEST_CASE ("undo while a knob is held takes back what was turned; what is turned after it is a deed of its own")
{
    Session session;
    auto& editor = session.open();
    session.run (0.1);
    Knob* swing = nullptr;
    for (auto* child : editor.controls.getChildren())
        if (auto* knob = dynamic_cast<Knob*> (child); knob != nullptr && knob->slider.getTitle() == "Swing")
            swing = knob;
    REQUIRE (swing != nullptr);
    auto& slider = swing->slider;
    auto& history = session.processor.history;
    Recorder recorder (session, "swing");
    session.set ("swing", 52.0f);
    editor.pad.place.jump ({ 0.3f, 0.3f });    // a deed before it
    REQUIRE (history.undoName() == "Move on the pad");

    const auto at = slider.getLocalBounds().toFloat().getCentre();
    const auto turnTo = [&] (float up) { slider.mouseDrag (mouse (slider, at.translated (0.0f, -up), at, true)); };
    slider.mouseDown (mouse (slider, at, at, false));
    turnTo (30.0f);
    turnTo (60.0f);
    const auto turned = session.get ("swing");
    REQUIRE (turned > 55.0f);
    editor.keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier, 0));
    CHECK (session.get ("swing") == doctest::Approx (52.0f));
    CHECK (session.get ("x") == doctest::Approx (0.3f));      // the deed before it is not touched
    CHECK (history.redoName() == "Swing");
    CHECK (recorder.begun - recorder.ended == 1);             // one gesture: it is still held

    turnTo (90.0f);
    const auto later = session.get ("swing");
    CHECK (later > 52.0f);
    slider.mouseUp (mouse (slider, at.translated (0.0f, -90.0f), at, true));
    CHECK (recorder.begun == recorder.ended);
    CHECK (history.undoName() == "Swing");
    REQUIRE (history.undo());
    CHECK (session.get ("swing") == doctest::Approx (52.0f));
    REQUIRE (history.redo());
    CHECK (session.get ("swing") == doctest::Approx (later));
    REQUIRE (history.undo());
    CHECK (history.undoName() == "Move on the pad");

    // Held, undone and let go where it is: nothing is left to undo but what was before.
    slider.mouseDown (mouse (slider, at, at, false));
    turnTo (40.0f);
    REQUIRE (history.undo());
    slider.mouseUp (mouse (slider, at.translated (0.0f, -40.0f), at, true));
    CHECK (session.get ("swing") == doctest::Approx (52.0f));
    CHECK (history.undoName() == "Move on the pad");
}

TEST_CASE ("A and B hold different things, go into the state, and Compare can be undone")
{
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    session.set ("groove", 40.0f);
    editor.header.compare.onClick();
    CHECK (session.processor.playsB());
    CHECK (session.get ("groove") == doctest::Approx (40.0f));
    session.set ("groove", 180.0f);
    session.processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[kick][3].hit = CellEdit::Hit::struck; });
    editor.header.compare.onClick();
    CHECK_FALSE (session.processor.playsB());
    CHECK (session.get ("groove") == doctest::Approx (40.0f));
    CHECK_FALSE (session.processor.laying.overlay()->edits[kick][3].any());

    Session other;
    restore (other.processor, stateOf (session.processor));
    CHECK (other.processor.lastComplaint().isEmpty());
    CHECK (other.get ("groove") == doctest::Approx (40.0f));
    other.processor.compare();
    CHECK (other.processor.playsB());
    CHECK (other.get ("groove") == doctest::Approx (180.0f));
    CHECK (other.processor.laying.overlay()->edits[kick][3].any());
    CHECK (other.processor.history.undo());
    CHECK (other.get ("groove") == doctest::Approx (40.0f));
}
