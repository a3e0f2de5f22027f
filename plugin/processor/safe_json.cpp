#include "safe_json.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

// JUCE reads JSON by recursion: a text of brackets alone would run out of stack.
bool nestsTooDeep (const char* text, std::size_t size)
{
    constexpr int deepest = 32;
    int depth = 0;
    char quote = 0;    // what ends the present string: JUCE takes both kinds
    for (std::size_t i = 0; i < size; ++i) {
        const auto letter = text[i];
        if (quote != 0) {
            if (letter == '\\')
                ++i;
            else if (letter == quote)
                quote = 0;
        } else if (letter == '"' || letter == '\'') {
            quote = letter;
        } else if ((letter == '[' || letter == '{') && ++depth > deepest) {
            return true;
        } else if (letter == ']' || letter == '}') {
            --depth;
        }
    }
    return false;
}

} // namespace

juce::var readJson (const juce::String& text)
{
    return nestsTooDeep (text.toRawUTF8(), text.getNumBytesAsUTF8()) ? juce::var() : juce::JSON::parse (text);
}

float numberWithin (const juce::var& value, float low, float high, float normal)
{
    const auto number = static_cast<double> (value);
    const bool isNumber = value.isInt() || value.isInt64() || value.isDouble();
    return isNumber && std::isfinite (number) ? static_cast<float> (std::clamp (number, double { low }, double { high })) : normal;
}

} // namespace groovefield
