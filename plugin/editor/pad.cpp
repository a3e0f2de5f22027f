#include "pad.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr double trailSeconds = 1.6;
constexpr float fine = 0.1f;            // of a plain drag, with shift
constexpr float keyStep = 0.02f, fineKeyStep = 0.002f;
constexpr float ringRadius = 9.0f, dotRadius = 4.5f;
constexpr float frame = 1.0f;
constexpr float captionMargin = 10.0f, captionLine = 17.0f;

class PadAccessibility : public juce::AccessibilityHandler {
public:
    PadAccessibility (Pad& pad, Place& place)
        : AccessibilityHandler (pad, juce::AccessibilityRole::group, {}, Interfaces { std::make_unique<Value> (place) })
    {
    }

private:
    struct Value : juce::AccessibilityTextValueInterface {
        explicit Value (Place& p) : place (p) {}
        bool isReadOnly() const override { return true; }
        juce::String getCurrentValueAsString() const override
        {
            const auto at = place.get();
            return juce::String (juce::roundToInt (at.x * 100)) + " % across, " + juce::String (juce::roundToInt (at.y * 100)) + " % up";
        }
        void setValueAsString (const juce::String&) override {}
        Place& place;
    };
};

} // namespace

Pad::Pad (Place& p) : place (p)
{
    setTitle ("Pad");
    setDescription ("Each place is a groove. Arrow keys move, with shift finely; G jumps to another place, backspace goes back, "
                    "F finds what plays. A MIDI file or a loop dropped here is found in the field.");
    setTooltip ("Each place is a groove: drag to play the field. Hold shift to move finely, or use the arrow keys. "
                "White ring: where you put it. Bright dot: what is heard. Drop a MIDI file or a loop here to find it in the field.");
    setWantsKeyboardFocus (true);
    setMouseCursor (juce::MouseCursor::CrosshairCursor);
    setOpaque (false);
}

void Pad::setPicture (juce::Image image)
{
    picture = std::move (image);
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

juce::Rectangle<float> Pad::field() const noexcept { return getLocalBounds().toFloat().reduced (frame); }

juce::Point<float> Pad::toPixels (juce::Point<float> at) const noexcept
{
    const auto area = field();
    return { area.getX() + at.x * area.getWidth(), area.getBottom() - at.y * area.getHeight() };
}

juce::Point<float> Pad::toPlace (juce::Point<float> pixels) const noexcept
{
    const auto area = field();
    return { (pixels.x - area.getX()) / area.getWidth(), (area.getBottom() - pixels.y) / area.getHeight() };
}

void Pad::show (juce::Point<float> nowHeard, bool nowRunning, double seconds)
{
    now = seconds;
    const auto nowSet = place.get();
    if (nowSet != set) {
        repaintCross (set);
        set = nowSet;
        repaintCross (set);
        if (auto* handler = getAccessibilityHandler())
            handler->notifyAccessibilityEvent (juce::AccessibilityEvent::valueChanged);
    }
    if (! trail.empty())
        repaintTrail();
    while (! trail.empty() && seconds - trail.front().seconds > trailSeconds)
        trail.pop_front();
    if (nowHeard != heard || nowRunning != running) {
        repaintCross (heard);
        heard = nowHeard;
        running = nowRunning;
        repaintCross (heard);
        trail.push_back ({ heard, seconds });
        repaintTrail();
    }
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
        g.fillAll (palette::well);
        if (picture.isValid()) {
            g.setImageResamplingQuality (juce::Graphics::mediumResamplingQuality);
            g.drawImage (picture, field());
        }
        g.setColour (juce::Colours::white.withAlpha (0.07f));
        for (int quarter = 1; quarter < 4; ++quarter) {
            const auto at = static_cast<float> (quarter) * 0.25f;
            g.drawVerticalLine (juce::roundToInt (toPixels ({ at, 0 }).x), 0, area.getBottom());
            g.drawHorizontalLine (juce::roundToInt (toPixels ({ 0, at }).y), 0, area.getRight());
        }
        paintTrail (g);
        paintMarks (g);
        paintCaption (g);
    }
    g.setColour (palette::text.withAlpha (0.10f));
    g.drawRoundedRectangle (area.reduced (0.5f), palette::corner, 1.0f);
    drawFocus (g, *this, area);
}

