#include "user_files.h"

#include "safe_json.h"

#include <algorithm>
#include <filesystem>

namespace groovefield {

namespace {

constexpr juce::int64 largest = 1 << 20;
constexpr std::size_t mostFiles = 2000;

// The folder that models lie in, too (models/groovefield/places.py).
juce::File userData()
{
#if JUCE_MAC
    return juce::File ("~/Library/Application Support/Groovefield");
#elif JUCE_WINDOWS
    return juce::File::getSpecialLocation (juce::File::userApplicationDataDirectory).getChildFile ("Groovefield");
#else
    const auto data = juce::SystemStats::getEnvironmentVariable ("XDG_DATA_HOME", {});
    return (juce::File::isAbsolutePath (data) ? juce::File (data) : juce::File ("~/.local/share")).getChildFile ("groovefield");
#endif
}

bool isOrdinary (const juce::File& file)
{
    std::error_code trouble;
    return std::filesystem::is_regular_file (std::filesystem::u8path (file.getFullPathName().toStdString()), trouble);
}

// Names that Windows keeps for devices.
bool isReserved (const juce::String& stem)
{
    static const juce::StringArray names { "con", "prn", "aux", "nul" };
    const auto lower = stem.upToFirstOccurrenceOf (".", false, false).toLowerCase();
    return names.contains (lower)
           || (lower.length() == 4 && (lower.startsWith ("com") || lower.startsWith ("lpt")) && juce::CharacterFunctions::isDigit (lower[3]));
}

} // namespace

UserFiles::UserFiles (const juce::String& f, const juce::String& s, const juce::String& w) : folderName (f), suffix (s), what (w) {}

juce::File UserFiles::folder() const { return userData().getChildFile (folderName); }

std::vector<juce::File> UserFiles::all() const
{
    std::vector<juce::File> files;
    for (const auto& file : folder().findChildFiles (juce::File::findFiles, false, "*" + suffix))
        if (files.size() < mostFiles && ! file.getFileName().startsWithChar ('.') && isOrdinary (file))
            files.push_back (file);
    std::sort (files.begin(), files.end(), [] (const juce::File& a, const juce::File& b) {
        return a.getFileName().compareNatural (b.getFileName()) < 0;
    });
    return files;
}

juce::var UserFiles::read (const juce::File& file, juce::String& refusal) const
{
    const auto refuse = [&] (const juce::String& reason) {
        refusal = "The " + what + " in " + file.getFileName() + " cannot be read: " + reason + ".";
        return juce::var();
    };
    if (! isOrdinary (file))
        return refuse ("it is no ordinary file, or not there any more");
    if (file.getSize() > largest)
        return refuse ("it is larger than a " + what + " can be");
    juce::MemoryBlock bytes;
    if (! file.loadFileAsData (bytes))
        return refuse ("the file does not open");
    const auto* text = static_cast<const char*> (bytes.getData());
    if (! juce::CharPointer_UTF8::isValidString (text, static_cast<int> (bytes.getSize())))
        return refuse ("it is no text");
    auto content = readJson (juce::String::fromUTF8 (text, static_cast<int> (bytes.getSize())));
    return content.getDynamicObject() != nullptr ? content : refuse ("it is damaged");
}

juce::String UserFiles::tidy (const juce::String& name)
{
    juce::String kept;
    for (auto letter = name.getCharPointer(); ! letter.isEmpty(); ++letter)
        if (*letter >= 32 && *letter != 127)
            kept += *letter;
    return kept.trim();
}

juce::String UserFiles::refusalOf (const juce::String& name) const
{
    const auto tidied = tidy (name);
    if (tidied.isEmpty())
        return "A " + what + " needs a name.";
    if (tidied.length() > longestName)
        return "A " + what + "'s name has at most " + juce::String (longestName) + " letters.";
    return {};
}

// Whatever a name holds, its file lies in the folder: what systems do not want in file names becomes a hyphen. Two names
// that differ in such letters alone are told apart by a part of their hash.
juce::File UserFiles::fileFor (const juce::String& name) const
{
    const auto tidied = tidy (name);
    auto stem = tidied.replaceCharacters ("<>:\"/\\|?*~", "----------");
    stem = stem.trimCharactersAtStart (". ").trimCharactersAtEnd (". ");
    if (stem != tidied || stem.isEmpty() || isReserved (stem))
        stem = (stem + " " + juce::String::toHexString (tidied.hashCode())).trim();
    return folder().getChildFile (stem + suffix);
}

juce::String UserFiles::write (const juce::String& name, const juce::var& content, const juce::File& file) const
{
    if (const auto refusal = refusalOf (name); refusal.isNotEmpty())
        return refusal;
    const auto failed = [&] (const juce::String& reason) { return "The " + what + " cannot be kept: " + reason; };
    if (const auto made = folder().createDirectory(); made.failed())
        return failed (folder().getFullPathName() + " cannot be made: " + made.getErrorMessage());
    juce::TemporaryFile written (file);
    if (! written.getFile().replaceWithText (juce::JSON::toString (content) + "\n", false, false, "\n"))
        return failed (folder().getFullPathName() + " cannot be written to.");
    return written.overwriteTargetFileWithTemporary() ? juce::String() : failed (file.getFullPathName() + " cannot be written.");
}

juce::String UserFiles::remove (const juce::File& file) const
{
    if (file.getParentDirectory() == folder() && file.getFileName().endsWith (suffix) && file.deleteFile())
        return {};
    return "The " + what + " in " + file.getFileName() + " cannot be removed.";
}

} // namespace groovefield
