// What the musician lays over the field, through the processor: what then sounds, what a state keeps of it,
// and that every deed can be undone.
#include "editor_session.h"
#include "processor_testing.h"

#include "../../plugin/processor/overlay_bytes.h"

using namespace groovefield;
using groovefield::testing::Session;

namespace {

constexpr std::size_t kick = 0, snare = 1, hat = 2;

// The (lane, step, velocity) of every note that the player makes of the present pattern in one cycle.
std::vector<std::array<int, 3>> heard (const Session& session)
{
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    std::vector<std::array<int, 3>> out;
    const auto cycle = showCycle (pattern, *session.processor.laying.overlay(), session.processor.play(), 0);
    for (std::size_t lane = 0; lane < cycle.lanes.size(); ++lane)
        for (std::size_t step = 0; step < cycle.lanes[lane].cells.size() && ! cycle.lanes[lane].muted; ++step)
            if (const auto velocity = cycle.lanes[lane].cells[step].velocity; velocity > 0)
                out.push_back ({ static_cast<int> (lane), static_cast<int> (step), velocity });
    return out;
}

std::vector<std::array<int, 3>> ofLane (const std::vector<std::array<int, 3>>& notes, std::size_t lane)
{
    std::vector<std::array<int, 3>> out;
    for (const auto& note : notes)
        if (note[0] == static_cast<int> (lane))
            out.push_back (note);
    return out;
}

Region stepsFrom (std::size_t first, std::size_t end)
{
    Region region;
    for (auto& lane : region.cells)
        for (auto step = first; step < end; ++step)
            lane.set (step);
    return region;
}

// Moves a parameter and lets the model process answer.
void go (Session& session, const char* id, float value)
{
    session.set (id, value);
    session.settle();
}

CellEdit struck (int velocity) { return { CellEdit::Hit::struck, static_cast<std::uint8_t> (velocity), CellEdit::patternOffset }; }

// Hits of a lane while the song plays for some seconds.
std::uint32_t strikesIn (Session& session, std::size_t lane, double seconds)
{
    const auto before = session.processor.now.strikes[lane].load();
    session.run (seconds);
    return session.processor.now.strikes[lane].load() - before;
}

} // namespace

TEST_CASE ("a hit set by hand sounds, one taken away does not, wherever the pad goes")
{
    Session session;
    session.run (0.2);
    session.processor.laying.lay ("Edit", [] (Overlay& overlay) {
        overlay.edits[kick].fill ({ CellEdit::Hit::silent, 0, CellEdit::patternOffset });
        overlay.edits[kick][5] = struck (99);
    });
    for (const auto x : { 0.1f, 0.9f }) {
        go (session, "x", x);
        CHECK (ofLane (heard (session), kick) == std::vector<std::array<int, 3>> { { 0, 5, 99 } });
    }
    // And as notes: one kick in two bars, 4 s at 120 bpm.
    session.host.playing = true;
    session.run (0.3);
    CHECK (strikesIn (session, kick, 8.0) == 2);
}

TEST_CASE ("a locked lane keeps its hits while the pad and the threshold move; unlocked it follows again")
{
    Session session;
    go (session, "x", 0.2f);
    const auto before = heard (session);
    REQUIRE_FALSE (ofLane (before, hat).empty());

    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    session.processor.laying.lay ("Lock", [&] (Overlay& o) { lockLane (o, pattern, session.processor.play(), hat); });
    CHECK (heard (session) == before);

    go (session, "x", 0.9f);
    go (session, "y", 0.9f);
    session.set ("threshold", 0.2f);
    CHECK (ofLane (heard (session), hat) == ofLane (before, hat));
    CHECK (ofLane (heard (session), snare) != ofLane (before, snare));

    session.processor.history.undo();
    CHECK (ofLane (heard (session), hat) != ofLane (before, hat));
}

