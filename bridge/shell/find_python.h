// Which Python runs the model process (one rule, in this order): the variable
// GROOVEFIELD_PYTHON; the per-user file that `groovefield install` writes; else a sentence.
#pragma once

#include "platform.h"

#include <string>

namespace groovefield {

struct PythonFound {
    platform::Path python;     ///< absolute; empty if there is none
    std::string sentence;      ///< why there is none
};

/// [message] Looks for it anew each time: the user may have run `groovefield install` since.
PythonFound findPython();

} // namespace groovefield
