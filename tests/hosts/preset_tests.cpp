// Presets: the plugin's own do what their names say, each in its own way; loading is one deed and cuts nothing; the user's
// files are kept whole and read with care.
#include "editor_session.h"
#include "own_data.h"
#include "processor_testing.h"

#include "../../plugin/processor/presets.h"

#include <cmath>
#include <set>

using namespace groovefield;
using namespace groovefield::testing;

namespace {

enum Lane { kick, snare, hat, openHat, lowTom, midTom, highTom, clap, rim, ride, crash, lanes };
constexpr int notes[lanes] = { 36, 38, 42, 46, 43, 47, 50, 39, 37, 51, 49 };
constexpr int drumChannel = 10;
constexpr int bar = 16, cycle = 32, heardSteps = 64;
constexpr double beatSamples = 24000.0;   // at 120 bpm and 48 kHz

/// 64 steps of it, as long as they are played, from the beginning of the song; velocities, 0 where nothing sounds, the
/// melody's pitches, and how far off the grid hits are.
struct Heard {
    int velocity[lanes][heardSteps] = {};
    int pitch[heardSteps] = {};
    double away[lanes] = {};              // mean, in steps

    int count (int lane, int steps = cycle) const
    {
        return static_cast<int> (std::count_if (velocity[lane], velocity[lane] + steps, [] (int v) { return v > 0; }));
    }
    /// At these steps of every so many, whatever is between.
    bool has (int lane, std::initializer_list<int> at, int every) const
    {
        for (int step = 0; step < heardSteps; ++step)
            if (std::find (at.begin(), at.end(), step % every) != at.end() && velocity[lane][step] == 0)
                return false;
        return true;
    }
    bool lacks (int lane, std::initializer_list<int> at, int every) const
    {
        for (int step = 0; step < heardSteps; ++step)
            if (std::find (at.begin(), at.end(), step % every) != at.end() && velocity[lane][step] > 0)
                return false;
        return true;
    }
    /// At these and nowhere else.
    bool is (int lane, std::initializer_list<int> at, int every) const
    {
        for (int step = 0; step < heardSteps; ++step)
            if ((std::find (at.begin(), at.end(), step % every) != at.end()) != (velocity[lane][step] > 0))
                return false;
        return true;
    }
    bool backbeat (int lane) const { return has (lane, { 4, 12 }, bar); }
    bool fourOnTheFloor() const { return has (kick, { 0 }, 4); }
    /// Snares under 60 % of the loudest backbeat.
    int ghosts() const
    {
        const auto loud = std::max (velocity[snare][4], velocity[snare][12]);
        return static_cast<int> (std::count_if (velocity[snare], velocity[snare] + cycle, [&] (int v) { return v > 0 && v < 0.6 * loud; }));
    }
    double mean (int lane) const
    {
        double sum = 0.0;
        for (int step = 0; step < cycle; ++step)
            sum += velocity[lane][step];
        return sum / std::max (1, count (lane));
    }
    int all() const
    {
        int sum = 0;
        for (int lane = 0; lane < lanes; ++lane)
            sum += count (lane);
        return sum;
    }
    int notes() const
    {
        return static_cast<int> (std::count_if (pitch, pitch + heardSteps, [] (int p) { return p > 0; }));
    }
    /// The melody sounds with each hit of this lane and with nothing else.
    bool melodyFollows (int lane) const
    {
        for (int step = 0; step < heardSteps; ++step)
            if ((velocity[lane][step] > 0) != (pitch[step] > 0))
                return false;
        return true;
    }
    bool sameBars (int a, int b, int length) const
    {
        for (const auto& lane : velocity)
            for (int step = 0; step < length; ++step)
                if ((lane[a + step] > 0) != (lane[b + step] > 0))
                    return false;
        return true;
    }
};

int laneOf (int note) { return static_cast<int> (std::find (std::begin (notes), std::end (notes), note) - std::begin (notes)); }

/// A session that bounces: each step waits for the model's answer.
struct Bounce : Session {
    Bounce()
    {
        processor.setNonRealtime (true);
        run (0.1);
    }