TEST_CASE ("another take is near the field, differs from the next one, and leaves locked lanes and other cells alone")
{
    Session session;
    session.set ("variation", 60.0f);
    go (session, "x", 0.6f);
    const auto own = heard (session);
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    auto& laying = session.processor.laying;
    laying.lay ("Lock", [&] (Overlay& o) { lockLane (o, pattern, session.processor.play(), snare); });

    laying.lay ("Take", [] (Overlay& o) { takeAgain (o, Region::all(), 7); });
    const auto first = heard (session);
    CHECK (first != own);
    CHECK (ofLane (first, snare) == ofLane (own, snare));
    CHECK (first.size() > own.size() / 2);
    CHECK (first.size() < own.size() * 2);

    // The second bar only: the first bar's hits stay.
    laying.lay ("Take", [] (Overlay& o) { takeAgain (o, stepsFrom (16, 32), 8); });
    const auto second = heard (session);
    CHECK (second != first);
    for (const auto& note : first)
        if (note[1] < 16)
            CHECK (std::find (second.begin(), second.end(), note) != second.end());

    session.set ("variation", 0.0f);
    CHECK (heard (session) == own);
}

TEST_CASE ("solo silences the other lanes, push moves a lane's notes, and a lane's own length ends them")
{
    Session session;
    session.run (0.2);
    session.processor.laying.lay ("Solo", [] (Overlay& o) {
        o.solo = 1u << snare;
        o.edits[snare][4] = struck (100);
        o.edits[kick][4] = struck (100);
        o.feel[snare].push = 0.25f;
    });
    for (const auto& note : heard (session))
        CHECK (note[0] == static_cast<int> (snare));
    session.host.playing = true;
    session.run (0.3);
    CHECK (strikesIn (session, kick, 4.0) == 0);
    CHECK (strikesIn (session, snare, 4.0) > 0);
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    const auto straight = Overlay {};
    const auto moved = showCycle (pattern, *session.processor.laying.overlay(), session.processor.play(), 0);
    auto unmoved = *session.processor.laying.overlay();
    unmoved.feel = straight.feel;
    const auto before = showCycle (pattern, unmoved, session.processor.play(), 0);
    CHECK (moved.lanes[snare].cells[4].displacement == doctest::Approx (before.lanes[snare].cells[4].displacement + 0.25));
}

TEST_CASE ("an overlay goes through the state and its bytes whole; damage is said and the rest is loaded")
{
    Session session;
    session.run (0.2);
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    session.processor.laying.lay ("All", [&] (Overlay& o) {
        o.edits[hat][3] = { CellEdit::Hit::struck, 77, -12345 };
        o.take[snare][9] = 54321;
        lockLane (o, pattern, session.processor.play(), kick);
        o.solo = 0x8001;
        o.feel[4] = { 1.5f, -0.125f };
        o.path.beats = 8.0;
        o.path.count = 2;
        o.path.away[1] = { 0.25f, -0.5f };
        o.points.beats = 2.0;
        o.points.count = 1;
        o.points.at[0] = { 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f };
    });
    const auto kept = stateOf (session.processor);
    const auto before = *session.processor.laying.overlay();

    Session other;
    restore (other.processor, kept);
    const auto after = *other.processor.laying.overlay();
    CHECK (overlayBytes (after) == overlayBytes (before));
    CHECK (after.edits[hat][3] == before.edits[hat][3]);
    CHECK (after.take[snare][9] == 54321);
    CHECK (after.isLocked (kick));
    CHECK (after.held[kick][0].velocity == before.held[kick][0].velocity);
    CHECK (after.path.away[1][1] == -0.5f);
    CHECK (after.points.at[0][7] == 0.8f);
    CHECK (after.feel[4].push == -0.125f);

    auto damaged = kept;
    const auto chunk = chunksOf (kept).at ("OVER");
    static_cast<char*> (damaged.getData())[chunk.at + 20] ^= 0x55;
    Session third;
    restore (third.processor, damaged);
    CHECK (third.processor.lastComplaint().contains ("edits, locks and motion"));
    CHECK_FALSE (third.processor.laying.overlay()->isLocked (kick));
}

