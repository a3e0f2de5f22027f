#ifdef _WIN32
#include "child.h"

#include "marker.h"

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>

namespace groovefield {
namespace {

HANDLE asHandle (std::intptr_t value) { return reinterpret_cast<HANDLE> (value); }
std::intptr_t asNumber (HANDLE handle) { return reinterpret_cast<std::intptr_t> (handle); }

std::string because (DWORD error) { return std::system_category().message (static_cast<int> (error)); }

void close (std::intptr_t& handle)
{
    if (handle != 0 && handle != -1)
        ::CloseHandle (asHandle (handle));
    handle = 0;
}

// A pipe whose one end the child inherits and whose other, ours, it does not. Ours never blocks.
bool openPipe (std::intptr_t& ours, std::intptr_t& theirs, bool childReads)
{
    SECURITY_ATTRIBUTES inherited { sizeof (SECURITY_ATTRIBUTES), nullptr, TRUE };
    HANDLE reading = nullptr, writing = nullptr;
    if (! ::CreatePipe (&reading, &writing, &inherited, 0))
        return false;
    ours = asNumber (childReads ? writing : reading);
    theirs = asNumber (childReads ? reading : writing);
    ::SetHandleInformation (asHandle (ours), HANDLE_FLAG_INHERIT, 0);
    DWORD mode = PIPE_READMODE_BYTE | PIPE_NOWAIT;
    return ::SetNamedPipeHandleState (asHandle (ours), &mode, nullptr, nullptr) != 0;
}

std::wstring quoted (const platform::Path& word)
{
    // Paths hold no quotation marks; a backslash before the closing one would escape it.
    auto text = L"\"" + word.wstring();
    if (text.back() == L'\\')
        text += L'\\';
    return text + L"\"";
}

// NAME=value, each ended by a zero, in the order of the names, one more zero at the end.
std::wstring environmentBlock (bool opensWindow)
{
    auto settings = childEnvironment (opensWindow);
    std::sort (settings.begin(), settings.end());
    std::wstring block;
    for (const auto& setting : settings)
        block += std::filesystem::u8path (setting).wstring() + L'\0';
    return block + L'\0';
}

// Only the three standard handles reach the child, whatever else the host left inheritable.
class HandleList {
public:
    explicit HandleList (std::array<HANDLE, 3>& handles)
    {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList (nullptr, 1, 0, &size);
        room.resize (size);
        good = ::InitializeProcThreadAttributeList (get(), 1, 0, &size)
            && ::UpdateProcThreadAttribute (get(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles.data(),
                                            handles.size() * sizeof (HANDLE), nullptr, nullptr);
    }
    ~HandleList() { ::DeleteProcThreadAttributeList (get()); }
    HandleList (const HandleList&) = delete;
    HandleList& operator= (const HandleList&) = delete;

    LPPROC_THREAD_ATTRIBUTE_LIST get() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST> (room.data()); }
    bool good = false;

private:
    std::vector<unsigned char> room;
};

// The job ends the process when the host ends, however it does: its last handle closes then.
std::intptr_t makeJob()
{
    const auto job = ::CreateJobObjectW (nullptr, nullptr);
    if (job == nullptr)
        return 0;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits {};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    ::SetInformationJobObject (job, JobObjectExtendedLimitInformation, &limits, sizeof (limits));
    return asNumber (job);
}

} // namespace

// A window needs no variable to find the screen here; what it asks besides is where programs' data are, and how
// large it is to be drawn.
std::vector<std::string> childEnvironment (bool opensWindow)
{
    std::vector<std::string> result;
    const auto pass = [&result] (const char* name) {
        if (const auto value = platform::environment (name); ! value.empty())
            result.push_back (std::string (name) + "=" + value);
    };
    for (const char* name : { "SYSTEMROOT", "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP" })
        pass (name);
    if (opensWindow)
        for (const char* name : { "SYSTEMDRIVE", "PROGRAMDATA", "PUBLIC", "USERNAME", "QT_SCALE_FACTOR", "QT_FONT_DPI" })
            pass (name);
    for (const char* name : { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" })
        result.push_back (std::string (name) + "=1");
    result.push_back (std::string ("GROOVEFIELD_STARTED_BY=") + buildMarker());
    return result;
}

void leaveSignalsToHost() {}

void Child::forgetEnded() {}    // a process is forgotten here when the last handle to it is closed

void WakeLine::ring() noexcept
{
    ringing.fetch_add (1);
    const auto end = line.load();
    if (end != -1) {
        const char byte = 1;
        DWORD written = 0;
        ::WriteFile (asHandle (end), &byte, 1, &written, nullptr);    // full: it is awake already
    }
    ringing.fetch_sub (1);
}

Bell::Bell() : listening (asNumber (::CreateEventW (nullptr, FALSE, FALSE, nullptr)))
{
    if (listening == 0)
        why = "No event for a thread of the plugin can be made: " + because (::GetLastError());
}

Bell::~Bell() { close (listening); }

void Bell::ring() noexcept { ::SetEvent (asHandle (listening)); }

std::unique_ptr<Child> Child::start (const LaunchPlan& plan, std::string& sentence)
{
    std::unique_ptr<Child> child (new Child);
    std::intptr_t input = 0, errors = 0;
    if (! openPipe (child->line, input, true) || ! openPipe (child->voice, errors, false)) {
        sentence = "No line to a Python process can be opened: " + because (::GetLastError());
        close (input);
        close (errors);
        child->reaped = true;
        return nullptr;
    }
    SECURITY_ATTRIBUTES inherited { sizeof (SECURITY_ATTRIBUTES), nullptr, TRUE };
    auto nowhere = asNumber (::CreateFileW (L"NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0, nullptr));

    std::array<HANDLE, 3> handles { asHandle (input), asHandle (nowhere), asHandle (errors) };
    HandleList list (handles);
    STARTUPINFOEXW startup {};
    startup.StartupInfo.cb = sizeof (startup);
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = handles[0];
    startup.StartupInfo.hStdOutput = plan.hearsOutput ? handles[2] : handles[1];
    startup.StartupInfo.hStdError = handles[2];
    startup.lpAttributeList = list.get();

    auto command = quoted (plan.python) + L" -I -m " + platform::Path (plan.module).wstring();
    for (const auto& word : plan.words)
        command += L" " + quoted (word);
    auto settings = environmentBlock (plan.opensWindow);
    const auto neutral = plan.python.root_path().wstring();
    PROCESS_INFORMATION made {};
    const DWORD flags = CREATE_NO_WINDOW | CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
    const bool started = list.good
        && ::CreateProcessW (plan.python.c_str(), command.data(), nullptr, nullptr, TRUE, flags, settings.data(), neutral.c_str(),
                             &startup.StartupInfo, &made);
    const auto error = ::GetLastError();
    close (input);
    close (nowhere);
    close (errors);
    if (! started) {
        sentence = "The Python " + plan.python.u8string() + " cannot be started: " + because (error);
        child->reaped = true;
        return nullptr;
    }
    child->pid = made.dwProcessId;
    child->process = asNumber (made.hProcess);
    if (! plan.outlivesUs)
        child->job = makeJob();
    if (child->job != 0)
        ::AssignProcessToJobObject (asHandle (child->job), made.hProcess);
    ::ResumeThread (made.hThread);
    ::CloseHandle (made.hThread);
    return child;
}

Child::~Child()
{
    closeLine();
    if (process != 0 && ! lettingGo && ::WaitForSingleObject (asHandle (process), 200) == WAIT_TIMEOUT)
        kill();
    close (process);
    close (job);
    close (voice);
}

void Child::letGo()
{
    closeLine();
    lettingGo = true;
}

bool Child::tell (std::string text)
{
    text += '\n';
    constexpr int tries = 200, pause = 5;    // milliseconds
    std::size_t sent = 0;
    for (int i = 0; i < tries && sent < text.size() && line != -1; ++i) {
        DWORD written = 0;
        if (! ::WriteFile (asHandle (line), text.data() + sent, static_cast<DWORD> (text.size() - sent), &written, nullptr))
            return false;
        sent += written;
        if (written == 0)
            ::Sleep (pause);
    }
    return sent == text.size();
}

void Child::closeLine()
{
    if (line != -1)
        close (line);
    line = -1;
}

// A pipe cannot be waited for here, so while the process starts its words are looked for often.
void Child::wait (Bell& bell, const Child* child, int milliseconds)
{
    std::array<HANDLE, 2> watched { asHandle (bell.listening), child == nullptr ? nullptr : asHandle (child->process) };
    const auto limit = child != nullptr && ! child->ready ? std::min (milliseconds, 20) : milliseconds;
    const bool withChild = child != nullptr && ! child->gone;
    ::WaitForMultipleObjects (withChild ? 2 : 1, watched.data(), FALSE, static_cast<DWORD> (limit));
}

bool Child::listen()
{
    std::array<char, 512> heard {};
    DWORD size = 0;
    while (::ReadFile (asHandle (voice), heard.data(), static_cast<DWORD> (heard.size()), &size, nullptr) && size > 0)
        hear (heard.data(), size);
    if (ended())
        gone = true;
    return ! gone;
}

std::optional<Ended> Child::ended()
{
    if (reaped)
        return ending;
    if (::WaitForSingleObject (asHandle (process), 0) != WAIT_OBJECT_0)
        return {};
    DWORD code = 0;
    ::GetExitCodeProcess (asHandle (process), &code);
    reaped = true;
    ending = Ended { true, false, static_cast<int> (code) };
    return ending;
}

void Child::kill()
{
    if (job != 0)
        ::TerminateJobObject (asHandle (job), 1);    // a virtual environment's Python is a process below its launcher
    ::TerminateProcess (asHandle (process), 1);
    ::WaitForSingleObject (asHandle (process), 1000);
}

} // namespace groovefield
#endif
