#include "editor.h"

#include "../processor/processor.h"

namespace groovefield {

Editor::Editor (Processor& p) : AudioProcessorEditor (p), generic (p)
{
    addAndMakeVisible (generic);
    setSize (800, 600);
}

void Editor::resized() { generic.setBounds (getLocalBounds()); }

} // namespace groovefield
