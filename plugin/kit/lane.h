// A drum that can be struck again while it sounds: the new stroke gets a slot of its own and the
// old one fades under it. When strokes come faster than they fade, the oldest slot is taken, and
// the step that this would make in the waveform decays within a millisecond instead of clicking.
//
// A Sound has: prepare (double sampleRate) [message]; int start (const Hit&), which says how many
// samples it will sound, and render (float* left, float* right, int n), which writes n samples
// [audio]. Every decision here is taken sample by sample, never once a block.
#pragma once

#include "blocks.h"

#include <array>
#include <cstdint>

namespace groovefield::synth {

template <typename Sound, std::size_t slotCount = 3>
class Lane {
public:
    /// [message] `fadeSeconds`: how long an old stroke rings on under a new one.
    void prepare (double sampleRate, float fadeSeconds)
    {
        rate = static_cast<float> (sampleRate);
        fade = fadeSeconds;
        for (auto& slot : slots) {
            slot = Slot {};
            slot.sound.prepare (sampleRate);
        }
        heldLeft = heldRight = 0.0f;
        holdFactor = std::exp (-1.0f / (0.0007f * rate));
    }

    /// [audio] Two strokes at one sample are one: the harder.
    void start (const Hit& hit) noexcept
    {
        fadeOut (fade);
        auto* slot = &slots[0];
        for (auto& other : slots)
            if (rank (other) > rank (*slot))
                slot = &other;
        if (slot->fresh && slot->velocity >= hit.velocity)
            return;
        if (slot->life > 0 && ! slot->fresh) {
            heldLeft += slot->lastLeft;
            heldRight += slot->lastRight;
        }
        slot->life = slot->sound.start (hit);
        slot->level = hit.gain;
        slot->closing = hit.decay > 1.0f ? static_cast<int> (closeSeconds * rate) : 0;
        slot->velocity = hit.velocity;
        slot->fresh = true;
        slot->gain = 1.0f;
        slot->step = slot->lastLeft = slot->lastRight = 0.0f;
    }

    /// [audio] Fades the strokes that began before the coming sample.
    void fadeOut (float seconds) noexcept
    {
        const auto step = 1.0f / (seconds * rate);
        for (auto& slot : slots)
            if (! slot.fresh)
                slot.step = std::max (slot.step, step);
    }

    /// [audio] Silent from the coming sample on.
    void cut() noexcept
    {
        for (auto& slot : slots)
            slot.life = 0, slot.fresh = false;
        heldLeft = heldRight = 0.0f;
    }

    /// [audio]
    bool sounding() const noexcept
    {
        return heldLeft != 0.0f || heldRight != 0.0f
            || std::any_of (slots.begin(), slots.end(), [] (const Slot& s) { return s.life > 0; });
    }

    /// [audio] Whether one of the strokes that sound is such a one.
    template <typename Question>
    bool any (Question&& is) const noexcept
    {
        return std::any_of (slots.begin(), slots.end(), [&] (const Slot& s) { return s.life > 0 && is (s.sound); });
    }

    /// [audio] Adds 1..chunkSize samples.
    void addTo (float* left, float* right, int n) noexcept
    {
        for (auto& slot : slots)
            if (slot.life > 0)
                addSlot (slot, left, right, std::min (n, slot.life));
        if (heldLeft != 0.0f || heldRight != 0.0f)
            addHeld (left, right, n);
    }

private:
    static constexpr float closeSeconds = 0.05f;

    struct Slot {
        Sound sound;
        int life = 0;                    ///< samples still to come
        bool fresh = false;              ///< begins with the coming sample
        float velocity = 0.0f;
        float level = 1.0f;
        int closing = 0;                 ///< the last samples, in which a stroke made longer than its own goes silent
        float gain = 1.0f, step = 0.0f;  ///< the fade: amplitude is gain squared
        float lastLeft = 0.0f, lastRight = 0.0f;
    };

    /// Which slot a new stroke takes: one begun at this very sample, else a free one, else the one
    /// that has faded most.
    static float rank (const Slot& slot) noexcept
    {
        return slot.fresh ? 3.0f : slot.life == 0 ? 2.0f : 1.0f - slot.gain;
    }

    void addSlot (Slot& slot, float* left, float* right, int n) noexcept
    {
        std::array<float, chunkSize> l, r;
        slot.sound.render (l.data(), r.data(), n);
        if (slot.level != 1.0f || slot.life - n < slot.closing)
            shape (slot, l.data(), r.data(), n);
        slot.fresh = false;
        slot.life -= n;
        if (slot.step == 0.0f && slot.gain == 1.0f) {
            for (int i = 0; i < n; ++i) {
                left[i] += l[static_cast<std::size_t> (i)];
                right[i] += r[static_cast<std::size_t> (i)];
            }
            slot.lastLeft = l[static_cast<std::size_t> (n - 1)];
            slot.lastRight = r[static_cast<std::size_t> (n - 1)];
            return;
        }
        for (int i = 0; i < n; ++i) {
            const auto at = static_cast<std::size_t> (i);
            const auto amplitude = slot.gain * slot.gain;
            slot.lastLeft = l[at] * amplitude;
            slot.lastRight = r[at] * amplitude;
            left[i] += slot.lastLeft;
            right[i] += slot.lastRight;
            slot.gain = std::max (0.0f, slot.gain - slot.step);
        }
        if (slot.gain == 0.0f)
            slot.life = 0;
    }

    static void shape (const Slot& slot, float* left, float* right, int n) noexcept
    {
        for (int i = 0; i < n; ++i) {
            const auto toCome = slot.life - i;
            const auto gain = slot.level * (toCome < slot.closing ? static_cast<float> (toCome) / static_cast<float> (slot.closing) : 1.0f);
            left[i] *= gain;
            right[i] *= gain;
        }
    }

    void addHeld (float* left, float* right, int n) noexcept
    {
        const auto decay = [this] (float& held) {
            held *= holdFactor;
            if (std::abs (held) < 1.0e-6f)
                held = 0.0f;
            return held;
        };
        for (int i = 0; i < n; ++i) {
            left[i] += decay (heldLeft);
            right[i] += decay (heldRight);
        }
    }

    std::array<Slot, slotCount> slots {};
    float rate = 48000.0f, fade = 0.005f;
    float heldLeft = 0.0f, heldRight = 0.0f, holdFactor = 0.0f;
};

} // namespace groovefield::synth
