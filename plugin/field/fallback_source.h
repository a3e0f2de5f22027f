// Where an instance's patterns come from: the model process, and the built-in field where that has none to give.
#pragma once

#include "../../bridge/shell/client.h"
#include "builtin_field.h"

#include <array>
#include <atomic>

namespace groovefield {

/// The built-in field answers while there is no process, and where the process refuses the
/// default model. A process that has merely not answered yet is given its time.
class FallbackSource : public PatternSource {
public:
    /// [message] `table`: see BuiltinField.
    FallbackSource (PatternClient& c, const void* table) noexcept : client (c), builtin (table) {}

    /// [message] The built-in field is the default model's: it stands in for no other.
    void allowBuiltin (bool allowed) noexcept { builtinAllowed.store (allowed); }

    std::uint64_t request (const PadPosition&) noexcept override;          // [audio]
    bool answer (std::uint64_t id, Pattern& into) noexcept override;       // [audio]

    /// [audio] True, once, when a process has come to life and the built-in field was what stood in for it.
    bool cameToLife() noexcept;

    /// [audio] Whether what plays is the built-in field's, for want of a process.
    bool isStandingIn() const noexcept { return standsIn; }

private:
    PatternClient& client;
    BuiltinField builtin;
    std::array<PadPosition, layout::requestPlaces> asked {};
    std::atomic<bool> builtinAllowed { true };
    bool standsIn = false;
};

} // namespace groovefield
