#include "motion_recorder.h"

#include "pad_settings.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {

constexpr int looksPerSecond = 60;
constexpr double longestStep = 4.0;     // beats; the song then jumped
constexpr double mostSamples = 8192.0;
constexpr float leastExtent = 0.004f;   // less is no movement

// In a gesture of its own, so that hosts record it.
void move (juce::RangedAudioParameter& parameter, float value)
{
    if (parameter.getValue() == value)
        return;
    parameter.beginChangeGesture();
    parameter.setValueNotifyingHost (value);
    parameter.endChangeGesture();
}

float valueOf (const juce::RangedAudioParameter& parameter, Motion motion) { return parameter.convertTo0to1 (static_cast<float> (motion)); }

using Places = std::array<std::array<float, 2>, MotionPath::room>;
using Taken = std::array<bool, MotionPath::room>;

// The places of the loop that lie between two samples.
void fold (const MotionRecorder::Sample& from, const MotionRecorder::Sample& to, double beats, Places& places, Taken& taken)
{
    const auto step = beats / static_cast<double> (MotionPath::room);
    const auto span = to.at - from.at;
    const auto end = std::min (to.at, from.at + beats - from.elapsed);    // no further than once round
    for (auto k = std::ceil (from.at / step); span > 0.0 && k * step < end; k += 1.0) {
        const auto along = static_cast<float> ((k * step - from.at) / span);
        const auto round = static_cast<double> (MotionPath::room);
        const auto index = static_cast<std::size_t> (k - std::floor (k / round) * round);
        places[index] = { from.x + (to.x - from.x) * along, from.y + (to.y - from.y) * along };
        taken[index] = true;
    }
}

} // namespace

RecordedPath pathOf (const std::vector<MotionRecorder::Sample>& samples, double beats)
{
    Places places {};
    Taken taken {};
    for (std::size_t i = 1; i < samples.size(); ++i)
        if (samples[i].follows)
            fold (samples[i - 1], samples[i], beats, places, taken);
    const auto first = static_cast<std::size_t> (std::find (taken.begin(), taken.end(), true) - taken.begin());
    if (first == taken.size())
        return {};
    for (std::size_t i = 1; i < places.size(); ++i)
        if (const auto at = (first + i) % places.size(); ! taken[at])
            places[at] = places[(at + places.size() - 1) % places.size()];

    RecordedPath out;
    for (std::size_t d = 0; d < 2; ++d) {
        const auto [least, most] = std::minmax_element (places.begin(), places.end(), [&] (const auto& a, const auto& b) { return a[d] < b[d]; });
        const auto middle = ((*least)[d] + (*most)[d]) * 0.5f;
        (d == 0 ? out.middle.x : out.middle.y) = middle;
        for (std::size_t i = 0; i < places.size(); ++i)
            out.path.away[i][d] = places[i][d] - middle;
    }
    out.path.beats = beats;
    out.path.count = MotionPath::room;
    return out;
}

MotionRecorder::MotionRecorder (juce::AudioProcessorValueTreeState& state, Laying& l, History& h, std::function<Clock()> c, std::function<void()> g)
    : x (*state.getParameter ("x")), y (*state.getParameter ("y")), motion (*state.getParameter ("motion")),
      size (*state.getParameter ("motion_size")), speed (*state.getParameter ("motion_speed")), laying (l), history (h),
      clock (std::move (c)), letGo (std::move (g))
{
}

MotionRecorder::~MotionRecorder() { stopTimer(); }

void MotionRecorder::press (int chosenBars)
{
    if (now == Phase::armed)
        return cancel();
    if (now == Phase::recording)
        return finish();
    bars = chosenBars;
    trouble.clear();
    abandoned.store (false);
    now = Phase::armed;
    startTimerHz (looksPerSecond);
    if (clock().running)
        begin();
}

void MotionRecorder::touch()
{
    if (now == Phase::armed)
        begin();
}

// What is drawn is what is heard: another path does not move it meanwhile.
void MotionRecorder::begin()
{
    barBeats = clock().barBeats;
    lastSeconds = -1.0;
    drawn.clear();
    history.begin();
    motionBefore = motion.getValue();
    now = Phase::recording;
    move (motion, valueOf (motion, Motion::off));
}

void MotionRecorder::rest()
{
    stopTimer();
    now = Phase::idle;
    drawn.clear();
}

void MotionRecorder::cancel()
{
    if (now == Phase::recording) {
        move (motion, motionBefore);
        history.endWithout();
    }
    rest();
}

void MotionRecorder::look (double seconds)
{
    if (abandoned.exchange (false) && now != Phase::idle) {
        // The state that was loaded says where motion is.
        if (now == Phase::recording)
            history.endWithout();
        rest();
    }
    if (now == Phase::armed && clock().running)
        begin();
    if (now == Phase::recording)
        take (seconds);
}

void MotionRecorder::take (double seconds)
{
    const auto heard = clock();
    const auto passed = lastSeconds >= 0.0 ? std::max (0.0, seconds - lastSeconds) * heard.bpm / 60.0 : 0.0;
    Sample sample;
    sample.x = x.getValue();
    sample.y = y.getValue();
    sample.at = heard.running ? heard.song : 0.0;
    if (! drawn.empty()) {
        const auto& last = drawn.back();
        const auto wentOn = heard.song - last.at;
        sample.follows = ! heard.running || (wentOn >= 0.0 && wentOn <= longestStep);
        const auto beats = heard.running && sample.follows ? wentOn : passed;
        if (! heard.running)
            sample.at = last.at + beats;
        sample.elapsed = last.elapsed + beats;
        if (sample.elapsed < length() && sample.follows && beats < length() / mostSamples)
            return;
    }
    lastSeconds = seconds;    // the time to the sample that is kept: slow songs go on by less than one at a look
    drawn.push_back (sample);
    if (sample.elapsed >= length())
        finish();
}

void MotionRecorder::finish()
{
    const auto elapsed = drawn.empty() ? 0.0 : drawn.back().elapsed;
    const auto shortest = std::find_if (recordLengths.begin(), recordLengths.end(), [&] (int l) { return l * barBeats >= elapsed; });
    if (shortest != recordLengths.end())
        bars = std::min (bars, *shortest);
    const auto recorded = pathOf (drawn, length());
    const auto reach = [&] (std::size_t d) {
        return std::any_of (recorded.path.away.begin(), recorded.path.away.end(), [&] (const auto& away) { return std::abs (away[d]) > leastExtent / 2; });
    };
    if (! recorded.path.any() || (! reach (0) && ! reach (1))) {
        trouble = "The place did not move: no path was recorded.";
        return cancel();
    }
    if (beforeEnd)
        beforeEnd();
    letGo();
    move (x, recorded.middle.x);
    move (y, recorded.middle.y);
    // Then what is played is what was drawn.
    move (size, size.convertTo0to1 (100.0f));
    move (speed, speed.getDefaultValue());
    move (motion, valueOf (motion, Motion::path));
    laying.layTogether ("Record a path", [&] (Overlay& overlay) { overlay.path = recorded.path; });
    rest();
}

juce::String MotionRecorder::sentence() const
{
    const auto inBars = juce::String (bars) + (bars > 1 ? " bars" : " bar");
    if (now == Phase::armed)
        return "Drag the pad, or start the song, to record " + inBars + ".";
    if (now == Phase::idle)
        return trouble;
    const auto elapsed = drawn.empty() ? 0.0 : drawn.back().elapsed;
    return "Recording bar " + juce::String (std::min (bars, 1 + static_cast<int> (elapsed / barBeats))) + " of " + juce::String (bars);
}

} // namespace groovefield
