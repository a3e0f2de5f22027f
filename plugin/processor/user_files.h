// Small files of the user's own, one for each thing that was named and saved: presets and note maps.
//
// A file is JSON, its name is made of the thing's; the name itself is within. They are read as others may have made
// them, written whole or not at all, and never executed.
#pragma once

#include <juce_core/juce_core.h>

#include <vector>

namespace groovefield {

/// All [message].
class UserFiles {
public:
    /// `folder` lies in the user's data folder; `suffix` begins with a dot; `what` is the word for one of them.
    UserFiles (const juce::String& folder, const juce::String& suffix, const juce::String& what);

    juce::File folder() const;

    /// At most 2,000, in the order of their names; hidden files, links to elsewhere, devices and folders are none.
    std::vector<juce::File> all() const;

    /// What a file says; nothing, and a sentence, if it is no JSON object or larger than such a thing can be.
    juce::var read (const juce::File&, juce::String& refusal) const;

    /// Writes in the place of what has this name already. Returns a sentence if that cannot be.
    juce::String write (const juce::String& name, const juce::var& content) const { return write (name, content, fileFor (name)); }
    juce::String write (const juce::String& name, const juce::var& content, const juce::File&) const;

    /// A sentence if nothing can have this name; else empty. Names of any script will do.
    juce::String refusalOf (const juce::String& name) const;

    juce::File fileFor (const juce::String& name) const;

    /// Returns a sentence if the file stays.
    juce::String remove (const juce::File&) const;

    static juce::String tidy (const juce::String& name);   ///< without control characters and spaces around it

    static constexpr int longestName = 48;

private:
    juce::String folderName, suffix, what;
};

} // namespace groovefield
