// The preset box in the top line and the list of presets: as a user does it.
#include "editor_driving.h"
#include "editor_session.h"
#include "own_data.h"
#include "processor_testing.h"

#include "../../plugin/editor/preset_browser.h"

using namespace groovefield;
using namespace groovefield::testing;

namespace {

PresetBrowser& openBrowser (Editor& editor)
{
    editor.header.preset.name.onClick();
    PresetBrowser* browser = nullptr;
    for (auto* child : editor.getChildren())
        if (auto* box = dynamic_cast<juce::CallOutBox*> (child))
            for (auto* content : box->getChildren())
                if (auto* found = dynamic_cast<PresetBrowser*> (content))
                    browser = found;
    REQUIRE (browser != nullptr);
    return *browser;
}

void search (PresetBrowser& browser, const juce::String& words)
{
    browser.search.setText (words, false);
    browser.search.onTextChange();
}

juce::StringArray names (const PresetBrowser& browser)
{
    juce::StringArray shown;
    for (const auto& preset : browser.shown())
        shown.add (preset->name);
    return shown;
}

void typeName (PresetBrowser& browser, const juce::String& text)
{
    browser.name.setText (text, false);
    browser.name.onReturnKey();
}

} // namespace

TEST_CASE ("the box shows the preset and whether it was changed, and goes on to the next and back")
{
    const OwnData data;
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    session.run (0.3);
    auto& box = editor.header.preset;
    CHECK (box.name.getTitle() == "Presets");
    box.next.onClick();
    session.run (0.3);
    CHECK (box.name.text == "Four on the Floor");
    CHECK (box.name.getTitle() == "Preset: Four on the Floor");
    box.next.onClick();
    session.run (0.3);
    CHECK (box.name.text == "Deep Shuffle");
    box.previous.onClick();
    box.previous.onClick();
    session.run (0.3);
    CHECK (box.name.text == factoryPresets().back()->name);
    CHECK_FALSE (box.name.edited);
    session.set ("swing", 71.0f);
    session.run (0.3);
    CHECK (box.name.edited);
    CHECK (box.name.getTitle().endsWith (", changed"));
    CHECK (session.processor.history.undo());
    session.run (0.3);
    CHECK (box.name.text == "Four on the Floor");

    // Even in the smallest editor every part of the line is there, and none lies on another.
    for (const auto& [width, height] : { std::pair (720, 560), std::pair (980, 742), std::pair (1600, 1000) }) {
        editor.setSize (width, height);
        auto& header = editor.header;
        int right = 0;
        for (auto* part : std::initializer_list<juce::Component*> { &header.preset, &header.play, &header.model, &header.train, &header.studio, &header.undo,
                                                                    &header.redo, &header.compare, &header.midi }) {
            CHECK (part->getX() >= right);
            CHECK (part->getWidth() >= 30);
            right = part->getRight();
        }
        CHECK (right <= header.getWidth());
        CHECK (header.model.getWidth() >= 110);
    }
}

TEST_CASE ("the list is searched and browsed by category; what is chosen plays")
{
    const OwnData data;
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    auto& browser = openBrowser (editor);
    CHECK (browser.shown().size() == factoryPresets().size());
    CHECK (browser.getTitle() == "Presets");
    CHECK (browser.search.getTitle() == "Search presets");
    search (browser, "swing JAZZ");
    CHECK (names (browser) == juce::StringArray { "Ride Swing", "Walking Ride" });
    search (browser, "no such thing");
    CHECK (browser.shown().empty());
    search (browser, {});
    browser.categories.list.selectRow (2);
    CHECK (names (browser).contains ("Disco Shaker"));
    CHECK_FALSE (names (browser).contains ("Warehouse"));
    CHECK (session.processor.presets.on().name.isEmpty());

    browser.list.selectRow (1);
    CHECK (session.processor.presets.on().name == names (browser)[1]);
    CHECK (session.processor.history.undoName() == "Load " + names (browser)[1]);
    // By keyboard: Return in the search goes to the first, arrows go on from there.
    search (browser, "funk");
    browser.search.onReturnKey();
    CHECK (session.processor.presets.on().name == names (browser)[0]);
    browser.list.keyPressed (juce::KeyPress (juce::KeyPress::downKey));
    CHECK (session.processor.presets.on().name == names (browser)[1]);
    CHECK_FALSE (browser.rename.isEnabled());
    CHECK_FALSE (browser.remove.isEnabled());
}