    /// Plays from the beginning of the song, the groove's timing taken out or left in.
    Heard play (bool straight)
    {
        if (straight) {
            set ("groove", 0);
            set ("swing", 50);
            set ("humanise", 0);
            processor.laying.lay ("", [] (Overlay& o) {
                for (auto& feel : o.feel)
                    feel.push = 0.0f;
            });
        }
        host.playing = false;
        run (0.3);
        heard.clear();
        host.beats = 0.0;
        host.playing = true;
        const auto start = samples;
        const auto play = processor.play();
        const auto stepSamples = beatSamples / rateOf (play, 4);
        run (heardSteps * stepSamples / rate + 0.2);
        host.playing = false;
        run (0.1);

        Heard found;
        int hits[lanes] = {};
        for (const auto& n : heard) {
            const auto at = static_cast<double> (n.sample - start) / stepSamples;
            const auto step = std::lround (at);
            const auto lane = laneOf (n.note);
            if (step < 0 || step >= heardSteps)
                continue;
            if (n.channel != drumChannel)
                found.pitch[step] = n.note;
            else if (lane < lanes) {
                found.velocity[lane][step] = n.velocity;
                found.away[lane] += at - static_cast<double> (step);
                ++hits[lane];
            }
        }
        for (int lane = 0; lane < lanes; ++lane)
            found.away[lane] /= std::max (1, hits[lane]);
        return found;
    }
};

std::shared_ptr<const Preset> factory (const juce::String& name)
{
    for (const auto& preset : factoryPresets())
        if (preset->name == name)
            return preset;
    return nullptr;
}

using Claim = bool (*) (const Heard&);
const std::map<juce::String, Claim> claims {
    { "Four on the Floor", [] (const Heard& h) { return h.is (kick, { 0 }, 4) && h.is (clap, { 4, 12 }, bar) && h.count (hat) >= 28; } },
    { "Deep Shuffle", [] (const Heard& h) { return h.fourOnTheFloor() && h.has (ride, { 2 }, 4) && h.has (hat, { 0, 3 }, 4) && h.lacks (hat, { 1, 2 }, 4); } },
    { "Tribal House", [] (const Heard& h) { return h.is (kick, { 0 }, 4) && h.count (lowTom) + h.count (highTom) >= 10 && h.has (openHat, { 2 }, 4); } },
    { "Warehouse", [] (const Heard& h) { return h.is (kick, { 0 }, 4) && h.count (hat) == cycle && h.count (snare) + h.count (clap) == 0 && h.count (rim) >= 5; } },
    { "Hard Hats", [] (const Heard& h) { return h.is (kick, { 0 }, 4) && h.has (openHat, { 2 }, 4) && h.count (rim) >= 8; } },
    { "Minimal Click", [] (const Heard& h) { return h.is (kick, { 0 }, 4) && h.count (rim) >= 10 && h.count (hat) <= 8; } },
    { "Disco Open Hats", [] (const Heard& h) { return h.is (kick, { 0 }, 4) && h.is (snare, { 4, 12 }, bar) && h.is (openHat, { 2 }, 4); } },
    { "Disco Shaker", [] (const Heard& h) { return h.fourOnTheFloor() && h.is (hat, { 0, 3 }, 4) && h.backbeat (clap) && h.backbeat (snare); } },
    { "Sunday Disco", [] (const Heard& h) { return h.fourOnTheFloor() && h.backbeat (snare) && h.has (openHat, { 2 }, 4) && h.count (clap) == 0; } },
    { "Carnival Toms", [] (const Heard& h) { return h.fourOnTheFloor() && h.count (highTom) >= 20 && h.backbeat (snare); } },
    { "Two Step", [] (const Heard& h) { return h.has (kick, { 0, 10 }, bar) && h.lacks (kick, { 4, 8, 12 }, bar) && h.backbeat (snare) && h.count (openHat) >= 4; } },
    { "Skippy Garage", [] (const Heard& h) { return h.has (kick, { 0, 10 }, bar) && h.lacks (kick, { 4, 8, 12 }, bar) && h.backbeat (snare) && h.count (rim) >= 5; } },
    { "Electro Robot", [] (const Heard& h) { return h.has (kick, { 0, 6, 10 }, bar) && h.backbeat (snare) && h.count (hat) == cycle && h.count (highTom) == 0; } },
    { "Electro Toms", [] (const Heard& h) { return h.has (kick, { 0, 6, 10 }, bar) && h.backbeat (clap) && h.count (highTom) + h.count (midTom) + h.count (lowTom) >= 12; } },
    { "Street Break", [] (const Heard& h) { return h.has (kick, { 0, 2 }, bar) && h.backbeat (snare) && h.ghosts() >= 5 && h.has (hat, { 0 }, 2); } },
    { "Jungle Chop", [] (const Heard& h) { return h.has (kick, { 0, 2 }, cycle) && h.backbeat (snare) && h.ghosts() >= 4 && h.count (openHat) == 0; } },
    { "Roller", [] (const Heard& h) { return h.has (kick, { 0, 2, 10 }, bar) && h.backbeat (snare) && h.count (hat) >= 24; } },
    { "Boom Bap", [] (const Heard& h) { return h.has (kick, { 0, 2, 10 }, bar) && h.is (snare, { 4, 12 }, bar) && h.lacks (kick, { 4, 12 }, bar); } },
    { "Lazy Late", [] (const Heard& h) { return h.has (kick, { 0, 2 }, bar) && h.is (snare, { 4, 12 }, bar) && h.count (kick) >= 10; } },
    { "Trap Hats", [] (const Heard& h) { return h.count (hat) == cycle && h.is (snare, { 8 }, bar) && h.is (clap, { 8 }, bar); } },
    { "Half Time", [] (const Heard& h) { return h.is (snare, { 8 }, bar) && h.count (clap) == 0 && h.has (kick, { 0 }, bar) && h.count (hat) == cycle; } },
    { "Straight Rock", [] (const Heard& h) { return h.is (kick, { 0, 8 }, bar) && h.is (snare, { 4, 12 }, bar) && h.is (hat, { 0 }, 2); } },
    { "Arena Ride", [] (const Heard& h) { return h.has (kick, { 0, 8 }, bar) && h.is (snare, { 4, 12 }, bar) && h.count (ride) >= 15; } },
    { "Slow Ballad", [] (const Heard& h) { return h.is (snare, { 4, 12 }, bar) && h.is (kick, { 0, 10 }, bar) && h.all() <= 26; } },
    { "Crash and Carry", [] (const Heard& h) { return h.has (crash, { 16 }, cycle) && h.is (snare, { 4, 12 }, bar) && h.has (kick, { 0 }, bar); } },
    { "Ghost Notes", [] (const Heard& h) { return h.backbeat (snare) && h.ghosts() >= 12; } },
    { "Tight Funk", [] (const Heard& h) { return h.backbeat (snare) && h.ghosts() >= 6 && h.has (kick, { 0, 3 }, bar) && h.lacks (kick, { 4, 12 }, bar); } },
    { "Second Line", [] (const Heard& h) { return h.count (snare) >= 26 && h.has (hat, { 2 }, 4) && h.count (kick) >= 14; } },
    { "Samba School", [] (const Heard& h) { return h.is (kick, { 0, 3 }, 4) && h.count (snare) >= 28; } },
    { "Bossa Rim", [] (const Heard& h) { return h.has (kick, { 0, 3, 4 }, 8) && h.count (rim) >= 14 && h.count (snare) == 0; } },
    { "Afro-Cuban Bell", [] (const Heard& h) { return h.count (ride) >= 14 && h.count (highTom) + h.count (midTom) + h.count (lowTom) >= 10; } },
    { "Rumba Sticks", [] (const Heard& h) { return h.count (rim) >= 16 && h.count (snare) == 0 && h.is (hat, { 2 }, 4); } },
    { "Afrobeat Engine", [] (const Heard& h) { return h.fourOnTheFloor() && h.lacks (snare, { 4, 12 }, bar) && h.count (openHat) >= 10 && h.count (rim) >= 12; } },
    { "Dembow", [] (const Heard& h) { return h.is (kick, { 0 }, 4) && h.is (snare, { 3, 6 }, 8); } },
    { "Ride Swing", [] (const Heard& h) { return h.has (ride, { 0 }, 4) && h.is (hat, { 4, 12 }, bar) && h.count (snare) == 0 && h.count (kick) <= 4; } },
    { "Brushed Ballad", [] (const Heard& h) { return h.count (snare) == cycle && h.mean (snare) < 60.0 && h.mean (kick) < 64.0; } },
    { "Four Corners", [] (const Heard& h) { return h.fourOnTheFloor() && ! h.sameBars (0, 16, 16) && ! h.sameBars (16, 32, 16) && ! h.sameBars (0, 48, 16); } },
    { "Slow Orbit", [] (const Heard& h) { return ! h.sameBars (0, 32, 32); } },
    { "Wanderer", [] (const Heard& h) { return ! h.sameBars (0, 32, 32) && h.all() > 20; } },
    { "Three over Four", [] (const Heard& h) { return h.fourOnTheFloor() && h.sameBars (0, 12, 52) && ! h.sameBars (0, 16, 48); } },
    { "Rims and Toms Only", [] (const Heard& h) { return h.count (kick) + h.count (snare) + h.count (hat) + h.count (openHat) + h.count (clap) == 0 && h.count (rim) + h.count (highTom) >= 12; } },
    { "Sevens on the Hat", [] (const Heard& h) { return h.is (hat, { 0, 2, 4, 6 }, 7) && h.is (snare, { 4, 12 }, bar) && h.has (kick, { 0 }, bar); } },
    { "Rims in Five", [] (const Heard& h) { return h.fourOnTheFloor() && h.is (rim, { 0, 3 }, 5); } },
    { "Rock Shuffle", [] (const Heard& h) { return h.is (kick, { 0 }, 6) && h.is (snare, { 3 }, 6) && h.is (hat, { 0, 2 }, 3); } },
    { "Slow Drums, Fast Song", [] (const Heard& h) { return h.backbeat (snare) && h.has (kick, { 0 }, bar) && h.lacks (kick, { 4, 12 }, bar); } },
    { "Bass on the Kick", [] (const Heard& h) { return h.melodyFollows (kick) && h.backbeat (snare) && h.pitch[0] == 40 && h.pitch[2] == 52; } },
    { "Acid Sixteenths", [] (const Heard& h) { return h.fourOnTheFloor() && h.notes() >= 40 && h.pitch[9] == 0 && h.pitch[0] == 45 && h.pitch[2] == 57; } },
    { "Walking Ride", [] (const Heard& h) { return h.has (ride, { 0 }, 4) && h.notes() == 16 && h.pitch[0] == 38 && h.pitch[12] == 48 && h.pitch[16] == 50; } },
    { "Rim Marimba", [] (const Heard& h) { return h.all() == 0 && h.notes() >= 16 && h.pitch[0] == 67; } },
};

juce::String drawn (const Heard& heard)
{
    static const char* names[lanes] = { "kick", "snare", "hat", "open", "low", "mid", "high", "clap", "rim", "ride", "crash" };
    juce::String text;
    for (int lane = 0; lane < lanes; ++lane) {
        if (heard.count (lane, heardSteps) == 0)
            continue;
        text << "\n" << juce::String (names[lane]).paddedRight (' ', 6);
        for (int step = 0; step < heardSteps; ++step)
            text << (step % 4 == 0 ? " " : "") << (heard.velocity[lane][step] > 95 ? "X" : heard.velocity[lane][step] > 57 ? "x" : heard.velocity[lane][step] > 0 ? "o" : ".");
    }
    text << "\nnotes ";
    for (const auto pitch : heard.pitch)
        text << (pitch > 0 ? juce::String (pitch) : ".") << " ";
    return text;
}

juce::MemoryBlock chunk (Processor& processor, const char* name)
{
    const auto state = stateOf (processor);
    const auto chunks = chunksOf (state);
    const auto found = chunks.find (name);
    return found == chunks.end() ? juce::MemoryBlock()
                                 : juce::MemoryBlock (static_cast<const char*> (state.getData()) + found->second.at + 12, found->second.size);
}

} // namespace