TEST_CASE ("bytes that are no overlay are refused, numbers out of range are brought into it")
{
    juce::Random random (3);
    const auto bytes = overlayBytes (Overlay {});
    for (int i = 0; i < 2000; ++i) {
        auto noise = bytes;
        for (int k = 0; k < 4; ++k)
            static_cast<char*> (noise.getData())[random.nextInt (static_cast<int> (noise.getSize()))] = static_cast<char> (random.nextInt (256));
        if (const auto read = readOverlay (noise.getData(), noise.getSize()))
            for (const auto& feel : read->feel) {
                CHECK (std::abs (feel.push) <= 0.5f);
                CHECK (feel.noteLength >= 0.0f);
            }
    }
    CHECK_FALSE (readOverlay (bytes.getData(), bytes.getSize() - 1).has_value());
}

TEST_CASE ("on another grid edits and locked hits lie where they did in time")
{
    Overlay sixteenths;
    sixteenths.edits[kick][6] = struck (90);          // an eighth after beat 2
    sixteenths.locked = 1u << snare;
    sixteenths.held[snare][4] = { 1.0f, 0.8f, 0.5f, 0.0f, 0.0f };
    const auto triplets = regridded (sixteenths, 3);
    CHECK (triplets.stepsPerBeat == 3);
    // 1.5 beats is between steps 4 and 5: the nearest, and half a step early.
    CHECK (triplets.edits[kick][5].hit == CellEdit::Hit::struck);
    CHECK (triplets.edits[kick][5].offset == doctest::Approx (-32767).epsilon (0.001));
    CHECK (triplets.held[snare][3].probability == 1.0f);
    CHECK (triplets.held[snare][3].offset == doctest::Approx (0.375));
    CHECK (regridded (sixteenths, 8).held[snare][8].probability == 1.0f);
}

TEST_CASE ("a state on another model's grid brings its edits to it, and so does what is undone")
{
    Session session;
    session.processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[kick][8] = struck (90); });
    session.processor.laying.useGrid (3);
    CHECK (session.processor.laying.overlay()->edits[kick][6].hit == CellEdit::Hit::struck);
    session.processor.laying.lay ("Clear", [] (Overlay& o) { clearEdits (o, Region::all()); });
    session.processor.laying.useGrid (4);
    session.processor.history.undo();
    CHECK (session.processor.laying.overlay()->stepsPerBeat == 4);
    CHECK (session.processor.laying.overlay()->edits[kick][8].hit == CellEdit::Hit::struck);
}

TEST_CASE ("a hundred deeds are undone one by one, and done again; automation by the host is none")
{
    Session session;
    auto& processor = session.processor;
    CHECK (processor.history.undoName().isEmpty());
    session.set ("threshold", 0.7f);      // no gesture: a host
    CHECK (processor.history.undoName().isEmpty());

    for (std::size_t i = 0; i < 105; ++i)
        processor.laying.lay ("Step " + juce::String (i), [i] (Overlay& o) { o.edits[kick][i] = struck (1 + static_cast<int> (i)); });
    CHECK (processor.history.undoName() == "Step 104");
    int undone = 0;
    while (processor.history.undo())
        ++undone;
    CHECK (undone >= 100);
    CHECK_FALSE (processor.laying.overlay()->edits[kick][50].any());
    int redone = 0;
    while (processor.history.redo())
        ++redone;
    CHECK (redone == undone);
    CHECK (processor.laying.overlay()->edits[kick][104].any());
}

TEST_CASE ("a drag of the pad is one deed, a knob another")
{
    Session session;
    auto& editor = session.open();
    editor.pad.place.jump ({ 0.9f, 0.8f });
    CHECK (session.processor.history.undoName() == "Move on the pad");
    auto* const groove = session.processor.parameters.getParameter ("groove");
    groove->beginChangeGesture();
    groove->setValueNotifyingHost (0.1f);
    groove->endChangeGesture();
    CHECK (session.processor.history.undoName() == "Groove");
    CHECK (session.processor.history.undo());
    CHECK (session.get ("groove") == doctest::Approx (100.0f));
    CHECK (session.get ("x") == doctest::Approx (0.9f));
    CHECK (session.processor.history.undo());
    CHECK (session.get ("x") == doctest::Approx (0.5f));
    CHECK (session.get ("y") == doctest::Approx (0.5f));
    CHECK_FALSE (session.processor.history.undo());
    CHECK (session.processor.history.redo());
    CHECK (session.get ("x") == doctest::Approx (0.9f));
}

