// The pad driven by mouse and keys: items, snap, fine moves, the map's views, and what the state keeps of it.
#include "pad_driving.h"
#include "processor_testing.h"

#include "../../plugin/editor/field_picture.h"

#include <cstdlib>

using namespace groovefield;
using namespace groovefield::testing;

TEST_CASE ("the default model's items are dots with room for each, of several colours")
{
    Session session;
    auto& pad = session.open().pad.pad;
    session.run (0.1);
    const auto& dots = pad.dots();
    REQUIRE (dots.count() > 200);
    int colours = 0;
    for (int i = 0; i < dots.count(); ++i) {
        CHECK (dots.name (i).isNotEmpty());
        colours += dots.colour (i) != dots.colour (0) ? 1 : 0;
        for (int j = 0; j < i; ++j)
            CHECK_FALSE (dots.at (i).getDistanceFrom (dots.at (j)) < PadItems::room - 0.01f);
    }
    CHECK (colours > 20);
    const auto before = dots.count();
    session.editor->setSize (1600, 1000);
    session.run (0.1);
    CHECK (dots.count() > before);
}

TEST_CASE ("a dot under the mouse says its name, and a click goes exactly there")
{
    Session session;
    auto& pad = session.open().pad.pad;
    session.run (0.1);
    const auto dot = dotNear (pad, 0.7f, 0.4f);
    const auto at = pad.dots().at (dot);
    hover (pad, at + juce::Point<float> (3.0f, 2.0f));
    CHECK (pad.pointedDot() == dot);
    CHECK (pad.getTooltip().isEmpty());
    leave (pad);
    CHECK (pad.pointedDot() == -1);
    CHECK (pad.getTooltip().isNotEmpty());

    Recorder x (session, "x"), y (session, "y"), z (session, "z3");
    click (pad, at + juce::Point<float> (2.0f, -3.0f));
    CHECK (isAt (session, pad.dots().spot (dot), 2));
    CHECK (x.begun == 1);
    CHECK (x.ended == 1);
    CHECK (y.moved == 1);
    CHECK (z.begun == 0);    // a model of two latents has no more
    CHECK (pad.inWords().contains (pad.dots().name (dot)));
    session.run (0.05);
    CHECK (pad.pointedDot() == dot);

    // Held a little longer than still, it is a drag from there.
    drag (pad, at, at + juce::Point<float> (40.0f, 0.0f));
    CHECK (std::abs (session.get ("x") - pad.dots().spot (dot)[0] - 40.0f / static_cast<float> (pad.getWidth())) < 0.02f);
    CHECK (! pad.inWords().contains (pad.dots().name (dot)));

    CHECK (pad.keyPressed (juce::KeyPress ('d')));
    hover (pad, at);
    CHECK (pad.pointedDot() == -1);
    click (pad, at + juce::Point<float> (3.0f, 0.0f));
    CHECK_FALSE (isAt (session, pad.dots().spot (dot), 2));
}

TEST_CASE ("in a model of four latents an item sets all of them, a gesture each, and those off the slice give way")
{
    const auto file = modelOfFourLatents();
    if (! file)
        return;
    Session session;
    CHECK (session.processor.loadModel (*file).isEmpty());
    auto& pad = session.open().pad.pad;
    session.run (0.5);
    REQUIRE (pad.dots().count() == 3);
    CHECK (pad.dots().latents() == 4);
    const auto dot = dotNear (pad, 0.5f, 0.5f);
    const auto spot = pad.dots().spot (dot);
    const auto name = pad.dots().name (dot);
    const auto before = std::array<float, 4> { session.get ("x"), session.get ("y"), session.get ("z3"), session.get ("z4") };
    {
        Recorder x (session, "x"), z3 (session, "z3"), z4 (session, "z4"), z5 (session, "z5");
        click (pad, pad.dots().at (dot));
        CHECK (isAt (session, spot, 4));
        for (const auto* each : { &x, &z3, &z4 }) {
            CHECK (each->begun == 1);
            CHECK (each->ended == 1);
            CHECK (each->movedOutside == 0);
        }
        CHECK (z5.begun == 0);
    }
    session.run (0.1);
    CHECK (pad.inWords().contains (name));
    session.editor->pad.goBack();
    for (std::size_t i = 0; i < before.size(); ++i)
        CHECK (session.get (latentNames[i]) == doctest::Approx (before[i]));

    // Glided to, they all arrive together.
    session.processor.padSettings.glides = true;
    Recorder z4 (session, "z4");
    session.run (0.1);
    click (pad, pad.dots().at (dotNear (pad, spot[0], spot[1])));
    for (int i = 0; i <= 200; ++i)
        session.processor.glide.look (0.0125 * i);
    CHECK (isAt (session, spot, 4));
    CHECK (z4.begun == 1);
    CHECK (z4.ended == 1);
    CHECK (z4.moved > 20);
}

