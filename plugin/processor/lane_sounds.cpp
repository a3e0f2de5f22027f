#include "lane_sounds.h"

#include <algorithm>

namespace groovefield {

LaneSounds::LaneSounds()
{
    chosen.write (present);
    publish ({});
}

KitSettings LaneSounds::settings() const
{
    const std::lock_guard<std::mutex> hold (lock);
    return present;
}

void LaneSounds::setSettings (const KitSettings& settings)
{
    const std::lock_guard<std::mutex> hold (lock);
    present = settings.withinRange();
    chosen.write (present);
}

juce::String LaneSounds::load (Voice voice, const juce::File& file)
{
    auto read = readSampleFile (file);
    if (read.sample == nullptr)
        return read.refusal;
    const std::lock_guard<std::mutex> hold (lock);
    auto next = lists.back()->keep;
    next[static_cast<std::size_t> (voice)] = std::move (read.sample);
    if (const auto bytes = bytesOf (next); bytes > mostSampleBytes)
        return file.getFileName() + " is too much: with it the samples of this project take " + juce::String (static_cast<double> (bytes) / 1048576.0, 1)
             + " MB, and 8 MB can be kept in it.";
    publish (std::move (next));
    return {};
}

void LaneSounds::clear (Voice voice)
{
    const std::lock_guard<std::mutex> hold (lock);
    auto next = lists.back()->keep;
    if (std::exchange (next[static_cast<std::size_t> (voice)], nullptr) != nullptr)
        publish (std::move (next));
}

juce::String LaneSounds::name (Voice voice) const
{
    const std::lock_guard<std::mutex> hold (lock);
    const auto& kept = lists.back()->keep[static_cast<std::size_t> (voice)];
    return kept != nullptr ? kept->name() : juce::String();
}

KeptSamples LaneSounds::samples() const
{
    const std::lock_guard<std::mutex> hold (lock);
    return lists.back()->keep;
}

void LaneSounds::setSamples (KeptSamples samples)
{
    const std::lock_guard<std::mutex> hold (lock);
    if (samples != lists.back()->keep)
        publish (std::move (samples));
}

std::size_t LaneSounds::listsKept() const
{
    const std::lock_guard<std::mutex> hold (lock);
    return lists.size();
}

// What the audio thread holds is the one it reads only, or a later one: those before are nobody's.
void LaneSounds::publish (KeptSamples samples)
{
    auto list = std::make_unique<List>();
    for (std::size_t v = 0; v < voiceCount; ++v)
        list->read[v] = samples[v] != nullptr ? &samples[v]->sample : nullptr;
    list->keep = std::move (samples);
    anySample = std::any_of (list->keep.begin(), list->keep.end(), [] (const auto& kept) { return kept != nullptr; });
    wanted.store (list.get(), std::memory_order_release);
    lists.push_back (std::move (list));

    const auto* const read = readOnly.load (std::memory_order_acquire);
    const auto still = std::find_if (lists.begin(), lists.end(), [read] (const auto& l) { return l.get() == read; });
    if (still != lists.end())
        lists.erase (lists.begin(), still);
}

void LaneSounds::apply (Kit& kit) noexcept
{
    if (KitSettings settings; chosen.read (settings))
        kit.set (settings);
    if (const auto* const newest = wanted.load (std::memory_order_acquire); newest != taken) {
        kit.setSamples (newest->read);
        taken = newest;
        settled = false;
    }
}

void LaneSounds::letGo (const Kit& kit) noexcept
{
    if (! settled && kit.readsOnly (taken->read)) {
        readOnly.store (taken, std::memory_order_release);
        settled = true;
    }
}

} // namespace groovefield
