// What the bridge's tests share: a directory of their own and an environment that is put back.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace groovefield::testing {

class TemporaryDirectory {
public:
    TemporaryDirectory()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "groovefield-test-XXXXXX").string();
        path = ::mkdtemp (pattern.data());
    }
    ~TemporaryDirectory()
    {
        std::error_code error;
        std::filesystem::remove_all (path, error);
    }
    TemporaryDirectory (const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator= (const TemporaryDirectory&) = delete;

    std::filesystem::path path;
};

class Environment {
public:
    Environment() = default;
    ~Environment()
    {
        for (const auto& [name, value] : before)
            put (name, value);
    }
    Environment (const Environment&) = delete;
    Environment& operator= (const Environment&) = delete;

    void set (const std::string& name, const std::optional<std::string>& value)
    {
        const auto* old = std::getenv (name.c_str());
        before.emplace (name, old == nullptr ? std::nullopt : std::optional<std::string> (old));
        put (name, value);
    }

private:
    static void put (const std::string& name, const std::optional<std::string>& value)
    {
        if (value)
            ::setenv (name.c_str(), value->c_str(), 1);
        else
            ::unsetenv (name.c_str());
    }
    std::map<std::string, std::optional<std::string>> before;
};

} // namespace groovefield::testing
