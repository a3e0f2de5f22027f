// The field that plays without a model process: when it answers, when it does not, and how often it asks again. The
// process that these tests start is a script that says it is ready; the answers are written by the tests themselves.
#include "../../plugin/field/fallback_source.h"
#include "bridge_testing.h"
#include "crc32.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

using namespace groovefield;
using groovefield::testing::Environment;
using groovefield::testing::TemporaryDirectory;

namespace {

const std::string& table()
{
    static const auto bytes = [] {
        std::ifstream in (GROOVEFIELD_BUILTIN_FIELD, std::ios::binary);
        return std::string (std::istreambuf_iterator<char> (in), {});
    }();
    REQUIRE (bytes.size() > 24);
    return bytes;
}

PadPosition at (float x, float y)
{
    PadPosition position;
    position.latent.fill (0.5f);
    position.latent[0] = x;
    position.latent[1] = y;
    return position;
}

Pattern builtinAt (const PadPosition& position)
{
    Pattern pattern;
    BuiltinField (table().data()).patternAt (position, pattern);
    return pattern;
}

// A process that is there as soon as the test lets it be, and then says nothing more.
struct Bridge {
    Bridge()
    {
        const auto script = temporary.path / "python";
        std::ofstream (script) << "#!/bin/sh\ncd '" << temporary.path.string()
                               << "'\nwhile [ -e python ] && [ ! -e go ]; do sleep 0.02; done\n"
                               << "echo ready >&2\nread nothing\n";
        std::filesystem::permissions (script, std::filesystem::perms::owner_all);
        environment.set ("GROOVEFIELD_PYTHON", script.string());
        environment.set ("XDG_RUNTIME_DIR", temporary.path.string());
        ModelProcess::setLinger (std::chrono::milliseconds (0));
        process = ModelProcess::acquire();
        client = std::make_unique<PatternClient> (process);
        source = std::make_unique<FallbackSource> (*client, table().data());
        REQUIRE (client->hasSlot());
    }
    void comeToLife()
    {
        std::ofstream (temporary.path / "go") << "";
        for (int tries = 0; tries < 12000 && ! client->connected(); ++tries)
            std::this_thread::sleep_for (std::chrono::milliseconds (10));
        REQUIRE (client->connected());
    }
    // As the model process writes it: a refusal has no lanes.
    void put (std::uint64_t id, std::uint32_t status)
    {
        layout::Answer answer {};
        answer.id = id;
        answer.status = status;
        answer.lanes = status == 0 ? 1 : 0;
        answer.steps = status == 0 ? 16 : 0;
        answer.stepsPerBeat = 4;
        answer.latents = 2;
        constexpr auto from = offsetof (layout::Answer, status), to = offsetof (layout::Answer, values);
        const auto values = sizeof (float) * layout::patternArrays * answer.lanes * answer.steps;
        answer.checksum = crc32 (reinterpret_cast<const char*> (&answer) + from, to - from + values);
        auto& place = process->segment()->slots[0].answers[id % layout::requestPlaces];
        answer.seq = (place.seq | 1u) + 1u;
        std::memcpy (&place, &answer, sizeof answer);
    }

    TemporaryDirectory temporary;
    Environment environment;
    std::shared_ptr<ModelProcess> process;
    std::unique_ptr<PatternClient> client;
    std::unique_ptr<FallbackSource> source;
};

} // namespace

TEST_CASE ("the built-in field has a pattern for every position, also for one that is none")
{
    const auto corner = builtinAt (at (0, 0)), middle = builtinAt (at (0.5f, 0.5f)), far = builtinAt (at (1, 1));
    CHECK (corner.valid());
    CHECK (corner.lanes == 11);
    CHECK (corner.values != middle.values);
    CHECK (far.values != middle.values);
    CHECK (builtinAt (at (-7.0f, std::nanf (""))).values == corner.values);
    CHECK (builtinAt (at (1e30f, INFINITY)).values == far.values);
    const std::size_t area = std::size_t { middle.lanes } * middle.steps;
    for (std::size_t i = 0; i < 5 * area; ++i)
        CHECK ((middle.values[i] >= (i / area == 2 ? -1.0f : 0.0f) && middle.values[i] <= 1.0f));
}

TEST_CASE ("without a process the built-in field answers; once there is one, it is asked once")
{
    Bridge bridge;
    auto& source = *bridge.source;
    Pattern heard;
    const auto first = source.request (at (0.2f, 0.9f));
    REQUIRE (source.answer (first, heard));
    CHECK (heard.id == first);
    CHECK (heard.values == builtinAt (at (0.2f, 0.9f)).values);
    CHECK_FALSE (source.cameToLife());

    bridge.comeToLife();
    CHECK (source.cameToLife());
    CHECK_FALSE (source.cameToLife());
    const auto second = source.request (at (0.2f, 0.9f));
    CHECK_FALSE (source.answer (second, heard));    // it is given its time
    CHECK_FALSE (source.cameToLife());
    bridge.put (second, 0);
    REQUIRE (source.answer (second, heard));
    CHECK (heard.lanes == 1);
    CHECK_FALSE (source.cameToLife());
}

TEST_CASE ("where the process refuses the default model the built-in field plays on, and nothing is asked again")
{
    Bridge bridge;
    auto& source = *bridge.source;
    bridge.comeToLife();
    Pattern heard;
    for (const float x : { 0.1f, 0.4f, 0.9f }) {
        const auto id = source.request (at (x, 0.3f));
        CHECK_FALSE (source.answer (id, heard));
        bridge.put (id, 2);
        REQUIRE (source.answer (id, heard));
        CHECK (heard.id == id);
        CHECK (heard.values == builtinAt (at (x, 0.3f)).values);
        CHECK_FALSE (source.cameToLife());
    }
    CHECK (bridge.client->sentence() == "The model of this project is damaged: load it again from the model menu.");

    // An answer to come is not taken for refused because the last one was.
    const auto id = source.request (at (0.5f, 0.5f));
    CHECK_FALSE (source.answer (id, heard));
    bridge.put (id, 0);
    CHECK (source.answer (id, heard));
    CHECK (heard.lanes == 1);
}

TEST_CASE ("the built-in field stands in for no other model than its own")
{
    Bridge bridge;
    auto& source = *bridge.source;
    source.allowBuiltin (false);
    Pattern heard;
    const auto first = source.request (at (0.5f, 0.5f));
    CHECK_FALSE (source.answer (first, heard));
    bridge.comeToLife();
    CHECK_FALSE (source.cameToLife());
    bridge.put (first, 2);
    CHECK_FALSE (source.answer (first, heard));
    CHECK (heard.lanes == 0);
}
