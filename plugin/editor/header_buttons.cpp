#include "header_buttons.h"

#include "look_and_feel.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace groovefield {

namespace {

constexpr float lightSeconds = 0.18f, narrowPlay = 60.0f, narrowModel = 170.0f;   // in less, words are left out
constexpr int iconWidth = 34;

/// The mark: rings of equal height around a place off the middle.
void paintMark (juce::Graphics& g, juce::Rectangle<float> area, float brighter)
{
    const float sizes[] = { 1.0f, 0.68f, 0.38f };
    const float shifts[] = { 0.0f, 0.08f, 0.15f };
    for (int i = 0; i < 3; ++i) {
        const auto size = area.getWidth() * sizes[i];
        const auto ring = juce::Rectangle<float> (size, size * 0.88f)
                              .withCentre (area.getCentre() + juce::Point<float> (shifts[i], -shifts[i]) * area.getWidth());
        g.setColour (palette::accent.withAlpha (std::min (1.0f, 0.35f + 0.25f * static_cast<float> (i) + brighter)));
        if (i == 2)
            g.fillEllipse (ring.reduced (size * 0.12f));
        else
            g.drawEllipse (ring, 1.6f);
    }
}

} // namespace

MarkButton::MarkButton() : Button ("Zoom")
{
    setTooltip ("Groovefield. Click to magnify the window: 100 to 300 %.");
}

void MarkButton::paintButton (juce::Graphics& g, bool over, bool)
{
    const auto area = getLocalBounds().toFloat();
    paintMark (g, area.withSizeKeepingCentre (22, 22), over ? 0.25f : 0.0f);
    drawFocus (g, *this, area);
}

void paintHeaderButton (juce::Graphics& g, juce::Button& button, bool over, bool down)
{
    g.setColour (over || down ? palette::hover : palette::raised);
    g.fillRoundedRectangle (button.getLocalBounds().toFloat(), palette::corner);
    drawFocus (g, button, button.getLocalBounds().toFloat());
}

PlayButton::PlayButton() : Button ("Play")
{
    setClickingTogglesState (true);
    setTooltip ("Plays without the host: useful while it stands still. When the host starts, its position counts.");
}

void PlayButton::setHostRuns (bool runs)
{
    if (std::exchange (hostRuns, runs) != runs)
        repaint();
}

void PlayButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    const auto area = getLocalBounds().toFloat();
    const auto on = getToggleState();
    if (on) {
        g.setColour (over ? palette::accent.brighter (0.2f) : palette::accent);
        g.fillRoundedRectangle (area, palette::corner);
        drawFocus (g, *this, area);
    } else {
        paintHeaderButton (g, *this, over, down);
    }
    const auto ink = on ? palette::well : (hostRuns ? palette::accent : palette::text);
    const bool wordless = area.getWidth() < narrowPlay;
    const auto icon = juce::Rectangle<float> (10, 10).withCentre ({ wordless ? area.getCentreX() : 19.0f, area.getCentreY() });
    g.setColour (ink);
    if (on) {
        g.fillRoundedRectangle (icon, 1.5f);
    } else {
        juce::Path triangle;
        triangle.addTriangle (icon.getX(), icon.getY() - 1, icon.getRight() + 1, icon.getCentreY(), icon.getX(), icon.getBottom() + 1);
        g.fillPath (triangle);
    }
    if (wordless)
        return;
    g.setFont (Look::font (13.0f, true));
    g.drawText (on ? "Stop" : (hostRuns ? "Playing" : "Play"), area.withTrimmedLeft (32), juce::Justification::centredLeft);
}

ModelButton::ModelButton() : Button ("Model")
{
    setTooltip ("The model: the field that you play. Click to load another one.");
}

void ModelButton::setModel (const juce::String& name)
{
    if (name == model)
        return;
    model = name;
    setTitle ("Model: " + name);
    repaint();
}

void ModelButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    paintHeaderButton (g, *this, over, down);
    auto area = getLocalBounds().toFloat().reduced (12, 0);
    auto chevron = area.removeFromRight (10).withSizeKeepingCentre (8, 4);
    juce::Path path;
    path.startNewSubPath (chevron.getTopLeft());
    path.lineTo (chevron.getCentreX(), chevron.getBottom());
    path.lineTo (chevron.getTopRight());
    g.setColour (palette::quiet);
    g.strokePath (path, juce::PathStrokeType (1.5f));
    if (static_cast<float> (getWidth()) >= narrowModel) {
        g.setFont (Look::font (12.5f));
        g.drawText ("Model", area.removeFromLeft (46), juce::Justification::centredLeft);
    }
    g.setFont (Look::font (13.0f, true));
    g.setColour (palette::text);
    g.drawText (model, area.withTrimmedRight (8), juce::Justification::centredLeft, true);
}

TrainButton::TrainButton() : Button ("Train")
{
    setTooltip ("Makes a field of your own MIDI files and loops. You can also drop them anywhere here.");
}

void TrainButton::setProgress (float newProgress)
{
    if (std::abs (newProgress - progress) < 0.002f)
        return;
    progress = newProgress;
    setTitle (progress < 0.0f ? juce::String ("Train") : "Training, " + juce::String (juce::roundToInt (100.0f * progress)) + " percent");
    repaint();
}

void TrainButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    if (getToggleState()) {
        g.setColour (palette::soft);
        g.fillRoundedRectangle (getLocalBounds().toFloat(), palette::corner);
        drawFocus (g, *this, getLocalBounds().toFloat());
    } else {
        paintHeaderButton (g, *this, over, down);
    }
    const auto ink = getToggleState() ? palette::well : palette::text;
    auto area = getLocalBounds().toFloat();
    const auto ring = area.removeFromLeft (32).withSizeKeepingCentre (12, 12);
    juce::Path arc;
    const auto full = juce::MathConstants<float>::twoPi;
    g.setColour (ink.withAlpha (progress < 0.0f ? 0.9f : 0.3f));
    g.drawEllipse (ring, 2.0f);
    if (progress >= 0.0f) {
        arc.addCentredArc (ring.getCentreX(), ring.getCentreY(), 6.0f, 6.0f, 0, 0, full * progress, true);
        g.setColour (getToggleState() ? ink : palette::accent);
        g.strokePath (arc, juce::PathStrokeType (2.0f));
    }
    g.setColour (ink);
    g.setFont (Look::font (13.0f, true));
    g.drawText ("Train", area, juce::Justification::centredLeft);
}

StudioButton::StudioButton() : Button ("Studio") { show (false, false); }

void StudioButton::show (bool nowOpening, bool nowOpen)
{
    if (nowOpening == opening && nowOpen == open && getTitle().isNotEmpty())
        return;
    opening = nowOpening;
    open = nowOpen;
    setTitle (opening ? "The studio opens" : open ? "The studio is open" : "Open the studio");
    setTooltip ("Opens the studio, a window of its own: the map of this field with all that it was trained on, and the way "
                "from a place to its hits. It goes on when the host ends.");
    repaint();
}

// A window on another: lit while the one that it opened is there.
void StudioButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    paintHeaderButton (g, *this, over, down);
    auto area = getLocalBounds().toFloat();
    const auto icon = area.removeFromLeft (iconWidth).withSizeKeepingCentre (14, 12);
    g.setColour (open ? palette::accent : palette::text.withAlpha (opening ? 0.4f : 0.9f));
    g.drawRoundedRectangle (icon.withTrimmedRight (4).withTrimmedBottom (4), 1.5f, 1.5f);
    g.fillRoundedRectangle (icon.withTrimmedLeft (4).withTrimmedTop (4), 1.5f);
    g.setColour (palette::text.withAlpha (opening ? 0.4f : 1.0f));
    g.setFont (Look::font (13.0f, true));
    g.drawText ("Studio", area, juce::Justification::centredLeft);
}

MidiButton::MidiButton() : Button ("Notes") {}

void MidiButton::setTarget (Output output, int channel, int melodyChannel)
{
    on = output != Output::kit;
    const bool apart = melodyChannel != 0 && melodyChannel != channel;
    const auto number = juce::String (channel) + (apart ? " + " + juce::String (melodyChannel) : juce::String());
    const auto now = on ? juce::StringArray { "MIDI out, channel " + number, "MIDI ch. " + number, "ch. " + number, number }
                        : juce::StringArray { "Kit only, no MIDI out", "Kit only" };
    if (now == said)
        return;
    said = now;
    setTitle ("Notes: " + said[0]);
    setTooltip (juce::JUCEApplicationBase::isStandaloneApp()
                    ? "Lights up for each MIDI note sent. Choose the MIDI output under Options. Click to set notes and channel."
                    : "Lights up for each MIDI note sent to the host. To record the notes or play another instrument, choose this track as "
                      "the MIDI input of another one. Click to set notes and channel.");
    repaint();
}

