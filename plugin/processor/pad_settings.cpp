#include "pad_settings.h"

#include <algorithm>

namespace groovefield {

namespace {

const juce::Identifier mapName { "pad_map" }, dotsName { "pad_dots" }, snapName { "pad_snap" }, glidesName { "pad_glides" },
    glideBeatsName { "pad_glide_beats" }, recordBarsName { "pad_record_bars" };

} // namespace

void PadSettings::write (juce::ValueTree& state) const
{
    state.setProperty (mapName, map.load(), nullptr);
    state.setProperty (dotsName, dots.load(), nullptr);
    state.setProperty (snapName, snap.load(), nullptr);
    state.setProperty (glidesName, glides.load(), nullptr);
    state.setProperty (glideBeatsName, glideBeats.load(), nullptr);
    state.setProperty (recordBarsName, recordBars.load(), nullptr);
}

void PadSettings::read (const juce::ValueTree& state)
{
    const PadSettings normal;
    const int view = state.getProperty (mapName, normal.map.load());
    map = view >= 0 && view < mapViews ? view : normal.map.load();
    dots = state.getProperty (dotsName, normal.dots.load());
    snap = state.getProperty (snapName, normal.snap.load());
    glides = state.getProperty (glidesName, normal.glides.load());
    const float beats = state.getProperty (glideBeatsName, normal.glideBeats.load());
    glideBeats = std::find (glideTimes.begin(), glideTimes.end(), beats) != glideTimes.end() ? beats : normal.glideBeats.load();
    const int bars = state.getProperty (recordBarsName, normal.recordBars.load());
    recordBars = std::find (recordLengths.begin(), recordLengths.end(), bars) != recordLengths.end() ? bars : normal.recordBars.load();
}

} // namespace groovefield
