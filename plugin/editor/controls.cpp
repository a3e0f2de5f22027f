#include "controls.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int rowHeight = 94, titleHeight = 21, padding = 8, gap = 8, buttonHeight = 26;
constexpr float motionShare = 3.6f, outputShare = 2.0f;   // buttons take the room of so many knobs

} // namespace

Controls::Controls (Processor& processor)
    : motion (processor),
      output (*processor.parameters.getParameter ("output"), "Output",
              { { "Kit", "Plays the built-in kit only." },
                { "MIDI", "Sends MIDI notes only: another instrument plays them." },
                { "Both", "Plays the built-in kit and sends MIDI notes." } })
{
    auto& parameters = processor.parameters;
    const auto knob = [&] (const char* id, const char* name, const char* unit, const char* tooltip) {
        return std::make_unique<Knob> (*parameters.getParameter (id), name, unit, tooltip);
    };
    const auto scaled = [&] (const char* id, const char* name, const char* tooltip, KnobScale scale) {
        return std::make_unique<Knob> (*parameters.getParameter (id), name, tooltip, std::move (scale));
    };
    const auto addGroup = [this] (int row, const char* title, auto... knobs) -> Group& {
        auto& group = groups.emplace_back();
        group.title = title;
        group.row = row;
        (group.knobs.push_back (std::move (knobs)), ...);
        return group;
    };

    auto styleKnob = scaled ("style", "Style", "", styleScale (styles));
    style = styleKnob.get();
    addGroup (0, "Pattern", std::move (styleKnob),
              scaled ("threshold", "Density", "How many of the possible hits sound: clockwise, less likely ones join in.", densityScale()),
              knob ("variation", "Variation", "%", "How far New take strays from the field: a little, or a new idea. The place on the pad stays; Generate is what jumps to another."),
              scaled ("change", "Change", "When a new place on the pad is heard: at once, or from the next beat, bar of the pattern or cycle on; a loop that begins again counts as one.",
                      choiceScale ({ "At once", "Beat", "Bar", "Cycle" })));
    addGroup (0, "Time",
              scaled ("division", "Division", "How long a step lasts: as in the pattern, or an eighth to a thirty-second; T is a triplet.",
                      choiceScale ({ "Pattern", "1/8", "1/8T", "1/16", "1/16T", "1/32" })),
              scaled ("time", "Time", "Half time: the same beat at half the speed, snares far apart. Double time: twice as fast.",
                      choiceScale ({ "Half", "Normal", "Double" })),
              knob ("steps", "Steps", "", "Length of the cycle in steps. Odd lengths turn against the bar. A lane can have its own: click its name."),
              knob ("rotate", "Rotate", "", "Turns the cycle: the groove begins so many steps later, or earlier to the left."));
    addGroup (0, "Feel",
              knob ("groove", "Groove", "%", "How much of the learned micro-timing is played: 0 is straight, 100 as learned."),
              knob ("swing", "Swing", "%", "Delays every second step: 50 is straight, 66 triplets."),
              knob ("velocity", "Accents", "%", "How much of the learned loud and soft is played: 0 makes all hits equal."),
              knob ("velocity_floor", "Softest", "", "No hit is softer than this velocity: lifts ghost notes that get lost."),
              knob ("humanise", "Humanise", "%", "Varies timing and loudness from cycle to cycle, as widely as the drummers did."));
    auto& moving = addGroup (1, "Motion",
              knob ("motion_size", "Size", "%", "How large the path is played: 0 stands still, 100 as you drew it. With points: how near it comes to them."),
              scaled ("motion_speed", "Speed", "How fast the path and the points go by: half as fast, as recorded, twice as fast.",
                      choiceScale ({ "1/4", "1/2", "1", "2", "4" }, juce::String::fromUTF8 ("\u00d7"))),
              knob ("wander", "Wander", "%", "Lets the position on the pad stray around where you put it, turning every two beats."),
              knob ("seed", "Seed", "", "Which way Humanise and Wander go by chance. The same seed plays the same every time."));
    moving.others = &motion;
    moving.othersShare = motionShare;
    moving.othersFirst = true;
    addGroup (1, "Fill",
              scaled ("fill", "Every", "Ends every so many bars in a fill, from the second beat of the last bar on.",
                      choiceScale ({ "Off", "1 bar", "2 bars", "4 bars", "8 bars", "16 bars" })),
              knob ("fill_amount", "Amount", "%", "How much of a fill it is: a hint, or all of it. With fills in the material it goes to the nearest "
                                                  "of them, else it plays more hits."));
    auto& out = addGroup (1, "Output",
              knob ("note_length", "Gate", "%", "How long the MIDI notes are, in percent of a step, but for lanes with a gate of their own."),
              knob ("level", "Kit level", "dB", "Level of the whole built-in kit."));
    out.others = &output;
    out.othersShare = outputShare;
    for (auto& group : groups) {
        for (auto& one : group.knobs)
            addAndMakeVisible (*one);
        if (group.others != nullptr)
            addAndMakeVisible (group.others);
    }
    showStyles ({});
}

