// Written by `python -m groovefield_bridge.generate` from
// bridge/groovefield_bridge/layout.py: change that file and run it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace groovefield::layout {

constexpr std::uint32_t version = 4;  ///< counts up with every change of this layout
constexpr std::uint64_t magic = 0x444c464556524f47u;  ///< never changes
constexpr std::uint64_t layoutHash = 0x0de6b0afab9001d0u;  ///< of every structure below
constexpr std::size_t slots = 64;  ///< instances that one file serves
constexpr std::size_t requestPlaces = 4;  ///< a request's place is id % this
constexpr std::size_t maxLatents = 8;
constexpr std::size_t maxLanes = 16;
constexpr std::size_t maxSteps = 128;
constexpr std::size_t patternArrays = 5;  ///< packed arrays of lanes x steps
constexpr std::size_t page = 4096;  ///< slots start at multiples of it
constexpr std::size_t events = 65536;  ///< room of the event record
constexpr std::size_t pictureSide = 64;  ///< pixels

/// Writer: shell, once, at creation.
struct Header {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t slots;
    std::uint64_t layoutHash;  ///< of every structure below: names, types, offsets, sizes
    std::uint64_t fileSize;
    std::uint32_t ownerPid;  ///< the host's process
    std::uint32_t pad0;
    std::uint64_t ownerStart;  ///< when that process started, in the system's own units
    std::uint8_t pad1[16];
};
static_assert (offsetof (Header, magic) == 0);
static_assert (sizeof (Header::magic) == 8);
static_assert (offsetof (Header, version) == 8);
static_assert (sizeof (Header::version) == 4);
static_assert (offsetof (Header, slots) == 12);
static_assert (sizeof (Header::slots) == 4);
static_assert (offsetof (Header, layoutHash) == 16);
static_assert (sizeof (Header::layoutHash) == 8);
static_assert (offsetof (Header, fileSize) == 24);
static_assert (sizeof (Header::fileSize) == 8);
static_assert (offsetof (Header, ownerPid) == 32);
static_assert (sizeof (Header::ownerPid) == 4);
static_assert (offsetof (Header, pad0) == 36);
static_assert (sizeof (Header::pad0) == 4);
static_assert (offsetof (Header, ownerStart) == 40);
static_assert (sizeof (Header::ownerStart) == 8);
static_assert (offsetof (Header, pad1) == 48);
static_assert (sizeof (Header::pad1) == 16);
static_assert (sizeof (Header) == 64 && alignof (Header) <= 8);
static_assert (std::is_trivially_copyable_v<Header>);

/// Writer: model process.
struct ServerStatus {
    std::uint32_t state;  ///< 0 not started, 1 starting, 2 ready, 3 failed (see message)
    std::uint32_t pid;
    std::uint64_t heartbeat;  ///< counts up while the process lives, at most once a second
    std::uint64_t answered;  ///< requests answered; a new process counts on
    char version[32];  ///< of the Python package
    char message[256];  ///< a sentence for the editor, UTF-8, zero-terminated
    std::uint64_t messageSeq;  ///< sequence of message
};
static_assert (offsetof (ServerStatus, state) == 0);
static_assert (sizeof (ServerStatus::state) == 4);
static_assert (offsetof (ServerStatus, pid) == 4);
static_assert (sizeof (ServerStatus::pid) == 4);
static_assert (offsetof (ServerStatus, heartbeat) == 8);
static_assert (sizeof (ServerStatus::heartbeat) == 8);
static_assert (offsetof (ServerStatus, answered) == 16);
static_assert (sizeof (ServerStatus::answered) == 8);
static_assert (offsetof (ServerStatus, version) == 24);
static_assert (sizeof (ServerStatus::version) == 32);
static_assert (offsetof (ServerStatus, message) == 56);
static_assert (sizeof (ServerStatus::message) == 256);
static_assert (offsetof (ServerStatus, messageSeq) == 312);
static_assert (sizeof (ServerStatus::messageSeq) == 8);
static_assert (sizeof (ServerStatus) == 320 && alignof (ServerStatus) <= 8);
static_assert (std::is_trivially_copyable_v<ServerStatus>);