TEST_CASE ("each of the plugin's presets plays what its name says, and no two play the same notes")
{
    const OwnData data;
    const auto& presets = factoryPresets();
    REQUIRE (presets.size() >= 24);
    CHECK (presets.size() == claims.size());
    Bounce session;
    std::vector<std::pair<juce::String, std::set<std::pair<int, int>>>> all;
    for (const auto& preset : presets) {
        CAPTURE (preset->name);
        CHECK (session.processor.presets.load (preset) == juce::String());
        CHECK_FALSE (session.processor.presets.isEdited());
        const auto heard = session.play (true);
        REQUIRE (claims.count (preset->name) == 1);
        CHECK_MESSAGE (claims.at (preset->name) (heard), drawn (heard));
        CHECK (preset->about.isNotEmpty());
        CHECK (preset->category.isNotEmpty());
        CHECK (preset->bpm >= 60.0);
        std::set<std::pair<int, int>> cells;
        for (int lane = 0; lane < lanes; ++lane)
            for (int step = 0; step < heardSteps; ++step)
                if (heard.velocity[lane][step] > 0)
                    cells.insert ({ lane, step });
        for (int step = 0; step < heardSteps; ++step)
            if (heard.pitch[step] > 0)
                cells.insert ({ lanes + heard.pitch[step], step });
        for (const auto& [name, other] : all) {
            std::vector<std::pair<int, int>> both;
            std::set_intersection (cells.begin(), cells.end(), other.begin(), other.end(), std::back_inserter (both));
            const auto shared = static_cast<double> (both.size()) / static_cast<double> (cells.size() + other.size() - both.size());
            CAPTURE (name);
            CHECK (shared < 0.9);
        }
        all.emplace_back (preset->name, std::move (cells));
    }
}

