#include "drag_handle.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int dragDistance = 4;

} // namespace

DragHandle::DragHandle (std::function<juce::File()> make) : Button ("Drag MIDI"), makeFile (std::move (make))
{
    setTitle ("Drag the pattern out as a MIDI file");
    setTooltip ("Drag this onto a track or into a folder: the present pattern as a MIDI file, with its micro-timing. "
                "Click to save it instead.");
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
    g.drawText ("Drag MIDI", area.withTrimmedLeft (26), juce::Justification::centredLeft);
    drawFocus (g, *this, area);
}

juce::File DragHandle::makeOrComplain() const
{
    const auto file = makeFile();
    if (! file.existsAsFile() && onTrouble)
        onTrouble ("The pattern could not be written as a MIDI file into the temporary folder.");
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

void DragHandle::save()
{
    const auto start = juce::File::getSpecialLocation (juce::File::userDocumentsDirectory).getChildFile ("Groovefield pattern.mid");
    chooser = std::make_unique<juce::FileChooser> ("Save the pattern as a MIDI file", start, "*.mid");
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

} // namespace groovefield
