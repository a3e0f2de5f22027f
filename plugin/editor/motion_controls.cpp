#include "motion_controls.h"

#include "../processor/learn_targets.h"
#include "../processor/motion_points.h"
#include "learn_layer.h"
#include "look_and_feel.h"
#include "windows.h"

#include <cmath>
#include <utility>

namespace groovefield {

namespace {

constexpr int space = 4, mostButtonHeight = 26;
constexpr float recordShare = 58.0f, lengthShare = 58.0f, addShare = 62.0f, removeShare = 62.0f, stayShare = 82.0f;

// How long a point is stayed at, in bars.
struct Stay {
    double bars;
    const char* name;
};
constexpr Stay stays[] { { 0.25, "1/4 bar" }, { 0.5, "1/2 bar" }, { 1.0, "1 bar" }, { 2.0, "2 bars" }, { 4.0, "4 bars" } };

juce::String barsInWords (double bars)
{
    for (const auto& each : stays)
        if (std::abs (each.bars - bars) < 1.0e-6)
            return each.name;
    const auto whole = juce::roundToInt (bars);
    return std::abs (bars - whole) < 1.0e-6 ? juce::String (whole) + " bars" : juce::String (bars, 2) + " bars";
}

template <class Button>
void say (Button& button, const juce::String& text, const juce::String& title)
{
    if (button.getButtonText() != text)
        button.setButtonText (text);
    if (button.getTitle() != title)
        button.setTitle (title);
}

} // namespace

RecordButton::RecordButton() : Button ("Record")
{
    setTooltip ("Records a path: press, then drag the pad; it starts with your drag, or at once while the song plays, and stops after the "
                "length beside it, or when you press again. The path then goes round in time with the song. (R on the pad)");
    setWantsKeyboardFocus (true);
    setTitle ("Record a path");
}

void RecordButton::show (MotionRecorder::Phase now, int nowBars)
{
    if (now == phase && nowBars == bars)
        return;
    phase = now;
    bars = nowBars;
    setTitle (phase == MotionRecorder::Phase::idle ? "Record a path" : phase == MotionRecorder::Phase::armed ? "Armed: press to disarm" : "Recording: press to end");
    repaint();
}

void RecordButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    const auto area = getLocalBounds().toFloat();
    const bool active = phase != MotionRecorder::Phase::idle;
    g.setColour (over || down || active ? palette::hover : palette::raised);
    g.fillRoundedRectangle (area, palette::corner);

    const auto font = Look::font (std::min (13.0f, area.getHeight() * 0.5f), true);
    const auto word = phase == MotionRecorder::Phase::armed ? "Ready" : active ? "Stop" : "Rec";
    const auto sign = 9.0f, between = 5.0f;
    auto inside = area.withSizeKeepingCentre (std::min (area.getWidth() - 4.0f, sign + between + font.getStringWidthFloat (word)), area.getHeight());
    const auto mark = inside.removeFromLeft (sign).withSizeKeepingCentre (sign, sign);
    g.setColour (palette::recording);
    if (phase == MotionRecorder::Phase::recording)
        g.fillRect (mark);
    else if (active)
        g.fillEllipse (mark);
    else
        g.drawEllipse (mark.reduced (1.0f), 2.0f);
    g.setFont (font);
    g.setColour (active ? palette::text : palette::soft);
    g.drawFittedText (word, inside.withTrimmedLeft (between).toNearestInt(), juce::Justification::centredLeft, 1, 0.8f);
    drawFocus (g, *this, area);
}

MotionControls::MotionControls (Processor& p)
    : mode (*p.parameters.getParameter ("motion"), "Motion",
            { { "Off", "The position stays where you put it." },
              { "Path", "The position goes round the recorded path, in time with the song; X and Y move the whole path." },
              { "Points", "The position goes from point to point, staying at each for the time set." } }),
      processor (p)
{
    addAndMakeVisible (mode);
    addAndMakeVisible (record);
    for (auto* button : { &length, &add, &remove, &stay }) {
        addAndMakeVisible (button);
        button->setWantsKeyboardFocus (true);
    }
    length.setTooltip ("How long the path to record is. It goes round on the song's own bars: what you draw at a beat comes back at that beat.");
    add.setTooltip ("Keeps the groove under the ring as the next point, up to 16. With the second one the music begins to go from point to point. (P on the pad)");
    add.setTitle ("Add a point");
    remove.setTooltip ("Takes the last point out of the round.");
    remove.setTitle ("Remove the last point");
    stay.setTooltip ("How long the music stays at each point before it goes on to the next.");
    setLearnable (record, { actionTarget ("record") });
    setLearnable (add, { actionTarget ("add_point") });
    record.onClick = [this] { processor.motion.press (processor.padSettings.recordBars); };
    length.onClick = [this] { showMenu (lengthMenu(), length); };
    stay.onClick = [this] { showMenu (stayMenu(), stay); };
    add.onClick = [this] {
        if (processor.motion.phase() == MotionRecorder::Phase::idle)
            addPoint (processor.parameters, processor.laying, processor.history);
    };
    remove.onClick = [this] { removePoint (processor.laying); };
    show();
}

