#include "editor.h"

#include "lane_card.h"
#include "note_table.h"

#include <utility>

namespace groovefield {

namespace {

constexpr int defaultWidth = 980, defaultHeight = 742, leastWidth = 720, leastHeight = 560, mostWidth = 2400, mostHeight = 1600;
constexpr int margin = 16, headerHeight = 32, statusHeight = 28;
constexpr double frameSeconds = 1.0 / 60.0, slowSeconds = 0.25;

double secondsNow() { return juce::Time::getMillisecondCounterHiRes() * 0.001; }

} // namespace

Editor::Editor (Processor& p)
    : AudioProcessorEditor (p), processor (p), frames (p), header (p), pad (p), pattern (p), training (p), controls (p), learning (p.midiLearn, *this)
{
    setTitle ("Groovefield");
    setWantsKeyboardFocus (false);
    for (juce::Component* child : { static_cast<juce::Component*> (&header), static_cast<juce::Component*> (&pad),
                                    static_cast<juce::Component*> (&pattern), static_cast<juce::Component*> (&controls),
                                    static_cast<juce::Component*> (&status) })
        addAndMakeVisible (child);
    addChildComponent (training);
    addAndMakeVisible (learning);
    // After the children: they hear of it.
    setLookAndFeel (&look);
    tooltips.setLookAndFeel (&look);
    const auto complain = [this] (const juce::String& sentence) {
        message = sentence;
        tickSlowly();
    };
    header.onMessage = complain;
    learning.onMessage = complain;
    pattern.onMessage = complain;
    pattern.drag.onTrouble = complain;
    pattern.heard.onTrouble = complain;
    header.studio.onClick = [this] {
        processor.openStudio();
        tickSlowly();
    };
    header.train.onClick = [this] { showTraining (! training.isVisible()); };
    header.onZoom = [this] (int percent) { setZoom (percent); };
    header.fits = [this] (int percent) { return zoomFits (percent); };
    training.onClose = [this] { showTraining (false); };
    showTraining (processor.training.active());

    // Read before the limits come: they resize, and resizing is remembered.
    const int width = processor.editorWidth, height = processor.editorHeight;
    setResizable (true, true);
    setResizeLimits (leastWidth, leastHeight, mostWidth, mostHeight);
    setSize (width > 0 ? juce::jlimit (leastWidth, mostWidth, width) : defaultWidth,
             height > 0 ? juce::jlimit (leastHeight, mostHeight, height) : defaultHeight);
    if (processor.editorZoom != zoomed)
        setZoom (processor.editorZoom);
    tick (secondsNow());
    display = { this, [this] { refresh(); } };
}

Editor::~Editor()
{
    display = {};
    // JUCE deletes open cards later, when the processor may be gone.
    for (auto* child : getChildren())
        if (auto* box = dynamic_cast<juce::CallOutBox*> (child))
            for (auto* content : box->getChildren()) {
                if (auto* card = dynamic_cast<LaneCard*> (content))
                    card->leave();
                if (auto* table = dynamic_cast<NoteTable*> (content))
                    table->leave();
            }
    tooltips.setLookAndFeel (nullptr);
    setLookAndFeel (nullptr);
}

// What the display shows of it, in its own pixels; much where there is no display yet.
juce::Rectangle<float> Editor::roomAt (int percent) const
{
    const auto* at = isShowing() ? juce::Desktop::getInstance().getDisplays().getDisplayForRect (getScreenBounds()) : nullptr;
    return at == nullptr ? juce::Rectangle<float> (mostWidth, mostHeight) : at->userArea.toFloat() * (100.0f / (hostsScale * static_cast<float> (percent)));
}

bool Editor::zoomFits (int percent) const
{
    const auto room = roomAt (percent);
    return room.getWidth() >= leastWidth && room.getHeight() >= leastHeight;
}

void Editor::setZoom (int percent)
{
    zoomed = juce::jlimit (Header::zooms.front(), Header::zooms.back(), percent);
    processor.editorZoom = zoomed;
    const auto room = roomAt (zoomed);
    const juce::ScopedValueSetter<bool> ours (zooming, true);
    setSize (juce::jlimit (leastWidth, std::max (leastWidth, static_cast<int> (room.getWidth())), chosenSize.x),
             juce::jlimit (leastHeight, std::max (leastHeight, static_cast<int> (room.getHeight())), chosenSize.y));
    setScaleFactor (hostsScale);
    // A host places its windows; our own window comes back onto the display.
    if (auto* window = getTopLevelComponent(); juce::JUCEApplicationBase::isStandaloneApp() && window != this)
        if (const auto* at = juce::Desktop::getInstance().getDisplays().getDisplayForRect (window->getScreenBounds()))
            window->setBounds (window->getBounds().constrainedWithin (at->userArea));
}

void Editor::setScaleFactor (float hosts)
{
    hostsScale = hosts;
    AudioProcessorEditor::setScaleFactor (hosts * static_cast<float> (zoomed) / 100.0f);
}

void Editor::refresh()
{
    // Displays of 120 Hz and more: every second frame, or less.
    if (const auto now = secondsNow(); now - lastTick > frameSeconds * 0.9)
        tick (now);
}

void Editor::tick (double seconds)
{
    lastTick = seconds;
    const auto& frame = frames.read (seconds);
    header.show (frame);
    pad.show (frame);
    pattern.show (frame);
    controls.showMotion();
    if (lastSlowTick < 0.0 || seconds - lastSlowTick > slowSeconds) {
        lastSlowTick = seconds;
        tickSlowly();
    }
}

// A search that failed and a studio that did not open are said until something else happens.
void Editor::hearOthers()
{
    const auto& search = processor.places.state();
    const auto failed = search.phase == PlaceFinder::Phase::failed ? search.sentence : juce::String();
    if (std::exchange (lastSearch, failed) != failed)
        message = failed;
    if (const auto& said = processor.studio.sentence(); std::exchange (lastStudio, said) != said)
        message = said;
}

void Editor::tickSlowly()
{
    hearOthers();
    learning.show();
    header.showSlowly();
    if (processor.editorZoom != zoomed)    // a state brought another one
        setZoom (processor.editorZoom);
    if (training.isVisible())
        training.show();
    status.show (processor.modelSentence(), processor.modelReady(), message.isNotEmpty() ? message : processor.lastComplaint());
    controls.showStyles (processor.currentModel()->styles);
    showPicture();
}

// The model's own picture at once; a newer one from the model process when it has drawn it.
void Editor::showPicture()
{
    const auto model = processor.currentModel();
    std::vector<std::uint8_t> rgba;
    if (model != pictured) {
        pictured = model;
        pad.pad.setModel (model);
        if (pad.setLatents (static_cast<int> (model->latents)))
            resized();
    }
    if (processor.picture (rgba, pictureVersion))
        pad.pad.setMap (rgba);
}

void Editor::paint (juce::Graphics& g)
{
    g.fillAll (palette::ground);
    g.setColour (palette::line);
    g.fillRect (0, getHeight() - statusHeight - 1, getWidth(), 1);
}

void Editor::resized()
{
    processor.editorWidth = getWidth();
    processor.editorHeight = getHeight();
    if (! zooming)
        chosenSize = { getWidth(), getHeight() };

    auto area = getLocalBounds();
    status.setBounds (area.removeFromBottom (statusHeight).reduced (margin, 0));
    area.removeFromBottom (1);
    area = area.reduced (margin, 12);
    header.setBounds (area.removeFromTop (headerHeight));
    area.removeFromTop (12);
    controls.setBounds (area.removeFromBottom (Controls::height()));
    area.removeFromBottom (12);

    const auto padWidth = std::min (pad.widthFor (area.getHeight()), area.getWidth() * 2 / 5);
    pad.setBounds (area.removeFromLeft (padWidth));
    area.removeFromLeft (margin + 4);
    pattern.setBounds (area);
    training.setBounds (area);
}

// One or the other; the pad beside them stays.
void Editor::showTraining (bool shown)
{
    training.setVisible (shown);
    pattern.setVisible (! shown);
    header.train.setToggleState (shown, juce::dontSendNotification);
    if (shown)
        training.show();
}

// Keys that no part of the editor took. Hosts that want them for themselves never send them.
bool Editor::keyPressed (const juce::KeyPress& key)
{
    constexpr auto command = juce::ModifierKeys::commandModifier, shift = juce::ModifierKeys::shiftModifier;
    if (key == juce::KeyPress ('z', command, 0))
        processor.history.undo();
    else if (key == juce::KeyPress ('z', command | shift, 0) || key == juce::KeyPress ('y', command, 0))
        processor.history.redo();
    else
        return learning.keyPressed (key);
    return true;
}

} // namespace groovefield
