#include "place.h"

namespace groovefield {

namespace {

constexpr std::size_t remembered = 64;
constexpr float shortestJump = 0.25f;

} // namespace

Place::Place (juce::AudioProcessorValueTreeState& state)
    : latents { state.getParameter ("x"), state.getParameter ("y"), state.getParameter ("z3"), state.getParameter ("z4"),
                state.getParameter ("z5"), state.getParameter ("z6"), state.getParameter ("z7"), state.getParameter ("z8") },
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
    const auto set = [] (juce::RangedAudioParameter& p, float value) {
        const auto clamped = juce::jlimit (0.0f, 1.0f, value);
        if (clamped != p.getValue())
            p.setValueNotifyingHost (clamped);
    };
    set (x, to.x);
    set (y, to.y);
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
    x.beginChangeGesture();
    y.beginChangeGesture();
}

void Place::endGestures()
{
    moving = false;
    x.endChangeGesture();
    y.endChangeGesture();
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