TEST_CASE ("after a preset whose notes take the drums' place the next one plays drums, and its line waits to be turned on")
{
    const OwnData data;
    Bounce session;
    session.processor.presets.load (factory ("Rim Marimba"));
    CHECK (session.play (true).notes() > 10);
    session.processor.presets.load (factory ("Four on the Floor"));
    const auto heard = session.play (true);
    CHECK (heard.fourOnTheFloor());
    CHECK (heard.notes() == 0);
    CHECK (session.processor.laying.overlay()->melody.degree[3] == 4);
    CHECK (session.processor.history.undo());
    while (session.processor.presets.on().name != "Rim Marimba" && session.processor.history.undo())
        ;
    CHECK (session.processor.laying.overlay()->melody.mode == Melody::Mode::instead);

    // A line of one's own goes on, and drums are heard with it.
    session.processor.laying.lay ("Own", [] (Overlay& o) { o.melody.mode = Melody::Mode::instead; });
    session.processor.presets.load (factory ("Four on the Floor"));
    CHECK (session.processor.laying.overlay()->melody.mode == Melody::Mode::off);
    session.processor.laying.lay ("Own", [] (Overlay& o) { o.melody.mode = Melody::Mode::instead; });
    session.processor.presets.load (factory ("Dembow"));
    CHECK (session.processor.laying.overlay()->melody.mode == Melody::Mode::beside);
}

