#include "motion_points.h"

#include "parameters.h"

namespace groovefield {

bool addPoint (juce::AudioProcessorValueTreeState& state, Laying& laying, History& history)
{
    const auto count = laying.overlay()->points.count;
    if (count >= MotionPoints::room)
        return false;
    history.begin();
    auto& motion = *state.getParameter ("motion");
    if (count == 1 && juce::roundToInt (motion.convertFrom0to1 (motion.getValue())) == static_cast<int> (Motion::off)) {
        motion.beginChangeGesture();
        motion.setValueNotifyingHost (motion.convertTo0to1 (static_cast<float> (Motion::points)));
        motion.endChangeGesture();
    }
    laying.layTogether ("Add a point", [&] (Overlay& overlay) {
        for (std::size_t d = 0; d < maxLatents; ++d)
            overlay.points.at[count][d] = state.getParameter (latentIds[d])->getValue();
        overlay.points.count = count + 1;
    });
    return true;
}

void removePoint (Laying& laying)
{
    if (const auto count = laying.overlay()->points.count; count > 0)
        laying.lay ("Remove a point", [&] (Overlay& overlay) { overlay.points.count = count - 1; });
}

void stayAtPoints (Laying& laying, double beats)
{
    if (laying.overlay()->points.beats != beats)
        laying.lay ("Stay at points", [&] (Overlay& overlay) { overlay.points.beats = beats; });
}

} // namespace groovefield
