// Proves that the audio callback neither allocates, frees, locks, sleeps nor touches a file while a live
// host does all it can: the C library's functions are replaced by ones that look at a flag of the thread.
// First it plants such calls in a callback of its own and must see every one of them.
#include "../../plugin/processor/processor.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter();

// --- what watches --------------------------------------------------------------------------------

namespace watch {

struct Catch {
    const char* function = nullptr;
    std::array<void*, 24> frames {};
    int depth = 0;
};

thread_local bool inCallback = false;
thread_local int wakes = 0;
std::array<Catch, 16> caught;
std::atomic<std::size_t> count { 0 };

void forbidden (const char* function)
{
    if (! inCallback)
        return;
    inCallback = false;    // what the report itself needs is allowed
    if (const auto place = count.fetch_add (1); place < caught.size()) {
        caught[place].function = function;
        caught[place].depth = ::backtrace (caught[place].frames.data(), static_cast<int> (caught[place].frames.size()));
    }
    inCallback = true;
}

template <class Function>
Function* next (Function*& kept, const char* name)
{
    if (kept == nullptr)
        kept = reinterpret_cast<Function*> (::dlsym (RTLD_NEXT, name));
    return kept;
}

void print()
{
    const auto all = std::min (count.load(), caught.size());
    for (std::size_t i = 0; i < all; ++i) {
        std::fprintf (stderr, "in the audio callback: %s\n", caught[i].function);
        ::backtrace_symbols_fd (caught[i].frames.data(), caught[i].depth, STDERR_FILENO);
    }
}

struct Callback {
    Callback() { wakes = 0; inCallback = true; }
    ~Callback() { inCallback = false; }
};

} // namespace watch