TEST_CASE ("another model is a deed: undone, the one before plays again with what was laid over it")
{
    Session session;
    auto& processor = session.processor;
    processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[kick][8] = struck (90); });
    const auto name = processor.modelName();
    const auto file = juce::File::createTempFile (".groovefield");
    const auto bytes = renamedModel();
    REQUIRE (file.replaceWithData (bytes.data(), bytes.size()));
    REQUIRE (processor.loadModel (file).isEmpty());
    file.deleteFile();
    REQUIRE (processor.modelName() != name);
    CHECK (processor.history.undoName() == "Load " + processor.modelName());
    CHECK (processor.history.undo());
    CHECK (processor.modelName() == name);
    CHECK (processor.laying.overlay()->edits[kick][8].any());
    CHECK (processor.history.redo());
    CHECK (processor.modelName() != name);
}

TEST_CASE ("a locked lane keeps its hits in another model, and the others take that model's")
{
    const auto file = groovefield::modelOfFourLatents();
    if (! file)
        return;
    Session session;
    auto& processor = session.processor;
    session.settle();
    const auto before = heard (session);
    REQUIRE (ofLane (before, kick).size() > 3);
    REQUIRE (ofLane (before, hat).size() > 3);
    processor.laying.lay ("Lock", [&] (Overlay& o) { processor.lock (o, kick); });
    REQUIRE (processor.loadModel (*file).isEmpty());
    session.settle();
    const auto after = heard (session);
    CHECK (ofLane (after, kick) == ofLane (before, kick));
    CHECK (ofLane (after, hat) != ofLane (before, hat));
}

TEST_CASE ("a state that comes in the midst of a drag ends it: nothing of it can be undone")
{
    Session session;
    const auto state = stateOf (session.processor);
    auto& laying = session.processor.laying;
    laying.begin();
    laying.change ([] (Overlay& o) { o.edits[kick][1] = struck (50); });
    restore (session.processor, state);
    laying.end ("Velocity");
    CHECK (session.processor.history.undoName().isEmpty());
    CHECK_FALSE (laying.overlay()->edits[kick][1].any());
}

namespace {

// The default model, or the same without the word by which its fills are known.
juce::File modelFile (bool withFills)
{
    auto bytes = renamedModel();
    const std::string word = "fill in ", other = "full in ";
    for (auto at = bytes.begin(); ! withFills && (at = std::search (at, bytes.end(), word.begin(), word.end())) != bytes.end();)
        std::copy (other.begin(), other.end(), at);
    const auto file = juce::File::createTempFile (".groovefield");
    REQUIRE (file.replaceWithData (bytes.data(), bytes.size()));
    return file;
}

// Which lanes are struck how often in the last three beats of the second bar; the position heard before and in them.
struct SecondBar {
    std::array<std::uint32_t, maxLanes> strikes {};
    std::uint32_t all = 0;
    std::array<float, 2> before {}, in {};
};

SecondBar playSecondBar (const juce::File& model, float fill)
{
    Session session;
    auto& now = session.processor.now;
    REQUIRE (session.processor.loadModel (model).isEmpty());
    session.set ("x", 0.4f);
    session.set ("y", 0.4f);
    session.set ("fill", fill);
    session.processor.setNonRealtime (true);    // each step waits for its answer
    session.host.playing = true;
    const auto until = [&] (double beat) {
        while (session.host.beats < beat)
            session.run (0.005);
    };
    SecondBar out;
    until (4.5);
    out.before = { now.x.load(), now.y.load() };
    until (4.9);
    for (std::size_t lane = 0; lane < maxLanes; ++lane)
        out.strikes[lane] = now.strikes[lane].load();
    until (6.0);
    out.in = { now.x.load(), now.y.load() };
    until (7.9);
    for (std::size_t lane = 0; lane < maxLanes; ++lane) {
        out.strikes[lane] = now.strikes[lane].load() - out.strikes[lane];
        out.all += out.strikes[lane];
    }
    return out;
}

std::uint32_t snareAndToms (const SecondBar& bar) { return bar.strikes[1] + bar.strikes[4] + bar.strikes[5] + bar.strikes[6]; }

} // namespace

