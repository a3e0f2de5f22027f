#include "wishes.h"

#include <utility>

namespace groovefield {

namespace {

constexpr int looksPerSecond = 10, looksWhileMoving = 60;
constexpr juce::uint32 patience = 500;    // milliseconds without a wish that end a movement

} // namespace

Wishes::Wishes (juce::AudioProcessorValueTreeState& state, Next nextWish)
    : x (*state.getParameter ("x")), y (*state.getParameter ("y")), next (std::move (nextWish))
{
}

Wishes::~Wishes()
{
    stopTimer();
    end();
}

void Wishes::start() { startTimerHz (looksPerSecond); }

void Wishes::look()
{
    const auto now = juce::Time::getMillisecondCounter();
    if (const auto wish = next()) {
        lastWish = now;
        begin();
        for (auto [parameter, value] : { std::pair { &x, wish->x }, std::pair { &y, wish->y } })
            if (parameter->getValue() != value)
                parameter->setValueNotifyingHost (value);
        if (! wish->held)
            end();
    } else if (moving && now - lastWish > patience) {
        end();    // whoever held it is gone
    }
}

void Wishes::begin()
{
    if (moving)
        return;
    moving = true;
    x.beginChangeGesture();
    y.beginChangeGesture();
    startTimerHz (looksWhileMoving);
}

void Wishes::end()
{
    if (! moving)
        return;
    moving = false;
    x.endChangeGesture();
    y.endChangeGesture();
    if (isTimerRunning())
        startTimerHz (looksPerSecond);
}

} // namespace groovefield
