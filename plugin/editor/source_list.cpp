#include "source_list.h"

#include "../processor/training.h"
#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int rowHeight = 24, crossWidth = 26;

juce::String kindOf (const juce::File& file)
{
    if (file.isDirectory())
        return "folder";
    if (Training::isMidi (file.getFileName()))
        return "MIDI";
    return file.existsAsFile() ? "loop" : "missing";
}

} // namespace

SourceList::SourceList()
{
    list.setModel (this);
    list.setRowHeight (rowHeight);
    list.setColour (juce::ListBox::backgroundColourId, juce::Colours::transparentBlack);
    list.setColour (juce::ListBox::outlineColourId, juce::Colours::transparentBlack);
    list.setTitle ("Material to train on");
    addChildComponent (list);
    setTitle ("Material to train on");
}

SourceList::~SourceList() { list.setModel (nullptr); }

void SourceList::show (const juce::StringArray& shown, bool canEdit)
{
    if (shown == paths && canEdit == editable)
        return;
    paths = shown;
    editable = canEdit;
    list.setVisible (! paths.isEmpty());
    list.updateContent();
    list.repaint();
    repaint();
}

void SourceList::paint (juce::Graphics& g)
{
    const auto area = getLocalBounds().toFloat();
    g.setColour (palette::well);
    g.fillRoundedRectangle (area, palette::corner);
    if (! paths.isEmpty())
        return;
    juce::Path edge, dashes;
    edge.addRoundedRectangle (area.reduced (6.5f), palette::corner);
    const float pattern[] = { 5.0f, 4.0f };
    juce::PathStrokeType (1.0f).createDashedStroke (dashes, edge, pattern, 2);
    g.setColour (palette::edge);
    g.fillPath (dashes);
    auto text = getLocalBounds().reduced (16).withSizeKeepingCentre (getWidth() - 32, 44);
    g.setFont (Look::font (14.0f, true));
    g.setColour (palette::soft);
    g.drawText ("Drop your MIDI files, loops or folders here", text.removeFromTop (24), juce::Justification::centred);
    g.setFont (Look::font (12.5f));
    g.setColour (palette::quiet);
    g.drawText ("or click to choose them", text, juce::Justification::centred);
}

void SourceList::resized() { list.setBounds (getLocalBounds().reduced (4)); }

void SourceList::mouseUp (const juce::MouseEvent&)
{
    if (paths.isEmpty() && onChoose)
        onChoose();
}

void SourceList::paintListBoxItem (int row, juce::Graphics& g, int width, int height, bool selected)
{
    if (row >= paths.size())
        return;
    const juce::File file (paths[row]);
    auto area = juce::Rectangle<int> (width, height);
    if (selected) {
        g.setColour (palette::raised);
        g.fillRoundedRectangle (area.toFloat(), palette::corner);
    }
    area.removeFromLeft (8);
    if (const auto cross = area.removeFromRight (crossWidth); editable) {
        const auto mark = cross.withSizeKeepingCentre (8, 8).toFloat();
        g.setColour (palette::quiet);
        g.drawLine ({ mark.getTopLeft(), mark.getBottomRight() }, 1.2f);
        g.drawLine ({ mark.getTopRight(), mark.getBottomLeft() }, 1.2f);
    }
    g.setFont (Look::font (12.0f));
    g.setColour (palette::quiet);
    g.drawText (kindOf (file), area.removeFromRight (56), juce::Justification::centredRight);
    area.removeFromRight (8);
    g.setFont (Look::font (13.0f));
    g.setColour (palette::text);
    g.drawText (file.getFileName(), area, juce::Justification::centredLeft);
}

void SourceList::listBoxItemClicked (int row, const juce::MouseEvent& event)
{
    if (editable && event.x > list.getVisibleRowWidth() - crossWidth && onRemove)
        onRemove (row);
}

void SourceList::deleteKeyPressed (int row)
{
    if (editable && onRemove && juce::isPositiveAndBelow (row, paths.size()))
        onRemove (row);
}

} // namespace groovefield