int Controls::height() noexcept { return 2 * rowHeight + gap; }

void Controls::showMotion()
{
    motion.show();
    const auto words = motion.inWords();
    if (words == motionInWords)
        return;
    motionInWords = words;
    motionMisses = motion.missing().isNotEmpty();
    if (motionMisses)
        juce::AccessibilityHandler::postAnnouncement (words, juce::AccessibilityHandler::AnnouncementPriority::medium);
    repaint();
}

void Controls::showStyles (const juce::StringArray& now)
{
    if (now == *styles && style->slider.getTooltip().isNotEmpty())
        return;
    *styles = now;
    style->setEnabled (! now.isEmpty());
    style->slider.setTooltip (now.isEmpty()
                                  ? "This model has no styles: train on folders with names, or with an info.csv, and it has."
                                  : "Plays the whole field in one style, or between two: " + now.joinIntoString (", ")
                                        + ". Click the name to type another; double-click for all.");
    style->slider.updateText();
}

void Controls::paint (juce::Graphics& g)
{
    for (const auto& group : groups) {
        const auto area = group.bounds.toFloat();
        g.setColour (palette::panel);
        g.fillRoundedRectangle (area, palette::corner);
        g.setFont (Look::font (12.0f, true));
        g.setColour (palette::soft);
        const auto line = group.bounds.reduced (padding + 2, 0).withTrimmedTop (4).withHeight (16);
        g.drawText (group.title, line, juce::Justification::centredLeft);
        if (group.others == &motion) {
            g.setFont (Look::font (12.0f));
            g.setColour (motionMisses ? palette::warning : palette::quiet);
            g.drawFittedText (motionInWords, line.withTrimmedLeft (56), juce::Justification::centredLeft, 1, 0.85f);
        }
    }
}

// Every knob of a row gets the same width; groups are as wide as what they hold.
void Controls::layOutRow (int row, juce::Rectangle<int> area)
{
    float shares = 0.0f;
    int count = 0;
    for (const auto& group : groups)
        if (group.row == row) {
            shares += static_cast<float> (group.knobs.size()) + group.othersShare;
            ++count;
        }
    const auto room = area.getWidth() - gap * (count - 1) - 2 * padding * count;
    const auto share = static_cast<float> (room) / shares;

    auto left = static_cast<float> (area.getX());
    for (auto& group : groups) {
        if (group.row != row)
            continue;
        const auto width = 2.0f * padding + share * (static_cast<float> (group.knobs.size()) + group.othersShare);
        group.bounds = juce::Rectangle<float> (left, static_cast<float> (area.getY()), width, static_cast<float> (area.getHeight())).toNearestIntEdges();
        left += width + gap;
        auto inside = group.bounds.withTrimmedTop (titleHeight).reduced (padding, 0).withTrimmedBottom (4).toFloat();
        if (group.others != nullptr) {
            const auto taken = group.othersFirst ? inside.removeFromLeft (share * group.othersShare).withTrimmedRight (padding)
                                          : inside.removeFromRight (share * group.othersShare).withTrimmedLeft (padding);
            group.others->setBounds (taken.toNearestIntEdges());
        }
        for (auto& one : group.knobs)
            one->setBounds (inside.removeFromLeft (share).toNearestIntEdges());
    }
    output.setBounds (output.getBounds().withSizeKeepingCentre (output.getWidth(), buttonHeight));
}

void Controls::resized()
{
    auto area = getLocalBounds();
    layOutRow (0, area.removeFromTop (rowHeight));
    layOutRow (1, area.removeFromBottom (rowHeight));
}

} // namespace groovefield