TEST_CASE ("the last bar of every two goes to the nearest fill of the material from its second beat on")
{
    const auto model = modelFile (true);
    const auto plain = playSecondBar (model, 0.0f), fill = playSecondBar (model, 2.0f);
    const std::array<float, 2> set { 0.4f, 0.4f };
    CHECK (plain.in == set);
    CHECK (fill.before == set);
    const auto read = readModelFile (model);
    REQUIRE (read.model != nullptr);
    const auto fills = fillsAmong (read.model->items);
    REQUIRE (fills.count == FillPlaces::room);
    const auto away = [&] (const auto& place) { return std::hypot (place[0] - 0.4f, place[1] - 0.4f); };
    const auto nearest = std::min_element (fills.at.begin(), fills.at.end(), [&] (const auto& a, const auto& b) { return away (a) < away (b); });
    CHECK (fill.in[0] == doctest::Approx ((*nearest)[0]));
    CHECK (fill.in[1] == doctest::Approx ((*nearest)[1]));
    CHECK (snareAndToms (fill) > snareAndToms (plain));
    model.deleteFile();
}

TEST_CASE ("where the material names no fills, the last bar of every two is denser")
{
    const auto model = modelFile (false);
    const auto plain = playSecondBar (model, 0.0f), fill = playSecondBar (model, 2.0f);
    CHECK (fill.before[0] == 0.4f);
    CHECK (fill.in[0] == doctest::Approx (0.8f));    // towards the dense end
    CHECK (fill.in[1] == 0.4f);
    CHECK (fill.all > plain.all);
    model.deleteFile();
}

TEST_CASE ("fills are the model's: no state carries them, and what is undone brings none back")
{
    const auto with = modelFile (true), without = modelFile (false);
    Session session;
    auto& processor = session.processor;
    const auto count = [] (Processor& of) { return of.laying.overlay()->fills.count; };
    CHECK (count (processor) == FillPlaces::room);    // of the default model
    processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[kick][3] = struck (80); });
    CHECK (count (processor) == FillPlaces::room);
    processor.laying.useFills ({});
    processor.history.undo();
    CHECK (count (processor) == 0);
    processor.history.redo();
    CHECK (processor.laying.overlay()->edits[kick][3].any());
    CHECK (count (processor) == 0);

    REQUIRE (processor.loadModel (with).isEmpty());
    CHECK (count (processor) == FillPlaces::room);
    REQUIRE (processor.loadModel (without).isEmpty());
    CHECK (count (processor) == 0);
    processor.history.undo();    // the choice of the model
    CHECK (count (processor) == FillPlaces::room);
    processor.history.redo();
    CHECK (count (processor) == 0);

    const auto kept = stateOf (processor);
    Session other;
    restore (other.processor, kept);
    CHECK (other.processor.laying.overlay()->edits[kick][3].any());
    CHECK (count (other.processor) == 0);
    REQUIRE (other.processor.loadModel (with).isEmpty());
    CHECK (count (other.processor) == FillPlaces::room);
    with.deleteFile();
    without.deleteFile();
}

TEST_CASE ("fills are known by a word of their own, and of many the widest spread are taken")
{
    ModelItems items;
    items.labels = { "house", "Fills" };
    const auto add = [&] (const char* name, int label, float x) {
        items.items.push_back ({});
        items.items.back().latent.fill (0.5f);
        items.items.back().latent[0] = x;
        items.items.back().name = name;
        items.items.back().label = label;
    };
    for (const auto* name : { "landfill.mid", "filler", "refill 2", "house 3", "infill" })
        add (name, 0, 0.9f);
    CHECK (fillsAmong (items).count == 0);
    for (const auto* name : { "10_funk_80_fill_4-4.mid", "FILL", "a fill, bar 3", "fills.mid", "fill7" })
        add (name, 0, 0.1f);
    add ("break", 1, 0.2f);
    CHECK (fillsAmong (items).count == 6);
    for (int i = 0; i < 200; ++i)
        add ("fill", 0, static_cast<float> (i) / 199.0f);
    const auto fills = fillsAmong (items);
    REQUIRE (fills.count == FillPlaces::room);
    std::vector<float> at;
    for (const auto& place : fills.at)
        at.push_back (place[0]);
    std::sort (at.begin(), at.end());
    CHECK (at.front() == 0.0f);
    CHECK (at.back() == 1.0f);
    for (std::size_t i = 1; i < at.size(); ++i)
        CHECK (at[i] - at[i - 1] < 0.07f);
}