#define VISIBLE __attribute__ ((visibility ("default")))
#define PASSED_ON(type, name, declared, given)                       \
    VISIBLE type name declared                                       \
    {                                                                \
        using Function = type declared;                              \
        static Function* real = nullptr;                             \
        watch::forbidden (#name);                                    \
        return watch::next (real, #name) given;                      \
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-declarations"
#pragma GCC diagnostic ignored "-Wredundant-decls"
extern "C" {

// The C library's own names for the allocator: looking them up would allocate.
void* __libc_malloc (std::size_t);
void* __libc_calloc (std::size_t, std::size_t);
void* __libc_realloc (void*, std::size_t);
void* __libc_memalign (std::size_t, std::size_t);
void __libc_free (void*);

VISIBLE void* malloc (std::size_t size) { watch::forbidden ("malloc"); return __libc_malloc (size); }
VISIBLE void* calloc (std::size_t n, std::size_t size) { watch::forbidden ("calloc"); return __libc_calloc (n, size); }
VISIBLE void* realloc (void* p, std::size_t size) { watch::forbidden ("realloc"); return __libc_realloc (p, size); }
VISIBLE void* aligned_alloc (std::size_t a, std::size_t size) { watch::forbidden ("aligned_alloc"); return __libc_memalign (a, size); }
VISIBLE void* memalign (std::size_t a, std::size_t size) { watch::forbidden ("memalign"); return __libc_memalign (a, size); }
VISIBLE int posix_memalign (void** p, std::size_t a, std::size_t size)
{
    watch::forbidden ("posix_memalign");
    *p = __libc_memalign (a, size);
    return *p == nullptr ? ENOMEM : 0;
}
VISIBLE void free (void* p)
{
    if (p != nullptr)
        watch::forbidden ("free");
    __libc_free (p);
}

PASSED_ON (int, pthread_mutex_lock, (pthread_mutex_t* m), (m))
PASSED_ON (int, pthread_rwlock_rdlock, (pthread_rwlock_t* l), (l))
PASSED_ON (int, pthread_rwlock_wrlock, (pthread_rwlock_t* l), (l))
PASSED_ON (int, pthread_cond_wait, (pthread_cond_t* c, pthread_mutex_t* m), (c, m))
PASSED_ON (int, nanosleep, (const timespec* t, timespec* left), (t, left))
PASSED_ON (int, clock_nanosleep, (clockid_t c, int f, const timespec* t, timespec* left), (c, f, t, left))
PASSED_ON (int, usleep, (useconds_t t), (t))
PASSED_ON (int, sched_yield, (), ())
PASSED_ON (int, poll, (pollfd* f, nfds_t n, int t), (f, n, t))
PASSED_ON (ssize_t, read, (int f, void* b, std::size_t n), (f, b, n))
PASSED_ON (ssize_t, write, (int f, const void* b, std::size_t n), (f, b, n))
PASSED_ON (ssize_t, recv, (int f, void* b, std::size_t n, int o), (f, b, n, o))
PASSED_ON (int, pthread_create, (pthread_t* t, const pthread_attr_t* a, void* (*run) (void*), void* with), (t, a, run, with))

VISIBLE int open (const char* path, int flags, ...)
{
    using Function = int (const char*, int, ...);
    static Function* real = nullptr;
    watch::forbidden ("open");
    std::va_list more;
    va_start (more, flags);
    const auto mode = va_arg (more, mode_t);
    va_end (more);
    return watch::next (real, "open") (path, flags, mode);
}

// The one call that is allowed: a wake that does not wait and raises no signal, once a block.
VISIBLE ssize_t send (int f, const void* b, std::size_t n, int options)
{
    using Function = ssize_t (int, const void*, std::size_t, int);
    static Function* real = nullptr;
    if (watch::inCallback && (++watch::wakes > 1 || (options & (MSG_DONTWAIT | MSG_NOSIGNAL)) != (MSG_DONTWAIT | MSG_NOSIGNAL)))
        watch::forbidden ("send");
    return watch::next (real, "send") (f, b, n, options);
}

} // extern "C"
#pragma GCC diagnostic pop

// --- a callback that does what it must not -------------------------------------------------------

namespace {

bool isSeen (const char* what, void (*deed)())
{
    watch::count = 0;
    {
        const watch::Callback callback;
        deed();
    }
    const bool seen = watch::count.load() > 0;
    std::printf ("planted %s: %s\n", what, seen ? "seen" : "NOT SEEN");
    return seen;
}

std::vector<int>* volatile kept = nullptr;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

bool seesWhatIsPlanted()
{
    const bool all[] {
        isSeen ("allocation", [] { kept = new std::vector<int> (64); }),
        isSeen ("release", [] { delete kept; }),
        isSeen ("lock", [] { ::pthread_mutex_lock (&mutex); ::pthread_mutex_unlock (&mutex); }),
        isSeen ("std::mutex", [] { static std::mutex m; const std::lock_guard<std::mutex> lock (m); }),
        isSeen ("sleep", [] { std::this_thread::sleep_for (1ms); }),
        isSeen ("yield", [] { std::this_thread::yield(); }),
        isSeen ("file", [] { if (const int f = ::open ("/dev/null", O_RDONLY); f >= 0) ::close (f); }),
        isSeen ("second wake", [] { for (int i = 0; i < 2; ++i) ::send (-1, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL); }),
        isSeen ("wake that waits", [] { ::send (-1, "", 0, MSG_NOSIGNAL); }),
    };
    watch::count = 0;
    return std::all_of (std::begin (all), std::end (all), [] (bool seen) { return seen; });
}

// --- the live host -------------------------------------------------------------------------------

class PlayHead : public juce::AudioPlayHead {
public:
    juce::Optional<PositionInfo> getPosition() const override { return position; }
    PositionInfo position;
};

struct Totals {
    int blocks = 0, wakes = 0, notes = 0, bypassed = 0;
};

class LiveHost {
public:
    explicit LiveHost (groovefield::Processor& p) : processor (p), audio (2, largest)
    {
        midi.ensureSize (2048);    // as the VST3 wrapper does
        processor.setPlayHead (&head);
        for (const auto& spec : groovefield::parameterTable())
            parameters.push_back (processor.parameters.getParameter (spec.id));
    }

    void play (int blocks)
    {
        for (int i = 0; i < blocks; ++i)
            block();
    }

    Totals totals;

private:
    static constexpr int largest = 1024;

    // Starts and stops, jumps, a loop that is switched and moved, four sizes of block.
    void transport (int samples)
    {
        const int n = totals.blocks;
        const bool playing = n % 400 < 370, looping = n % 1000 > 500;
        auto& p = head.position;
        p = {};
        p.setIsPlaying (playing);
        p.setBpm (90.0 + n % 70);
        p.setPpqPosition (ppq);
        p.setIsLooping (looping);
        const double start = (n / 1000) % 3;
        p.setLoopPoints (juce::AudioPlayHead::LoopPoints { start, start + 1.7 });
        if (playing)
            ppq += samples * (90.0 + n % 70) / 60.0 / 48000.0;
        if (looping && ppq >= start + 1.7)
            ppq -= 1.7;
        if (n % 701 == 700)
            ppq = n % 13;
    }

    void automate()
    {
        const int n = totals.blocks;
        const auto set = [&] (std::size_t index, int period) {
            parameters[index]->setValueNotifyingHost (static_cast<float> (n % period) / static_cast<float> (period - 1));
        };
        set (0, 331);
        set (1, 173);
        for (std::size_t index = 8; index < parameters.size(); ++index)
            set (index, 101 + 17 * static_cast<int> (index));
    }

    void block()
    {
        constexpr std::array sizes { 64, 512, 1, 256, 1024, 0, 64, 64 };
        const int samples = sizes[static_cast<std::size_t> (totals.blocks) % sizes.size()];
        transport (samples);
        automate();
        midi.clear();
        if (totals.blocks % 5 == 0 && samples > 0)
            midi.addEvent (juce::MidiMessage::noteOn (10, 36 + totals.blocks % 20, 0.8f), samples - 1);
        juce::AudioBuffer<float> view (audio.getArrayOfWritePointers(), 2, samples);
        const bool bypass = totals.blocks % 900 > 880;
        {
            const watch::Callback callback;
            if (bypass)
                processor.processBlockBypassed (view, midi);
            else
                processor.processBlock (view, midi);
        }
        totals.wakes += watch::wakes;
        totals.bypassed += bypass;
        for (const auto event : midi)
            totals.notes += event.getMessage().isNoteOn();
        ++totals.blocks;
        std::this_thread::sleep_for (std::chrono::microseconds (samples * 4));
    }

    groovefield::Processor& processor;
    PlayHead head;
    juce::AudioBuffer<float> audio;
    juce::MidiBuffer midi;
    std::vector<juce::RangedAudioParameter*> parameters;
    double ppq = 0.0;
};

// The default model under another name: another model, by its digest.
juce::File otherModel()
{
    auto bytes = groovefield::defaultModel()->portable;
    const auto name = groovefield::defaultModel()->name.toStdString();
    const auto at = std::search (bytes.begin(), bytes.end(), name.begin(), name.end());
    if (at != bytes.end())
        *at = 'Z';
    const auto file = juce::File::createTempFile (".groovefield");
    file.replaceWithData (bytes.data(), bytes.size());
    return file;
}

// What a user and a host do meanwhile, on the message thread.
void meddle (groovefield::Processor& processor, const juce::File& model, int turn)
{
    juce::MemoryBlock state;
    processor.getStateInformation (state);
    groovefield::NoteMap map;
    map.note[0] = static_cast<std::int16_t> (35 + turn % 3);
    processor.setNoteMap (map);
    if (turn % 3 == 0)
        processor.setStateInformation (state.getData(), static_cast<int> (state.getSize()));
    if (turn % 4 == 1)
        processor.loadModel (model);
    if (turn % 4 == 3)
        processor.loadDefaultModel();
    groovefield::Pattern pattern;
    processor.pattern (pattern);
    std::vector<std::uint8_t> picture;
    std::uint64_t version = 0;
    processor.picture (picture, version);
}

bool playsLive()
{
    const std::unique_ptr<juce::AudioProcessor> plugin (createPluginFilter());
    auto& processor = dynamic_cast<groovefield::Processor&> (*plugin);
    processor.setPlayConfigDetails (0, 2, 48000.0, 1024);
    processor.prepareToPlay (48000.0, 1024);
    for (int tries = 0; tries < 2000 && ! processor.modelReady(); ++tries)
        std::this_thread::sleep_for (10ms);
    if (! processor.modelReady()) {
        std::printf ("%s\n", processor.modelSentence().toRawUTF8());
        return false;
    }
    const auto model = otherModel();
    LiveHost host (processor);
    std::atomic<bool> over { false };
    std::thread audioThread ([&] { host.play (6000); over = true; });
    int turns = 0;
    for (; ! over; ++turns) {
        meddle (processor, model, turns);
        std::this_thread::sleep_for (50ms);
    }
    audioThread.join();
    model.deleteFile();
    const auto& t = host.totals;
    std::printf ("%d blocks, %d of them bypassed, %d notes out, %d wakes, %d turns of the message thread: %zu forbidden calls\n",
                 t.blocks, t.bypassed, t.notes, t.wakes, turns, watch::count.load());
    watch::print();
    return watch::count.load() == 0 && t.notes > 100 && t.wakes > 50 && t.wakes < t.blocks;
}

} // namespace

int main()
{
    std::array<void*, 4> frames {};
    ::backtrace (frames.data(), 4);    // loads what it needs
    const juce::ScopedJuceInitialiser_GUI juceLives;
    return seesWhatIsPlanted() && playsLive() ? 0 : 1;
}