TEST_CASE ("with Snap a drag goes from item to item, and shift leaves them")
{
    Session session;
    auto& pad = session.open().pad.pad;
    session.run (0.1);
    CHECK (pad.keyPressed (juce::KeyPress ('s')));
    CHECK (session.processor.padSettings.snap);
    Recorder x (session, "x");
    const auto from = pixels (pad, 0.2f, 0.2f), to = pixels (pad, 0.8f, 0.7f);
    pad.mouseDown (mouse (pad, from, from, false));
    CHECK (isAt (session, pad.dots().spot (pad.dots().nearest (from, 1000.0f)), 2));
    for (int i = 1; i <= 20; ++i) {
        const auto at = from + (to - from) * (static_cast<float> (i) / 20.0f);
        pad.mouseDrag (mouse (pad, at, from, true));
        CHECK (isAt (session, pad.dots().spot (pad.dots().nearest (at, 1000.0f)), 2));
    }
    pad.mouseUp (mouse (pad, to, from, true));
    CHECK (x.begun == 1);
    CHECK (x.ended == 1);
    CHECK (x.moved > 5);
    const auto before = session.get ("x");
    drag (pad, to, to + juce::Point<float> (30.0f, 0.0f), left | shift);
    CHECK (std::abs (session.get ("x") - before - 3.0f / static_cast<float> (pad.getWidth())) < 0.001f);
}

TEST_CASE ("shift and the right button move a tenth as far; the right button alone opens the menu")
{
    Session session;
    auto& pad = session.open().pad.pad;
    session.run (0.1);
    int menus = 0;
    pad.onMenu = [&] { ++menus; };
    session.set ("x", 0.5f);
    session.set ("y", 0.5f);
    const auto tenth = 8.0f / static_cast<float> (pad.getWidth());
    for (const auto modifiers : { left | shift, right }) {
        Recorder x (session, "x");
        const auto before = session.get ("x");
        drag (pad, pixels (pad, 0.1f, 0.9f), pixels (pad, 0.1f, 0.9f) + juce::Point<float> (80.0f, 0.0f), modifiers);
        CHECK (std::abs (session.get ("x") - before - tenth) < 0.001f);
        CHECK (x.begun == 1);
        CHECK (x.ended == 1);
    }
    CHECK (session.get ("y") == doctest::Approx (0.5f));
    CHECK (menus == 0);
    Recorder x (session, "x");
    click (pad, pixels (pad, 0.9f, 0.9f), right);
    CHECK (menus == 1);
    CHECK (x.begun == 0);
}

