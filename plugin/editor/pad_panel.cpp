#include "pad_panel.h"

#include "learn_layer.h"
#include "../processor/motion_points.h"
#include "knob.h"
#include "look_and_feel.h"
#include "windows.h"

#include <cmath>
#include <utility>

namespace groovefield {

namespace {

constexpr int rowHeight = 32, gap = 8, toolsHeight = 32, toolsFrom = 320, valueWidth = 50, roomyWidth = 300, backWidth = 64;
constexpr int tightRow = 26, tightTools = 24, tightGap = 4;   // where there is little height
constexpr double foundSeconds = 20.0, explainedSeconds = 3.0;

void setUp (juce::Label& label, const juce::String& title, const juce::String& tooltip)
{
    label.setEditable (true);
    label.setFont (Look::font (12.5f));
    label.setTitle (title);
    label.setTooltip (tooltip);
    label.setJustificationType (juce::Justification::centredLeft);
    label.setMinimumHorizontalScale (1.0f);
    label.setBorderSize ({ 1, 2, 1, 2 });
}

} // namespace

FindButton::FindButton() : Button ("Find") { show (false, true, 0.0); }

void FindButton::show (bool nowLooking, bool nowBefore, double nowSeconds)
{
    if (nowLooking)
        repaint();
    seconds = nowSeconds;
    if (nowLooking == looking && nowBefore == before && getTitle().isNotEmpty())
        return;
    looking = nowLooking;
    before = nowBefore;
    setTitle (looking ? "Stop looking" : before ? "Find what played before" : "Find what plays");
    setTooltip (looking  ? "Stops looking for the place."
                : before ? "Goes to the place of this field that plays most nearly what played before you chose its model. (F on the pad)"
                         : "Goes to the place of this field that plays most nearly what plays now, wherever wander has taken it; "
                           "after choosing another model, what played before. (F on the pad)");
    repaint();
}

// A target: what it finds is put in the middle. While it looks, an arc goes round.
void FindButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    const auto area = getLocalBounds().toFloat();
    g.setColour (over || down ? palette::hover : palette::raised);
    g.fillRoundedRectangle (area, palette::corner);
    const auto centre = area.getCentre();
    const auto circle = [&] (float radius) { return juce::Rectangle<float> (2 * radius, 2 * radius).withCentre (centre); };
    g.setColour (looking ? palette::edge : over ? palette::text : palette::soft);
    g.drawEllipse (circle (6.0f), 1.6f);
    if (looking) {
        juce::Path arc;
        const auto angle = static_cast<float> (std::fmod (seconds, 1.0)) * juce::MathConstants<float>::twoPi;
        arc.addCentredArc (centre.x, centre.y, 6.0f, 6.0f, angle, 0.0f, juce::MathConstants<float>::halfPi, true);
        g.setColour (palette::accent);
        g.strokePath (arc, juce::PathStrokeType (2.0f));
        g.setColour (palette::text);
        g.fillRect (juce::Rectangle<float> (5.0f, 5.0f).withCentre (centre));
    } else {
        for (int quarter = 0; quarter < 4; ++quarter) {
            const auto angle = static_cast<float> (quarter) * juce::MathConstants<float>::halfPi;
            g.drawLine ({ centre.getPointOnCircumference (4.0f, angle), centre.getPointOnCircumference (9.0f, angle) }, 1.6f);
        }
        g.setColour (before ? palette::accent : palette::soft);
        g.fillEllipse (circle (1.8f));
    }
    drawFocus (g, *this, area);
}

