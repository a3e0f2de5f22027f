// A host that goes on after it has closed the plugin, twice over: tests/hosts/test_unload.py looks at the
// process from outside at every word it says, and answers each with a line. First comes its number.
// Usage: groovefield_unload_host PLUGIN.vst3 [editor]
//   "playing"  an instance is prepared and played a while; its editor was on the screen, if asked for
//   "closed"   the instance is gone, and the host has closed the library (JUCE's host does so at its end)
#include <juce_audio_processors/juce_audio_processors.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <unistd.h>

namespace {

bool say (const char* word)
{
    std::cout << word << std::endl;
    std::string answer;
    return static_cast<bool> (std::getline (std::cin, answer));
}

bool showEditor (juce::AudioPluginInstance& plugin)
{
    const std::unique_ptr<juce::AudioProcessorEditor> editor (plugin.createEditorIfNeeded());
    if (editor == nullptr)
        return false;
    editor->addToDesktop (juce::ComponentPeer::windowHasTitleBar);
    editor->setVisible (true);
    juce::Timer::callAfterDelay (2000, [] { juce::MessageManager::getInstance()->stopDispatchLoop(); });
    juce::MessageManager::getInstance()->runDispatchLoop();
    return editor->isShowing() && editor->getWidth() > 600;
}

bool plays (const char* path, bool withEditor)
{
    const juce::ScopedJuceInitialiser_GUI juceLives;
    juce::VST3PluginFormat format;
    juce::OwnedArray<juce::PluginDescription> found;
    format.findAllTypesForFile (found, path);
    juce::String error = "no plugin in the file";
    const auto plugin = found.isEmpty() ? nullptr : format.createInstanceFromDescription (*found[0], 48000.0, 512, error);
    if (plugin == nullptr) {
        std::fprintf (stderr, "%s: %s\n", path, error.toRawUTF8());
        return false;
    }
    plugin->prepareToPlay (48000.0, 512);
    juce::AudioBuffer<float> audio (2, 512);
    juce::MidiBuffer midi;
    for (int block = 0; block < 100; ++block) {
        midi.clear();
        plugin->processBlock (audio, midi);
    }
    if (withEditor && ! showEditor (*plugin)) {
        std::fprintf (stderr, "the editor did not open\n");
        return false;
    }
    const bool goOn = say ("playing");
    plugin->releaseResources();
    return goOn;
}

} // namespace

int main (int count, char** arguments)
{
    const bool withEditor = count == 3 && std::string (arguments[2]) == "editor";
    if (count != 2 && ! withEditor) {
        std::fprintf (stderr, "usage: %s PLUGIN.vst3 [editor]\n", arguments[0]);
        return 2;
    }
    // To JUCE this is an application then, and errors of an X server without a window manager end none.
    juce::JUCEApplicationBase::createInstance = [] () -> juce::JUCEApplicationBase* { return nullptr; };
    std::cout << ::getpid() << std::endl;
    for (int round = 0; round < 2; ++round)
        if (! plays (arguments[1], withEditor) || ! say ("closed"))
            return 1;
    return 0;
}
