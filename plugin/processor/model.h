// The model an instance plays: its portable form, which the state carries and the model process
// decodes. Nothing in it is executed; what is read of it is checked.
#pragma once

#include "../../bridge/shell/sha256.h"
#include "model_items.h"

#include <juce_core/juce_core.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace groovefield {

/// An immutable model. Portable form: the safetensors file with its decoder, its picture and the items it
/// carries only (docs/model-format.md).
struct Model {
    std::vector<std::uint8_t> portable;
    juce::MemoryBlock compressed;   ///< of the portable form, made once
    Sha256 digest {};               ///< of the portable form; the model process finds it by this
    juce::String name;
    std::uint32_t stepsPerBeat = 4; ///< of its patterns
    int latents = 2;                ///< dimensions of the field, 2..8
    juce::StringArray styles;       ///< what the style morphs between, in the order of the control
    std::vector<std::uint8_t> picture; ///< of the pad: 64 x 64 RGBA, row 0 is y = 0; empty if it brings none
    ModelItems items;               ///< dots of the pad; older models have none
};

/// A model, or a sentence that says why there is none.
struct ModelResult {
    std::shared_ptr<const Model> model;
    juce::String refusal;
};

/// [message] Reads a whole model file, or a portable form.
ModelResult readModel (const void* data, std::size_t size, const juce::String& what);

/// [message] Reads a file that the user chose.
ModelResult readModelFile (const juce::File&);

/// [message] Restores what `compressed` held.
ModelResult readCompressedModel (const void* data, std::size_t size);

/// [message] The model inside the plugin; read once for all instances.
std::shared_ptr<const Model> defaultModel();

} // namespace groovefield