TEST_CASE ("presets bring timing of their own")
{
    const OwnData data;
    Bounce session;
    session.processor.presets.load (factory ("Lazy Late"));
    const auto lazy = session.play (false);
    CHECK (lazy.away[snare] > 0.08);
    CHECK (lazy.away[snare] > lazy.away[hat] + 0.1);
    session.processor.presets.load (factory ("Electro Robot"));
    const auto robot = session.play (false);
    for (int lane = 0; lane < lanes; ++lane)
        CHECK (std::abs (robot.away[lane]) < 0.001);
    const auto loudest = *std::max_element (robot.velocity[hat], robot.velocity[hat] + cycle);
    const auto softest = *std::min_element (robot.velocity[hat], robot.velocity[hat] + cycle);
    CHECK (loudest - softest < 20);
}

TEST_CASE ("loading is one deed: undone, all is as it was; hosts see a gesture for what moved, and for nothing else")
{
    const OwnData data;
    Session session;
    session.run (0.1);
    session.set ("x", 0.31f);
    session.set ("level", -7.0f);
    session.set ("output", 1.0f);
    auto& processor = session.processor;
    processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[0][3] = { CellEdit::Hit::struck, 99, 0 }; });
    processor.laneDeeds.set ("Level", [] (KitSettings& kit) { kit[Voice::kick].level = -9.0f; });
    const auto parameters = chunk (processor, "PARM"), overlay = chunk (processor, "OVER"), kit = chunk (processor, "KITS");

    Recorder x (session, "x"), swing (session, "swing"), level (session, "level"), threshold (session, "threshold");
    const auto preset = factory ("Lazy Late");
    REQUIRE (preset != nullptr);
    CHECK (processor.presets.load (preset) == juce::String());
    CHECK (x.begun == 1);
    CHECK (x.ended == 1);
    CHECK (x.moved == 1);
    CHECK (x.movedOutside == 0);
    CHECK (swing.moved == 1);
    CHECK (level.begun + level.moved + level.movedOutside == 0);
    CHECK (threshold.begun + threshold.moved + threshold.movedOutside == 0);
    CHECK (session.get ("swing") == 62.0f);
    CHECK (session.get ("level") == -7.0f);
    CHECK (session.get ("output") == 1.0f);
    CHECK (session.get ("style") == doctest::Approx (2.0 / 16.0));
    CHECK (processor.kitSettings()[Voice::kick].level == 2.0f);
    CHECK_FALSE (processor.laying.overlay()->edits[0][3].any());
    CHECK (processor.laying.overlay()->feel[snare].push == doctest::Approx (0.18));
    CHECK (processor.presets.on() == PresetName { false, "Lazy Late" });
    CHECK (processor.history.undoName() == "Load Lazy Late");

    CHECK (processor.history.undo());
    CHECK (chunk (processor, "PARM") == parameters);
    CHECK (chunk (processor, "OVER") == overlay);
    CHECK (chunk (processor, "KITS") == kit);
    CHECK (processor.presets.on().name.isEmpty());
    CHECK (processor.history.redo());
    CHECK (processor.presets.on().name == "Lazy Late");
    CHECK_FALSE (processor.presets.isEdited());

    // What differs from it is told, and the project keeps which one is on.
    session.set ("swing", 60.0f);
    CHECK (processor.presets.isEdited());
    session.set ("swing", 62.0f);
    CHECK_FALSE (processor.presets.isEdited());
    processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[1][3] = { CellEdit::Hit::struck, 99, 0 }; });
    CHECK (processor.presets.isEdited());
    Session other;
    restore (other.processor, stateOf (processor));
    CHECK (other.processor.presets.on() == PresetName { false, "Lazy Late" });
    CHECK (other.processor.presets.isEdited());
}