void MidiButton::sent()
{
    light = 1.0f;
    repaint();
}

void MidiButton::fade (double seconds)
{
    if (light <= 0.0f)
        return;
    light = std::max (0.0f, light - static_cast<float> (seconds) / lightSeconds);
    repaint();
}

void MidiButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    paintHeaderButton (g, *this, over, down);
    auto area = getLocalBounds().toFloat();
    const auto lamp = area.removeFromLeft (30).withSizeKeepingCentre (8, 8);
    g.setColour (on ? palette::accentDeep.interpolatedWith (palette::accent, light) : palette::edge);
    g.fillEllipse (lamp);
    if (light > 0.0f) {
        g.setColour (palette::accent.withAlpha (0.35f * light));
        g.fillEllipse (lamp.expanded (3.5f));
    }
    g.setFont (Look::font (12.5f));
    g.setColour (on ? palette::soft : palette::quiet);
    int words = 0;
    while (words + 1 < said.size() && Look::font (12.5f).getStringWidthFloat (said[words]) > area.getWidth())
        ++words;
    g.drawText (said[words], area, juce::Justification::centredLeft);
}

HistoryButton::HistoryButton (bool f) : Button (f ? "Redo" : "Undo"), forward (f) { show ({}); }

void HistoryButton::show (const juce::String& now)
{
    if (now == deed && getTooltip().isNotEmpty())
        return;
    deed = now;
    setEnabled (deed.isNotEmpty());
    const juce::String what (forward ? "Redo" : "Undo"), key (forward ? "Ctrl+Shift+Z" : "Ctrl+Z");
    setTitle (deed.isEmpty() ? what : what + ": " + deed);
    setTooltip (deed.isEmpty() ? "Nothing to " + what.toLowerCase() + " yet. (" + key + ")" : what + ": " + deed + " (" + key + ")");
    repaint();
}

void HistoryButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    paintHeaderButton (g, *this, over && isEnabled(), down && isEnabled());
    const auto centre = getLocalBounds().toFloat().getCentre();
    const auto side = forward ? 1.0f : -1.0f;
    juce::Path arrow;
    arrow.startNewSubPath (-side * 6.0f, 5.0f);
    arrow.cubicTo (-side * 6.0f, -4.0f, side * 1.0f, -5.0f, side * 6.0f, -1.0f);
    arrow.startNewSubPath (side * 2.0f, 0.5f);
    arrow.lineTo (side * 6.5f, -0.5f);
    arrow.lineTo (side * 5.5f, -5.5f);
    g.setColour (! isEnabled() ? palette::edge : over ? palette::text : palette::soft);
    g.strokePath (arrow, juce::PathStrokeType (1.6f, juce::PathStrokeType::curved, juce::PathStrokeType::rounded),
                  juce::AffineTransform::translation (centre));
}

CompareButton::CompareButton() : Button ("A/B")
{
    setTooltip ("A and B: two versions of everything, to compare. The first click makes B a copy to change.");
    show (false);
}

void CompareButton::show (bool b)
{
    setTitle (b ? "Compare: B plays" : "Compare: A plays");
    if (std::exchange (showsB, b) != b)
        repaint();
}

void CompareButton::paintButton (juce::Graphics& g, bool over, bool down)
{
    paintHeaderButton (g, *this, over, down);
    auto area = getLocalBounds().toFloat();
    g.setFont (Look::font (13.0f, true));
    for (const bool b : { false, true }) {
        g.setColour (b == showsB ? palette::accent : palette::edge);
        const auto half = b ? area : area.removeFromLeft (area.getWidth() / 2);
        g.drawText (b ? "B" : "A", half.reduced (4, 0), b ? juce::Justification::centredLeft : juce::Justification::centredRight);
    }
}

} // namespace groovefield