TEST_CASE ("presets of one's own are saved, saved again, renamed and removed in the list")
{
    const OwnData data;
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    auto& browser = openBrowser (editor);
    browser.list.selectRow (4);
    session.set ("swing", 66.0f);
    browser.saveAs.onClick();
    CHECK (browser.name.isVisible());
    CHECK_FALSE (browser.saveAs.isVisible());
    typeName (browser, "  ");
    CHECK (browser.name.isVisible());
    typeName (browser, "My hats");
    CHECK_FALSE (browser.name.isVisible());
    CHECK (names (browser).contains ("My hats"));
    CHECK (session.processor.presets.on() == PresetName { true, "My hats" });
    CHECK (browser.rename.isEnabled());
    CHECK_FALSE (browser.save.isEnabled());

    session.set ("swing", 69.0f);
    auto& again = openBrowser (editor);
    CHECK (again.save.isEnabled());
    again.save.onClick();
    CHECK_FALSE (session.processor.presets.isEdited());
    session.processor.presets.step (1);
    CHECK (session.get ("swing") != 69.0f);
    session.processor.presets.step (-1);
    CHECK (session.get ("swing") == 69.0f);

    auto& third = openBrowser (editor);
    third.rename.onClick();
    CHECK (third.name.getText() == "My hats");
    typeName (third, "My open hats");
    CHECK (names (third).contains ("My open hats"));
    CHECK_FALSE (names (third).contains ("My hats"));
    third.remove.onClick();
    CHECK (names (third).contains ("My open hats"));
    CHECK (third.remove.getButtonText() == "Really delete");
    third.remove.onClick();
    CHECK_FALSE (names (third).contains ("My open hats"));
    CHECK (data.folder.findChildFiles (juce::File::findFiles, true).isEmpty());
    session.close();
}

TEST_CASE ("no preset takes the place of another one, whatever its file is called")
{
    const OwnData data;
    Session session;
    session.run (0.1);
    auto& presets = session.processor.presets;
    REQUIRE (presets.save ("Bar") == juce::String());
    const auto file = presets.known().back()->file;
    const auto other = file.getSiblingFile ("Foo.preset.json");
    REQUIRE (file.moveFileTo (other));    // as somebody may have named what was shared
    const auto named = [&] (const char* name) {
        for (const auto& preset : presets.all())
            if (preset->users && preset->name == name)
                return preset;
        return std::shared_ptr<const Preset>();
    };
    REQUIRE (named ("Bar") != nullptr);
    presets.setOn ({});
    CHECK (presets.save ("Bar").contains ("already"));
    REQUIRE (presets.save ("Foo") == juce::String());
    CHECK (named ("Bar") != nullptr);
    CHECK (named ("Foo") != nullptr);
    REQUIRE (presets.remove (*named ("Foo")) == juce::String());
    REQUIRE (presets.rename (*named ("Bar"), "Foo") == juce::String());
    CHECK (named ("Foo") != nullptr);
    CHECK (named ("Bar") == nullptr);
    CHECK (presets.save ("~ quiet") == juce::String());
    CHECK (named ("~ quiet") != nullptr);
}

TEST_CASE ("a preset without a melody leaves the project's, and how changes come, as they are")
{
    const OwnData data;
    Session session;
    session.run (0.1);
    session.processor.laying.lay ("Melody", [] (Overlay& o) {
        o.melody.mode = Melody::Mode::beside;
        o.melody.channel = 7;
    });
    session.set ("change", 2.0f);
    session.set ("transpose", 5.0f);
    session.processor.presets.step (1);
    const auto overlay = session.processor.laying.overlay();
    CHECK (overlay->melody.mode == Melody::Mode::beside);
    CHECK (overlay->melody.channel == 7);
    CHECK (session.get ("change") == 2.0f);
    CHECK (session.get ("transpose") == 5.0f);
    CHECK_FALSE (session.processor.presets.isEdited());
}