/// Writer: shell.
struct SlotControl {
    std::uint32_t inUse;  ///< 0 free, 1 an instance lives here
    std::uint32_t offline;  ///< 1 while the host renders offline
    std::uint64_t instance;  ///< random, never 0, new for each instance
    std::uint64_t newestRequest;  ///< id of the slot's newest request; 0 before the first
    float x;  ///< position now heard, after wander
    float y;
    double songBeats;  ///< position at the end of the last block
    std::uint32_t playing;
    std::uint8_t pad0[20];
};
static_assert (offsetof (SlotControl, inUse) == 0);
static_assert (sizeof (SlotControl::inUse) == 4);
static_assert (offsetof (SlotControl, offline) == 4);
static_assert (sizeof (SlotControl::offline) == 4);
static_assert (offsetof (SlotControl, instance) == 8);
static_assert (sizeof (SlotControl::instance) == 8);
static_assert (offsetof (SlotControl, newestRequest) == 16);
static_assert (sizeof (SlotControl::newestRequest) == 8);
static_assert (offsetof (SlotControl, x) == 24);
static_assert (sizeof (SlotControl::x) == 4);
static_assert (offsetof (SlotControl, y) == 28);
static_assert (sizeof (SlotControl::y) == 4);
static_assert (offsetof (SlotControl, songBeats) == 32);
static_assert (sizeof (SlotControl::songBeats) == 8);
static_assert (offsetof (SlotControl, playing) == 40);
static_assert (sizeof (SlotControl::playing) == 4);
static_assert (offsetof (SlotControl, pad0) == 44);
static_assert (sizeof (SlotControl::pad0) == 20);
static_assert (sizeof (SlotControl) == 64 && alignof (SlotControl) <= 8);
static_assert (std::is_trivially_copyable_v<SlotControl>);

/// Writer: shell.
struct Request {
    std::uint64_t seq;
    std::uint64_t id;  ///< counts up in each slot; its place is id % 4
    float latent[8];  ///< position after wander, each 0..1
    float style;  ///< 0..1: none, then the model's styles at equal distances
    std::uint8_t model[32];  ///< SHA-256 of the model's portable form; zeros: the default
    std::uint32_t checksum;  ///< CRC-32 of id, latent, style and model
    std::uint8_t pad0[40];
};
static_assert (offsetof (Request, seq) == 0);
static_assert (sizeof (Request::seq) == 8);
static_assert (offsetof (Request, id) == 8);
static_assert (sizeof (Request::id) == 8);
static_assert (offsetof (Request, latent) == 16);
static_assert (sizeof (Request::latent) == 32);
static_assert (offsetof (Request, style) == 48);
static_assert (sizeof (Request::style) == 4);
static_assert (offsetof (Request, model) == 52);
static_assert (sizeof (Request::model) == 32);
static_assert (offsetof (Request, checksum) == 84);
static_assert (sizeof (Request::checksum) == 4);
static_assert (offsetof (Request, pad0) == 88);
static_assert (sizeof (Request::pad0) == 40);
static_assert (sizeof (Request) == 128 && alignof (Request) <= 8);
static_assert (std::is_trivially_copyable_v<Request>);

/// Writer: model process.
struct Answer {
    std::uint64_t seq;
    std::uint32_t checksum;  ///< CRC-32 from status to the end of the values used
    std::uint32_t status;  ///< 0 a pattern, 1 model not found, 2 model damaged
    std::uint64_t id;  ///< of the request that this answers
    std::uint32_t lanes;
    std::uint32_t steps;
    std::uint32_t stepsPerBeat;
    std::uint32_t latents;  ///< how many of the request's latents the model uses
    std::uint8_t laneNote[16];  ///< MIDI notes out
    char laneName[16][16];  ///< UTF-8, zero-padded
    std::uint8_t reserved[8];  ///< zeros
    float values[10240];  ///< five arrays of lanes x steps, packed: only the first 5 * lanes * steps are used
};
static_assert (offsetof (Answer, seq) == 0);
static_assert (sizeof (Answer::seq) == 8);
static_assert (offsetof (Answer, checksum) == 8);
static_assert (sizeof (Answer::checksum) == 4);
static_assert (offsetof (Answer, status) == 12);
static_assert (sizeof (Answer::status) == 4);
static_assert (offsetof (Answer, id) == 16);
static_assert (sizeof (Answer::id) == 8);
static_assert (offsetof (Answer, lanes) == 24);
static_assert (sizeof (Answer::lanes) == 4);
static_assert (offsetof (Answer, steps) == 28);
static_assert (sizeof (Answer::steps) == 4);
static_assert (offsetof (Answer, stepsPerBeat) == 32);
static_assert (sizeof (Answer::stepsPerBeat) == 4);
static_assert (offsetof (Answer, latents) == 36);
static_assert (sizeof (Answer::latents) == 4);
static_assert (offsetof (Answer, laneNote) == 40);
static_assert (sizeof (Answer::laneNote) == 16);
static_assert (offsetof (Answer, laneName) == 56);
static_assert (sizeof (Answer::laneName) == 256);
static_assert (offsetof (Answer, reserved) == 312);
static_assert (sizeof (Answer::reserved) == 8);
static_assert (offsetof (Answer, values) == 320);
static_assert (sizeof (Answer::values) == 40960);
static_assert (sizeof (Answer) == 41280 && alignof (Answer) <= 8);
static_assert (std::is_trivially_copyable_v<Answer>);

