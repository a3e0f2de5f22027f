// Files held over the editor and dropped on it. One clip on the pad is looked for in the field, one sound on a lane becomes
// its one-shot, a model is loaded; everything else is material to train on.
#include "editor.h"

#include "../processor/incoming_notes.h"

#include <algorithm>

namespace groovefield {

namespace {

bool isModel (const juce::StringArray& files) { return files.size() == 1 && files[0].endsWithIgnoreCase (".groovefield"); }

bool isClip (const juce::StringArray& files)
{
    return files.size() == 1 && Training::couldUse (files[0]) && ! juce::File (files[0]).isDirectory();
}

bool isSound (const juce::StringArray& files) { return isClip (files) && ! Training::isMidi (files[0]); }

} // namespace

bool Editor::isInterestedInFileDrag (const juce::StringArray& files)
{
    return isModel (files) || std::any_of (files.begin(), files.end(), Training::couldUse);
}

Editor::Held Editor::heldAt (const juce::StringArray& files, juce::Point<int> at) const
{
    Held found;
    if (isModel (files))
        return found;
    found.drop = Drop::train;
    found.padTakes = isClip (files);
    found.lanesTake = isSound (files) && pattern.isVisible();
    if (found.padTakes && getLocalArea (&pad, pad.pad.getBounds()).contains (at))
        found.drop = Drop::place;
    else if (const auto lane = pattern.laneAt (pattern.getLocalPoint (this, at)); found.lanesTake && lane) {
        found.drop = Drop::lane;
        found.lane = *lane;
    }
    return found;
}

void Editor::setHeld (const Held& now)
{
    if (! (std::exchange (held, now) == now))
        repaint();
}

void Editor::fileDragEnter (const juce::StringArray& files, int x, int y) { setHeld (heldAt (files, { x, y })); }
void Editor::fileDragMove (const juce::StringArray& files, int x, int y) { setHeld (heldAt (files, { x, y })); }
void Editor::fileDragExit (const juce::StringArray&) { setHeld ({}); }

void Editor::filesDropped (const juce::StringArray& files, int x, int y)
{
    const auto dropped = heldAt (files, { x, y });
    setHeld ({});
    if (isModel (files)) {
        header.loadModel (juce::File (files[0]));
    } else if (dropped.drop == Drop::place) {
        message.clear();
        processor.places.findClip (juce::File (files[0]));
    } else if (dropped.drop == Drop::lane) {
        const auto& lane = pattern.grid.shown().lanes[dropped.lane];
        message = processor.laneDeeds.load (voiceOf (lane.note), juce::File (files[0]), juce::String::fromUTF8 (lane.name.c_str()));
        if (message.isNotEmpty())
            message << " Drop it beside the lanes to train on it.";
    } else {
        train (files);
    }
    tickSlowly();
}

void Editor::train (const juce::StringArray& files)
{
    juce::StringArray usable;
    for (const auto& file : files)
        if (Training::couldUse (file))
            usable.add (file);
    training.add (usable);
    showTraining (true);
    const auto others = files.size() - usable.size();
    message = others == 0 ? juce::String() : juce::String (others) + (others == 1 ? " file is" : " files are") + " neither MIDI nor audio and left alone.";
}

// All places where it could be dropped; the one under the mouse is lit.
void Editor::paintOverChildren (juce::Graphics& g)
{
    if (held.drop == Drop::none)
        return;
    if (held.padTakes)
        paintDrop (g, getLocalArea (&pad, pad.pad.getBounds()), "Drop to find it in this field", held.drop == Drop::place);
    paintDrop (g, held.lanesTake ? controls.getBounds() : training.getBounds(), "Drop to train on it", held.drop == Drop::train);
    if (! held.lanesTake)
        return;
    for (std::size_t lane = 0; lane < pattern.strips.size(); ++lane) {
        const auto row = getLocalArea (&pattern, pattern.rowOf (lane)).reduced (0, 1);
        if (held.drop == Drop::lane && held.lane == lane) {
            paintDrop (g, row, "Drop: one-shot for " + pattern.strips[lane]->name.getButtonText(), true);
        } else {
            g.setColour (palette::edge);
            g.drawRoundedRectangle (row.toFloat().reduced (0.5f), palette::corner, 1.0f);
        }
    }
}

void Editor::paintDrop (juce::Graphics& g, juce::Rectangle<int> area, const juce::String& what, bool chosen) const
{
    g.setColour (palette::ground.withAlpha (chosen ? 0.75f : 0.6f));
    g.fillRoundedRectangle (area.toFloat(), palette::corner);
    g.setColour (chosen ? palette::accent : palette::edge);
    g.drawRoundedRectangle (area.toFloat().reduced (1.0f), palette::corner, chosen ? 2.0f : 1.0f);
    g.setColour (chosen ? palette::accent : palette::soft);
    g.setFont (Look::font (std::min (17.0f, 0.55f * static_cast<float> (area.getHeight())), chosen));
    g.drawFittedText (what, area.reduced (std::min (12, area.getHeight() / 6)), juce::Justification::centred, 2);
}

} // namespace groovefield