TEST_CASE ("presets go by while it plays: every note ends, and none is struck twice at once")
{
    const OwnData data;
    Session session;
    session.run (0.1);
    session.host.playing = true;
    std::map<int, int> open;
    std::map<int, std::int64_t> last;
    juce::AudioBuffer<float> audio (2, Session::block);
    juce::MidiBuffer midi;
    std::int64_t sample = 0;
    int struck = 0;
    const auto block = [&] {
        audio.clear();
        midi.clear();
        session.processor.processBlock (audio, midi);
        session.host.beats += Session::block / Session::rate * session.host.bpm / 60.0;
        for (const auto event : midi) {
            const auto message = event.getMessage();
            const auto note = message.getNoteNumber();
            if (message.isNoteOn()) {
                CHECK (open[note]++ == 0);
                CHECK ((last.count (note) == 0 || sample + event.samplePosition > last[note]));
                last[note] = sample + event.samplePosition;
                ++struck;
            } else if (message.isNoteOff()) {
                CHECK (--open[note] == 0);
            }
        }
        sample += Session::block;
    };
    for (int i = 0; i < 60; ++i) {
        session.processor.presets.step (i < 45 ? 1 : -1);
        for (int b = 0; b < 37 + i % 5; ++b)
            block();
    }
    session.host.playing = false;
    block();
    block();
    CHECK (struck > 100);
    for (const auto& [note, count] : open)
        CHECK (count == 0);
}

