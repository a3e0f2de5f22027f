// The bottom line: the model process's state, and what was wrong with what was loaded, in
// sentences. Quiet while all is well.
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace groovefield {

/// All [message].
class StatusBar : public juce::Component, public juce::SettableTooltipClient {
public:
    StatusBar();

    /// The process's sentence, whether it is ready, and a complaint (empty if there is none).
    void show (const juce::String& process, bool ready, const juce::String& complaint);

    juce::String shownText() const;

    void paint (juce::Graphics&) override;

private:
    juce::String process, complaint;
    bool ready = true;
};

} // namespace groovefield
