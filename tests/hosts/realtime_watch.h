// What watches a callback: the C library's functions, replaced by ones that look at a flag of the thread.
// Included by one source file of a program whose symbols are exported.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

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
