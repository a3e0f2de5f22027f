// How values are written and read, in the editor and in hosts: numbers, and styles by their names.
#pragma once

#include <juce_core/juce_core.h>

namespace groovefield {

/// The number that a text begins with, a comma or a minus sign of print included; "-inf" is -1000; `fallback` if it begins with none.
double numberIn (const juce::String&, double fallback);

/// What a value of Style, 0..1, is called: "All" at 0, a style at its place, "~" before it in between; "none" without styles.
juce::String styleText (const juce::StringArray& styles, double value);

/// The value for a style's name, whole or begun, or for a number; `fallback` for anything else.
double styleNamed (const juce::StringArray& styles, const juce::String& text, double fallback);

} // namespace groovefield
