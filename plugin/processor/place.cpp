#include "place.h"

#include "parameters.h"

#include <algorithm>

namespace groovefield {

namespace {

constexpr std::size_t remembered = 64;
constexpr float shortestJump = 0.25f;

void set (juce::RangedAudioParameter& parameter, float value)
{
    const auto clamped = juce::jlimit (0.0f, 1.0f, value);
    if (clamped != parameter.getValue())
        parameter.setValueNotifyingHost (clamped);
}

} // namespace

Place::Place (juce::AudioProcessorValueTreeState& state)
    : latents ([&state] {
          std::array<juce::RangedAudioParameter*, dimensions> all {};
          std::transform (latentIds.begin(), latentIds.end(), all.begin(), [&state] (const char* id) { return state.getParameter (id); });
          return all;
      }()),
      x (*latents[0]), y (*latents[1])
{
}

Place::Spot Place::spot() const noexcept
{
    Spot here {};
    for (std::size_t i = 0; i < dimensions; ++i)
        here[i] = latents[i]->getValue();
    return here;
}

juce::Point<float> Place::get() const noexcept { return { x.getValue(), y.getValue() }; }

void Place::begin()
{
    if (moving)
        return;
    remember();
    startGestures();
}

void Place::move (juce::Point<float> to)
{
    set (x, to.x);
    set (y, to.y);
}

void Place::moveTo (const Spot& to, int count)
{
    const auto wanted = static_cast<std::size_t> (juce::jlimit (2, static_cast<int> (dimensions), count));
    for (; open < wanted; ++open)
        latents[open]->beginChangeGesture();
    for (std::size_t i = 0; i < wanted; ++i)
        set (*latents[i], to[i]);
}

void Place::end()
{
    if (! moving)
        return;
    endGestures();
    // A click that moved nothing leaves nothing to go back to.
    if (! past.empty() && past.back() == spot())
        past.pop_back();
}

void Place::jump (juce::Point<float> to)
{
    begin();
    move (to);
    end();
}

void Place::jumpTo (const Spot& to, int count)
{
    begin();
    moveTo (to, count);
    end();
}

void Place::makeWay()
{
    if (onBegin)
        onBegin();
    remember();
}

juce::Point<float> Place::generate (juce::Random& random)
{
    const auto from = get();
    auto to = from;
    while (to.getDistanceFrom (from) < shortestJump)
        to = { random.nextFloat(), random.nextFloat() };
    jump (to);
    return to;
}

void Place::back()
{
    if (past.empty() || moving)
        return;
    const auto to = past.back();
    past.pop_back();
    startGestures();
    move ({ to[0], to[1] });
    endGestures();
    for (std::size_t i = 2; i < dimensions; ++i) {
        if (latents[i]->getValue() == to[i])
            continue;
        latents[i]->beginChangeGesture();
        latents[i]->setValueNotifyingHost (to[i]);
        latents[i]->endChangeGesture();
    }
}

void Place::startGestures()
{
    if (onBegin)
        onBegin();
    moving = true;
    open = 2;
    x.beginChangeGesture();
    y.beginChangeGesture();
}

void Place::endGestures()
{
    moving = false;
    for (std::size_t i = 0; i < open; ++i)
        latents[i]->endChangeGesture();
}

void Place::remember()
{
    const auto here = spot();
    if (! past.empty() && past.back() == here)
        return;
    if (past.size() == remembered)
        past.erase (past.begin());
    past.push_back (here);
}

} // namespace groovefield
