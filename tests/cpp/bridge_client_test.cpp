// One instance's end: what it accepts as a pattern, its event record, and how long it waits. No Python runs here: the tests
// write the answers into the shared memory themselves.
#include "bridge_testing.h"
#include "client.h"
#include "crc32.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <thread>

using namespace groovefield;
using groovefield::testing::Environment;
using groovefield::testing::TemporaryDirectory;

namespace {

constexpr auto checkedFrom = offsetof (layout::Answer, status);
constexpr auto headEnd = offsetof (layout::Answer, values);

// The bridge with shared memory but no Python known: nothing answers but the test.
struct Bridge {
    Bridge()
    {
        environment.set ("GROOVEFIELD_PYTHON", std::nullopt);
        environment.set ("XDG_CONFIG_HOME", (temporary.path / "config").string());
        environment.set ("XDG_RUNTIME_DIR", temporary.path.string());
        ModelProcess::setLinger (std::chrono::milliseconds (0));
        process = ModelProcess::acquire();
        client = std::make_unique<PatternClient> (process);
        REQUIRE (client->hasSlot());
    }
    layout::Segment& segment() { return *process->segment(); }
    layout::Answer& place (std::uint64_t id) { return segment().slots[0].answers[id % layout::requestPlaces]; }

    TemporaryDirectory temporary;
    Environment environment;
    std::shared_ptr<ModelProcess> process;
    std::unique_ptr<PatternClient> client;
};

std::size_t usedBytes (const layout::Answer& answer)
{
    const bool shaped = answer.lanes <= layout::maxLanes && answer.steps <= layout::maxSteps;
    return shaped ? layout::patternArrays * answer.lanes * answer.steps * sizeof (float) : 0;
}

void seal (layout::Answer& answer)
{
    answer.checksum = crc32 (reinterpret_cast<const char*> (&answer) + checkedFrom, headEnd - checkedFrom + usedBytes (answer));
}

layout::Answer goodAnswer (std::uint64_t id, std::uint32_t lanes = 9, std::uint32_t steps = 32)
{
    layout::Answer answer {};
    answer.id = id;
    answer.lanes = lanes;
    answer.steps = steps;
    answer.stepsPerBeat = 4;
    answer.latents = 2;
    for (std::size_t i = 0; i < usedBytes (answer) / sizeof (float); ++i)
        answer.values[i] = static_cast<float> (i % 97) / 100.0f;
    for (std::size_t i = 0; i < lanes; ++i)
        answer.laneNote[i] = static_cast<std::uint8_t> (36 + i);
    std::memcpy (answer.laneName[0], "Kick", 4);
    seal (answer);
    return answer;
}

// As the model process writes it.
void put (layout::Answer& place, layout::Answer answer)
{
    answer.seq = (place.seq | 1u) + 1u;
    std::memcpy (&place, &answer, sizeof (answer));
}

} // namespace

TEST_CASE ("a request lies in the shared memory as it was made")
{
    Bridge bridge;
    Sha256 model {};
    model[0] = 7;
    bridge.client->setModel (model);
    PadPosition position;
    position.latent = { 0.25f, 0.75f, 0.5f, -3.0f, 9.0f, std::nanf (""), 0.0f, 1.0f };
    position.style = 0.5f;
    for (std::uint64_t id = 1; id <= 6; ++id)
        CHECK (bridge.client->request (position) == id);
    const auto& request = bridge.segment().slots[0].requests[6 % layout::requestPlaces];
    CHECK (bridge.segment().controls[0].newestRequest == 6);
    CHECK (request.id == 6);
    CHECK (request.seq % 2 == 0);
    const std::array<float, 8> clamped { 0.25f, 0.75f, 0.5f, 0.0f, 1.0f, 0.0f, 0.0f, 1.0f };
    CHECK (std::equal (clamped.begin(), clamped.end(), request.latent));
    CHECK (request.style == 0.5f);
    CHECK (std::equal (model.begin(), model.end(), request.model));
    CHECK (request.checksum == crc32 (&request.id, offsetof (layout::Request, checksum) - offsetof (layout::Request, id)));
}