TEST_CASE ("B keeps the model it was saved with, whatever A loads after the project was opened")
{
    Session session;
    session.processor.compare();
    session.processor.compare();
    const auto name = session.processor.modelName();

    Session opened;
    restore (opened.processor, stateOf (session.processor));
    const auto file = juce::File::createTempFile (".groovefield");
    const auto bytes = renamedModel();
    REQUIRE (file.replaceWithData (bytes.data(), bytes.size()));
    REQUIRE (opened.processor.loadModel (file).isEmpty());
    file.deleteFile();
    REQUIRE (opened.processor.modelName() != name);
    opened.processor.compare();
    CHECK (opened.processor.modelName() == name);
}

TEST_CASE ("undone in the midst of a drag or a glide, that is what is undone, and it can be redone")
{
    Session session;
    auto& processor = session.processor;
    processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[kick][1] = struck (50); });
    processor.laying.begin();
    processor.laying.change ([] (Overlay& o) { o.edits[kick][2] = struck (60); });
    CHECK (processor.history.undo());
    CHECK (processor.laying.overlay()->edits[kick][1].any());
    CHECK_FALSE (processor.laying.overlay()->edits[kick][2].any());
    // The hand drags on, and lets go: nothing more comes of it.
    processor.laying.change ([] (Overlay& o) { o.edits[kick][3] = struck (70); });
    processor.laying.end ("Velocity");
    CHECK_FALSE (processor.laying.overlay()->edits[kick][3].any());
    CHECK (processor.history.redo());
    CHECK (processor.laying.overlay()->edits[kick][2].any());

    processor.glide.start (Glide::Spot { 0.9f, 0.9f }, 2, 16.0);
    processor.glide.look (1.0);
    processor.glide.look (2.0);
    REQUIRE (session.get ("x") > 0.5f);
    CHECK (processor.history.undo());
    CHECK_FALSE (processor.glide.active());
    CHECK (session.get ("x") == doctest::Approx (0.5f));
    CHECK (processor.laying.overlay()->edits[kick][2].any());
    CHECK (processor.history.redo());
}

TEST_CASE ("a pattern of another model's grid is not held as if it were this one's")
{
    Session session;
    Pattern pattern;
    REQUIRE (session.processor.pattern (pattern));
    session.processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[snare][4] = struck (80); });
    session.processor.laying.useGrid (3);
    session.processor.laying.lay ("Lock", [&] (Overlay& o) { lockLane (o, pattern, session.processor.play(), kick); });
    CHECK (session.processor.laying.overlay()->stepsPerBeat == 3);
    CHECK_FALSE (session.processor.laying.overlay()->isLocked (kick));
}

TEST_CASE ("how long points are stayed at is kept without any point, and an opened project is not a changed one")
{
    struct Told : juce::AudioProcessorListener {
        void audioProcessorParameterChanged (juce::AudioProcessor*, int, float) override {}
        void audioProcessorChanged (juce::AudioProcessor*, const ChangeDetails&) override { ++times; }
        int times = 0;
    } told;
    Session session;
    session.processor.laying.lay ("Stay", [] (Overlay& o) { o.points.beats = 8.0; });
    Session other;
    other.processor.addListener (&told);
    restore (other.processor, stateOf (session.processor));
    CHECK (other.processor.laying.overlay()->points.beats == 8.0);
    CHECK (told.times == 0);
    other.processor.removeListener (&told);
}
