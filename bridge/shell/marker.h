// The text by which `groovefield doctor` knows a plugin's file without loading it.
#pragma once

namespace groovefield {

/// [message] "groovefield-plugin version=0.1.0 layout=<16 digits>": the version of the package that this was built
/// with, and the hash of the shared memory. models/groovefield/commands/plugin_file.py looks for it in the plugin's file.
const char* buildMarker() noexcept;

} // namespace groovefield
