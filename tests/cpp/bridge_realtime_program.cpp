// Live, the audio thread's calls of the bridge neither allocate, free, lock nor block. The C library's own functions are
// replaced here by ones that count while the thread plays. `bridge_realtime plant NAME` does one such thing in the middle,
// to show that it would be seen. tests/python/test_lifecycle.py runs it.
#include "client.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <string>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

namespace {

thread_local bool playing = false;
thread_local long allocations = 0, frees = 0, locks = 0, waits = 0, wakes = 0, blockingWakes = 0;

void count (long& what)
{
    if (playing)
        ++what;
}

template <class Function>
Function* original (const char* name)
{
    void* found = ::dlsym (RTLD_NEXT, name);
    Function* result = nullptr;
    std::memcpy (&result, &found, sizeof (result));
    return result;
}

} // namespace

extern "C" {
void* __libc_malloc (std::size_t);
void* __libc_calloc (std::size_t, std::size_t);
void* __libc_realloc (void*, std::size_t);
void __libc_free (void*);

void* malloc (std::size_t size)
{
    count (allocations);
    return __libc_malloc (size);
}
void* calloc (std::size_t number, std::size_t size)
{
    count (allocations);
    return __libc_calloc (number, size);
}
void* realloc (void* before, std::size_t size)
{
    count (allocations);
    return __libc_realloc (before, size);
}
void free (void* memory)
{
    count (frees);
    __libc_free (memory);
}
int pthread_mutex_lock (pthread_mutex_t* mutex) noexcept
{
    static auto* const real = original<int (pthread_mutex_t*)> ("pthread_mutex_lock");
    count (locks);
    return real (mutex);
}
int clock_nanosleep (clockid_t clock, int flags, const timespec* time, timespec* left)
{
    static auto* const real = original<int (clockid_t, int, const timespec*, timespec*)> ("clock_nanosleep");
    count (waits);
    return real (clock, flags, time, left);
}
int nanosleep (const timespec* time, timespec* left)
{
    static auto* const real = original<int (const timespec*, timespec*)> ("nanosleep");
    count (waits);
    return real (time, left);
}
int poll (pollfd* files, nfds_t number, int timeout)
{
    static auto* const real = original<int (pollfd*, nfds_t, int)> ("poll");
    count (waits);
    return real (files, number, timeout);
}
ssize_t write (int file, const void* data, std::size_t size)
{
    static auto* const real = original<ssize_t (int, const void*, std::size_t)> ("write");
    count (waits);
    return real (file, data, size);
}
ssize_t send (int file, const void* data, std::size_t size, int flags)
{
    static auto* const real = original<ssize_t (int, const void*, std::size_t, int)> ("send");
    count (wakes);
    if ((flags & MSG_DONTWAIT) == 0 || (flags & MSG_NOSIGNAL) == 0)
        count (blockingWakes);
    return real (file, data, size, flags);
}
}

namespace {

void plant (const std::string& what)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    const timespec moment { 0, 1000 };
    if (what == "allocation") {
        void* volatile memory = std::malloc (10);
        std::free (memory);
    } else if (what == "lock") {
        ::pthread_mutex_lock (&mutex);
        ::pthread_mutex_unlock (&mutex);
    } else if (what == "wait") {
        ::nanosleep (&moment, nullptr);
    }
}

} // namespace

int main (int argumentCount, char** arguments)
{
    using namespace groovefield;
    const std::string planted = argumentCount > 2 ? arguments[2] : "";
    ModelProcess::setLinger (std::chrono::milliseconds (0));
    auto process = ModelProcess::acquire();
    PatternClient client (process);
    for (int i = 0; i < 20'000 && ! process->ready(); ++i)
        std::this_thread::sleep_for (std::chrono::milliseconds (1));

    constexpr int blocks = 4000;
    long answered = 0, asked = 0;
    std::uint64_t pending = 0;
    Pattern pattern;
    layout::Event event {};
    for (int block = 0; block < blocks; ++block) {
        playing = true;
        client.setOffline (false);
        if (block % 4 == 0) {
            PadPosition position;
            position.latent[0] = static_cast<float> (block % 100) / 100.0f;
            client.setModel (Sha256 {});
            pending = client.request (position);
            ++asked;
        }
        if (pending != 0 && client.answer (pending, pattern)) {
            ++answered;
            pending = 0;
        }
        client.setHeard (0.5f, 0.5f, block, true);
        client.record (event);
        client.endBlock();
        if (block == blocks / 2)
            plant (planted);
        playing = false;
        std::this_thread::sleep_for (std::chrono::microseconds (500));
    }
    std::printf ("blocks %d asked %ld answered %ld wakes %ld allocations %ld frees %ld locks %ld waits %ld blocking_wakes %ld\n", blocks,
                 asked, answered, wakes, allocations, frees, locks, waits, blockingWakes);
    return 0;
}
