// Prints the plugin's own table of parameters, a row each: docs/parameters.md is tested against it.
#include "../../plugin/processor/parameters.h"

#include <cstdio>
#include <string>

using namespace groovefield;

namespace {

std::string number (float value) { return juce::String (value).toStdString(); }

std::string range (const ParameterSpec& spec)
{
    switch (spec.unit) {
        case Unit::onOff: return "off, on";
        case Unit::choice: return spec.choices.joinIntoString (", ").toStdString();
        case Unit::none:
        case Unit::percent:
        case Unit::percentOfStep:
        case Unit::decibels:
        case Unit::velocity:
        case Unit::semitones:
        case Unit::steps: break;
    }
    return number (spec.minimum) + " to " + number (spec.maximum);
}

std::string unit (const ParameterSpec& spec)
{
    switch (spec.unit) {
        case Unit::percent: return "%";
        case Unit::percentOfStep: return "% of a step";
        case Unit::decibels: return "dB";
        case Unit::steps: return "steps";
        case Unit::semitones: return "semitones";
        case Unit::velocity:
        case Unit::none:
        case Unit::onOff:
        case Unit::choice: break;
    }
    return "";
}

std::string normal (const ParameterSpec& spec)
{
    if (spec.unit == Unit::onOff)
        return spec.normal > 0.5f ? "on" : "off";
    if (spec.unit == Unit::choice)
        return spec.choices[static_cast<int> (spec.normal)].toStdString();
    return number (spec.normal);
}

} // namespace

int main()
{
    for (const auto& spec : parameterTable())
        std::printf ("| `%s` | %s | %s | %s | %s | %s |\n", spec.id.toRawUTF8(), spec.name.toRawUTF8(),
                     range (spec).c_str(), unit (spec).c_str(), normal (spec).c_str(), spec.meaning.toRawUTF8());
    return 0;
}
