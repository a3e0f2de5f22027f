#include "builtin_field.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace groovefield {

BuiltinField::BuiltinField (const void* table) noexcept
{
    std::memcpy (&head, table, sizeof head);
    places = static_cast<const std::uint8_t*> (table) + sizeof head;
    assert (std::memcmp (head.magic, "GFBF", 4) == 0 && head.version == 2 && head.lanes <= maxLanes && head.steps <= maxSteps);
}

void BuiltinField::patternAt (const PadPosition& position, Pattern& into) const noexcept
{
    into.lanes = head.lanes;
    into.steps = head.steps;
    into.stepsPerBeat = head.stepsPerBeat;
    into.latents = 2;
    into.laneNote = head.laneNote;
    into.laneName = head.laneName;

    const auto last = static_cast<float> (head.side - 1);
    const auto split = [&] (float v, std::size_t& low) {
        const auto at = v >= 0.0f ? std::min (v, 1.0f) * last : 0.0f;    // not-a-number too
        low = std::min (static_cast<std::size_t> (at), static_cast<std::size_t> (head.side) - 2);
        return at - static_cast<float> (low);
    };
    std::size_t x = 0, y = 0;
    const auto right = split (position.latent[0], x), up = split (position.latent[1], y);
    const std::size_t area = std::size_t { head.lanes } * head.steps;
    const auto place = [&] (std::size_t px, std::size_t py) { return places + (py * head.side + px) * 5 * area; };
    const std::uint8_t* corner[] = { place (x, y), place (x + 1, y), place (x, y + 1), place (x + 1, y + 1) };
    const float share[] = { (1 - right) * (1 - up), right * (1 - up), (1 - right) * up, right * up };

    for (std::size_t i = 0; i < area; ++i) {
        float probability = 0, velocity = 0, offset = 0, velocitySpread = 0, offsetSpread = 0;
        for (std::size_t c = 0; c < 4; ++c) {
            const auto weight = share[c] * (static_cast<float> (corner[c][i]) / 255.0f + 1e-4f);
            probability += weight;
            velocity += weight * static_cast<float> (corner[c][area + i]) / 255.0f;
            offset += weight * (static_cast<float> (corner[c][2 * area + i]) / 127.5f - 1.0f);
            velocitySpread += weight * static_cast<float> (corner[c][3 * area + i]) / 255.0f;
            offsetSpread += weight * static_cast<float> (corner[c][4 * area + i]) / 255.0f;
        }
        into.values[i] = std::min (1.0f, probability);
        into.values[area + i] = velocity / probability;
        into.values[2 * area + i] = std::clamp (offset / probability, -1.0f, 0.999f);
        into.values[3 * area + i] = velocitySpread / probability;
        into.values[4 * area + i] = offsetSpread / probability;
    }
}

} // namespace groovefield
