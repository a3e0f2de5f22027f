#include "notes_panel.h"

#include "learn_layer.h"
#include "look_and_feel.h"

#include "../processor/learn_targets.h"

#include <cmath>

namespace groovefield {

namespace {

constexpr int rowHeight = 26, valueHeight = knobNameHeight + 22, gap = 6, space = 8;
constexpr float modeShare = 0.52f;
const juce::String minus = juce::String::charToString (juce::juce_wchar (0x2212));
const juce::String allName { "All lanes" };

juce::String whole (double value) { return juce::String (juce::roundToInt (value)).replaceCharacter ('-', juce::juce_wchar (0x2212)); }

juce::String lengthText (double steps)
{
    if (steps <= 0.0)
        return "common";
    return juce::String (steps, std::abs (steps - std::round (steps)) < 0.005 ? 0 : 2) + " st";
}

juce::String levelText (double value)
{
    if (value <= double { Melody::silentLevel })
        return minus + juce::String::charToString (juce::juce_wchar (0x221e)) + " dB";
    return juce::String (value, 1).replaceCharacter ('-', juce::juce_wchar (0x2212)) + " dB";
}

} // namespace

std::vector<NotesPanel::Value> NotesPanel::allValues()
{
    const auto commonIn = [] (const juce::String& text, double old) { return text.trim().startsWithIgnoreCase ("c") ? 0.0 : numberIn (text, old); };
    return {
        { "Octave", "Octave of the melody", "The octave of the key's own note: 1 for a bass, 3 begins at middle C.",
          { Melody::lowestOctave, Melody::highestOctave, 1, 1, 3, whole, {} },
          [] (const Melody& m) { return static_cast<double> (m.octave); }, [] (Melody& m, double v) { m.octave = static_cast<std::int8_t> (v); }, 1.0f },
        { "Steps", "Steps of the melody", "After so many steps the melody begins again, whatever the drums' cycle is. An odd number walks through the bars.",
          { 1, static_cast<double> (Melody::room), 1, 16, 0, whole, {} },
          [] (const Melody& m) { return static_cast<double> (m.count); }, [] (Melody& m, double v) { m.count = static_cast<std::uint8_t> (v); }, 1.0f },
        { "Length", "Note length of the melody", "How long each note is, in steps; the next one ends it in any case, so 16 ties them all. All the way left: the common note length.",
          { 0, Melody::longestNote, 0.05, 0, 2.0, lengthText, commonIn },
          [] (const Melody& m) { return double { m.noteLength }; }, [] (Melody& m, double v) { m.noteLength = static_cast<float> (v); }, 1.25f },
        { "Channel", "MIDI channel of the melody", "The MIDI channel the melody goes out on, apart from the drums' if you choose so: another instrument in the host plays it.",
          { 1, 16, 1, 1, 0, whole, {} },
          [] (const Melody& m) { return static_cast<double> (m.channel); }, [] (Melody& m, double v) { m.channel = static_cast<std::uint8_t> (v); }, 1.0f },
        { "Level", "Level of the melody", "How loud the melody's own sound is in the kit, a plucked string. It has a stereo output of its own, off until the host turns it on.",
          { Melody::silentLevel, Melody::mostLevel, 0.1, 0, -9, levelText, {} },
          [] (const Melody& m) { return double { m.level }; }, [] (Melody& m, double v) { m.level = static_cast<float> (v); }, 1.25f },
    };
}

NotesPanel::NotesPanel (Processor& p)
    : source ("Rhythm", "Whose hits play the notes: one lane's, or any lane's, the loudest of each step. Muting that lane silences its drum and not the melody."),
      key ("Key", "The note that the scale begins with."),
      scale ("Scale", "The notes there are. Another scale with as many notes keeps the melody's shape, another one its pitches as nearly as it can."),
      transpose (*p.parameters.getParameter ("transpose"), "Transpose", "st", "Moves the whole melody up or down, in semitones: the host can automate it, from chord to chord."),
      roll (p),
      processor (p)
{
    setTitle ("Notes");
    setFocusContainerType (FocusContainerType::focusContainer);
    makeModes();
    for (auto* choice : { &source, &key, &scale })
        addAndMakeVisible (choice);
    setLearnable (source, { melodyTarget ("source") });
    setLearnable (key, { melodyTarget ("key") });
    setLearnable (scale, { melodyTarget ("scale") });
    source.onChoice = [this] (int chosen) {
        change ("Rhythm of the melody", [&] (Melody& m) {
            m.source = chosen < static_cast<int> (roll.shown().lanes.size()) ? static_cast<std::uint8_t> (chosen) : Melody::allLanes;
        });
    };
    key.onChoice = [this] (int chosen) { change ("Key of the melody", [&] (Melody& m) { m.key = static_cast<std::uint8_t> (chosen); }); };
    scale.onChoice = [this] (int chosen) { change ("Scale of the melody", [&] (Melody& m) { changeScale (m, static_cast<Melody::Scale> (chosen)); }); };
    for (const auto& each : allValues()) {
        auto& value = *values.emplace_back (std::make_unique<ValueKnob> (each.name, each.tooltip, each.range));
        value.slider.setSliderStyle (juce::Slider::LinearBar);
        value.slider.setTitle (each.deed);
        setLearnable (value, { melodyTarget (juce::String (each.name).toLowerCase()) });
        value.onBegin = [this] { processor.laying.begin(); };
        value.onChange = [this, set = each.set] (double v) { processor.laying.change ([&] (Overlay& o) { set (o.melody, v); }); };
        value.onEnd = [this, deed = each.deed] { processor.laying.end (deed); };
        addAndMakeVisible (value);
    }
    transpose.slider.setSliderStyle (juce::Slider::LinearBar);
    addAndMakeVisible (transpose);
    addAndMakeVisible (roll);
}

void NotesPanel::makeModes()
{
    struct Choice {
        const char *name, *tooltip;
    };
    constexpr std::array<Choice, 3> choices { { { "Off", "No melody: the drums alone." },
                                                { "With drums", "The rhythm plays the melody too: a bass that moves with the drums." },
                                                { "Notes only", "The melody takes the drums' place: their rhythm is heard in its notes alone." } } };
    for (std::size_t i = 0; i < mode.size(); ++i) {
        auto& button = mode[i];
        button.setButtonText (choices[i].name);
        setLearnable (button, { melodyTarget ("mode") });
        button.setTitle (juce::String ("Melody: ") + choices[i].name);
        button.setTooltip (choices[i].tooltip);
        button.setColour (juce::TextButton::buttonOnColourId, palette::soft);
        button.setConnectedEdges ((i > 0 ? juce::Button::ConnectedOnLeft : 0) | (i + 1 < mode.size() ? juce::Button::ConnectedOnRight : 0));
        button.onClick = [this, i, name = choices[i].name] {
            change (juce::String ("Melody: ") + name, [i] (Melody& m) { m.mode = static_cast<Melody::Mode> (i); });
        };
        addAndMakeVisible (button);
    }
}

void NotesPanel::change (const juce::String& deed, const std::function<void (Melody&)>& alter)
{
    processor.laying.lay (deed, [&] (Overlay& o) { alter (o.melody); });
}

void NotesPanel::show()
{
    Pattern pattern;
    if (! processor.pattern (pattern))
        return;
    const auto overlay = processor.laying.overlay();
    roll.show (showMelody (pattern, *overlay, processor.play(), processor.now.song.load(), processor.now.running.load()));

    const auto& m = overlay->melody;
    for (std::size_t i = 0; i < mode.size(); ++i)
        mode[i].setToggleState (static_cast<std::size_t> (m.mode) == i, juce::dontSendNotification);
    juce::StringArray lanes;
    for (const auto& name : roll.shown().lanes)
        lanes.add (juce::String::fromUTF8 (name.c_str()));
    lanes.add (allName);
    source.show (lanes, m.source < lanes.size() - 1 ? m.source : m.source == Melody::allLanes ? lanes.size() - 1 : -1);
    key.show (juce::StringArray (keyNames.data(), static_cast<int> (keyNames.size())), m.key);
    scale.show (juce::StringArray (scaleNames.data(), static_cast<int> (scaleNames.size())), static_cast<int> (m.scale));
    const auto all = allValues();
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i]->show (all[i].get (m));