PadPanel::PadPanel (Processor& p)
    : place (p.place), pad (place, p.glide, p.padSettings), tools (p.padSettings), slice (p.parameters), processor (p), lastSearch (p.places.state().searches)
{
    setLearnable (pad, { "x", "y" }, true);
    setLearnable (generateButton, { actionTarget ("generate") });
    setLearnable (backButton, { actionTarget ("back") });
    addAndMakeVisible (tools);
    addAndMakeVisible (pad);
    addChildComponent (legend);
    addChildComponent (slice);
    addAndMakeVisible (generateButton);
    addAndMakeVisible (backButton);
    addAndMakeVisible (findButton);
    generateButton.setTooltip ("Jumps to another place of the field: another groove. (G on the pad)");
    generateButton.setColour (juce::TextButton::buttonColourId, palette::accent);
    generateButton.setColour (juce::TextButton::textColourOffId, palette::well);
    backButton.setTooltip ("Returns to the place before the last move or jump. (Backspace on the pad)");
    generateButton.onClick = pad.onGenerate = [this] { generate(); };
    backButton.onClick = pad.onBack = [this] { goBack(); };
    findButton.onClick = pad.onFind = [this] { find(); };
    pad.onMenu = [this] { showMenu(); };
    pad.onRecord = [this] { processor.motion.press (processor.padSettings.recordBars); };
    pad.onPoint = [this] {
        if (processor.motion.phase() == MotionRecorder::Phase::idle)
            addPoint (processor.parameters, processor.laying, processor.history);
    };
    pad.onTouch = [this] { processor.motion.touch(); };
    pad.onEscape = [this] {
        const bool recorded = processor.motion.phase() != MotionRecorder::Phase::idle;
        processor.motion.cancel();
        return recorded;
    };
    processor.motion.beforeEnd = [this] {
        pad.letGo();
        place.remember();
    };
    processor.places.beforeMove = [this] {
        processor.glide.cancel();
        place.remember();
    };

    setUp (x, "X", "Place from left to right, 0 to 1. Click to type.");
    setUp (y, "Y", "Place from bottom to top, 0 to 1. Click to type.");
    x.onTextChange = y.onTextChange = [this] { typed(); };
    addAndMakeVisible (x);
    addAndMakeVisible (y);
}

PadPanel::~PadPanel()
{
    processor.places.beforeMove = nullptr;
    processor.motion.beforeEnd = nullptr;
    place.end();    // closed in the midst of a movement
}

// The further latents have a row of their own above the buttons.
PadPanel::Heights PadPanel::heightsFor (int height) const noexcept
{
    const auto bars = slice.shown() > 0 ? SliceRow::height : 0;
    if (height < toolsFrom)
        return { tightTools, tightRow, tightGap, bars > 0 ? bars + tightGap : 0 };
    return { toolsHeight, rowHeight, gap, bars > 0 ? bars + gap : 0 };
}

int PadPanel::widthFor (int height) const noexcept
{
    const auto heights = heightsFor (height);
    return height - heights.tools - heights.row - heights.gap - heights.slice;
}

bool PadPanel::setLatents (int latents)
{
    const bool changed = slice.setLatents (latents);
    slice.setVisible (slice.shown() > 0);
    if (changed) {
        // Where the bounds stay JUCE lays nothing out.
        resized();
        slice.resized();
    }
    return changed;
}

void PadPanel::showMenu()
{
    juce::PopupMenu menu;
    menu.addItem ("Nearest item (Enter)", pad.dots().count() > 0, false, [this] { pad.goToNearest(); });
    menu.addItem ("Middle (Home)", [this] { pad.goToMiddle(); });
    menu.addSeparator();
    auto& settings = processor.padSettings;
    menu.addItem ("Dots (D)", true, settings.dots, [&settings] { settings.dots = ! settings.dots; });
    menu.addItem ("Snap to dots (S)", true, settings.snap, [&settings] { settings.snap = ! settings.snap; });
    menu.addSubMenu ("Map (M)", tools.mapMenu());
    menu.addSubMenu ("Glide (T)", tools.timesMenu());
    menu.addSeparator();
    for (const auto* axis : { "x", "y" })
        addLearnItems (menu, processor.midiLearn, axis);
    groovefield::showMenu (menu, pad, true);
}

void PadPanel::generate() { processor.generate(); }
void PadPanel::goBack() { place.back(); }

void PadPanel::find()
{
    if (processor.places.active())
        processor.places.cancel();
    else
        processor.findWhatPlays();
}

