// The buttons that a MIDI controller can press: they do what they do in the editor, whether one is open or not.
#include "motion_points.h"
#include "new_take.h"
#include "processor.h"

namespace groovefield {

LearnActions Processor::actions()
{
    return {
        { "preset_previous", "Preset before", [this] { presets.step (-1); } },
        { "preset_next", "Next preset", [this] { presets.step (1); } },
        { "new_take", "New take", [this] {
            Pattern playing;
            if (pattern (playing))
                takeAnother (parameters, laying, history, Region::all(), false, playing.lanes, random);
        } },
        { "generate", "Generate", [this] { generate(); } },
        { "back", "Back", [this] { place.back(); } },
        { "compare", "A and B", [this] { compare(); } },
        { "undo", "Undo", [this] { history.undo(); } },
        { "redo", "Redo", [this] { history.redo(); } },
        { "record", "Record a path", [this] { motion.press (padSettings.recordBars); } },
        { "add_point", "Add a point", [this] {
            if (motion.phase() == MotionRecorder::Phase::idle)
                addPoint (parameters, laying, history);
        } },
    };
}

} // namespace groovefield
