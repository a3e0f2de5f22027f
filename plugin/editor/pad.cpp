#include "pad.h"

#include <limits>
#include <utility>

namespace groovefield {

namespace {

constexpr double trailSeconds = 1.6;
constexpr float fine = 0.1f;            // of a plain drag, with shift or the right button
constexpr float keyStep = 0.02f, fineKeyStep = 0.002f;
constexpr float frame = 1.0f;
constexpr float clickReach = 5.0f, hoverReach = 8.0f, stillness = 3.0f;    // pixels
constexpr float anywhere = std::numeric_limits<float>::max();

class PadAccessibility : public juce::AccessibilityHandler {
public:
    explicit PadAccessibility (Pad& pad)
        : AccessibilityHandler (pad, juce::AccessibilityRole::group, {}, Interfaces { std::make_unique<Value> (pad) })
    {
    }

private:
    struct Value : juce::AccessibilityTextValueInterface {
        explicit Value (Pad& p) : pad (p) {}
        bool isReadOnly() const override { return true; }
        juce::String getCurrentValueAsString() const override { return pad.inWords(); }
        void setValueAsString (const juce::String&) override {}
        Pad& pad;
    };
};

} // namespace

Pad::Pad (Place& p, Glide& g, PadSettings& s) : place (p), glide (g), settings (s)
{
    setTitle ("Pad");
    setDescription ("Each place is a groove. Arrow keys move, with shift finely; with Snap they go from item to item. Enter goes to the "
                    "nearest item, Home to the middle, G jumps to another place, backspace goes back, F finds what plays. "
                    "S is Snap, D the dots, M the map, T the glide; R records a path, P keeps a point; escape ends a glide or a recording. A MIDI file or a loop dropped here is found in the field.");
    setTooltip ("Each place is a groove: drag to play the field. Hold shift, or drag with the right button, to move finely; or use the arrow keys. "
                "White ring: where you put it. Bright dot: what is heard. Small dots: what it was trained on; click one to go exactly there. "
                "Alt-click to glide. Drop a MIDI file or a loop here to find it in the field.");
    setWantsKeyboardFocus (true);
    setMouseCursor (juce::MouseCursor::CrosshairCursor);
    setOpaque (false);
}

void Pad::setModel (std::shared_ptr<const Model> model)
{
    setMap (model->picture);
    items.setModel (std::move (model));
    hovered = reached = -1;
    layOutItems();
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

void Pad::layOutItems()
{
    if (! items.layOut (field(), place.spot()))
        return;
    groundStale = true;
    hovered = -1;
    reached = items.exactlyAt (place.spot());
    repaint();
}

void Pad::show (juce::Point<float> nowHeard, bool nowRunning, double seconds)
{
    now = seconds;
    takeSettings();
    layOutItems();
    const auto nowSet = place.get();
    if (nowSet != set) {
        repaintCross (set);
        set = nowSet;
        repaintCross (set);
        if (std::exchange (reached, items.exactlyAt (place.spot())) != reached)
            repaint();
        if (auto* handler = getAccessibilityHandler())
            handler->notifyAccessibilityEvent (juce::AccessibilityEvent::valueChanged);
    }
    if (glide.active() || gliding)
        repaint();
    gliding = glide.active();
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

// They change with a state that the host loads, too.
void Pad::takeSettings()
{
    const Settings present { settings.map.load(), settings.dots.load(), settings.snap.load(), settings.glides.load() };
    if (! (present != shownSettings))
        return;
    const bool otherMap = present.map != shownSettings.map;
    shownSettings = present;
    setHovered (-1);
    if (otherMap)
        makePicture();
    groundStale = true;
    repaint();
}

juce::String Pad::inWords() const
{
    const auto at = place.get();
    auto words = juce::String (juce::roundToInt (at.x * 100)) + " % across, " + juce::String (juce::roundToInt (at.y * 100)) + " % up";
    if (const auto dot = items.exactlyAt (place.spot()); dot >= 0)
        words << ", " << items.name (dot) << ", " << items.label (dot);
    return words;
}

// A bubble says what a dot is: no tooltip beside it.
juce::String Pad::getTooltip() { return hovered >= 0 ? juce::String() : SettableTooltipClient::getTooltip(); }

void Pad::setHovered (int dot)
{
    if (std::exchange (hovered, dot) != dot)
        repaint();
}

void Pad::mouseMove (const juce::MouseEvent& e) { setHovered (shownSettings.dots ? items.nearest (e.position, hoverReach) : -1); }

void Pad::mouseExit (const juce::MouseEvent&) { setHovered (-1); }

// The dot that a press or a drag at a point goes to; -1: to the point itself.
int Pad::meantBy (juce::Point<float> pixels) const
{
    if (shownSettings.snap)
        return items.nearest (pixels, anywhere);
    return shownSettings.dots ? items.nearest (pixels, clickReach) : -1;
}

void Pad::aimAt (juce::Point<float> pixels)
{
    const auto dot = meantBy (pixels);
    auto target = place.spot();
    const auto at = toPlace (pixels);
    target[0] = at.x;
    target[1] = at.y;
    const auto latents = dot >= 0 ? items.latents() : 2;
    if (dot >= 0)
        target = items.spot (dot);
    if (drag == Drag::aim && glide.active()) {
        glide.aim (target, latents);
    } else {
        if (drag != Drag::aim)
            place.makeWay();
        glide.start (target, latents, static_cast<double> (settings.glideBeats.load()));
    }
    drag = Drag::aim;
    repaint();
}

void Pad::mouseDown (const juce::MouseEvent& e)
{
    takeSettings();
    lastMouse = downAt = e.position;
    drag = Drag::none;
    onDot = released = false;
    if (e.mods.isPopupMenu())
        return;
    if (onTouch)
        onTouch();
    if (shownSettings.glides != e.mods.isAltDown())
        return aimAt (e.position);
    place.begin();
    drag = Drag::place;
    // With shift the place moves finely from where it is; without, it comes to the mouse.
    dragPlace = e.mods.isShiftDown() ? place.get() : toPlace (e.position);
    const auto dot = e.mods.isShiftDown() ? -1 : meantBy (e.position);
    onDot = dot >= 0 && ! shownSettings.snap;
    if (dot >= 0)
        place.moveTo (items.spot (dot), items.latents());
    else
        place.move (dragPlace);
}

void Pad::mouseDrag (const juce::MouseEvent& e)
{
    if (drag == Drag::aim)
        return aimAt (e.position);
    if (drag == Drag::none && ! released && e.mods.isPopupMenu() && e.position.getDistanceFrom (downAt) > stillness) {
        if (onTouch)
            onTouch();
        place.begin();
        drag = Drag::fine;
        dragPlace = place.get();
    }
    if (! place.isMoving() || (onDot && e.position.getDistanceFrom (downAt) < stillness))
        return;
    onDot = false;
    const bool finely = drag == Drag::fine || e.mods.isShiftDown();
    dragPlace += (toPlace (e.position) - toPlace (lastMouse)) * (finely ? fine : 1.0f);
    lastMouse = e.position;
    setHovered (-1);
    if (const auto dot = shownSettings.snap && ! finely ? items.nearest (e.position, anywhere) : -1; dot >= 0)
        place.moveTo (items.spot (dot), items.latents());
    else
        place.move (dragPlace);
}

void Pad::mouseUp (const juce::MouseEvent& e)
{
    if (drag == Drag::none && ! released && e.mods.isPopupMenu() && onMenu)
        onMenu();
    place.end();
    drag = Drag::none;
}

// What the mouse still does before it is up counts no more.
void Pad::letGo()
{
    released = drag != Drag::none;
    place.end();
    drag = Drag::none;
}

// At once, or in a glide.
void Pad::goTo (int dot)
{
    if (dot < 0)
        return;
    if (shownSettings.glides) {
        place.makeWay();
        glide.start (items.spot (dot), items.latents(), static_cast<double> (settings.glideBeats.load()));
    } else {
        place.jumpTo (items.spot (dot), items.latents());
    }
}

void Pad::goToNearest() { goTo (items.nearest (toPixels (place.get()), anywhere)); }
void Pad::goToMiddle() { place.jump ({ 0.5f, 0.5f }); }

bool Pad::moveByKey (juce::Point<float> direction, bool finely)
{
    if (shownSettings.snap && ! finely) {
        goTo (items.towards (toPixels (place.get()), { direction.x, -direction.y }));
        return true;
    }
    place.jump (place.get() + direction * (finely ? fineKeyStep : keyStep));
    return true;
}

bool Pad::keyPressed (const juce::KeyPress& key)
{
    takeSettings();
    const auto finely = key.getModifiers().isShiftDown();
    const auto code = key.getKeyCode();
    if (code == juce::KeyPress::leftKey)
        return moveByKey ({ -1, 0 }, finely);
    if (code == juce::KeyPress::rightKey)
        return moveByKey ({ 1, 0 }, finely);
    if (code == juce::KeyPress::upKey)
        return moveByKey ({ 0, 1 }, finely);
    if (code == juce::KeyPress::downKey)
        return moveByKey ({ 0, -1 }, finely);
    return actOnKey (key);
}

bool Pad::actOnKey (const juce::KeyPress& key)
{
    const auto code = key.getKeyCode();
    const auto isLetter = [&] (int capital) {
        return (code == capital || code == capital + 'a' - 'A') && ! key.getModifiers().isAnyModifierKeyDown();
    };
    const auto toggle = [] (std::atomic<bool>& setting, const char* name) {
        setting = ! setting;
        juce::AccessibilityHandler::postAnnouncement (name + juce::String (setting ? " on" : " off"), juce::AccessibilityHandler::AnnouncementPriority::medium);
    };
    if (isLetter ('S')) {
        toggle (settings.snap, "Snap");
    } else if (isLetter ('D')) {
        toggle (settings.dots, "Dots");
    } else if (isLetter ('T')) {
        toggle (settings.glides, "Glide");
    } else if (isLetter ('M')) {
        settings.map = (settings.map + 1) % PadSettings::mapViews;
    } else if (code == juce::KeyPress::returnKey) {
        goToNearest();
    } else if (code == juce::KeyPress::homeKey) {
        goToMiddle();
    } else if (code == juce::KeyPress::escapeKey && onEscape && onEscape()) {
    } else if (code == juce::KeyPress::escapeKey && glide.active()) {
        glide.cancel();
    } else {
        const auto* action = code == juce::KeyPress::backspaceKey ? &onBack : isLetter ('G') ? &onGenerate : isLetter ('F') ? &onFind
                             : isLetter ('R')                    ? &onRecord   : isLetter ('P') ? &onPoint    : nullptr;
        if (action == nullptr || *action == nullptr)
            return false;
        (*action)();
    }
    takeSettings();
    return true;
}

std::unique_ptr<juce::AccessibilityHandler> Pad::createAccessibilityHandler() { return std::make_unique<PadAccessibility> (*this); }

} // namespace groovefield
