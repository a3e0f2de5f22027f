#include "pad_tools.h"

#include "look_and_feel.h"
#include "windows.h"

namespace groovefield {

namespace {

constexpr int tightSpace = 2, mapTight = 52, buttonTight = 40, glideTight = 60;
constexpr int titleWidth = 48, glideWidth = 104, buttonWidth = 50, buttonHeight = 26, space = 4;

constexpr const char* mapNames[] { "Density and character", "Density", "Character" };
constexpr const char* mapShorts[] { "Map", "Density", "Character" };
constexpr int mapWidth = 74;

void setUp (juce::TextButton& button, const juce::String& tooltip)
{
    button.setTooltip (tooltip);
    button.setWantsKeyboardFocus (true);
    button.setColour (juce::TextButton::textColourOffId, palette::soft);
    button.setColour (juce::TextButton::buttonOnColourId, palette::hover);
    button.setColour (juce::TextButton::textColourOnId, palette::accent);
}

} // namespace

PadTools::PadTools (PadSettings& s) : settings (s)
{
    for (auto* button : { &map, &dots, &snap, &glide })
        addAndMakeVisible (button);
    setUp (map, "What the map shows: how dense the grooves are by brightness and what character they have by colour, or one of the two. (M on the pad)");
    setUp (dots, "Shows what the model was trained on, each where it lies: point at a dot to read its name, click it to go exactly there. (D on the pad)");
    setUp (snap, "A drag goes from dot to dot: only grooves of the material, none between them. Hold shift to leave them. (S on the pad)");
    setUp (glide, "How a click gets there: at once, or in a glide over so many beats, which the host records. (T on the pad turns it on and off; "
                  "alt-click does the other of the two)");
    map.onClick = [this] { showMenu (mapMenu(), map); };
    dots.onClick = [this] { settings.dots = ! settings.dots; };
    snap.onClick = [this] { settings.snap = ! settings.snap; };
    glide.onClick = [this] { showMenu (timesMenu(), glide); };
    show (true);
}

juce::String PadTools::inBeats (float beats)
{
    if (beats < 1.0f)
        return beats < 0.5f ? "1/4 beat" : "1/2 beat";
    return juce::String (juce::roundToInt (beats)) + (beats > 1.0f ? " beats" : " beat");
}

juce::PopupMenu PadTools::timesMenu()
{
    juce::PopupMenu menu;
    const bool on = settings.glides;
    menu.addItem ("At once", true, ! on, [this] { settings.glides = false; });
    menu.addSeparator();
    for (const auto beats : glideTimes)
        menu.addItem ("Glide " + inBeats (beats), true, on && settings.glideBeats == beats, [this, beats] {
            settings.glideBeats = beats;
            settings.glides = true;
        });
    return menu;
}

juce::PopupMenu PadTools::mapMenu()
{
    juce::PopupMenu menu;
    for (int view = 0; view < PadSettings::mapViews; ++view)
        menu.addItem (mapNames[view], true, settings.map == view, [this, view] { settings.map = view; });
    return menu;
}

void PadTools::show (bool hasItems)
{
    const auto set = [] (juce::TextButton& button, const juce::String& text, bool on, const juce::String& title) {
        if (button.getButtonText() != text)
            button.setButtonText (text);
        button.setToggleState (on, juce::dontSendNotification);
        if (button.getTitle() != title)
            button.setTitle (title);
    };
    const int view = settings.map;
    const auto beats = inBeats (settings.glideBeats);
    set (map, mapShorts[view], view != PadSettings::both, "Map shows " + juce::String (mapNames[view]).toLowerCase());
    set (dots, "Dots", settings.dots && hasItems, settings.dots ? "Dots on" : "Dots off");
    set (snap, "Snap", settings.snap && hasItems, settings.snap ? "Snap on" : "Snap off");
    const auto tight = glide.getWidth() < glideWidth;
    set (glide, settings.glides ? (tight ? beats : "Glide " + beats) : "Glide", settings.glides, settings.glides ? "A click glides over " + beats : "A click goes there at once");
    dots.setEnabled (hasItems);
    snap.setEnabled (hasItems);
}

void PadTools::paint (juce::Graphics& g)
{
    if (map.getX() < titleWidth)
        return;
    g.setFont (Look::font (15.0f, true));
    g.setColour (palette::text);
    g.drawText ("Field", getLocalBounds().withWidth (titleWidth), juce::Justification::centredLeft);
}

void PadTools::resized()
{
    // Where there is no room for the title, nor for how long a glide takes, the buttons share what there is.
    const bool tight = getWidth() < titleWidth + mapWidth + 2 * buttonWidth + glideWidth + 3 * space;
    auto area = tight ? getLocalBounds().withTrimmedBottom (space / 2) : getLocalBounds().withSizeKeepingCentre (getWidth(), buttonHeight);
    const auto share = [&, whole = getWidth() - 3 * tightSpace] (int part) { return tight ? whole * part / (mapTight + 2 * buttonTight + glideTight) : part; };
    glide.setBounds (area.removeFromRight (tight ? share (glideTight) : glideWidth));
    for (auto* button : { &snap, &dots }) {
        area.removeFromRight (tight ? tightSpace : space);
        button->setBounds (area.removeFromRight (tight ? share (buttonTight) : buttonWidth));
    }
    area.removeFromRight (tight ? tightSpace : space);
    map.setBounds (tight ? area : area.removeFromRight (mapWidth));
}

} // namespace groovefield