TEST_CASE ("a preset of one's own is one file, comes back in the next instance, and can be renamed and removed")
{
    const OwnData data;
    const auto name = juce::String::fromUTF8 ("../\u0420\u0438\u0442\u043c \\ \u97f3\u697d: 1");
    Session session;
    session.run (0.1);
    session.processor.presets.load (factory ("Afrobeat Engine"));
    session.set ("x", 0.4f);
    session.set ("level", -11.0f);
    session.processor.laying.lay ("Edit", [] (Overlay& o) { o.edits[1][3] = { CellEdit::Hit::struck, 99, 100 }; });
    CHECK (session.processor.presets.save (name) == juce::String());
    CHECK_FALSE (session.processor.presets.isEdited());
    CHECK (session.processor.presets.on() == PresetName { true, name });
    CHECK (data.folder.findChildFiles (juce::File::findFiles, true).size() == 1);
    CHECK (data.folder.getChildFile ("groovefield/presets").findChildFiles (juce::File::findFiles, false, "*.preset.json").size() == 1);

    Session other;
    other.run (0.1);
    auto& presets = other.processor.presets;
    const auto count = factoryPresets().size();
    REQUIRE (presets.all().size() == count + 1);
    const auto own = presets.all().back();
    CHECK (own->name == name);
    CHECK (own->category == Presets::ownCategory);
    CHECK (own->bpm == 112.0);
    CHECK (presets.load (own) == juce::String());
    CHECK (other.get ("x") == doctest::Approx (0.4));
    CHECK (other.get ("level") == 0.0f);
    CHECK (chunk (other.processor, "OVER") == chunk (session.processor, "OVER"));
    CHECK (chunk (other.processor, "KITS") == chunk (session.processor, "KITS"));
    // From the last one on to the first.
    presets.step (1);
    CHECK (presets.on().name == factoryPresets().front()->name);
    presets.step (-1);
    CHECK (presets.on() == PresetName { true, name });

    CHECK (presets.rename (*own, "Lagos") == juce::String());
    CHECK (presets.on() == PresetName { true, "Lagos" });
    REQUIRE (presets.all().size() == count + 1);
    CHECK (presets.rename (*presets.all().back(), " ") == "A preset needs a name.");
    CHECK (presets.remove (*presets.all().back()) == juce::String());
    CHECK (presets.all().size() == count);
    CHECK (data.folder.findChildFiles (juce::File::findFiles, true).isEmpty());
    CHECK (presets.remove (*factoryPresets().front()).contains ("cannot be removed"));
}

TEST_CASE ("a preset says in words when it was made on another model")
{
    const OwnData data;
    const auto bytes = renamedModel();
    const auto file = juce::File::createTempFile (".groovefield");
    REQUIRE (file.replaceWithData (bytes.data(), bytes.size()));
    Session session;
    session.run (0.1);
    REQUIRE (session.processor.loadModel (file) == juce::String());
    CHECK (session.processor.presets.save ("Mine") == juce::String());
    CHECK (session.processor.presets.load (session.processor.presets.all().back()) == juce::String());
    CHECK (session.processor.presets.load (factory ("Dembow")).contains (defaultModel()->name));
    session.processor.loadDefaultModel();
    const auto said = session.processor.presets.load (session.processor.presets.all().back());
    CHECK (said.startsWith ("Mine was made on Z"));
    CHECK (session.processor.currentModel()->digest == defaultModel()->digest);
    CHECK (session.processor.presets.load (factory ("Dembow")) == juce::String());
    file.deleteFile();
}