void Pad::paintTrail (juce::Graphics& g) const
{
    for (std::size_t i = 1; i < trail.size(); ++i) {
        const auto age = static_cast<float> ((now - trail[i].seconds) / trailSeconds);
        const auto from = toPixels (trail[i - 1].at), to = toPixels (trail[i].at);
        g.setColour (palette::accent.withAlpha (0.75f * std::max (0.0f, 1.0f - age)));
        g.drawLine ({ from, to }, 2.0f);
    }
}

void Pad::paintMarks (juce::Graphics& g) const
{
    const auto p = toPixels (set), h = toPixels (heard);
    const auto area = field();
    g.setColour (juce::Colours::white.withAlpha (0.30f));
    g.fillRect (juce::Rectangle<float> (p.x - 0.5f, area.getY(), 1.0f, area.getHeight()));
    g.fillRect (juce::Rectangle<float> (area.getX(), p.y - 0.5f, area.getWidth(), 1.0f));

    const auto circle = [&] (juce::Point<float> at, float radius) { return juce::Rectangle<float> (radius * 2, radius * 2).withCentre (at); };
    g.setColour (juce::Colours::black.withAlpha (0.45f));
    g.drawEllipse (circle (p, ringRadius), 4.5f);
    g.setColour (juce::Colours::white);
    g.drawEllipse (circle (p, ringRadius), 2.0f);

    g.setColour (juce::Colours::black.withAlpha (0.55f));
    g.fillEllipse (circle (h, dotRadius + 1.5f));
    g.setColour (running ? palette::accent : juce::Colours::white);
    g.fillEllipse (circle (h, dotRadius));
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

void Pad::mouseDown (const juce::MouseEvent& e)
{
    if (e.mods.isPopupMenu())
        return;
    lastMouse = e.position;
    place.begin();
    // With shift the place moves finely from where it is; without, it comes to the mouse.
    dragPlace = e.mods.isShiftDown() ? place.get() : toPlace (e.position);
    place.move (dragPlace);
}

void Pad::mouseDrag (const juce::MouseEvent& e)
{
    if (! place.isMoving())
        return;
    const auto scale = e.mods.isShiftDown() ? fine : 1.0f;
    dragPlace += (toPlace (e.position) - toPlace (lastMouse)) * scale;
    lastMouse = e.position;
    place.move (dragPlace);
}

void Pad::mouseUp (const juce::MouseEvent&) { place.end(); }

bool Pad::keyPressed (const juce::KeyPress& key)
{
    const auto step = key.getModifiers().isShiftDown() ? fineKeyStep : keyStep;
    const auto by = [&] (float dx, float dy) {
        place.jump (place.get() + juce::Point<float> (dx, dy) * step);
        return true;
    };
    const auto code = key.getKeyCode();
    if (code == juce::KeyPress::leftKey)
        return by (-1, 0);
    if (code == juce::KeyPress::rightKey)
        return by (1, 0);
    if (code == juce::KeyPress::upKey)
        return by (0, 1);
    if (code == juce::KeyPress::downKey)
        return by (0, -1);
    const auto isLetter = [&] (int capital) {
        return (code == capital || code == capital + 'a' - 'A') && ! key.getModifiers().isAnyModifierKeyDown();
    };
    const auto* action = code == juce::KeyPress::backspaceKey ? &onBack : isLetter ('G') ? &onGenerate : isLetter ('F') ? &onFind : nullptr;
    if (action == nullptr || *action == nullptr)
        return false;
    (*action)();
    return true;
}

std::unique_ptr<juce::AccessibilityHandler> Pad::createAccessibilityHandler()
{
    return std::make_unique<PadAccessibility> (*this, place);
}

} // namespace groovefield
