// Pictures of the preset box, its list, and the table of notes out.
#pragma once

#include "editor_session.h"
#include "own_data.h"

#include "../../plugin/editor/note_table.h"
#include "../../plugin/editor/preset_browser.h"

namespace groovefield::testing {

/// `write` takes a component and a file's name without its end.
template <class Write>
void shootPresets (Write&& write)
{
    const OwnData data;
    Session session;
    auto& editor = session.open();
    session.host.playing = true;
    session.run (1.0);
    auto& presets = session.processor.presets;
    presets.load (factoryPresets()[20]);
    session.settle();
    session.set ("swing", 58.0f);
    session.run (1.0);
    editor.header.preset.name.onClick();
    session.run (0.3);
    write (editor, "presets");
    presets.save ("My half time");
    presets.load (factoryPresets()[31]);
    presets.save (juce::String::fromUTF8 ("Rumba f\u00fcr Lena"));
    editor.setSize (720, 560);
    session.open().header.preset.name.onClick();
    session.editor->setSize (720, 560);
    session.run (0.3);
    for (auto* child : session.editor->getChildren())
        if (auto* box = dynamic_cast<juce::CallOutBox*> (child))
            for (auto* content : box->getChildren())
                if (auto* browser = dynamic_cast<PresetBrowser*> (content)) {
                    browser->search.setText ("rumba", false);
                    browser->search.onTextChange();
                }
    session.run (0.2);
    write (*session.editor, "presets_small");
    session.open().header.midi.onClick();
    session.run (0.3);
    write (*session.editor, "note_maps");
}

} // namespace groovefield::testing