TEST_CASE ("the keys move, reach items and the middle, and set the pad")
{
    Session session;
    auto& pad = session.open().pad.pad;
    auto& settings = session.processor.padSettings;
    session.run (0.1);
    const auto press = [&] (int code, int modifiers = 0) { return pad.keyPressed (juce::KeyPress (code, juce::ModifierKeys (modifiers), 0)); };
    session.set ("x", 0.3f);
    session.set ("y", 0.6f);
    CHECK (press (juce::KeyPress::rightKey));
    CHECK (press (juce::KeyPress::upKey, shift));
    CHECK (std::abs (session.get ("x") - 0.32f) < 1.0e-5f);
    CHECK (std::abs (session.get ("y") - 0.602f) < 1.0e-5f);

    const auto nearest = pad.dots().nearest (pixels (pad, 0.32f, 0.602f), 1000.0f);
    CHECK (press (juce::KeyPress::returnKey));
    CHECK (isAt (session, pad.dots().spot (nearest), 2));
    // With Snap the arrows go from item to item, in their own direction.
    press ('S');
    for (int i = 0; i < 5; ++i) {
        const auto x = session.get ("x"), y = session.get ("y");
        CHECK (press (juce::KeyPress::rightKey));
        CHECK (session.get ("x") > x);
        CHECK (std::abs (session.get ("y") - y) <= session.get ("x") - x);
        CHECK (pad.dots().exactlyAt (session.editor->pad.place.spot()) >= 0);
    }
    CHECK (press (juce::KeyPress::homeKey));
    CHECK (session.get ("x") == 0.5f);
    CHECK (session.get ("y") == 0.5f);

    for (const auto view : { PadSettings::density, PadSettings::character, PadSettings::both }) {
        CHECK (press ('M'));
        CHECK (settings.map == view);
    }
    CHECK (press ('T'));
    CHECK (settings.glides);
    CHECK (press ('D'));
    CHECK (! settings.dots);
    CHECK (! press ('Q'));
    CHECK (! press (juce::KeyPress::escapeKey));
    CHECK (! press ('D', juce::ModifierKeys::ctrlModifier));
}

TEST_CASE ("the tools show and set what the keys do, and the state keeps it")
{
    Session session;
    auto& editor = session.open();
    session.run (0.1);
    auto& tools = editor.pad.tools;
    auto& settings = session.processor.padSettings;
    CHECK (tools.dots.getToggleState());
    CHECK (! tools.snap.getToggleState());
    tools.dots.onClick();
    tools.snap.onClick();
    settings.map = PadSettings::character;
    settings.glides = true;
    settings.glideBeats = 16.0f;
    session.run (0.1);
    CHECK (! tools.dots.getToggleState());
    CHECK (tools.snap.getToggleState());
    CHECK (tools.map.getButtonText() == "Character");
    CHECK (tools.glide.getButtonText() == "Glide 16 beats");
    for (auto* button : { &tools.map, &tools.dots, &tools.snap, &tools.glide }) {
        CHECK (button->isVisible());
        CHECK (button->getTitle().isNotEmpty());
        CHECK (button->getTooltip().length() > 30);
        CHECK (button->getWantsKeyboardFocus());
    }
    CHECK (tools.timesMenu().getNumItems() == static_cast<int> (glideTimes.size()) + 1);    // and at once

    juce::MemoryBlock state;
    session.processor.getStateInformation (state);
    Session again;
    again.processor.setStateInformation (state.getData(), static_cast<int> (state.getSize()));
    const auto& restored = again.processor.padSettings;
    CHECK (restored.snap);
    CHECK (! restored.dots);
    CHECK (restored.map == PadSettings::character);
    CHECK (restored.glides);
    CHECK (restored.glideBeats == 16.0f);

    juce::ValueTree wrong ("GROOVEFIELD");
    wrong.setProperty ("pad_map", 7, nullptr);
    wrong.setProperty ("pad_glide_beats", std::nan (""), nullptr);
    settings.read (wrong);
    CHECK (settings.map == PadSettings::both);
    CHECK (settings.glideBeats == 4.0f);
    CHECK (settings.dots);
    CHECK (! settings.snap);
}

