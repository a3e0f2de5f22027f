// Presets as a musician has them: lists to choose from, loading as one deed, saving, and what is on.
#pragma once

#include "history.h"
#include "lane_sounds.h"
#include "laying.h"
#include "model.h"
#include "preset.h"

#include <mutex>

namespace groovefield {

/// All [message].
class Presets {
public:
    struct Reach {
        juce::AudioProcessorValueTreeState& parameters;
        Laying& laying;
        LaneSounds& sounds;
        History& history;
        std::function<std::shared_ptr<const Model>()> model;
        std::function<void()> changed;   ///< of what a host's project keeps
    };
    explicit Presets (Reach r) : reach (std::move (r)) {}

    using List = std::vector<std::shared_ptr<const Preset>>;

    /// The plugin's, then the user's as their folder has them now.
    const List& all();
    /// The same as it was read last.
    const List& known() { return list.empty() ? all() : list; }
    /// A sentence for each file of that folder that is no preset; told with the list.
    juce::StringArray refusals() const { return refused; }
    juce::StringArray categories();      ///< in the order of the list; the user's own last

    /// One deed, also while it plays: what is latched stays, nothing is cut. Returns what is to be known: that it was made
    /// on another model.
    juce::String load (std::shared_ptr<const Preset>);
    /// The next one of the list, or the one before; from none, the first or the last.
    juce::String step (int by);

    /// Keeps what plays under a name, and is on that one; under the name that is on it takes its place. Returns a
    /// sentence if that cannot be: another preset has the name.
    juce::String save (const juce::String& name);
    juce::String rename (const Preset&, const juce::String& to);
    juce::String remove (const Preset&);

    /// [any] What was loaded last, and what a state says of it.
    PresetName on() const;
    void setOn (const PresetName&);

    /// Whether what plays differs from it. Without one it does not.
    bool isEdited();

    static constexpr const char* ownCategory = "Your presets";

private:
    struct Present;
    Present present() const;
    void put (const Present&);
    std::shared_ptr<const Preset> find (const PresetName&);
    Preset captured (const juce::String& name) const;
    juce::File fileFor (const juce::String& name, const juce::File& itself);

    Reach reach;
    mutable std::mutex lock;
    PresetName current;
    List list;
    juce::StringArray refused;
};

} // namespace groovefield
