// Records the way of X and Y over some bars, and makes it the path of motion. Who moves them does not matter: the
// mouse, the keys, a glide, the host.
//
//     idle --press--> armed --the pad is dragged, or the song plays--> recording --length, or press--> idle
//
// A path is played by the song's position, so it is recorded by it: what was drawn at a beat of the song is at that beat's
// place in the loop. While the song stands, the time counts at the host's last tempo, from the loop's beginning.
#pragma once

#include "history.h"
#include "laying.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <functional>
#include <vector>

namespace groovefield {

/// All [message], but for `abandon`.
class MotionRecorder : private juce::Timer {
public:
    struct Clock {
        double song = 0.0;      // beats
        bool running = false;
        double bpm = 120.0;
        double barBeats = 4.0;
    };
    enum class Phase { idle, armed, recording };

    struct Sample {
        double at = 0.0;        ///< beats, on the song's grid
        double elapsed = 0.0;   ///< beats since the beginning
        bool follows = false;   ///< on the sample before it, without a jump of the song
        float x = 0.0f, y = 0.0f;
    };

    /// `letGo` ends what else moves the place, before the recorder does.
    MotionRecorder (juce::AudioProcessorValueTreeState&, Laying&, History&, std::function<Clock()>, std::function<void()> letGo);
    ~MotionRecorder() override;

    /// Arms. Pressed again before it records it disarms; after that it ends, and the path is as long as the shortest of
    /// `recordLengths` (pad_settings.h) that holds what was recorded.
    void press (int bars);
    /// The pad is about to be dragged: if armed, it begins.
    void touch();
    /// As if it had not been pressed; the place stays where it is.
    void cancel();
    /// [any] Another state was loaded: cancels at the next look.
    void abandon() noexcept { abandoned.store (true); }

    /// A step at a time in seconds, of any origin; a timer of ours calls it 60 times a second.
    void look (double seconds);

    Phase phase() const noexcept { return now; }
    /// What it waits for, how far it is, or why there is no path; empty: nothing to say.
    juce::String sentence() const;
    /// What was recorded so far.
    const std::vector<Sample>& samples() const noexcept { return drawn; }

    /// Called before the recording's end moves the place: a drag lets it go.
    std::function<void()> beforeEnd;

private:
    void timerCallback() override { look (juce::Time::getMillisecondCounterHiRes() * 0.001); }
    void begin();
    void take (double seconds);
    void finish();
    void rest();
    double length() const noexcept { return bars * barBeats; }

    juce::RangedAudioParameter &x, &y, &motion, &size, &speed;
    Laying& laying;
    History& history;
    std::function<Clock()> clock;
    std::function<void()> letGo;
    Phase now = Phase::idle;
    int bars = 4;
    double barBeats = 4.0;
    float motionBefore = 0.0f;
    double lastSeconds = -1.0;
    std::vector<Sample> drawn;
    juce::String trouble;
    std::atomic<bool> abandoned { false };

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR (MotionRecorder)
};

/// What was recorded as a path of so many beats, around the middle of its extent, which is returned too. A place
/// that was not recorded, the song having jumped over it, is the one before it. No path if nothing was recorded.
struct RecordedPath {
    MotionPath path;
    juce::Point<float> middle;
};
RecordedPath pathOf (const std::vector<MotionRecorder::Sample>&, double beats);

} // namespace groovefield