// What is looked for, and what was found, is said on the pad; what went wrong in the status line (editor.cpp).
void PadPanel::showSearch (double seconds)
{
    const auto& state = processor.places.state();
    findButton.show (processor.places.active(), processor.findsWhatPlayedBefore(), seconds);
    const bool isNew = std::exchange (lastSearch, state.searches) != state.searches;
    if (std::exchange (lastPhase, state.phase) != state.phase || isNew) {
        foundAt = place.get();
        foundUntil = seconds + foundSeconds;
    }
    const bool says = state.phase == PlaceFinder::Phase::looking
                      || (state.phase == PlaceFinder::Phase::found && place.get() == foundAt && seconds < foundUntil);
    const auto recording = processor.motion.sentence();
    pad.setCaption (recording.isNotEmpty() ? recording : says ? state.sentence : juce::String());
}

// While the mouse is on the button of the map or of the dots, and for a moment after either was changed.
void PadPanel::showLegend (double seconds)
{
    using About = PadLegend::About;
    const auto& settings = processor.padSettings;
    const int map = settings.map;
    const bool dots = settings.dots, first = lastMap < 0;
    const bool otherMap = std::exchange (lastMap, map) != map, otherDots = std::exchange (lastDots, dots) != dots;
    if ((otherMap || otherDots) && ! first) {
        explained = otherMap ? About::map : dots ? About::dots : About::nothing;
        explainedUntil = seconds + explainedSeconds;
    }
    const auto about = tools.map.isOver() ? About::map : tools.dots.isOver() ? About::dots
                       : seconds < explainedUntil && ! pad.isMouseButtonDown() && pad.pointedDot() < 0 ? explained : About::nothing;
    legend.show (about, map, pad.dots(), pad.getBounds());
}

void PadPanel::typed()
{
    const auto at = place.get();
    place.jump ({ static_cast<float> (numberIn (x.getText(), at.x)), static_cast<float> (numberIn (y.getText(), at.y)) });
}

void PadPanel::show (const Frame& frame)
{
    tools.show (pad.dots().count() > 0);
    pad.show (frame.heard, frame.running, frame.seconds);
    pad.showMotion (*processor.laying.overlay(), processor.play(), processor.motion.samples());
    showSearch (frame.seconds);
    showLegend (frame.seconds);
    backButton.setEnabled (place.canGoBack());
    const auto at = place.get();
    if (! x.isBeingEdited())
        x.setText (juce::String (at.x, 3), juce::dontSendNotification);
    if (! y.isBeingEdited())
        y.setText (juce::String (at.y, 3), juce::dontSendNotification);
}

void PadPanel::paint (juce::Graphics& g)
{
    g.setFont (Look::font (12.5f, true));
    g.setColour (palette::quiet);
    for (const auto* label : { &x, &y })
        if (label->isVisible())
            g.drawText (label == &x ? "X" : "Y", label->getBounds().withX (label->getX() - 14).withWidth (14), juce::Justification::centred);
}

void PadPanel::resized()
{
    auto area = getLocalBounds();
    const auto heights = heightsFor (area.getHeight());
    tools.setBounds (area.removeFromTop (heights.tools).withWidth (std::min (area.getWidth(), area.getHeight() - heights.row - heights.gap - heights.slice)));
    auto buttons = area.removeFromBottom (heights.row);
    area.removeFromBottom (heights.gap);
    auto bars = area.removeFromBottom (heights.slice);
    const auto side = std::min (area.getWidth(), area.getHeight());
    pad.setBounds (area.withSize (side, side));
    // Right below the pad, also where the window is tall.
    bars.setY (pad.getBottom() + heights.gap);
    buttons = buttons.withWidth (side).withY (pad.getBottom() + heights.gap + heights.slice);
    slice.setBounds (bars.removeFromTop (SliceRow::height).withWidth (side));

    // Where there is little room, the pad itself says where it stands.
    const bool roomy = side >= roomyWidth;
    x.setVisible (roomy);
    y.setVisible (roomy);
    if (roomy) {
        y.setBounds (buttons.removeFromRight (valueWidth));
        buttons.removeFromRight (16);
        x.setBounds (buttons.removeFromRight (valueWidth));
        buttons.removeFromRight (22);
    }
    findButton.setBounds (buttons.removeFromRight (rowHeight));
    buttons.removeFromRight (gap);
    backButton.setBounds (buttons.removeFromRight (std::min (backWidth, buttons.getWidth() / 3)));
    buttons.removeFromRight (gap);
    generateButton.setBounds (buttons);
}

} // namespace groovefield
