// An empty folder for the user's data, for one test.
#pragma once

#include <juce_core/juce_core.h>

#include <cstdlib>

namespace groovefield::testing {

struct OwnData {
    OwnData()
    {
        folder.createDirectory();
        ::setenv ("XDG_DATA_HOME", folder.getFullPathName().toRawUTF8(), 1);
    }
    ~OwnData()
    {
        ::setenv ("XDG_DATA_HOME", kept.toRawUTF8(), 1);
        folder.deleteRecursively();
    }
    OwnData (const OwnData&) = delete;
    OwnData& operator= (const OwnData&) = delete;

    const juce::File folder = juce::File::createTempFile ("");

private:
    const juce::String kept = juce::SystemStats::getEnvironmentVariable ("XDG_DATA_HOME", {});
};

} // namespace groovefield::testing