TEST_CASE ("the map's views say one thing alone: density without colour, character in one lightness")
{
    const auto both = defaultModel()->picture;
    const auto grey = densityOf (both), even = characterOf (both);
    REQUIRE (grey.size() == both.size());
    const auto luminance = [] (const std::vector<std::uint8_t>& rgba, std::size_t i) { return 0.30 * rgba[i] + 0.59 * rgba[i + 1] + 0.11 * rgba[i + 2]; };
    double least = 255.0, most = 0.0, rising = 0.0, pairs = 0.0;
    for (std::size_t i = 0; i + 7 < both.size(); i += 4) {
        CHECK (std::abs (grey[i] - grey[i + 2]) < 16);
        least = std::min (least, luminance (even, i));
        most = std::max (most, luminance (even, i));
        const auto step = luminance (both, i + 4) - luminance (both, i);
        if (std::abs (step) > 20.0) {
            pairs += 1.0;
            rising += (luminance (grey, i + 4) - luminance (grey, i)) * step > 0.0 ? 1.0 : 0.0;
        }
    }
    CHECK (most - least < 40.0);
    REQUIRE (pairs > 20.0);
    CHECK (rising / pairs > 0.9);
}

TEST_CASE ("what the map's and the dots' colours mean is said while the mouse is on their buttons, and after a key")
{
    Session session;
    auto& editor = session.open();
    auto& panel = editor.pad;
    session.run (0.1);
    CHECK_FALSE (panel.legend.isVisible());
    panel.tools.map.setState (juce::Button::buttonOver);
    session.run (0.05);
    REQUIRE (panel.legend.isVisible());
    CHECK (panel.legend.inWords().contains ("Brighter: more hits"));
    CHECK (panel.legend.inWords().contains ("Like colours: grooves of like character"));
    panel.tools.map.setState (juce::Button::buttonNormal);
    panel.tools.dots.setState (juce::Button::buttonOver);
    session.run (0.05);
    // Each colour that a dot has is explained, with the label that its dots have.
    const auto meanings = panel.pad.dots().legend();
    REQUIRE (meanings.size() > 2);
    for (int dot = 0; dot < panel.pad.dots().count(); ++dot) {
        const auto meaning = std::find_if (meanings.begin(), meanings.end(), [&] (const auto& m) { return m.colour == panel.pad.dots().colour (dot); });
        REQUIRE (meaning != meanings.end());
        CHECK ((meaning->name == panel.pad.dots().label (dot) || meaning->name == "Others"));
        CHECK (panel.legend.inWords().contains (meaning->name));
    }
    panel.tools.dots.setState (juce::Button::buttonNormal);
    session.run (0.05);
    CHECK_FALSE (panel.legend.isVisible());

    CHECK (panel.pad.keyPressed (juce::KeyPress ('m', juce::ModifierKeys(), 'm')));
    session.run (0.05);
    REQUIRE (panel.legend.isVisible());
    CHECK_FALSE (panel.legend.inWords().contains ("character"));    // density alone
    session.run (3.5);
    CHECK_FALSE (panel.legend.isVisible());
    // It never takes the mouse from the pad, nor more than the pad has.
    editor.setSize (720, 560);
    panel.tools.dots.setState (juce::Button::buttonOver);
    session.run (0.05);
    CHECK (panel.pad.getBounds().contains (panel.legend.getBounds()));
    CHECK (panel.getComponentAt (panel.legend.getBounds().getCentre()) == &panel.pad);
}

TEST_CASE ("the pad's tools are in reach at every size")
{
    Session session;
    auto& editor = session.open();
    session.processor.padSettings.glides = true;
    for (const auto& [width, height] : { std::pair { 720, 560 }, { 720, 1000 }, { 980, 560 }, { 980, 742 }, { 1600, 1000 }, { 2400, 600 } }) {
        editor.setSize (width, height);
        session.run (0.05);
        auto& tools = editor.pad.tools;
        const juce::Component* all[] { &tools.map, &tools.dots, &tools.snap, &tools.glide };
        for (const auto* one : all) {
            CHECK ((one->isVisible() && tools.isVisible()));
            CHECK (tools.getLocalBounds().contains (one->getBounds()));
            CHECK (one->getWidth() >= 36);
            CHECK (one->getHeight() >= 20);
            for (const auto* other : all)
                CHECK ((one == other || ! one->getBounds().intersects (other->getBounds())));
        }
        CHECK (! tools.getBounds().intersects (editor.pad.pad.getBounds()));
        CHECK (editor.pad.pad.getWidth() == editor.pad.pad.getHeight());
    }
}