TEST_CASE ("an answer is the pattern that was written, and only for its own request")
{
    Bridge bridge;
    Pattern pattern;
    CHECK_FALSE (bridge.client->answer (1, pattern));
    const auto id = bridge.client->request ({});
    CHECK_FALSE (bridge.client->answer (id, pattern));
    CHECK (pattern.id == 0);
    const auto answer = goodAnswer (id, 11, 24);
    put (bridge.place (id), answer);
    REQUIRE (bridge.client->answer (id, pattern));
    CHECK (pattern.id == id);
    CHECK (pattern.lanes == 11);
    CHECK (pattern.steps == 24);
    CHECK (pattern.latents == 2);
    CHECK (pattern.laneNote[10] == 46);
    CHECK (std::string (pattern.laneName[0].data()) == "Kick");
    CHECK (std::equal (answer.values, answer.values + 5 * 11 * 24, pattern.values.begin()));
    CHECK_FALSE (bridge.client->answer (id + 1, pattern));
    const auto next = bridge.client->request ({});
    CHECK_FALSE (bridge.client->answer (next, pattern));
    CHECK (pattern.id == id);
}

TEST_CASE ("numbers out of bounds are no pattern, even with a right checksum")
{
    Bridge bridge;
    const auto id = bridge.client->request ({});
    const auto area = std::size_t { 9 } * 32;
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const std::vector<std::function<void (layout::Answer&)>> damages {
        [] (auto& a) { a.lanes = 0; },
        [] (auto& a) { a.lanes = 17; },
        [] (auto& a) { a.lanes = 0xFFFFFFFFu; },
        [] (auto& a) { a.steps = 0; },
        [] (auto& a) { a.steps = 129; },
        [] (auto& a) { a.stepsPerBeat = 0; },
        [] (auto& a) { a.stepsPerBeat = 1000; },
        [] (auto& a) { a.latents = 0; },
        [] (auto& a) { a.latents = 9; },
        [=] (auto& a) { a.values[0] = nan; },
        [=] (auto& a) { a.values[5 * area - 1] = nan; },
        [=] (auto& a) { a.values[area] = infinity; },
        [=] (auto& a) { a.values[3] = 1.0001f; },
        [=] (auto& a) { a.values[area + 3] = -0.0001f; },
        [=] (auto& a) { a.values[2 * area + 3] = 1.0f; },
        [=] (auto& a) { a.values[2 * area + 3] = -1.0001f; },
        [=] (auto& a) { a.values[3 * area + 3] = -0.1f; },
        [] (auto& a) { a.status = 1; },
        [] (auto& a) { a.status = 77; },
    };
    Pattern pattern;
    for (const auto& damage : damages) {
        auto answer = goodAnswer (id);
        damage (answer);
        seal (answer);
        put (bridge.place (id), answer);
        CHECK_FALSE (bridge.client->answer (id, pattern));
        CHECK (pattern.id == 0);
    }
    put (bridge.place (id), goodAnswer (id));
    CHECK (bridge.client->answer (id, pattern));
}

TEST_CASE ("the checksum covers the answer's number and status too")
{
    Bridge bridge;
    const auto id = bridge.client->request ({});
    Pattern pattern;
    auto answer = goodAnswer (id + layout::requestPlaces);    // another request's, whose number was changed on the way
    answer.id = id;
    put (bridge.place (id), answer);
    CHECK_FALSE (bridge.client->answer (id, pattern));
    answer = goodAnswer (id);
    answer.status = 2;
    seal (answer);
    answer.status = 0;
    put (bridge.place (id), answer);
    CHECK_FALSE (bridge.client->answer (id, pattern));
    CHECK (pattern.id == 0);
}

TEST_CASE ("any changed byte is noticed, and random bytes are never a pattern")
{
    Bridge bridge;
    std::mt19937_64 random (11);
    Pattern pattern;
    for (int i = 0; i < 3000; ++i) {
        const auto id = bridge.client->request ({});
        auto answer = goodAnswer (id, 1 + static_cast<std::uint32_t> (random() % 16), 1 + static_cast<std::uint32_t> (random() % 128));
        auto* bytes = reinterpret_cast<unsigned char*> (&answer);
        const auto from = offsetof (layout::Answer, checksum);
        if (i % 2 == 0) {
            bytes[from + random() % (headEnd - from + usedBytes (answer))] ^= static_cast<unsigned char> (1u << (random() % 8));
        } else {
            for (std::size_t k = 16; k + 8 <= sizeof (answer); k += 8) {
                const auto word = random();
                std::memcpy (bytes + k, &word, 8);
            }
            answer.status = 0;
        }
        put (bridge.place (id), answer);
        CHECK_FALSE (bridge.client->answer (id, pattern));
        CHECK_FALSE (bridge.client->answer (id, pattern));
        CHECK (pattern.id == 0);

        put (bridge.place (id), goodAnswer (id));    // the process's next try is seen
        CHECK (bridge.client->answer (id, pattern));
        pattern.id = 0;
    }
}

