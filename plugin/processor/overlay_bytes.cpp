#include "overlay_bytes.h"

#include <algorithm>
#include <cmath>

namespace groovefield {

namespace {


void writeSection (juce::OutputStream& out, const char* name, const juce::MemoryOutputStream& bytes)
{
    if (bytes.getDataSize() == 0)
        return;
    out.write (name, 4);
    out.writeInt (static_cast<int> (bytes.getDataSize()));
    out.write (bytes.getData(), bytes.getDataSize());
}

template <typename Write>
void eachCell (Write&& write)
{
    for (std::size_t lane = 0; lane < maxLanes; ++lane)
        for (std::size_t step = 0; step < maxSteps; ++step)
            write (lane, step);
}

void writeAddress (juce::OutputStream& out, std::size_t lane, std::size_t step)
{
    out.writeByte (static_cast<char> (lane));
    out.writeByte (static_cast<char> (step));
}

void writeCells (juce::OutputStream& out, const Overlay& overlay)
{
    juce::MemoryOutputStream edits, takes, locks;
    eachCell ([&] (std::size_t lane, std::size_t step) {
        const auto& edit = overlay.edits[lane][step];
        if (edit.any()) {
            writeAddress (edits, lane, step);
            edits.writeByte (static_cast<char> (edit.hit));
            edits.writeByte (static_cast<char> (edit.velocity));
            edits.writeShort (edit.offset);
        }
        if (const auto take = overlay.take[lane][step]; take != 0) {
            writeAddress (takes, lane, step);
            takes.writeShort (static_cast<short> (take));
        }
    });
    for (std::size_t lane = 0; lane < maxLanes; ++lane) {
        if (! overlay.isLocked (lane))
            continue;
        writeAddress (locks, lane, maxSteps);
        for (const auto& cell : overlay.held[lane])
            for (const auto number : { cell.probability, cell.velocity, cell.offset, cell.velocitySpread, cell.offsetSpread })
                locks.writeFloat (number);
    }
    writeSection (out, "EDIT", edits);
    writeSection (out, "TAKE", takes);
    writeSection (out, "LOCK", locks);
}

// What reads one section, with what it finds brought into range.
class Section {
public:
    Section (const void* data, std::size_t size) : in (data, size, false) {}

    bool more (int bytes) { return in.getNumBytesRemaining() >= bytes; }
    std::size_t byte() { return static_cast<std::uint8_t> (in.readByte()); }
    short word() { return in.readShort(); }
    float number (float low, float high) { return clean (in.readFloat(), low, high); }
    double beats() { return clean (in.readDouble(), shortestRound, longestRound); }

private:
    template <typename Number>
    static Number clean (Number value, Number low, Number high)
    {
        return std::isfinite (value) ? std::clamp (value, low, high) : std::clamp (Number (0), low, high);
    }

