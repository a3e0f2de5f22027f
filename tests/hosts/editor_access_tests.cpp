// Every control explains itself, has a name that a screen reader speaks, is reached and moved by the keyboard, and can be learned
// by a MIDI controller or is named here as one that cannot.
#include "editor_session.h"

#include "../../plugin/editor/lane_card.h"
#include "../../plugin/editor/learn_layer.h"
#include "../../plugin/editor/note_table.h"
#include "../../plugin/editor/preset_browser.h"
#include "own_data.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

constexpr std::size_t snare = 1;
constexpr int leastTooltip = 20;

using Visit = std::function<void (juce::Component&)>;

/// What can be pressed, moved, chosen or typed into; parts of such are none of their own.
bool isControl (const juce::Component& c)
{
    const auto* label = dynamic_cast<const juce::Label*> (&c);
    return dynamic_cast<const juce::Button*> (&c) != nullptr || dynamic_cast<const juce::Slider*> (&c) != nullptr
           || dynamic_cast<const juce::TextEditor*> (&c) != nullptr || dynamic_cast<const juce::ListBox*> (&c) != nullptr
           || (label != nullptr && label->isEditable());
}

void eachControl (juce::Component& in, const Visit& visit)
{
    for (auto* child : in.getChildren()) {
        if (! child->isVisible())
            continue;
        if (isControl (*child))
            visit (*child);
        else
            eachControl (*child, visit);
    }
}

juce::String nameOf (const juce::Component& c)
{
    const auto* button = dynamic_cast<const juce::Button*> (&c);
    return c.getTitle().isNotEmpty() ? c.getTitle() : button != nullptr && button->getButtonText().isNotEmpty() ? button->getButtonText() : c.getName();
}

void explains (juce::Component& c)
{
    const auto name = nameOf (c);
    CAPTURE (name);
    CAPTURE (typeid (c).name());
    CHECK (name.isNotEmpty());
    if (auto* told = dynamic_cast<juce::TooltipClient*> (&c); told != nullptr && dynamic_cast<juce::ListBox*> (&c) == nullptr)
        CHECK (told->getTooltip().length() >= leastTooltip);
    if (c.isEnabled())
        CHECK (c.getWantsKeyboardFocus());
    if (const auto* slider = dynamic_cast<juce::Slider*> (&c))
        CHECK ((slider->getTextBoxPosition() != juce::Slider::NoTextBox || dynamic_cast<const DensitySlider*> (slider) != nullptr));
}

/// By Tab from the first control on.
void isReached (juce::Component& root)
{
    const auto reached = juce::KeyboardFocusTraverser().getAllComponents (&root);
    eachControl (root, [&] (juce::Component& c) {
        if (! c.isEnabled())
            return;
        CAPTURE (nameOf (c));
        CHECK (std::find (reached.begin(), reached.end(), &c) != reached.end());
    });
}

/// The editor with the pattern, with the notes, and a lane's card.
void eachView (Session& session, Editor& editor, const Visit& look)
{
    look (editor);
    editor.pattern.notesTab.onClick();
    session.run (0.1);
    look (editor);
    LaneCard card (session.processor, snare);
    look (card);
}

} // namespace

TEST_CASE ("every control of the editor explains itself, has a name, and takes the keyboard")
{
    const OwnData data;
    Session session;
    auto& editor = session.open();
    session.run (0.3);
    int seen = 0;
    const auto look = [&] (juce::Component& in) {
        eachControl (in, [&] (juce::Component& c) {
            explains (c);
            ++seen;
        });
        isReached (in);
    };
    eachView (session, editor, look);
    NoteTable table (session.processor);
    look (table);
    PresetBrowser browser (session.processor.presets);
    look (browser);
    editor.header.train.onClick();
    session.run (0.1);
    look (editor);
    CHECK (seen > 200);
}

TEST_CASE ("a lane's hits are set by keys: arrows, and a number that is typed")
{
    Session session;
    auto& editor = session.open();
    session.run (0.2);
    std::vector<DensitySlider*> sliders;
    eachControl (editor, [&] (juce::Component& c) {
        if (auto* slider = dynamic_cast<DensitySlider*> (&c))
            sliders.push_back (slider);
    });
    const auto found = std::find_if (sliders.begin(), sliders.end(), [] (const auto* s) { return s->getTitle() == "Hits of Snare"; });
    REQUIRE (found != sliders.end());
    auto& density = **found;
    Recorder told (session, "density_snare");
    CHECK (density.keyPressed (juce::KeyPress (juce::KeyPress::rightKey)));
    CHECK (session.get ("density_snare") > 50.0f);
    CHECK (density.keyPressed (juce::KeyPress (juce::KeyPress::leftKey)));
    CHECK (session.get ("density_snare") == doctest::Approx (50.0));
    CHECK (density.keyPressed (juce::KeyPress ('7', juce::ModifierKeys(), '7')));
    REQUIRE (density.typed.getCurrentTextEditor() != nullptr);
    CHECK (density.typed.getCurrentTextEditor()->getText() == "7");
    density.typed.getCurrentTextEditor()->setText ("72", false);
    density.typed.hideEditor (false);
    CHECK (session.get ("density_snare") == doctest::Approx (72.0));
    CHECK_FALSE (density.typed.isVisible());
    CHECK (told.begun == told.ended);
    CHECK (told.movedOutside == 0);
}

TEST_CASE ("every control can be learned by a MIDI controller, but those that open, show or type something")
{
    const OwnData data;
    Session session;
    auto& editor = session.open();
    session.run (0.3);
    // Windows and menus; how it is shown; what a recording is set up with; what is dragged out; X and Y, which the pad learns.
    const juce::StringArray notPlayed { "Zoom", "Presets", "Model: ", "Train", "Open the studio", "Notes: ", "Find what plays", "Map shows ", "Dots on", "Snap off",
                                        "A click goes there at once", "Show the pattern", "Show the notes", "Capture", "Record 4 bars", "Stay at each point",
                                        "Remove the last point", "Drag the ", "X", "Y", "Sound and notes of ", "Note of ", "Load a one-shot", "Remove the one-shot" };
    std::set<juce::String> others;
    const auto look = [&] (juce::Component& in) {
        eachControl (in, [&] (juce::Component& c) {
            const auto target = learnTargetOf (&c);
            CAPTURE (target);
            if (target.isNotEmpty())
                CHECK (session.processor.midiLearn.nameOf (target) != target);    // there is such a target
            else
                others.insert (nameOf (c));
        });
    };
    eachView (session, editor, look);
    for (const auto& name : others) {
        const bool named = std::any_of (notPlayed.begin(), notPlayed.end(), [&] (const auto& begins) { return name.startsWith (begins); });
        CHECK_MESSAGE (named, name << " cannot be learned");
    }
}
