#include "model_items.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace groovefield {

namespace {

constexpr int longestName = 60, mostBars = 1000000;
constexpr std::size_t halfSize = 2;

// A half float: a sign, five bits of exponent, ten of fraction. NaN and infinities are no places.
float half (const std::uint8_t* at) noexcept
{
    const auto bits = static_cast<unsigned> (at[0] | (at[1] << 8));
    const auto exponent = static_cast<int> (bits >> 10 & 0x1Fu);
    const auto fraction = static_cast<float> (bits & 0x3FFu) / 1024.0f;
    if (exponent == 0x1F)
        return -1.0f;
    const auto value = exponent == 0 ? std::ldexp (fraction, -14) : std::ldexp (1.0f + fraction, exponent - 15);
    return (bits & 0x8000u) != 0 ? -value : value;
}

juce::String printable (const juce::var& text)
{
    juce::String out;
    for (auto letters = text.toString().substring (0, longestName).getCharPointer(); ! letters.isEmpty();) {
        const auto letter = letters.getAndAdvance();
        out << juce::String::charToString (letter < 0x20 || letter == 0x7F ? '?' : letter);
    }
    return out;
}

bool readTexts (const juce::var& from, juce::StringArray& into)
{
    const auto* texts = from.getArray();
    if (texts == nullptr || texts->size() > static_cast<int> (mostItems))
        return false;
    for (const auto& text : *texts)
        into.add (printable (text));
    return true;
}

// Whole numbers from `low` to below `high`, one for each item.
bool readNumbers (const juce::var& from, std::size_t count, int low, int high, std::vector<int>& into)
{
    const auto* numbers = from.getArray();
    if (numbers == nullptr || static_cast<std::size_t> (numbers->size()) != count)
        return false;
    for (const auto& number : *numbers) {
        if (! number.isInt() || static_cast<int> (number) < low || static_cast<int> (number) >= high)
            return false;
        into.push_back (static_cast<int> (number));
    }
    return true;
}

bool readPlace (const std::uint8_t* from, int latents, ModelItem& item)
{
    item.latent.fill (0.5f);
    for (int i = 0; i < latents; ++i) {
        const auto value = half (from + static_cast<std::size_t> (i) * halfSize);
        if (! (value >= 0.0f && value <= 1.0f))
            return false;
        item.latent[static_cast<std::size_t> (i)] = value;
    }
    return true;
}

} // namespace

ModelItems readItems (const std::uint8_t* places, std::size_t size, int latents, const juce::var& names)
{
    ModelItems read;
    if (latents < 2 || latents > static_cast<int> (ModelItem().latent.size()))
        return {};
    const auto itemSize = static_cast<std::size_t> (latents) * halfSize;
    const auto count = size / itemSize;
    juce::StringArray called;
    std::vector<int> name, label, bar;
    if (size % itemSize != 0 || count == 0 || count > mostItems || ! readTexts (names.getProperty ("names", {}), called)
        || ! readTexts (names.getProperty ("labels", {}), read.labels)
        || ! readNumbers (names.getProperty ("name", {}), count, 0, called.size(), name)
        || ! readNumbers (names.getProperty ("label", {}), count, 0, read.labels.size(), label)
        || ! readNumbers (names.getProperty ("bar", {}), count, -1, mostBars + 1, bar))
        return {};
    read.items.resize (count);
    for (std::size_t i = 0; i < count; ++i) {
        auto& item = read.items[i];
        if (! readPlace (places + i * itemSize, latents, item))
            return {};
        item.name = called[name[i]];
        if (bar[i] >= 0)
            item.name << ", bar " << bar[i] + 1;
        item.label = label[i];
    }
    return read;
}

namespace {

bool hasWordFill (const juce::String& text)
{
    static const juce::String word { "fill" };
    const auto isLetter = [&] (int at) { return juce::CharacterFunctions::isLetter (text[at]); };
    for (int at = text.indexOfIgnoreCase (word); at >= 0; at = text.indexOfIgnoreCase (at + 1, word)) {
        auto end = at + word.length();
        if (text[end] == 's' || text[end] == 'S')
            ++end;
        if ((at == 0 || ! isLetter (at - 1)) && ! isLetter (end))
            return true;
    }
    return false;
}

float apart (const ModelItem& one, const ModelItem& other) noexcept
{
    float sum = 0.0f;
    for (std::size_t d = 0; d < one.latent.size(); ++d)
        sum += (one.latent[d] - other.latent[d]) * (one.latent[d] - other.latent[d]);
    return sum;
}

} // namespace

// Each the farthest from all before it.
FillPlaces fillsAmong (const ModelItems& from)
{
    std::vector<const ModelItem*> found;
    for (const auto& item : from.items)
        if (hasWordFill (item.name) || hasWordFill (from.labelOf (item)))
            found.push_back (&item);
    FillPlaces fills;
    std::vector<float> away (found.size(), std::numeric_limits<float>::max());
    for (std::size_t next = 0; fills.count < std::min (found.size(), FillPlaces::room); ++fills.count) {
        fills.at[fills.count] = found[next]->latent;
        for (std::size_t i = 0; i < found.size(); ++i)
            away[i] = std::min (away[i], apart (*found[i], *found[next]));
        away[next] = -1.0f;
        next = static_cast<std::size_t> (std::max_element (away.begin(), away.end()) - away.begin());
    }
    return fills;
}

} // namespace groovefield
