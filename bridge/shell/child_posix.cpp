#ifndef _WIN32
#include "child.h"

#include "marker.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace groovefield {
namespace {

#ifdef MSG_NOSIGNAL
constexpr int sendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
constexpr int sendFlags = MSG_DONTWAIT;    // Apple: SO_NOSIGPIPE is set on the socket instead
#endif

// Closed over exec, and never one of 0..2, which the child's own standard streams would overwrite.
int safeDescriptor (int descriptor)
{
    if (descriptor < 0)
        return descriptor;
    const int moved = ::fcntl (descriptor, F_DUPFD_CLOEXEC, 3);
    ::close (descriptor);
    return moved;
}

bool openLine (std::array<int, 2>& ends)
{
#ifdef SOCK_CLOEXEC
    if (::socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return false;
#else
    if (::socketpair (AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
        return false;
#endif
    for (auto& end : ends)
        end = safeDescriptor (end);
#ifdef SO_NOSIGPIPE
    const int on = 1;
    ::setsockopt (ends[0], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof (on));
#endif
    if (ends[0] >= 0 && ends[1] >= 0)
        return ::fcntl (ends[0], F_SETFL, ::fcntl (ends[0], F_GETFL) | O_NONBLOCK) == 0;
    for (const auto end : ends)
        if (end >= 0)
            ::close (end);
    return false;
}

// Frees what posix_spawn was told, whichever way the function is left.
struct SpawnOrders {
    posix_spawn_file_actions_t files {};
    posix_spawnattr_t attributes {};
    SpawnOrders()
    {
        ::posix_spawn_file_actions_init (&files);
        ::posix_spawnattr_init (&attributes);
    }
    ~SpawnOrders()
    {
        ::posix_spawn_file_actions_destroy (&files);
        ::posix_spawnattr_destroy (&attributes);
    }
};

// In the child only: no signal blocked, all at their defaults, its own process group (a Ctrl-C in
// the host's terminal is for the host), ordinary priority, no descriptor but 0, 1 and 2.
int giveOrders (SpawnOrders& orders, int childEnd, bool hearsOutput)
{
    sigset_t none, all;
    sigemptyset (&none);
    sigfillset (&all);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;
#ifdef __linux__
    flags = static_cast<short> (flags | POSIX_SPAWN_SETSCHEDULER);
    sched_param ordinary {};
    ::posix_spawnattr_setschedpolicy (&orders.attributes, SCHED_OTHER);
    ::posix_spawnattr_setschedparam (&orders.attributes, &ordinary);
#endif
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
    flags = static_cast<short> (flags | POSIX_SPAWN_CLOEXEC_DEFAULT);
#endif
    ::posix_spawnattr_setsigmask (&orders.attributes, &none);
    ::posix_spawnattr_setsigdefault (&orders.attributes, &all);
    ::posix_spawnattr_setpgroup (&orders.attributes, 0);
    ::posix_spawnattr_setflags (&orders.attributes, flags);

    int error = ::posix_spawn_file_actions_adddup2 (&orders.files, childEnd, 0);
    if (error == 0)
        error = hearsOutput ? ::posix_spawn_file_actions_adddup2 (&orders.files, childEnd, 1)
                            : ::posix_spawn_file_actions_addopen (&orders.files, 1, "/dev/null", O_WRONLY, 0);
    if (error == 0)
        error = ::posix_spawn_file_actions_adddup2 (&orders.files, childEnd, 2);
    if (error == 0)
        error = ::posix_spawn_file_actions_addchdir_np (&orders.files, "/");
#ifdef __linux__
    if (error == 0)
        error = ::posix_spawn_file_actions_addclosefrom_np (&orders.files, 3);
#endif
    return error;
}

std::vector<char*> pointers (std::vector<std::string>& texts)
{
    std::vector<char*> result;
    for (auto& text : texts)
        result.push_back (text.data());
    result.push_back (nullptr);
    return result;
}

// Processes that go on without us. Each stays in the system's table until somebody has asked how it ended.
struct LetGo {
    std::mutex mutex;
    std::vector<pid_t> pids;
};

// Never destroyed: the supervisor may look at it until the last static object of the library is gone.
LetGo& letGoList()
{
    static auto* const list = new LetGo;
    return *list;
}

} // namespace

void leaveSignalsToHost()
{
    sigset_t asynchronous;
    sigfillset (&asynchronous);
    for (const int fault : { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP })
        sigdelset (&asynchronous, fault);
    ::pthread_sigmask (SIG_BLOCK, &asynchronous, nullptr);
}

// A window's: which screen, who may draw on it, in which language and how large. Never where the host's own Qt finds
// its parts (QT_PLUGIN_PATH and the like), which ours would load.
constexpr const char* windowVariables[] = {
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "ICEAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "SESSION_MANAGER",
    "DESKTOP_SESSION", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "XDG_DATA_DIRS", "XDG_CONFIG_DIRS",
    "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME", "XMODIFIERS", "QT_IM_MODULE",
    "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_AUTO_SCREEN_SCALE_FACTOR", "QT_FONT_DPI",
    "XCURSOR_THEME", "XCURSOR_SIZE", "LOGNAME", "USER",
};

std::vector<std::string> childEnvironment (bool opensWindow)
{
    std::vector<std::string> result { "PATH=/usr/bin:/bin", "HOME=" + platform::homeDirectory().string() };
    const auto pass = [&result] (const char* name) {
        if (const auto value = platform::environment (name); ! value.empty())
            result.push_back (std::string (name) + "=" + value);
    };
    for (const char* name : { "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME" })
        pass (name);
    if (opensWindow)
        for (const char* name : windowVariables)
            pass (name);
    for (const char* name : { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS" })
        result.push_back (std::string (name) + "=1");
    result.push_back (std::string ("GROOVEFIELD_STARTED_BY=") + buildMarker());
    return result;
}

void WakeLine::ring() noexcept
{
    ringing.fetch_add (1);
    const auto end = static_cast<int> (line.load());
    if (end >= 0) {
        const char byte = 1;
        [[maybe_unused]] const auto sent = ::send (end, &byte, 1, sendFlags);    // full: it is awake already
    }
    ringing.fetch_sub (1);
}

Bell::Bell()
{
    std::array<int, 2> ends { -1, -1 };
    int error = ::pipe (ends.data()) == 0 ? 0 : errno;
    for (auto& end : ends) {
        if (error == 0 && (end = safeDescriptor (end)) < 0)
            error = errno;
        else if (error == 0)
            ::fcntl (end, F_SETFL, ::fcntl (end, F_GETFL) | O_NONBLOCK);
    }
    if (error == 0) {
        listening = ends[0];
        pulling = ends[1];
        return;
    }
    for (const auto end : ends)    // both: ringing into a pipe that nobody reads would raise a signal
        if (end >= 0)
            ::close (end);
    why = "No line to a thread of the plugin can be opened: " + std::system_category().message (error) + ".";
}

Bell::~Bell()
{
    for (const auto end : { listening, pulling })
        if (end >= 0)
            ::close (static_cast<int> (end));
}

void Bell::ring() noexcept
{
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write (static_cast<int> (pulling), &byte, 1);
}

std::unique_ptr<Child> Child::start (const LaunchPlan& plan, std::string& sentence)
{
    forgetEnded();
    std::array<int, 2> ends { -1, -1 };
    if (! openLine (ends)) {
        sentence = "No line to a Python process can be opened: " + std::system_category().message (errno) + ".";
        return nullptr;
    }
    std::vector<std::string> words { plan.python.string(), "-I", "-m", plan.module };
    for (const auto& word : plan.words)
        words.push_back (word.string());
    auto settings = childEnvironment (plan.opensWindow);
    auto arguments = pointers (words);
    auto variables = pointers (settings);
    SpawnOrders orders;
    pid_t pid = 0;
    int error = giveOrders (orders, ends[1], plan.hearsOutput);
    if (error == 0)
        error = ::posix_spawn (&pid, words[0].c_str(), &orders.files, &orders.attributes, arguments.data(), variables.data());
    ::close (ends[1]);
    if (error != 0) {
        ::close (ends[0]);
        sentence = "The Python " + plan.python.string() + " cannot be started: " + std::system_category().message (error) + ".";
        return nullptr;
    }
    std::unique_ptr<Child> child (new Child);
    child->pid = static_cast<std::uint32_t> (pid);
    child->line = ends[0];
    return child;
}

Child::~Child()
{
    closeLine();
    using namespace std::chrono_literals;
    for (int tries = 0; tries < 100 && ! ended() && ! lettingGo; ++tries)
        std::this_thread::sleep_for (2ms);
    if (ended())
        return;
    if (! lettingGo) {
        kill();
        return;
    }
    auto& others = letGoList();
    const std::lock_guard lock (others.mutex);
    others.pids.push_back (static_cast<pid_t> (pid));
}

// Each by its own number, without waiting; a host that waits for its children itself, or ignores them, loses nothing.
void Child::forgetEnded()
{
    auto& others = letGoList();
    const std::lock_guard lock (others.mutex);
    const auto isGone = [] (pid_t other) {
        const auto answer = ::waitpid (other, nullptr, WNOHANG);
        return answer == other || (answer < 0 && errno != EINTR);
    };
    others.pids.erase (std::remove_if (others.pids.begin(), others.pids.end(), isGone), others.pids.end());
}

void Child::letGo()
{
    closeLine();
    lettingGo = true;
}

bool Child::tell (std::string text)
{
    text += '\n';
    constexpr int patience = 1000;    // milliseconds
    std::size_t sent = 0;
    while (sent < text.size() && line >= 0) {
        const auto size = ::send (static_cast<int> (line), text.data() + sent, text.size() - sent, sendFlags);
        pollfd room { static_cast<int> (line), POLLOUT, 0 };
        if (size > 0)
            sent += static_cast<std::size_t> (size);
        else if (errno != EINTR && ((errno != EAGAIN && errno != EWOULDBLOCK) || ::poll (&room, 1, patience) <= 0))
            return false;
    }
    return sent == text.size();
}

void Child::closeLine()
{
    if (line >= 0)
        ::close (static_cast<int> (line));
    line = -1;
}

void Child::wait (Bell& bell, const Child* child, int milliseconds)
{
    std::array<pollfd, 2> watched { { { static_cast<int> (bell.listening), POLLIN, 0 },
                                      { child == nullptr ? -1 : static_cast<int> (child->line), POLLIN, 0 } } };
    if (child != nullptr && child->gone)
        watched[1].fd = -1;
    ::poll (watched.data(), watched.size(), milliseconds);
    std::array<char, 256> rung {};
    while (::read (static_cast<int> (bell.listening), rung.data(), rung.size()) > 0) {
    }
}

bool Child::listen()
{
    std::array<char, 512> heard {};
    while (! gone) {
        const auto size = ::recv (static_cast<int> (line), heard.data(), heard.size(), MSG_DONTWAIT);
        if (size > 0)
            hear (heard.data(), static_cast<std::size_t> (size));
        else if (size < 0 && errno == EINTR)
            continue;
        else if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        else
            gone = true;
    }
    return ! gone;
}

std::optional<Ended> Child::ended()
{
    if (reaped)
        return ending;
    int status = 0;
    const auto answer = ::waitpid (static_cast<pid_t> (pid), &status, WNOHANG);
    if (answer == 0 || (answer < 0 && errno == EINTR))
        return {};
    reaped = true;
    ending = Ended {};
    // ECHILD: the host ignores SIGCHLD, or waited for every child itself. It is gone all the same.
    if (answer > 0) {
        ending->known = true;
        ending->bySignal = WIFSIGNALED (status);
        ending->code = ending->bySignal ? WTERMSIG (status) : WEXITSTATUS (status);
    }
    return ending;
}

void Child::kill()
{
    using namespace std::chrono_literals;
    if (! ended())
        ::kill (static_cast<pid_t> (pid), SIGKILL);
    for (int tries = 0; tries < 1000 && ! ended(); ++tries)
        std::this_thread::sleep_for (1ms);
}

} // namespace groovefield
#endif
