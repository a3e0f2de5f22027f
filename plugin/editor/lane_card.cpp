#include "lane_card.h"

#include "../processor/incoming_notes.h"
#include "look_and_feel.h"
#include "learn_layer.h"
#include "note_table.h"
#include "windows.h"

#include <cmath>

namespace groovefield {

namespace {

constexpr int margin = 16, knobWidth = 60, knobHeight = 88, width = 2 * margin + 5 * knobWidth;
constexpr int headerHeight = 42, titleHeight = 26, rowHeight = 26, gap = 8, labelWidth = 62, troubleHeight = 34;
constexpr int chokeWidth = 36, loadWidth = 54, removeWidth = 26;
constexpr int refreshHertz = 15;
constexpr int edgeSpace = 4;
constexpr float arrowSize = 12.0f;
constexpr double percent = 100.0, commonLength = 0.0;

const juce::String minus = juce::String::charToString (juce::juce_wchar (0x2212));

juce::String signedText (double value, int digits)
{
    const auto number = digits > 0 && std::abs (value - std::round (value)) > 0.05 ? juce::String (std::abs (value), digits)
                                                                                   : juce::String (juce::roundToInt (std::abs (value)));
    return (value > 0.0 ? "+" : value < 0.0 ? minus : juce::String()) + number;
}

juce::String percentText (double value) { return juce::String (juce::roundToInt (value)) + " %"; }

juce::String panText (double value)
{
    const auto side = juce::roundToInt (value);
    return side == 0 ? juce::String ("C") : (side < 0 ? "L " : "R ") + juce::String (std::abs (side));
}

// "L 30", "30 R", "C", or a number from -100 to 100.
double panIn (const juce::String& text, double fallback)
{
    const auto typed = text.trim().toUpperCase();
    if (typed.startsWithChar ('C') || typed.startsWithChar ('M'))
        return 0.0;
    const auto number = numberIn (typed.retainCharacters ("+-.,0123456789" + minus), fallback);
    return typed.containsChar ('L') ? -std::abs (number) : typed.containsChar ('R') ? std::abs (number) : number;
}

juce::String decibelText (double value)
{
    if (value <= double { VoiceSettings::silentLevel })
        return minus + juce::String::charToString (juce::juce_wchar (0x221e)) + " dB";
    return signedText (std::abs (value) < 0.05 ? 0.0 : value, 1) + " dB";
}

/// How a knob shows one of a drum's settings, in the order of voiceItems.
struct SoundKnob {
    const char* tooltip;
    double scale;            // of the knob, for 1 of the setting
    double interval, middle;
    std::function<juce::String (double)> text;
    std::function<double (const juce::String&, double)> typed;
};

const std::array<SoundKnob, voiceItems.size()>& soundKnobs()
{
    static const std::array<SoundKnob, voiceItems.size()> knobs { {
        { "How loud this drum is in the kit. Double-click: as it is made.", 1.0, 0.1, -9.0, decibelText, {} },
        { "Where the drum stands between left and right.", percent, 1, 0, panText, panIn },
        { "Higher or lower, in semitones. Type 0.5 for a quarter tone.", 1.0, 0.1, 0, [] (double v) { return signedText (v, 1) + " st"; }, {} },
        { "How long it rings: below 100 % tighter, above longer. A one-shot is only ever made shorter.", percent, 1, percent, percentText, {} },
        { "How much louder hard hits are than soft ones (velocity to level): 0 % all alike, 100 % as the drum does it, 200 % twice the difference.",
          percent, 1, 0, percentText, {} },
    } };
    return knobs;
}

} // namespace

// Left of the lane's sign, where its hits stay to be seen; only where it does not fit there, wherever it does.
void LaneCard::open (Processor& processor, std::size_t lane, juce::Component& at)
{
    auto card = std::make_unique<LaneCard> (processor, lane);
    auto& first = card->sound.front()->slider;
    auto* const shown = callOut (std::move (card), first, at);
    if (shown == nullptr)
        return;
    auto& box = *shown;
    auto* const parent = at.findParentComponentOfClass<juce::AudioProcessorEditor>();
    const auto sign = parent->getLocalArea (&at, at.getLocalBounds());
    // The border around the card is seen through, and may lie outside; the arrow needs most of it.
    const auto border = box.getBorderSize();
    const auto leftOfIt = parent->getLocalBounds().withLeft (edgeSpace - border).withRight (sign.getX() + border - static_cast<int> (arrowSize) + 1);
    box.setArrowSize (arrowSize);
    if (leftOfIt.getWidth() >= box.getWidth())
        box.updatePosition (sign, leftOfIt);
}

LaneCard::LaneCard (Processor& p, std::size_t index) : processor (p), lane (index)
{
    Pattern pattern;
    if (processor.pattern (pattern) && lane < pattern.lanes) {
        const auto& letters = pattern.laneName[lane];
        name = juce::String::fromUTF8 (letters.data(), static_cast<int> (strnlen (letters.data(), letters.size())));
        drumNote = pattern.laneNote[lane];
        stepsPerBeat = pattern.stepsPerBeat;
        patternSteps = pattern.steps;
    }
    voice = voiceOf (static_cast<std::uint8_t> (drumNote));
    setTitle (name + ": sound and notes");
    setFocusContainerType (FocusContainerType::keyboardFocusContainer);
    makeSound();
    makeChoke();
    makeSample();
    makeNotes();
    show();
    setSize (width, headerHeight + titleHeight + knobHeight + 2 * (gap + rowHeight) + gap + titleHeight + knobHeight + margin - 4);
    startTimerHz (refreshHertz);
}

void LaneCard::makeSound()
{
    for (std::size_t i = 0; i < voiceItems.size(); ++i) {
        const auto& item = voiceItems[i];
        const auto& spec = soundKnobs()[i];
        const auto shown = [&spec] (float value) { return spec.scale * double { value }; };
        const auto deed = juce::String (item.name) + " of " + name;
        auto& knob = *sound.emplace_back (std::make_unique<ValueKnob> (
            item.name, spec.tooltip,
            ValueKnob::Range { shown (item.least), shown (item.most), spec.interval, shown (item.normal), spec.middle, spec.text, spec.typed }));
        knob.slider.setTitle (deed);
        setLearnable (knob, { kitTarget (voice, item.id) });
        knob.setColour (palette::lane (lane));
        knob.onBegin = [this] { processor.laneDeeds.begin(); };
        knob.onChange = [this, member = item.member, scale = spec.scale] (double value) {
            processor.laneDeeds.change ([&] (KitSettings& kit) { kit[voice].*member = static_cast<float> (value / scale); });
        };
        knob.onEnd = [this, deed] { processor.laneDeeds.end (deed); };
        addAndMakeVisible (knob);
    }
    output.setFont (Look::font (12.0f));
    output.setColour (juce::Label::textColourId, palette::quiet);
    output.setJustificationType (juce::Justification::centredRight);
    output.setTooltip ("Beside the mix each drum has a stereo output, off until the host turns it on. What is on is heard there and not in the mix.");
    addAndMakeVisible (output);
}

void LaneCard::makeChoke()
{
    for (std::size_t group = 0; group < choke.size(); ++group) {
        auto& button = choke[group];
        const auto text = group == 0 ? juce::String ("Off") : juce::String (group);
        button.setButtonText (text);
        button.setTitle ("Choke group of " + name + ": " + text);
        button.setTooltip (group == 0 ? juce::String ("This drum rings out whatever else is struck.")
                                      : "A hit of any other drum in group " + text + " ends this one, as a closed hat ends an open one.");
        button.setConnectedEdges ((group > 0 ? juce::Button::ConnectedOnLeft : 0) | (group + 1 < choke.size() ? juce::Button::ConnectedOnRight : 0));
        button.onClick = [this, group] {
            processor.laneDeeds.set ("Choke group of " + name, [&] (KitSettings& kit) { kit[voice].choke = static_cast<std::int32_t> (group); });
            show();
        };
        setLearnable (button, { kitTarget (voice, "choke") });
        addAndMakeVisible (button);
    }
}

void LaneCard::makeSample()
{
    file.setFont (Look::font (12.5f));
    file.setColour (juce::Label::backgroundColourId, palette::well);
    file.setMinimumHorizontalScale (1.0f);
    file.setTitle ("One-shot of " + name);
    load.setTooltip ("Put a sound of your own in this drum's place: WAV, AIFF, FLAC, Ogg or MP3, at most 10 s. It can also be dropped on the lane.");
    load.setTitle ("Load a one-shot for " + name);
    load.onClick = [this] { chooseFile(); };
    remove.setTooltip ("Removes the one-shot: the drum itself again.");
    remove.setTitle ("Remove the one-shot of " + name);
    remove.onClick = [this] {
        processor.laneDeeds.clear (voice, name);
        say ({});
        show();
    };
    addAndMakeVisible (file);
    addAndMakeVisible (load);
    addChildComponent (remove);
}

void LaneCard::leave()
{
    stopTimer();
    chooser = nullptr;
    for (auto& knob : sound)
        knob->leave();
    length->leave();
    for (auto* knob : { &push, &steps, &rotate })
        (*knob)->leave();
}

void LaneCard::makeNotes()
{
    note.setFont (Look::font (13.0f));
    note.setJustificationType (juce::Justification::centred);
    note.setEditable (true);
    note.setTitle ("Note of " + name);
    note.setTooltip ("The MIDI note this lane sends. Click and type a number or a name such as F#1; nothing typed: the model's own.");
    note.setColour (juce::Label::backgroundColourId, palette::well);
    note.setWantsKeyboardFocus (true);
    note.onTextChange = [this] { changeNote(); };
    addAndMakeVisible (note);
    length = feelKnob ("Own gate", "How long this lane's MIDI notes are, in percent of a step. All the way left: as the Gate knob says for all.", "Note length of ",
                       { commonLength, percent * double { LaneFeel::longestNote }, 1, commonLength, percent, [] (double v) { return v < 1.0 ? juce::String ("common") : percentText (v); },
                         [] (const juce::String& text, double old) { return text.trim().startsWithIgnoreCase ("c") ? commonLength : numberIn (text, old); } },
                       [] (LaneFeel& feel, double v) { feel.noteLength = static_cast<float> (v / percent); });
    push = feelKnob ("Push", "Plays the whole lane early (left) or late (right): a snare laid back, a hat that drives.", "Push of ",
                     { -percent * double { LaneFeel::farthestPush }, percent * double { LaneFeel::farthestPush }, 1, 0, 0, [] (double v) { return signedText (v, 0) + " %"; }, {} },
                     [] (LaneFeel& feel, double v) { feel.push = static_cast<float> (v / percent); });
    steps = feelKnob ("Own steps", "A cycle of its own: with 12 steps against 16 this lane turns against the others. All the way left: as the Steps knob says for all.",
                      "Steps of ", { 0, static_cast<double> (patternSteps), 1, 0, 0,
                        [] (double v) { return v < 1.0 ? juce::String ("common") : juce::String (juce::roundToInt (v)); },
                        [] (const juce::String& text, double old) { return text.trim().startsWithIgnoreCase ("c") ? 0.0 : numberIn (text, old); } },
                      [] (LaneFeel& feel, double v) { feel.steps = juce::roundToInt (v); });
    rotate = feelKnob ("Rotate", "Turns this lane's cycle by so many steps: later to the right, earlier to the left.", "Rotation of ",
                       { -LaneFeel::farthestTurn, LaneFeel::farthestTurn, 1, 0, 0, [] (double v) { return signedText (v, 0); }, {} },
                       [] (LaneFeel& feel, double v) { feel.rotate = juce::roundToInt (v); });
    setLearnable (*length, { laneTarget (lane, "length") });
    setLearnable (*push, { laneTarget (lane, "push") });
    setLearnable (*steps, { laneTarget (lane, "steps") });
    setLearnable (*rotate, { laneTarget (lane, "rotate") });
}

std::unique_ptr<ValueKnob> LaneCard::feelKnob (const juce::String& title, const juce::String& tooltip, const juce::String& deed,
                                               ValueKnob::Range range, std::function<void (LaneFeel&, double)> set)
{
    auto knob = std::make_unique<ValueKnob> (title, tooltip, std::move (range));
    knob->slider.setTitle (deed + name);
    knob->setColour (palette::lane (lane));
    knob->onBegin = [this] { processor.laying.begin(); };
    knob->onChange = [this, set] (double value) {
        processor.laying.change ([&] (Overlay& o) { set (o.feel[lane], value); });
    };
    knob->onEnd = [this, named = deed + name] { processor.laying.end (named); };
    addAndMakeVisible (*knob);
    return knob;
}

void LaneCard::chooseFile()
{
    chooser = std::make_unique<juce::FileChooser> ("A one-shot for " + name, juce::File(), "*.wav;*.aif;*.aiff;*.flac;*.ogg;*.mp3");
    chooser->launchAsync (juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles,
                          [this] (const juce::FileChooser& chosen) {
                              if (chosen.getResult() != juce::File())
                                  loadFile (chosen.getResult());
                          });
}

void LaneCard::loadFile (const juce::File& chosen)
{
    say (processor.laneDeeds.load (voice, chosen, name));
    show();
}

// A refusal makes the card a little longer.
void LaneCard::say (const juce::String& sentence)
{
    const auto was = std::exchange (trouble, sentence);
    setSize (width, getHeight() + (sentence.isNotEmpty() ? troubleHeight : 0) - (was.isNotEmpty() ? troubleHeight : 0));
    resized();
    repaint();
}

// A lane set to the model's own note follows the model.
void LaneCard::changeNote()
{
    const auto from = processor.noteMap();
    auto to = from;
    const auto typed = note.getText().trim();
    const auto chosen = typed.isEmpty() ? drumNote : noteIn (typed, from.note[lane] >= 0 ? from.note[lane] : drumNote);
    to.note[lane] = static_cast<std::int16_t> (chosen == drumNote ? -1 : chosen);
    processor.laneDeeds.setNotes ("Note of " + name, from, to);
    show();
}

void LaneCard::show()
{
    const auto settings = processor.kitSettings()[voice];
    for (std::size_t i = 0; i < sound.size(); ++i)
        sound[i]->show (soundKnobs()[i].scale * double { settings.*voiceItems[i].member });
    for (std::size_t group = 0; group < choke.size(); ++group)
        choke[group].setToggleState (settings.choke == static_cast<std::int32_t> (group), juce::dontSendNotification);
    showSample();
    showNotes();
}

void LaneCard::showSample()
{
    const auto sample = processor.sampleName (voice);
    const auto shown = sample.containsChar ('.') ? sample.upToLastOccurrenceOf (".", false, false) : sample;    // room for the name
    file.setText (sample.isEmpty() ? juce::String ("the kit's own drum") : shown, juce::dontSendNotification);
    file.setColour (juce::Label::textColourId, sample.isEmpty() ? palette::quiet : palette::text);
    file.setTooltip (sample);
    if (remove.isVisible() != sample.isNotEmpty()) {
        remove.setVisible (sample.isNotEmpty());
        resized();
    }

    const auto bus = static_cast<int> (voice) + 1;
    const auto* own = bus < processor.getBusCount (false) ? processor.getBus (false, bus) : nullptr;
    output.setText (own != nullptr && own->isEnabled() ? "heard at output " + own->getName() : juce::String ("heard in the mix"), juce::dontSendNotification);
}

void LaneCard::showNotes()
{
    const auto map = processor.noteMap();
    if (! note.isBeingEdited())
        note.setText (noteText (map.note[lane] >= 0 ? map.note[lane] : drumNote), juce::dontSendNotification);
    const auto feel = processor.laying.overlay()->feel[lane];
    length->show (percent * double { feel.noteLength });
    push->show (percent * double { feel.push });
    steps->show (feel.steps);
    rotate->show (feel.rotate);
    const auto bpm = processor.now.bpm.load();
    const auto milliseconds = 60000.0 * double { feel.push } / (bpm * rateOf (processor.play(), stepsPerBeat));
    const auto text = std::abs (milliseconds) < 0.05 ? juce::String()
                                                     : "Plays " + juce::String (std::abs (milliseconds), 1) + (milliseconds < 0.0 ? " ms early" : " ms late")
                                                           + " at " + juce::String (bpm, bpm == std::floor (bpm) ? 0 : 1) + " bpm";
    if (std::exchange (timing, text) != text)
        repaint();
}

void LaneCard::paint (juce::Graphics& g)
{
    const auto colour = palette::lane (lane);
    g.setColour (colour);
    g.fillRoundedRectangle (juce::Rectangle<float> (margin, 13.0f, 4.0f, 18.0f), 2.0f);
    g.setFont (Look::font (16.0f, true));
    g.setColour (palette::text);
    g.drawText (name, margin + 12, 0, width / 2 - margin, headerHeight + 2, juce::Justification::centredLeft);
    const auto section = [&] (const juce::String& title, int top) {
        g.setColour (palette::line);
        g.fillRect (0, top, getWidth(), 1);
        g.setFont (Look::font (11.5f, true));
        g.setColour (colour.interpolatedWith (palette::soft, 0.5f));
        g.drawText (title, margin, top + 3, width, titleHeight - 4, juce::Justification::centredLeft);
    };
    section ("Sound", soundTop);
    section ("Notes", notesTop);
    g.setFont (Look::font (12.0f));
    g.setColour (palette::quiet);
    g.drawText ("Choke", margin, choke[0].getY(), labelWidth, rowHeight, juce::Justification::centredLeft);
    g.drawText ("One-shot", margin, file.getY(), labelWidth, rowHeight, juce::Justification::centredLeft);
    g.drawText ("Note out", note.getBounds().withHeight (knobNameHeight).withY (length->getY()), juce::Justification::centred);
    g.drawText (timing, margin, notesTop + 3, width - 2 * margin, titleHeight - 4, juce::Justification::centredRight);
    g.setColour (palette::warning);
    g.drawFittedText (trouble, margin, file.getBottom() + 4, width - 2 * margin, troubleHeight - 4, juce::Justification::topLeft, 2, 0.9f);
}

void LaneCard::resized()
{
    auto area = getLocalBounds().reduced (margin, 0);
    output.setBounds (area.removeFromTop (headerHeight).removeFromRight (area.getWidth() / 2).translated (0, 1));
    soundTop = area.getY();
    area.removeFromTop (titleHeight);
    auto knobs = area.removeFromTop (knobHeight);
    for (auto& knob : sound)
        knob->setBounds (knobs.removeFromLeft (knobWidth));
    area.removeFromTop (gap);
    auto row = area.removeFromTop (rowHeight).withTrimmedLeft (labelWidth);
    for (auto& button : choke)
        button.setBounds (row.removeFromLeft (chokeWidth));
    area.removeFromTop (gap);
    row = area.removeFromTop (rowHeight).withTrimmedLeft (labelWidth);
    if (remove.isVisible())
        remove.setBounds (row.removeFromRight (removeWidth));
    load.setBounds (row.removeFromRight (loadWidth + gap / 2).withTrimmedRight (gap / 2));
    file.setBounds (row.withTrimmedRight (gap / 2));
    area.removeFromTop (gap + (trouble.isNotEmpty() ? troubleHeight : 0));
    notesTop = area.getY();
    area.removeFromTop (titleHeight);
    row = area.removeFromTop (knobHeight);
    note.setBounds (row.removeFromLeft (knobWidth).withTrimmedTop (knobNameHeight + 14).withHeight (rowHeight).withTrimmedRight (gap / 2));
    for (auto* knob : { &length, &push, &steps, &rotate })
        (*knob)->setBounds (row.removeFromLeft (knobWidth));
}

} // namespace groovefield