TEST_CASE ("random bytes all over the slot do no harm")
{
    Bridge bridge;
    std::mt19937_64 random (12);
    Pattern pattern;
    std::vector<std::uint8_t> rgba;
    for (int round = 0; round < 20; ++round) {
        auto* words = reinterpret_cast<std::uint64_t*> (&bridge.segment().slots[0]);
        for (std::size_t i = 0; i < offsetof (layout::Slot, events) / 8; ++i)
            words[i] = random();
        for (std::size_t i = 0; i < sizeof (layout::ServerStatus) / 8; ++i)
            reinterpret_cast<std::uint64_t*> (&bridge.segment().server)[i] = random();
        std::uint64_t version = 0;
        CHECK_FALSE (bridge.client->answer (bridge.client->request ({}), pattern));
        CHECK_FALSE (bridge.client->picture (rgba, version));
        bridge.client->record ({});
        CHECK (bridge.client->lastEvents (10).size() <= 10);
        CHECK_FALSE (bridge.client->sentence().empty());
    }
}

TEST_CASE ("patterns written while they are read come whole or not at all")
{
    Bridge bridge;
    const auto id = bridge.client->request ({});
    std::atomic<bool> stop { false };
    std::thread writer ([&] {
        for (std::uint32_t turn = 0; ! stop; ++turn) {
            auto answer = goodAnswer (id, 16, 128);
            const auto value = static_cast<float> (turn % 100) / 200.0f;
            std::fill (std::begin (answer.values), std::end (answer.values), value);
            seal (answer);
            auto& place = bridge.place (id);
            shared::beginWrite (place.seq);
            shared::copyIn (reinterpret_cast<char*> (&place) + 8, reinterpret_cast<const char*> (&answer) + 8, sizeof (answer) - 8);
            shared::endWrite (place.seq);
        }
    });
    Pattern pattern;
    int whole = 0;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds (30);
    while (whole < 300 && std::chrono::steady_clock::now() < until)
        if (bridge.client->answer (id, pattern)) {
            ++whole;
            CHECK (std::all_of (pattern.values.begin(), pattern.values.end(), [&] (float v) { return v == pattern.values[0]; }));
        }
    stop = true;
    writer.join();
    CHECK (whole >= 10);
}

TEST_CASE ("a new instance in an old slot gets nothing that was meant for the last one")
{
    Bridge bridge;
    Pattern pattern;
    const auto old = bridge.client->request ({});
    put (bridge.place (old), goodAnswer (old));
    bridge.client->record ({});
    bridge.client.reset();
    const auto number = bridge.segment().controls[0].instance;
    bridge.client = std::make_unique<PatternClient> (bridge.process);
    CHECK (bridge.segment().controls[0].instance != number);
    CHECK (bridge.client->eventsRecorded() == 0);
    CHECK (bridge.client->lastEvents (5).empty());
    CHECK (bridge.client->request ({}) == 1);
    CHECK_FALSE (bridge.client->answer (1, pattern));
    put (bridge.place (2), goodAnswer (2));
    CHECK (bridge.client->answer (1, pattern));
    CHECK (pattern.id == 1);
}

TEST_CASE ("64 instances have a slot each; the 65th says so and records all the same")
{
    Bridge bridge;
    std::vector<std::unique_ptr<PatternClient>> more;
    for (std::size_t i = 1; i < layout::slots; ++i) {
        more.push_back (std::make_unique<PatternClient> (bridge.process));
        CHECK (more.back()->hasSlot());
    }
    PatternClient last (bridge.process);
    CHECK_FALSE (last.hasSlot());
    CHECK (last.sentence().find ("64 instances") != std::string::npos);
    Pattern pattern;
    last.setOffline (true);
    CHECK_FALSE (last.answer (last.request ({}), pattern));
    last.endBlock();
    last.record ({});
    CHECK (last.lastEvents (3).size() == 1);

    more.pop_back();
    CHECK (PatternClient (bridge.process).hasSlot());
}

