#include "glide.h"

#include "parameters.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace groovefield {

namespace {

constexpr int looksPerSecond = 60;
constexpr double beatsPerSecond = 2.0;      // where no song runs
constexpr double longestStep = 4.0;         // beats; the song then jumped
constexpr float rounding = 1.0e-3f;         // what a host may make of a value that it hands back

} // namespace

Glide::Glide (juce::AudioProcessorValueTreeState& state, std::function<Clock()> nowInSong) : clock (std::move (nowInSong))
{
    for (std::size_t i = 0; i < dimensions; ++i)
        latents[i].parameter = state.getParameter (latentIds[i]);
}

Glide::~Glide() { cancel(); }

void Glide::start (const Spot& target, int count, double beats)
{
    duration = std::max (1.0e-3, beats);
    done = 0.0;
    lastSeconds = -1.0;
    lastSong = clock().song;
    for (auto& latent : latents)
        latent.from = latent.last = latent.parameter->getValue();
    moving = true;
    take (target, count);
    startTimerHz (looksPerSecond);
}

// A latent that joins on the way moves on a line that would have begun where it is.
void Glide::aim (const Spot& target, int count)
{
    if (! moving)
        return;
    for (auto& latent : latents) {
        latent.last = latent.parameter->getValue();
        latent.from = latent.last;
    }
    duration *= 1.0 - done;
    done = 0.0;
    take (target, count);
}

void Glide::take (const Spot& target, int count)
{
    for (std::size_t i = 0; i < dimensions; ++i) {
        auto& latent = latents[i];
        const bool moves = i < static_cast<std::size_t> (std::clamp (count, 2, static_cast<int> (dimensions)));
        to[i] = moves ? std::clamp (target[i], 0.0f, 1.0f) : latent.from;
        if (moves && ! std::exchange (latent.open, true))
            latent.parameter->beginChangeGesture();
    }
}

void Glide::cancel()
{
    stopTimer();
    if (! std::exchange (moving, false))
        return;
    for (auto& latent : latents)
        if (std::exchange (latent.open, false))
            latent.parameter->endChangeGesture();
}

bool Glide::othersMove() const noexcept
{
    return std::any_of (latents.begin(), latents.end(), [] (const Latent& latent) {
        return latent.open && std::abs (latent.parameter->getValue() - latent.last) > rounding;
    });
}

// What the song went on; where it stands or has jumped, what the time says.
double Glide::beatsSince (double seconds)
{
    const auto now = clock();
    const auto beats = now.song - std::exchange (lastSong, now.song);
    const auto before = std::exchange (lastSeconds, seconds);
    if (now.running && beats >= 0.0 && beats <= longestStep)
        return beats;
    return before >= 0.0 ? std::max (0.0, seconds - before) * beatsPerSecond : 0.0;
}

void Glide::look (double seconds)
{
    if (! moving)
        return;
    if (othersMove())
        return cancel();
    done = std::min (1.0, done + beatsSince (seconds) / duration);
    for (std::size_t i = 0; i < dimensions; ++i) {
        auto& latent = latents[i];
        const auto value = done < 1.0 ? latent.from + (to[i] - latent.from) * static_cast<float> (done) : to[i];
        if (! latent.open || value == latent.last)
            continue;
        latent.parameter->setValueNotifyingHost (value);
        latent.last = latent.parameter->getValue();
    }
    if (done >= 1.0)
        cancel();
}

} // namespace groovefield
