// The window's size: magnified, kept in the project, and crisp; and the bars of a model with more than two dimensions.
#include "editor_session.h"
#include "processor_testing.h"

#include <doctest/doctest.h>

using namespace groovefield;
using namespace groovefield::testing;

TEST_CASE ("the window is magnified beside what the host does, and the project keeps it")
{
    Session session;
    auto& editor = session.open();
    session.run (0.1);
    const auto width = editor.getWidth();
    REQUIRE (width < 1100);
    editor.setScaleFactor (1.25f);
    CHECK (editor.getLocalArea (nullptr, juce::Rectangle<int> (0, 0, 1000, 0)).getWidth() == 800);
    auto menu = editor.header.zoomMenu();
    for (juce::PopupMenu::MenuItemIterator it (menu); it.next();)
        if (it.getItem().text == "Zoom 200 %")
            it.getItem().action();
    CHECK (editor.getTransform().mat00 == doctest::Approx (2.5));
    CHECK (editor.getTransform().mat11 == doctest::Approx (2.5));
    // The parts have as much room as before, or as much as the display leaves them, and in the end all of it again.
    CHECK (editor.getWidth() <= width);
    CHECK (editor.getWidth() >= 720);
    editor.setZoom (300);
    editor.setZoom (100);
    CHECK (editor.getWidth() == width);
    editor.setZoom (200);

    Session other;
    restore (other.processor, stateOf (session.processor));
    CHECK (other.open().getTransform().mat00 == doctest::Approx (2.0));
    other.editor->setZoom (100000);
    CHECK (other.editor->getTransform().mat00 == doctest::Approx (3.0));
    other.editor->setZoom (100);
    CHECK (other.editor->getTransform().mat00 == doctest::Approx (1.0));
}

TEST_CASE ("at 300 % a letter's edge is drawn, not blown up")
{
    Session session;
    auto& editor = session.open();
    session.run (0.1);
    // How many neighbours differ by much: an enlarged picture has its edges spread over several pixels.
    const auto steep = [] (const juce::Image& image) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); ++y)
            for (int x = 1; x < image.getWidth(); ++x)
                count += std::abs (image.getPixelAt (x, y).getBrightness() - image.getPixelAt (x - 1, y).getBrightness()) > 0.35f ? 1 : 0;
        return count;
    };
    const auto area = editor.getLocalArea (&editor.controls, editor.controls.getLocalBounds());
    const auto plain = editor.createComponentSnapshot (area), drawn = editor.createComponentSnapshot (area, true, 3.0f);
    const auto enlarged = plain.rescaled (drawn.getWidth(), drawn.getHeight(), juce::Graphics::highResamplingQuality);
    REQUIRE (steep (plain) > 100);
    CHECK (steep (drawn) > 3 * steep (enlarged));
}

TEST_CASE ("a model with more dimensions than the pad has shows a bar for each, which moves it and gives its place to nobody")
{
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    auto& pad = editor.pad;
    CHECK (pad.slice.shown() == 0);
    CHECK_FALSE (pad.slice.isVisible());
    const auto before = pad.pad.getBounds();
    CHECK (pad.setLatents (3));
    CHECK (pad.setLatents (5));
    CHECK_FALSE (pad.setLatents (5));
    editor.resized();
    CHECK (pad.slice.shown() == 3);
    CHECK (pad.slice.isVisible());
    CHECK (pad.pad.getHeight() < before.getHeight());
    CHECK (pad.pad.getWidth() == pad.pad.getHeight());
    for (int i = 0; i < 3; ++i) {
        const auto bar = pad.slice.bars[static_cast<std::size_t> (i)]->getBounds() + pad.slice.getPosition();
        CHECK (bar.getWidth() > 60);
        CHECK_FALSE (bar.intersects (pad.pad.getBounds()));
        CHECK_FALSE (bar.intersects (pad.generateButton.getBounds()));
        CHECK (pad.getLocalBounds().contains (bar));
    }
    Recorder z4 (session, "z4");
    pad.slice.bars[1]->slider.setValue (pad.slice.bars[1]->slider.getValueFromText ("0.8"), juce::sendNotificationSync);
    CHECK (session.get ("z4") == doctest::Approx (0.8));
    CHECK (z4.begun == 1);
    CHECK (z4.ended == 1);
    CHECK (z4.movedOutside == 0);
    CHECK (pad.setLatents (2));
    editor.resized();
    CHECK (pad.pad.getBounds() == before);
}

TEST_CASE ("hosts see groups, whole numbers as steps, and styles by their names")
{
    Session session;
    auto& processor = session.processor;
    juce::StringArray groups;
    int inGroups = 0;
    for (const auto* group : processor.getParameterTree().getSubgroups (false)) {
        groups.add (group->getName());
        inGroups += group->getParameters (true).size();
    }
    CHECK (groups == juce::StringArray { "Place", "Groove", "Output", "Mute", "Density", "Style", "Motion", "Variation and fill", "Time and change", "Notes" });
    const auto& table = parameterTable();
    CHECK (inGroups == static_cast<int> (table.size()));
    // The order of what is automated is the table's.
    for (std::size_t i = 0; i < table.size(); ++i)
        CHECK (processor.getParameters()[static_cast<int> (i)]->getName (64) == table[i].name);
    for (const auto* id : { "steps", "seed", "rotate", "velocity_floor", "transpose" }) {
        CAPTURE (id);
        CHECK (processor.parameters.getParameter (id)->isDiscrete());
        CHECK (processor.parameters.getParameter (id)->getNumSteps() < 1001);
    }
    auto& style = *processor.parameters.getParameter ("style");
    const auto funk = static_cast<float> (defaultModel()->styles.indexOf ("funk") + 1) / static_cast<float> (defaultModel()->styles.size());
    CHECK (style.getText (funk, 64) == "funk");
    CHECK (style.getText (funk + 0.02f, 64) == "~ funk");
    CHECK (style.getText (0.0f, 64) == "All");
    CHECK (style.getValueForText ("funk") == doctest::Approx (funk));
    CHECK (style.getValueForText ("~ funk") == doctest::Approx (funk));
}