/// Writer: model process.
struct Picture {
    std::uint64_t seq;
    std::uint32_t side;  ///< 0 none yet, else 64
    std::uint32_t checksum;  ///< CRC-32 of pixels
    std::uint8_t model[32];  ///< of which model
    std::uint8_t pad0[16];
    std::uint8_t pixels[64][64][4];  ///< RGBA; row 0 is y = 0
};
static_assert (offsetof (Picture, seq) == 0);
static_assert (sizeof (Picture::seq) == 8);
static_assert (offsetof (Picture, side) == 8);
static_assert (sizeof (Picture::side) == 4);
static_assert (offsetof (Picture, checksum) == 12);
static_assert (sizeof (Picture::checksum) == 4);
static_assert (offsetof (Picture, model) == 16);
static_assert (sizeof (Picture::model) == 32);
static_assert (offsetof (Picture, pad0) == 48);
static_assert (sizeof (Picture::pad0) == 16);
static_assert (offsetof (Picture, pixels) == 64);
static_assert (sizeof (Picture::pixels) == 16384);
static_assert (sizeof (Picture) == 16448 && alignof (Picture) <= 8);
static_assert (std::is_trivially_copyable_v<Picture>);

/// Writer: shell.
struct Event {
    double songBeats;  ///< where it sounds, exact, in beats of the song
    double runSamples;  ///< exact samples since the run (start or seek) began
    std::int64_t streamSample;  ///< the sample it was sent at, since prepareToPlay
    float lengthBeats;
    float bpm;
    std::int32_t gridStep;  ///< steps from song position 0 to its straight grid line
    std::uint32_t run;  ///< counts starts and seeks
    std::uint16_t stepsPerTwoBeats;  ///< as played: twice as many as in a beat
    std::uint8_t cell;  ///< step within the pattern
    std::uint8_t lane;
    std::uint8_t note;
    std::uint8_t velocity;
    std::uint8_t channel;  ///< 1..16
    std::uint8_t pad0;
};
static_assert (offsetof (Event, songBeats) == 0);
static_assert (sizeof (Event::songBeats) == 8);
static_assert (offsetof (Event, runSamples) == 8);
static_assert (sizeof (Event::runSamples) == 8);
static_assert (offsetof (Event, streamSample) == 16);
static_assert (sizeof (Event::streamSample) == 8);
static_assert (offsetof (Event, lengthBeats) == 24);
static_assert (sizeof (Event::lengthBeats) == 4);
static_assert (offsetof (Event, bpm) == 28);
static_assert (sizeof (Event::bpm) == 4);
static_assert (offsetof (Event, gridStep) == 32);
static_assert (sizeof (Event::gridStep) == 4);
static_assert (offsetof (Event, run) == 36);
static_assert (sizeof (Event::run) == 4);
static_assert (offsetof (Event, stepsPerTwoBeats) == 40);
static_assert (sizeof (Event::stepsPerTwoBeats) == 2);
static_assert (offsetof (Event, cell) == 42);
static_assert (sizeof (Event::cell) == 1);
static_assert (offsetof (Event, lane) == 43);
static_assert (sizeof (Event::lane) == 1);
static_assert (offsetof (Event, note) == 44);
static_assert (sizeof (Event::note) == 1);
static_assert (offsetof (Event, velocity) == 45);
static_assert (sizeof (Event::velocity) == 1);
static_assert (offsetof (Event, channel) == 46);
static_assert (sizeof (Event::channel) == 1);
static_assert (offsetof (Event, pad0) == 47);
static_assert (sizeof (Event::pad0) == 1);
static_assert (sizeof (Event) == 48 && alignof (Event) <= 8);
static_assert (std::is_trivially_copyable_v<Event>);

/// Writer: shell.
struct RecordHead {
    std::uint64_t written;  ///< events ever written; event k lies at k % 65536
    std::uint64_t dropped;  ///< events overwritten before an attached reader read them
    std::uint64_t first;  ///< the first event of the instance that lives here now
    std::uint64_t expired;  ///< offline waits for a pattern that hit their bound
    std::uint8_t pad0[32];
};
static_assert (offsetof (RecordHead, written) == 0);
static_assert (sizeof (RecordHead::written) == 8);
static_assert (offsetof (RecordHead, dropped) == 8);
static_assert (sizeof (RecordHead::dropped) == 8);
static_assert (offsetof (RecordHead, first) == 16);
static_assert (sizeof (RecordHead::first) == 8);
static_assert (offsetof (RecordHead, expired) == 24);
static_assert (sizeof (RecordHead::expired) == 8);
static_assert (offsetof (RecordHead, pad0) == 32);
static_assert (sizeof (RecordHead::pad0) == 32);
static_assert (sizeof (RecordHead) == 64 && alignof (RecordHead) <= 8);
static_assert (std::is_trivially_copyable_v<RecordHead>);