TEST_CASE ("a preset of one's own keeps its style by name, for models that have it at another place")
{
    const OwnData data;
    Session session;
    session.run (0.1);
    const auto styles = defaultModel()->styles;
    const auto funk = static_cast<float> (styles.indexOf ("funk") + 1) / static_cast<float> (styles.size());
    const auto between = funk + 0.3f / static_cast<float> (styles.size());
    session.set ("style", between);
    CHECK (session.processor.presets.save ("Mine") == juce::String());
    const auto mine = session.processor.presets.all().back();
    const auto& table = parameterTable();
    const auto& style = *std::find_if (table.begin(), table.end(), [] (const auto& spec) { return spec.id == "style"; });
    CHECK (mine->style == "funk");
    CHECK (valueUnder (*mine, style, styles) == doctest::Approx (between));
    CHECK (valueUnder (*mine, style, { "Funk", "ska" }) == doctest::Approx (0.5));
    CHECK (valueUnder (*mine, style, { "ska", "dub" }) == 0.0f);
    CHECK (valueUnder (*mine, style, {}) == 0.0f);
    session.set ("style", 0.0f);
    CHECK (session.processor.presets.save ("Plain") == juce::String());
    CHECK (session.processor.presets.all().back()->style.isEmpty());
}

TEST_CASE ("files that are no presets are a sentence each; numbers out of range are brought into it")
{
    const OwnData data;
    Session session;
    session.run (0.1);
    const auto folder = data.folder.getChildFile ("groovefield/presets");
    REQUIRE (folder.createDirectory().wasOk());
    const auto write = [&] (const char* file, const juce::String& text) { folder.getChildFile (file).replaceWithText (text); };
    write ("a.preset.json", "not JSON");
    write ("b.preset.json", juce::String::repeatedString ("{\"a\":", 50000));
    write ("c.preset.json", "{ \"groovefield_preset\": 9, \"name\": \"New\", \"set\": {} }");
    write ("d.preset.json", "{ \"name\": \"No overlay\", \"set\": {}, \"overlay\": \"AAAA\" }");
    write ("e.preset.json", "{ \"set\": { \"x\": 0.5 } }");
    write ("f.preset.json", "{ \"name\": \"Odd\", \"set\": { \"x\": 7, \"swing\": \"much\", \"level\": -50, \"fill\": \"Every 4 bars\" },"
                            " \"kit\": { \"kick\": { \"tune\": 1e9, \"choke\": 44 } }, \"points\": { \"at\": [ 3, [ 2 ], [ 0.1, 0.2 ] ] } }");
    write ("g.preset.json", juce::String::repeatedString (" ", 2 << 20));
    REQUIRE (folder.getChildFile ("h.preset.json").createDirectory().wasOk());
    auto& presets = session.processor.presets;
    REQUIRE (presets.all().size() == factoryPresets().size() + 1);
    CHECK (presets.refusals().size() == 6);
    CHECK (presets.refusals()[0] == "The preset in a.preset.json cannot be read: it is damaged.");
    CHECK (presets.refusals().joinIntoString (" ").contains ("c.preset.json cannot be used: a newer Groovefield made it."));
    const auto odd = presets.all().back();
    CHECK (odd->name == "Odd");
    presets.load (odd);
    CHECK (session.get ("x") == 1.0f);
    CHECK (session.get ("swing") == 50.0f);
    CHECK (session.get ("level") == 0.0f);
    CHECK (session.get ("fill") == 3.0f);
    CHECK (session.processor.kitSettings()[Voice::kick].tune == VoiceSettings::mostTune);
    CHECK (session.processor.laying.overlay()->points.count == 3);
    CHECK (session.processor.laying.overlay()->points.at[1][0] == 1.0f);
    session.run (0.2);
}