    const auto words = roll.hasKeyboardFocus (false) ? roll.inWords() + "; a MIDI keyboard plays in"
                     : m.sounds() && roll.shown().notes() > 0 ? juce::String()
                     : m.sounds()                    ? juce::String ("Nothing sounds: the rhythm has no hit on a note in this round")
                                                     : juce::String ("Off: the drums alone are heard");
    if (std::exchange (hint, words) != words)
        repaint (hintArea);
}

juce::String NotesPanel::summary() const
{
    const auto& shown = roll.shown();
    const auto notes = shown.notes();
    return juce::String (notes) + (notes == 1 ? " note in " : " notes in ") + juce::String (static_cast<int> (shown.melody.count)) + " steps";
}

void NotesPanel::paint (juce::Graphics& g)
{
    g.setFont (Look::font (12.0f));
    g.setColour (palette::quiet);
    g.drawFittedText (hint, hintArea, juce::Justification::centredRight, 1, 0.8f);
}

void NotesPanel::resized()
{
    auto area = getLocalBounds();
    auto row = area.removeFromTop (rowHeight);
    auto modes = row.removeFromLeft (juce::roundToInt (static_cast<float> (row.getWidth()) * modeShare));
    for (std::size_t i = 0; i < mode.size(); ++i)
        mode[i].setBounds (modes.removeFromLeft (modes.getWidth() / static_cast<int> (mode.size() - i)).withTrimmedRight (i + 1 < mode.size() ? 1 : 0));
    hintArea = row.withTrimmedLeft (space);
    area.removeFromTop (gap);

    row = area.removeFromTop (valueHeight);
    std::vector<std::pair<juce::Component*, float>> controls { { &source, 1.5f }, { &key, 0.75f }, { &scale, 2.0f } };
    const auto all = allValues();
    for (std::size_t i = 0; i < values.size(); ++i)
        controls.emplace_back (values[i].get(), all[i].share);
    controls.insert (controls.begin() + 4, { &transpose, 1.3f });
    float shares = 0.0f;
    for (const auto& control : controls)
        shares += control.second;
    const auto room = static_cast<float> (row.getWidth()) - static_cast<float> ((static_cast<int> (controls.size()) - 1) * gap / 2);
    auto left = static_cast<float> (row.getX());
    for (const auto& [control, share] : controls) {
        const auto width = room * share / shares;
        control->setBounds (juce::Rectangle<float>::leftTopRightBottom (left, static_cast<float> (row.getY()), left + width, static_cast<float> (row.getBottom())).toNearestInt());
        left += width + static_cast<float> (gap / 2);
    }
    area.removeFromTop (gap);
    roll.setBounds (area);
}

} // namespace groovefield
