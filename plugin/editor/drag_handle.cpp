#include "drag_handle.h"

#include "look_and_feel.h"
#include "windows.h"

namespace groovefield {

namespace {

constexpr int dragDistance = 4;

} // namespace

DragHandle::DragHandle (std::function<juce::File()> make) : DragHandle (std::move (make), Words()) {}

DragHandle::DragHandle (std::function<juce::File()> make, Words said)
    : Button (said.title), words (std::move (said)), makeFile (std::move (make))
{
    setTitle (words.title);
    setTooltip (words.tooltip);
    setMouseCursor (juce::MouseCursor::DraggingHandCursor);
}

void DragHandle::paintButton (juce::Graphics& g, bool over, bool down)
{
    const auto area = getLocalBounds().toFloat();
    g.setColour (over || down ? palette::hover : palette::raised);
    g.fillRoundedRectangle (area, palette::corner);

    // Six dots: something to hold.
    g.setColour (over ? palette::accent : palette::quiet);
    for (int column = 0; column < 2; ++column)
        for (int line = 0; line < 3; ++line)
            g.fillEllipse (juce::Rectangle<float> (2.6f, 2.6f).withCentre (
                { 13.0f + static_cast<float> (column) * 5.0f, area.getCentreY() + static_cast<float> (line - 1) * 5.0f }));
    g.setFont (Look::font (12.5f, true));
    g.setColour (over ? palette::text : palette::soft);
    g.drawFittedText (words.shown, area.withTrimmedLeft (24).withTrimmedRight (3).toNearestInt(), juce::Justification::centredLeft, 1, 0.72f);
    drawFocus (g, *this, area);
}

juce::File DragHandle::makeOrComplain() const
{
    const auto file = makeFile();
    if (! file.existsAsFile() && onTrouble)
        onTrouble (words.trouble);
    return file;
}

// A drag that ended outside is no click, so nothing else takes the mark of the last one away.
void DragHandle::mouseDown (const juce::MouseEvent& e)
{
    dragged = false;
    Button::mouseDown (e);
}

void DragHandle::mouseDrag (const juce::MouseEvent& e)
{
    if (dragged || e.getDistanceFromDragStart() < dragDistance)
        return;
    dragged = true;
    setState (buttonNormal);
    if (const auto file = makeOrComplain(); file.existsAsFile())
        juce::DragAndDropContainer::performExternalDragDropOfFiles ({ file.getFullPathName() }, false, this);
}

void DragHandle::clicked()
{
    if (! dragged)
        save();
}

void DragHandle::say (const juce::String& shown)
{
    words.shown = shown;
    repaint();
}

void DragHandle::save()
{
    const auto start = juce::File::getSpecialLocation (juce::File::userDocumentsDirectory).getChildFile (words.fileName);
    chooser = std::make_unique<juce::FileChooser> ("Save as a MIDI file", start, "*.mid");
    const auto how = juce::FileBrowserComponent::saveMode | juce::FileBrowserComponent::canSelectFiles
                       | juce::FileBrowserComponent::warnAboutOverwriting;
    chooser->launchAsync (how, [this] (const juce::FileChooser& chosen) {
        const auto target = chosen.getResult();
        if (target == juce::File())
            return;
        const auto file = makeOrComplain();
        if (file.existsAsFile() && ! file.copyFileTo (target) && onTrouble)
            onTrouble (target.getFullPathName() + " cannot be written.");
    });
}

HeardHandle::HeardHandle (std::function<juce::File (int)> make)
    : DragHandle ([this, make = std::move (make)] { return make (barCount); },
                  { "Heard", "Drag the last bars out as a MIDI file, as they were heard",
                    "Drag this onto a track or into a folder: the last bars as a MIDI file, every note where and as it was played. "
                    "Click to choose how many bars, or to save them.",
                    "Groovefield heard.mid", "There is nothing to drag: no note was played since the host started, or the file could not be written." })
{
    setBars (barCount);
}

void HeardHandle::setBars (int count)
{
    barCount = count;
    say ("Heard: " + juce::String (count) + (count == 1 ? " bar" : " bars"));
}

void HeardHandle::clicked()
{
    if (wasDragged())
        return;
    juce::PopupMenu menu;
    for (const auto count : choices)
        menu.addItem (count == 1 ? juce::String ("The last bar") : "The last " + juce::String (count) + " bars", true, count == barCount,
                      [safe = juce::Component::SafePointer<HeardHandle> (this), count] { if (safe != nullptr) safe->setBars (count); });
    menu.addSeparator();
    menu.addItem ("Save as a MIDI file...", [safe = juce::Component::SafePointer<HeardHandle> (this)] { if (safe != nullptr) safe->save(); });
    showMenu (menu, *this);
}

} // namespace groovefield
