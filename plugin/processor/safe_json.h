// JSON from files that others may have made.
#pragma once

#include <juce_core/juce_core.h>

namespace groovefield {

/// [message] What the text says; nothing if it is no JSON, or nests deeper than a reader by recursion should go.
juce::var readJson (const juce::String& text);

/// A number within a range; `normal` where there is none.
float numberWithin (const juce::var&, float low, float high, float normal);

} // namespace groovefield