/// Writer: event reader.
struct RecordReader {
    std::uint64_t attached;  ///< 0 none; else changes at least once a second while it reads
    std::uint64_t read;  ///< index of the next event it will read
    std::uint8_t pad0[48];
};
static_assert (offsetof (RecordReader, attached) == 0);
static_assert (sizeof (RecordReader::attached) == 8);
static_assert (offsetof (RecordReader, read) == 8);
static_assert (sizeof (RecordReader::read) == 8);
static_assert (offsetof (RecordReader, pad0) == 16);
static_assert (sizeof (RecordReader::pad0) == 48);
static_assert (sizeof (RecordReader) == 64 && alignof (RecordReader) <= 8);
static_assert (std::is_trivially_copyable_v<RecordReader>);

/// Writer: studio.
struct Wish {
    std::uint64_t seq;  ///< each wish has another one; what lies here at the start is none
    float x;  ///< where X and Y are to go, 0..1
    float y;
    std::uint32_t held;  ///< 1 while the pointer is held: further wishes of one movement come
    std::uint32_t checksum;  ///< CRC-32 of x, y and held
    std::uint8_t pad0[40];
};
static_assert (offsetof (Wish, seq) == 0);
static_assert (sizeof (Wish::seq) == 8);
static_assert (offsetof (Wish, x) == 8);
static_assert (sizeof (Wish::x) == 4);
static_assert (offsetof (Wish, y) == 12);
static_assert (sizeof (Wish::y) == 4);
static_assert (offsetof (Wish, held) == 16);
static_assert (sizeof (Wish::held) == 4);
static_assert (offsetof (Wish, checksum) == 20);
static_assert (sizeof (Wish::checksum) == 4);
static_assert (offsetof (Wish, pad0) == 24);
static_assert (sizeof (Wish::pad0) == 40);
static_assert (sizeof (Wish) == 64 && alignof (Wish) <= 8);
static_assert (std::is_trivially_copyable_v<Wish>);

/// Writer: see its parts.
struct Slot {
    Request requests[4];
    Answer answers[4];
    Picture picture;
    RecordHead record;
    RecordReader reader;
    Event events[65536];
    Wish wish;
    std::uint8_t pad0[2048];
};
static_assert (offsetof (Slot, requests) == 0);
static_assert (sizeof (Slot::requests) == 512);
static_assert (offsetof (Slot, answers) == 512);
static_assert (sizeof (Slot::answers) == 165120);
static_assert (offsetof (Slot, picture) == 165632);
static_assert (sizeof (Slot::picture) == 16448);
static_assert (offsetof (Slot, record) == 182080);
static_assert (sizeof (Slot::record) == 64);
static_assert (offsetof (Slot, reader) == 182144);
static_assert (sizeof (Slot::reader) == 64);
static_assert (offsetof (Slot, events) == 182208);
static_assert (sizeof (Slot::events) == 3145728);
static_assert (offsetof (Slot, wish) == 3327936);
static_assert (sizeof (Slot::wish) == 64);
static_assert (offsetof (Slot, pad0) == 3328000);
static_assert (sizeof (Slot::pad0) == 2048);
static_assert (sizeof (Slot) == 3330048 && alignof (Slot) <= 8);
static_assert (std::is_trivially_copyable_v<Slot>);

/// Writer: see its parts.
struct Segment {
    Header header;
    ServerStatus server;
    SlotControl controls[64];
    std::uint8_t pad0[3712];
    Slot slots[64];
};
static_assert (offsetof (Segment, header) == 0);
static_assert (sizeof (Segment::header) == 64);
static_assert (offsetof (Segment, server) == 64);
static_assert (sizeof (Segment::server) == 320);
static_assert (offsetof (Segment, controls) == 384);
static_assert (sizeof (Segment::controls) == 4096);
static_assert (offsetof (Segment, pad0) == 4480);
static_assert (sizeof (Segment::pad0) == 3712);
static_assert (offsetof (Segment, slots) == 8192);
static_assert (sizeof (Segment::slots) == 213123072);
static_assert (sizeof (Segment) == 213131264 && alignof (Segment) <= 8);
static_assert (std::is_trivially_copyable_v<Segment>);

} // namespace groovefield::layout
