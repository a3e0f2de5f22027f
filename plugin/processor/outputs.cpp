// Where the kit's sound goes: the processor's buses. The first is the mix; then each lane has one of its own, and last the
// melody, off until the host turns it on. A lane whose bus is on is there and not in the mix, as drum samplers do it, so that
// nothing is heard twice; the glue of the mix works on each bus by itself.
#include "processor.h"

namespace groovefield {

juce::AudioProcessor::BusesProperties Processor::kitBuses()
{
    auto buses = BusesProperties().withOutput ("Output", juce::AudioChannelSet::stereo(), true);
    for (const auto& lane : laneNames)
        buses.addBus (false, lane.name, juce::AudioChannelSet::stereo(), false);
    buses.addBus (false, "Melody", juce::AudioChannelSet::stereo(), false);
    return buses;
}

bool Processor::isBusesLayoutSupported (const BusesLayout& layout) const
{
    if (isMidiEffect())
        return true;
    const auto mix = layout.getMainOutputChannelSet();
    if (! layout.getMainInputChannelSet().isDisabled() || (mix != juce::AudioChannelSet::stereo() && mix != juce::AudioChannelSet::mono()))
        return false;
    const auto own = layout.outputBuses.begin() + 1;
    return std::all_of (own, layout.outputBuses.end(),
                        [] (const auto& bus) { return bus.isDisabled() || bus == juce::AudioChannelSet::stereo(); });
}

KitOutputs Processor::kitOutputs (juce::AudioBuffer<float>& audio) const noexcept
{
    KitOutputs out;
    const auto channels = audio.getNumChannels();
    const bool mono = getMainBusNumOutputChannels() == 1 || channels == 1;
    out.mix = { audio.getWritePointer (0), audio.getWritePointer (mono ? 0 : 1) };
    for (int bus = 1; bus < getBusCount (false); ++bus) {
        if (! getBus (false, bus)->isEnabled())
            continue;
        const auto first = getChannelIndexInProcessBlockBuffer (false, bus, 0);
        if (first <= 0 || first + 1 >= channels)
            continue;
        auto& own = bus <= voiceCount ? out.own[static_cast<std::size_t> (bus - 1)] : out.tone;
        own = { audio.getWritePointer (first), audio.getWritePointer (first + 1) };
    }
    return out;
}

void Processor::sound (juce::AudioBuffer<float>& audio, float gain) noexcept
{
    const int samples = audio.getNumSamples();
    sounds.apply (kit);
    kit.setToneLevel (overlayNow.melody.level);
    if (audio.getNumChannels() == 0 || samples == 0)
        return;
    const auto out = kitOutputs (audio);
    kit.render (out, samples);
    // Mono: both sides in the one buffer, at half level each.
    if (out.mix.left == out.mix.right)
        audio.applyGain (0, 0, samples, 0.5f);
    audio.applyGainRamp (0, samples, lastGain, gain);
    lastGain = gain;
    sounds.letGo (kit);
}

} // namespace groovefield
