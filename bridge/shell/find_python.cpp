#include "find_python.h"

#include <cstdlib>
#include <fstream>
#include <system_error>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace groovefield {
namespace {

bool canRun (const platform::Path& path)
{
    std::error_code error;
    if (! std::filesystem::is_regular_file (path, error))
        return false;
#ifdef _WIN32
    return true;
#else
    return ::access (path.c_str(), X_OK) == 0;
#endif
}

PythonFound checked (const platform::Path& path, const std::string& origin, const std::string& remedy)
{
    if (! path.is_absolute())
        return { {}, origin + " names the Python \"" + path.string() + "\", which is not an absolute path; " + remedy };
    if (! canRun (path))
        return { {}, origin + " names the Python " + path.string() + ", which is not there or cannot be run; " + remedy };
    return { path, {} };
}

PythonFound fromFile (const platform::Path& file)
{
    if (const auto refused = platform::refuseUnlessOurs (file); ! refused.empty())
        return { {}, "The note of which Python to start is not used: " + refused };
    std::ifstream lines (file);
    std::string line;
    while (std::getline (lines, line)) {
        if (! line.empty() && line.back() == '\r')
            line.pop_back();
        if (line.rfind ("python=", 0) == 0)
            return checked (std::filesystem::u8path (line.substr (7)), file.string(), "run: groovefield install");
    }
    return { {}, file.string() + " names no Python; run: groovefield install" };
}

} // namespace

PythonFound findPython()
{
    if (const auto named = platform::environment ("GROOVEFIELD_PYTHON"); ! named.empty())
        return checked (std::filesystem::u8path (named), "GROOVEFIELD_PYTHON", "correct it or unset it.");
    const auto file = platform::configDirectory() / "python";
    std::error_code error;
    if (std::filesystem::symlink_status (file, error).type() != std::filesystem::file_type::not_found)
        return fromFile (file);
    return { {}, "No Python with Groovefield is known; run: groovefield install" };
}

} // namespace groovefield