TEST_CASE ("without any process an instance records and answers nothing")
{
    PatternClient client (nullptr);
    Pattern pattern;
    CHECK_FALSE (client.answer (client.request ({}), pattern));
    client.endBlock();
    client.setHeard (0.1f, 0.2f, 3.0, true);
    client.record ({});
    CHECK (client.eventsRecorded() == 1);
    CHECK_FALSE (client.connected());
    CHECK_FALSE (client.sentence().empty());
}

TEST_CASE ("offline, nothing is waited for where no Python is known, and the sentence says what to run")
{
    Bridge bridge;
    while (! bridge.process->hopeless())
        std::this_thread::sleep_for (std::chrono::milliseconds (1));
    bridge.client->setOffline (true);
    Pattern pattern;
    for (int i = 0; i < 100; ++i)
        CHECK_FALSE (bridge.client->answer (bridge.client->request ({}), pattern));
    CHECK_FALSE (bridge.client->waitExpired());
    CHECK (bridge.client->sentence().find ("groovefield install") != std::string::npos);
}

TEST_CASE ("the record keeps the last 65,536 events in order")
{
    Bridge bridge;
    layout::Event event {};
    constexpr int count = 70'000;
    for (int i = 0; i < count; ++i) {
        event.gridStep = i;
        bridge.client->record (event);
    }
    const auto last = bridge.client->lastEvents (10);
    REQUIRE (last.size() == 10);
    for (int i = 0; i < 10; ++i)
        CHECK (last[static_cast<std::size_t> (i)].gridStep == count - 10 + i);
    const auto all = bridge.client->lastEvents (1'000'000);
    CHECK (all.size() == layout::events - 1);    // the oldest could be being overwritten
    CHECK (all.front().gridStep == count - static_cast<int> (layout::events) + 1);
}

TEST_CASE ("events copied while they are recorded are whole and in order")
{
    Bridge bridge;
    std::atomic<bool> stop { false };
    std::thread audio ([&] {
        layout::Event event {};
        for (std::int64_t i = 0; ! stop; ++i) {
            event.streamSample = i;
            event.songBeats = event.runSamples = static_cast<double> (i);
            event.gridStep = static_cast<std::int32_t> (i);
            bridge.client->record (event);
        }
    });
    while (bridge.client->eventsRecorded() < 2 * layout::events)
        std::this_thread::yield();
    for (int round = 0; round < 20; ++round) {
        const auto events = bridge.client->lastEvents (layout::events);
        bool good = true;
        for (std::size_t i = 0; i < events.size(); ++i)
            good = good && events[i].streamSample == events[0].streamSample + static_cast<std::int64_t> (i)
                && events[i].songBeats == static_cast<double> (events[i].streamSample)
                && events[i].gridStep == static_cast<std::int32_t> (events[i].streamSample);
        CHECK (good);
    }
    stop = true;
    audio.join();
}

TEST_CASE ("offline, the record waits for a reader that is behind and loses nothing")
{
    Bridge bridge;
    auto& slot = bridge.segment().slots[0];
    bridge.client->setOffline (true);
    constexpr std::uint64_t count = 3 * layout::events;
    shared::store (slot.reader.attached, std::uint64_t { 1 });
    std::thread audio ([&] {
        layout::Event event {};
        for (std::uint64_t i = 0; i < count; ++i) {
            event.gridStep = static_cast<std::int32_t> (i);
            bridge.client->record (event);
        }
    });
    std::uint64_t read = 0;
    bool inOrder = true;
    while (read < count) {
        const auto written = shared::load (slot.record.written, std::memory_order_acquire);
        for (; read < written; ++read)
            inOrder = inOrder && slot.events[read % layout::events].gridStep == static_cast<std::int32_t> (read);
        std::this_thread::sleep_for (std::chrono::milliseconds (5));
        shared::store (slot.reader.read, read, std::memory_order_release);
        shared::store (slot.reader.attached, shared::load (slot.reader.attached) + 1);
    }
    audio.join();
    CHECK (inOrder);
    CHECK (slot.record.dropped == 0);
}

TEST_CASE ("offline, a reader that died is waited for once, then its losses are counted")
{
    Bridge bridge;
    auto& slot = bridge.segment().slots[0];
    bridge.client->setOffline (true);
    shared::store (slot.reader.attached, std::uint64_t { 1 });
    for (std::size_t i = 0; i < 2 * layout::events; ++i)
        bridge.client->record ({});
    CHECK (bridge.client->eventsRecorded() == 2 * layout::events);
    CHECK (slot.record.dropped == layout::events);
}
