// Where an instance's patterns come from: the model process, or, until there is one, the built-in field.
#pragma once

#include "../../bridge/shell/client.h"
#include "builtin_field.h"

#include <atomic>

namespace groovefield {

class FieldSource : public PatternSource {
public:
    explicit FieldSource (PatternClient& c) : client (c) {}

    /// [message] The built-in field is the default model's: it stands in for no other.
    void allowBuiltin (bool allowed) noexcept { builtinAllowed.store (allowed); }

    std::uint64_t request (const PadPosition& position) noexcept override // [audio]
    {
        const auto id = client.request (position);
        asked[id % asked.size()] = position;
        return id;
    }

    bool answer (std::uint64_t id, Pattern& into) noexcept override // [audio]
    {
        if (client.answer (id, into)) {
            fromBuiltin = false;
            return true;
        }
        if (client.connected() || ! builtinAllowed.load())
            return false;
        builtin.patternAt (asked[id % asked.size()], into);
        into.id = id;
        fromBuiltin = true;
        return true;
    }

    /// [audio] True when the process has come to life and what plays is not its answer.
    bool canDoBetter() const noexcept { return fromBuiltin && client.connected(); }

private:
    PatternClient& client;
    BuiltinField builtin;
    std::array<PadPosition, layout::requestPlaces> asked {};
    std::atomic<bool> builtinAllowed { true };
    bool fromBuiltin = false;
};

} // namespace groovefield