    juce::MemoryInputStream in;
};

bool readEdits (Section in, Overlay& overlay)
{
    while (in.more (6)) {
        const auto lane = in.byte(), step = in.byte(), hit = in.byte(), velocity = in.byte();
        const auto offset = in.word();
        if (lane >= maxLanes || step >= maxSteps || hit > 2 || velocity > 127)
            return false;
        overlay.edits[lane][step] = { static_cast<CellEdit::Hit> (hit), static_cast<std::uint8_t> (velocity), offset };
    }
    return ! in.more (1);
}

bool readTakes (Section in, Overlay& overlay)
{
    while (in.more (4)) {
        const auto lane = in.byte(), step = in.byte();
        const auto take = static_cast<std::uint16_t> (in.word());
        if (lane >= maxLanes || step >= maxSteps)
            return false;
        overlay.take[lane][step] = take;
    }
    return ! in.more (1);
}

bool readLocks (Section in, Overlay& overlay)
{
    while (in.more (2)) {
        const auto lane = in.byte(), steps = in.byte();
        if (lane >= maxLanes || steps > maxSteps || ! in.more (static_cast<int> (steps) * 20))
            return false;
        overlay.locked = static_cast<std::uint16_t> (overlay.locked | 1u << lane);
        for (std::size_t step = 0; step < steps; ++step)
            overlay.held[lane][step] = { in.number (0, 1), in.number (0, 1), in.number (-1, 1), in.number (0, 1), in.number (0, 2) };
    }
    return ! in.more (1);
}

bool readFeel (Section in, Overlay& overlay)
{
    if (! in.more (2 + static_cast<int> (maxLanes) * 8))
        return false;
    overlay.solo = static_cast<std::uint16_t> (in.word());
    for (auto& feel : overlay.feel) {
        feel.noteLength = in.number (0, LaneFeel::longestNote);
        feel.push = in.number (-LaneFeel::farthestPush, LaneFeel::farthestPush);
    }
    return true;
}

bool readCycles (Section in, Overlay& overlay)
{
    if (! in.more (static_cast<int> (maxLanes) * 4))
        return false;
    for (auto& feel : overlay.feel) {
        feel.steps = std::clamp<std::int32_t> (in.word(), 0, maxSteps);
        feel.rotate = std::clamp<std::int32_t> (in.word(), -LaneFeel::farthestTurn, LaneFeel::farthestTurn);
    }
    return true;
}

bool readPath (Section in, MotionPath& path)
{
    if (! in.more (8))
        return false;
    path.beats = in.beats();
    for (; in.more (8) && path.count < MotionPath::room; ++path.count)
        path.away[path.count] = { in.number (-1, 1), in.number (-1, 1) };
    return path.count > 0;
}

bool readPoints (Section in, MotionPoints& points)
{
    if (! in.more (8))
        return false;
    points.beats = in.beats();
    for (; in.more (4 * static_cast<int> (maxLatents)) && points.count < MotionPoints::room; ++points.count)
        for (auto& number : points.at[points.count])
            number = in.number (0, 1);
    return true;
}

bool readMelody (Section in, Melody& melody)
{
    if (! in.more (16 + static_cast<int> (Melody::room)))
        return false;
    const auto upTo = [&in] (int least, int most) { return static_cast<std::uint8_t> (std::clamp (static_cast<int> (in.byte()), least, most)); };
    const auto signedByte = [&in] { return static_cast<std::int8_t> (in.byte()); };
    melody.mode = static_cast<Melody::Mode> (upTo (0, 2));
    melody.scale = static_cast<Melody::Scale> (upTo (0, Melody::scales - 1));
    const auto source = static_cast<std::uint8_t> (in.byte());
    melody.source = source < maxLanes ? source : Melody::allLanes;
    melody.key = upTo (0, 11);
    melody.octave = static_cast<std::int8_t> (std::clamp (static_cast<int> (signedByte()), Melody::lowestOctave, Melody::highestOctave));
    melody.channel = upTo (1, 16);
    melody.count = upTo (1, static_cast<int> (Melody::room));
    in.byte();
    melody.noteLength = in.number (0, Melody::longestNote);
    melody.level = in.number (Melody::silentLevel, Melody::mostLevel);
    for (auto& degree : melody.degree) {
        degree = signedByte();
        if (degree != Melody::rest)
            degree = static_cast<std::int8_t> (std::clamp (static_cast<int> (degree), -Melody::farthestDegree, Melody::farthestDegree));
    }
    return true;
}

void writeMelody (juce::OutputStream& out, const Melody& melody)
{
    const auto byte = [&out] (auto value) { out.writeByte (static_cast<char> (value)); };
    byte (melody.mode), byte (melody.scale), byte (melody.source), byte (melody.key), byte (melody.octave);
    byte (melody.channel), byte (melody.count), byte (0);
    out.writeFloat (melody.noteLength);
    out.writeFloat (melody.level);
    for (const auto degree : melody.degree)
        byte (degree);
}

bool readSection (const juce::String& name, const char* data, std::size_t size, Overlay& overlay)
{
    if (name == "GRID") {
        overlay.stepsPerBeat = static_cast<std::uint32_t> (size == 4 ? juce::ByteOrder::littleEndianInt (data) : 0);
        return overlay.stepsPerBeat >= 1 && overlay.stepsPerBeat <= maxSteps;
    }
    if (name == "EDIT")
        return readEdits ({ data, size }, overlay);
    if (name == "TAKE")
        return readTakes ({ data, size }, overlay);
    if (name == "LOCK")
        return readLocks ({ data, size }, overlay);
    if (name == "FEEL")
        return readFeel ({ data, size }, overlay);
    if (name == "CYCL")
        return readCycles ({ data, size }, overlay);
    if (name == "PATH")
        return readPath ({ data, size }, overlay.path);
    if (name == "PNTS")
        return readPoints ({ data, size }, overlay.points);
    if (name == "MELO")
        return readMelody ({ data, size }, overlay.melody);
    return true;
}

} // namespace

juce::MemoryBlock overlayBytes (const Overlay& overlay)
{
    juce::MemoryOutputStream out, grid, feel, cycles, path, points, melody;
    grid.writeInt (static_cast<int> (overlay.stepsPerBeat));
    writeSection (out, "GRID", grid);
    writeCells (out, overlay);

    feel.writeShort (static_cast<short> (overlay.solo));
    for (const auto& lane : overlay.feel) {
        feel.writeFloat (lane.noteLength);
        feel.writeFloat (lane.push);
    }
    writeSection (out, "FEEL", feel);

    const auto hasCycle = [] (const LaneFeel& lane) { return lane.steps != 0 || lane.rotate != 0; };
    if (std::any_of (overlay.feel.begin(), overlay.feel.end(), hasCycle))
        for (const auto& lane : overlay.feel) {
            cycles.writeShort (static_cast<short> (lane.steps));
            cycles.writeShort (static_cast<short> (lane.rotate));
        }
    writeSection (out, "CYCL", cycles);

    if (overlay.path.any()) {
        path.writeDouble (overlay.path.beats);
        for (std::size_t i = 0; i < overlay.path.count; ++i)
            for (const auto number : overlay.path.away[i])
                path.writeFloat (number);
    }
    writeSection (out, "PATH", path);

    if (overlay.points.any() || overlay.points.beats != MotionPoints().beats) {
        points.writeDouble (overlay.points.beats);
        for (std::size_t i = 0; i < overlay.points.count; ++i)
            for (const auto number : overlay.points.at[i])
                points.writeFloat (number);
    }
    writeSection (out, "PNTS", points);

    if (overlay.melody != Melody())
        writeMelody (melody, overlay.melody);
    writeSection (out, "MELO", melody);
    return out.getMemoryBlock();
}

std::optional<Overlay> readOverlay (const void* data, std::size_t size)
{
    constexpr std::size_t head = 8;
    const auto* bytes = static_cast<const char*> (data);
    Overlay overlay;
    for (std::size_t at = 0; at < size;) {
        if (size - at < head)
            return std::nullopt;
        const auto name = juce::String::fromUTF8 (bytes + at, 4);
        const auto length = std::size_t { juce::ByteOrder::littleEndianInt (bytes + at + 4) };
        at += head;
        if (length > size - at || ! readSection (name, bytes + at, length, overlay))
            return std::nullopt;
        at += length;
    }
    return overlay;
}

} // namespace groovefield
