#include "train_panel.h"

#include "look_and_feel.h"

namespace groovefield {

namespace {

constexpr int titleHeight = 32, rowHeight = 28, gap = 8, labelWidth = 76, roomyHeight = 300;
constexpr int mostEpochs = 1'000'000;

void setUpText (juce::TextEditor& editor, const juce::String& title, const juce::String& tooltip)
{
    editor.setTitle (title);
    editor.setTooltip (tooltip);
    editor.setFont (Look::font (13.0f));
    editor.setColour (juce::TextEditor::backgroundColourId, palette::well);
    editor.setColour (juce::TextEditor::outlineColourId, juce::Colours::transparentBlack);
    editor.setColour (juce::TextEditor::focusedOutlineColourId, palette::soft);
    editor.setColour (juce::TextEditor::textColourId, palette::text);
    editor.setIndents (8, 6);
}

juce::String timeLeft (double seconds)
{
    if (seconds < 90.0)
        return juce::String (juce::roundToInt (seconds)) + " s left";
    return juce::String (juce::roundToInt (seconds / 60.0)) + " min left";
}

} // namespace

TrainPanel::TrainPanel (Processor& processor) : training (processor.training)
{
    setTitle ("Train");
    for (juce::Component* child : { static_cast<juce::Component*> (&sources), static_cast<juce::Component*> (&curve),
                                    static_cast<juce::Component*> (&name), static_cast<juce::Component*> (&report),
                                    static_cast<juce::Component*> (&epochs) })
        addAndMakeVisible (child);
    setUpChoices();
    setUpButtons();
    sources.onChoose = [this] { choose (false); };
    sources.onRemove = [this] (int row) {
        training.choice.sources.remove (row);
        show();
    };
    show();
}

void TrainPanel::setUpChoices()
{
    setUpText (name, "Name of the model", "What the new field is called, here and in the library.");
    name.setText (training.choice.name, false);
    name.onTextChange = [this] { training.choice.name = name.getText(); };
    setUpText (epochs, "Epochs", "How often it goes through the material. Empty: until it stops improving.");
    epochs.setInputRestrictions (7, "0123456789");
    if (training.choice.epochs > 0)
        epochs.setText (juce::String (training.choice.epochs), false);
    epochs.onTextChange = [this] { training.choice.epochs = juce::jlimit (0, mostEpochs, epochs.getText().getIntValue()); };
    setUpText (report, "Report", "What was read of the material, what was left out, and why.");
    report.setMultiLine (true);
    report.setReadOnly (true);
    report.setFont (Look::font (12.5f));
    report.setColour (juce::TextEditor::textColourId, palette::soft);
    report.setTextToShowWhenEmpty ("What was read is told here.", palette::quiet);

    const char* const words[] = { "Exact", "Close", "Free" };
    const char* const tooltips[] = { "Your grooves are played back exactly where they lie; between them the field moves in larger steps.",
                                     "Near your grooves, with smooth ways between them.",
                                     "The field takes liberties: smoother, with more that is new between your grooves." };
    setUpCloseness (automatic, "Auto", "What suits the material: exact for a small set, close for a large one.", std::nullopt);
    for (std::size_t i = 0; i < closeness.size(); ++i)
        setUpCloseness (closeness[i], words[i], tooltips[i], static_cast<Training::Closeness> (i));
    automatic.setConnectedEdges (juce::Button::ConnectedOnRight);
    closeness.back().setConnectedEdges (juce::Button::ConnectedOnLeft);
}

// One of a row of which one is always on.
void TrainPanel::setUpCloseness (juce::TextButton& button, const char* word, const char* tooltip, std::optional<Training::Closeness> meant)
{
    addAndMakeVisible (button);
    button.setButtonText (word);
    button.setTitle (juce::String ("Closeness: ") + word);
    button.setTooltip (tooltip);
    button.setColour (juce::TextButton::buttonOnColourId, palette::soft);
    button.setColour (juce::TextButton::textColourOnId, palette::well);
    button.setConnectedEdges (juce::Button::ConnectedOnLeft | juce::Button::ConnectedOnRight);
    button.onClick = [this, meant] {
        training.choice.closeness = meant;
        show();
    };
}

void TrainPanel::setUpButtons()
{
    const auto setUp = [this] (juce::TextButton& button, const char* tooltip, std::function<void()> action) {
        addAndMakeVisible (button);
        button.setTooltip (tooltip);
        button.onClick = std::move (action);
    };
    setUp (addFiles, "Adds MIDI files or audio loops.", [this] { choose (false); });
    setUp (addFolder, "Adds a folder with all that is in it.", [this] { choose (true); });
    setUp (clear, "Takes everything off the list. The files stay where they are.", [this] {
        training.choice.sources.clear();
        show();
    });
    setUp (close, "Shows the pattern again; training goes on.", [this] {
        if (onClose)
            onClose();
    });
    setUp (train, "Learns a field of your own from these grooves, and plays it when it is ready.", [this] { start(); });
    train.setColour (juce::TextButton::buttonColourId, palette::accent);
    train.setColour (juce::TextButton::textColourOffId, palette::well);
    setUp (pause, "Holds the training, and lets it go on.", [this] {
        if (training.state().phase == Training::Phase::paused)
            training.resume();
        else
            training.pause();
    });
    setUp (hear, "Plays the field as it is after this epoch, while it goes on learning.", [this] { training.hear(); });
    setUp (finish, "Ends here, with the best field so far.", [this] { training.finish(); });
    setUp (cancel, "Ends, and keeps nothing.", [this] { training.cancel(); });
}

void TrainPanel::add (const juce::StringArray& paths)
{
    training.add (paths);
    show();
}

void TrainPanel::choose (bool folders)
{
    using Browser = juce::FileBrowserComponent;
    chooser = std::make_unique<juce::FileChooser> (folders ? "Folders to train on" : "MIDI files and loops to train on", juce::File(),
                                                   Training::filePattern());
    const auto kind = folders ? Browser::canSelectDirectories : Browser::canSelectFiles;
    chooser->launchAsync (Browser::openMode | Browser::canSelectMultipleItems | kind, [this] (const juce::FileChooser& chosen) {
        juce::StringArray paths;
        for (const auto& file : chosen.getResults())
            paths.add (file.getFullPathName());
        add (paths);
    });
}

void TrainPanel::start()
{
    const auto refusal = training.start();
    show();
    if (refusal.isNotEmpty()) {
        sentence = refusal;
        repaint();
    }
}

juce::String TrainPanel::progressText (const Training::State& state) const
{
    if (state.phase != Training::Phase::training || state.epoch == 0)
        return state.sentence;
    auto text = state.sentence + ": epoch " + juce::String (state.epoch) + " of " + juce::String (state.epochs) + ", "
              + timeLeft (state.secondsLeft);
    if (state.clips == 0)
        return text;
    text << ". Plays back " << state.exact << " of " << state.clips << (state.clips == 1 ? " clip exactly" : " clips exactly");
    if (state.windows > state.clips)
        text << " (" << state.exactWindows << " of " << state.windows << " windows)";
    return text + ".";
}

void TrainPanel::show()
{
    const auto& state = training.state();
    sources.show (training.choice.sources, ! training.active());
    name.setTextToShowWhenEmpty (training.modelName(), palette::quiet);
    epochs.setTextToShowWhenEmpty (epochs.getWidth() > 160 ? "until it stops improving" : "auto", palette::quiet);
    automatic.setToggleState (! training.choice.closeness, juce::dontSendNotification);
    for (std::size_t i = 0; i < closeness.size(); ++i)
        closeness[i].setToggleState (training.choice.closeness == static_cast<Training::Closeness> (i), juce::dontSendNotification);
    showState (state);
}

void TrainPanel::showState (const Training::State& state)
{
    using Phase = Training::Phase;
    const bool nowRunning = training.active();
    const auto text = progressText (state);
    const auto nowProgress = state.epochs > 0 ? static_cast<double> (state.epoch) / state.epochs : 0.0;
    const bool nowFailed = state.phase == Phase::failed;
    if (text != sentence || nowProgress != progress || nowFailed != failed) {
        sentence = text;
        progress = nowProgress;
        failed = nowFailed;
        repaint();
    }
    curve.show (state.losses, state.validation, state.epochs);
    if (const auto lines = state.report.joinIntoString ("\n"); lines != report.getText())
        report.setText (lines, false);
    pause.setButtonText (state.phase == Phase::paused ? "Go on" : "Pause");
    const bool learning = state.phase == Phase::training || state.phase == Phase::paused;
    pause.setEnabled (learning);
    hear.setEnabled (learning && state.epoch > 0);
    finish.setEnabled (learning && state.epoch > 0);
    cancel.setEnabled (nowRunning);
    train.setEnabled (! training.choice.sources.isEmpty());
    clear.setEnabled (! training.choice.sources.isEmpty());
    if (nowRunning != running || ! train.isVisible() == ! nowRunning) {
        running = nowRunning;
        for (auto* button : { &pause, &hear, &finish, &cancel })
            button->setVisible (running);
        for (juce::Component* part : { static_cast<juce::Component*> (&train), static_cast<juce::Component*> (&addFiles),
                                       static_cast<juce::Component*> (&addFolder), static_cast<juce::Component*> (&clear) })
            part->setVisible (! running);
        for (auto* editor : { &name, &epochs })
            editor->setEnabled (! running);
        automatic.setEnabled (! running);
        for (auto& button : closeness)
            button.setEnabled (! running);
        resized();
        repaint();
    }
}

void TrainPanel::paint (juce::Graphics& g)
{
    if (! titleArea.isEmpty()) {
        g.setFont (Look::font (15.0f, true));
        g.setColour (palette::text);
        g.drawText ("Train", titleArea.withWidth (54), juce::Justification::centredLeft);
        g.setFont (Look::font (12.5f));
        g.setColour (palette::quiet);
        g.drawText ("a field of your own grooves", titleArea.withTrimmedLeft (54), juce::Justification::centredLeft);
    }
    g.setFont (Look::font (12.5f));
    g.setColour (palette::quiet);
    g.drawText ("Name", nameLabel, juce::Justification::centredLeft);
    g.drawText ("Closeness", closenessLabel, juce::Justification::centredLeft);
    g.drawText ("Epochs", epochsLabel, juce::Justification::centredLeft);

    auto area = progressArea;
    const auto bar = area.removeFromBottom (4).toFloat();
    if (running) {
        g.setColour (palette::raised);
        g.fillRoundedRectangle (bar, 2.0f);
        g.setColour (palette::accent);
        g.fillRoundedRectangle (bar.withWidth (bar.getWidth() * static_cast<float> (progress)), 2.0f);
    }
    g.setFont (Look::font (12.5f));
    g.setColour (failed ? palette::warning : palette::soft);
    g.drawFittedText (sentence, area, juce::Justification::centredLeft, 2, 1.0f);
}

void TrainPanel::resized()
{
    auto area = getLocalBounds();
    // Where there is little room, the header's button is the way back, and material and curve take turns.
    const bool roomy = area.getHeight() >= roomyHeight;
    close.setVisible (roomy);
    titleArea = area.removeFromTop (roomy ? titleHeight : 0);
    close.setBounds (titleArea.removeFromRight (148).withSizeKeepingCentre (148, 26));
    area.removeFromTop (roomy ? 4 : 0);

    auto buttons = area.removeFromBottom (32);
    area.removeFromBottom (gap);
    progressArea = area.removeFromBottom (40);
    area.removeFromBottom (4);

    // Material above, how to train below it, how it goes under them.
    auto lower = roomy ? area.removeFromBottom (area.getHeight() * 3 / 10) : juce::Rectangle<int>();
    area.removeFromBottom (roomy ? gap : 0);
    auto shown = lower;
    curve.setBounds (shown.removeFromLeft (shown.getWidth() / 2 - gap / 2));
    shown.removeFromLeft (gap);
    report.setBounds (shown);

    const auto row = [&area] (int rowGap) {
        auto taken = area.removeFromBottom (rowHeight);
        area.removeFromBottom (rowGap);
        return taken;
    };
    auto line = row (gap);
    closenessLabel = line.removeFromLeft (labelWidth);
    auto half = line.removeFromLeft (std::min (240, line.getWidth() * 3 / 5));
    const auto width = half.getWidth() / 4;
    automatic.setBounds (half.removeFromLeft (width).withTrimmedRight (1));
    for (auto& button : closeness)
        button.setBounds (half.removeFromLeft (width).withTrimmedRight (1));
    line.removeFromLeft (gap * 2);
    epochsLabel = line.removeFromLeft (52);
    epochs.setBounds (line);
    line = row (gap);
    nameLabel = line.removeFromLeft (labelWidth);
    name.setBounds (line);
    sources.setBounds (area);
    report.setVisible (roomy);
    curve.setVisible (roomy || running);
    sources.setVisible (roomy || ! running);
    if (! roomy)
        curve.setBounds (area);

    if (running) {
        const auto each = (buttons.getWidth() - 3 * gap) / 4;
        for (auto* button : { &pause, &hear, &finish, &cancel }) {
            button->setBounds (buttons.removeFromLeft (each));
            buttons.removeFromLeft (gap);
        }
    } else {
        clear.setBounds (buttons.removeFromRight (72));
        buttons.removeFromRight (gap);
        addFolder.setBounds (buttons.removeFromRight (104));
        buttons.removeFromRight (gap);
        addFiles.setBounds (buttons.removeFromRight (96));
        buttons.removeFromRight (gap);
        train.setBounds (buttons);
    }
}

} // namespace groovefield
