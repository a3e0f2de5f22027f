#include "parameter_text.h"

#include <cmath>

namespace groovefield {

namespace {

constexpr const char* allStyles = "All";

} // namespace

double numberIn (const juce::String& text, double fallback)
{
    const auto trimmed = text.trimStart().replaceCharacter (juce::juce_wchar (0x2212), '-').replaceCharacter (',', '.');
    if (trimmed.startsWithIgnoreCase ("-inf") || trimmed.startsWith (juce::String::fromUTF8 ("-\u221e")))
        return -1000.0;
    const auto number = trimmed.initialSectionContainingOnly ("+-.0123456789");
    return number.containsAnyOf ("0123456789") ? number.getDoubleValue() : fallback;
}

juce::String styleText (const juce::StringArray& styles, double value)
{
    if (styles.isEmpty())
        return "none";
    const auto place = value * styles.size();
    const auto nearest = juce::roundToInt (place);
    const auto name = nearest == 0 ? allStyles : styles[nearest - 1];
    return std::abs (place - nearest) < 0.02 ? name : "~ " + name;
}

double styleNamed (const juce::StringArray& styles, const juce::String& text, double fallback)
{
    const auto name = text.trim().trimCharactersAtStart ("~ ");
    if (name.equalsIgnoreCase (allStyles))
        return 0.0;
    // Its whole name first: one style's may begin another's.
    auto named = styles.indexOf (name, true);
    for (int i = 0; i < styles.size() && named < 0 && name.isNotEmpty(); ++i)
        if (styles[i].startsWithIgnoreCase (name))
            named = i;
    return named >= 0 ? static_cast<double> (named + 1) / styles.size() : numberIn (text, fallback);
}

} // namespace groovefield