juce::PopupMenu MotionControls::lengthMenu()
{
    juce::PopupMenu menu;
    const int now = processor.padSettings.recordBars;
    for (const auto bars : recordLengths)
        menu.addItem ("Record " + barsInWords (bars), true, bars == now, [this, bars] { processor.padSettings.recordBars = bars; });
    return menu;
}

juce::PopupMenu MotionControls::stayMenu()
{
    juce::PopupMenu menu;
    const auto bar = processor.barBeats();
    const auto now = processor.laying.overlay()->points.beats;
    for (const auto& each : stays)
        menu.addItem (juce::String ("Each for ") + each.name, true, std::abs (now - each.bars * bar) < 1.0e-6,
                      [this, beats = each.bars * bar] { stayAtPoints (processor.laying, beats); });
    return menu;
}

void MotionControls::show()
{
    const auto overlay = processor.laying.overlay();
    const auto bars = barsInWords (processor.padSettings.recordBars);
    const auto stayed = barsInWords (overlay->points.beats / processor.barBeats());
    record.show (processor.motion.phase(), processor.padSettings.recordBars);
    say (length, bars, "Record " + bars);
    say (stay, stayed + " each", "Each point for " + stayed);
    showTools (chosen());
    length.setEnabled (processor.motion.phase() == MotionRecorder::Phase::idle);
    add.setEnabled (overlay->points.count < MotionPoints::room);
    remove.setEnabled (overlay->points.count > 0);
}

Motion MotionControls::chosen() const { return processor.play().motion; }

// Each mode has the tools that make what it plays; while it is off, those that begin one or the other.
void MotionControls::showTools (Motion motion)
{
    if (std::exchange (shown, static_cast<int> (motion)) == static_cast<int> (motion))
        return;
    record.setVisible (motion != Motion::points);
    length.setVisible (motion != Motion::points);
    add.setVisible (motion != Motion::path);
    remove.setVisible (motion == Motion::points);
    stay.setVisible (motion == Motion::points);
    resized();
}

juce::String MotionControls::missing() const
{
    const auto overlay = processor.laying.overlay();
    const auto motion = chosen();
    if (processor.motion.phase() != MotionRecorder::Phase::idle)
        return {};
    if (motion == Motion::path && ! overlay->path.any())
        return "No path yet: press Rec and move on the pad.";
    if (motion == Motion::points && overlay->points.count == 0)
        return "No points yet: move on the pad, press + Point at each place.";
    if (motion == Motion::points && overlay->points.count == 1)
        return "1 point, and it stays there: move on the pad, press + Point again.";
    return {};
}

juce::String MotionControls::inWords() const
{
    if (const auto wanted = missing(); wanted.isNotEmpty())
        return wanted;
    const auto overlay = processor.laying.overlay();
    juce::StringArray parts;
    if (overlay->path.any())
        parts.add ("path of " + barsInWords (overlay->path.beats / processor.barBeats()));
    if (const auto count = static_cast<int> (overlay->points.count); count > 0)
        parts.add (juce::String (count) + (count > 1 ? " points" : " point"));
    return parts.joinIntoString (", ");
}

// The mode above; below it what records and what keeps.
void MotionControls::resized()
{
    auto area = getLocalBounds();
    const auto height = std::min (mostButtonHeight, (area.getHeight() - space) / 2);
    area = area.withSizeKeepingCentre (area.getWidth(), 2 * height + space);
    mode.setBounds (area.removeFromTop (height));
    area.removeFromTop (space);

    juce::FlexBox row;
    const auto put = [&] (juce::Component& button, float share, int before) {
        if (button.isVisible())
            row.items.add (juce::FlexItem (button).withFlex (share).withMargin ({ 0, 0, 0, static_cast<float> (row.items.isEmpty() ? 0 : before) }));
    };
    put (record, recordShare, 0);
    put (length, lengthShare, 1);
    put (add, addShare, 2 * space);
    put (remove, removeShare, 1);
    put (stay, stayShare, space);
    row.performLayout (area);
}

} // namespace groovefield
