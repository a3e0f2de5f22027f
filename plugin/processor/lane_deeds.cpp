#include "lane_deeds.h"

namespace groovefield {

LaneDeeds::LaneDeeds (LaneSounds& s, History& h, Notes n, std::function<void()> c)
    : sounds (s), history (h), useNotes (std::move (n)), changed (std::move (c))
{
}

void LaneDeeds::put (const KitSettings& settings)
{
    sounds.setSettings (settings);
    changed();
}

void LaneDeeds::put (const KeptSamples& samples)
{
    sounds.setSamples (samples);
    changed();
}

void LaneDeeds::put (const NoteMap& map)
{
    useNotes (map);
    changed();
}

void LaneDeeds::begin()
{
    before = sounds.settings();
    replaced.store (false);
}

void LaneDeeds::change (const std::function<void (KitSettings&)>& alter)
{
    if (! before || replaced.load())
        return;
    auto next = sounds.settings();
    alter (next);
    sounds.setSettings (next);
}

void LaneDeeds::end (const juce::String& deed)
{
    const auto from = std::exchange (before, std::nullopt);
    const auto to = sounds.settings();
    if (! from || *from == to || replaced.load())
        return;
    history.add (deed, [this, from] { put (*from); }, [this, to] { put (to); });
    changed();
}

void LaneDeeds::finish()
{
    if (before)
        end ("Sound of a lane");
}

void LaneDeeds::set (const juce::String& deed, const std::function<void (KitSettings&)>& alter)
{
    finish();
    begin();
    change (alter);
    end (deed);
}

juce::String LaneDeeds::load (Voice voice, const juce::File& file, const juce::String& lane)
{
    const auto from = sounds.samples();
    const auto refusal = sounds.load (voice, file);
    if (refusal.isEmpty())
        addSamples ("One-shot for " + lane, from);
    return refusal;
}

void LaneDeeds::clear (Voice voice, const juce::String& lane)
{
    const auto from = sounds.samples();
    if (from[static_cast<std::size_t> (voice)] == nullptr)
        return;
    sounds.clear (voice);
    addSamples ("Remove the one-shot of " + lane, from);
}

void LaneDeeds::addSamples (const juce::String& deed, const KeptSamples& from)
{
    history.add (deed, [this, from] { put (from); }, [this, to = sounds.samples()] { put (to); });
    changed();
}

void LaneDeeds::setNotes (const juce::String& deed, const NoteMap& from, const NoteMap& to)
{
    if (from == to)
        return;
    put (to);
    history.add (deed, [this, from] { put (from); }, [this, to] { put (to); });
}

} // namespace groovefield
