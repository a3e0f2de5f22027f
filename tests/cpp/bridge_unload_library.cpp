// The bridge in a shared library, as in a plugin: tests/python/test_lifecycle.py loads it, uses it and unloads it.
#include "client.h"

#include <memory>

using namespace groovefield;

namespace {

std::shared_ptr<ModelProcess> process;
std::unique_ptr<PatternClient> client;

} // namespace

extern "C" {

// Starts the process and waits for one pattern; the process's number, or 0.
__attribute__ ((visibility ("default"))) unsigned groovefieldStart()
{
    process = ModelProcess::acquire();
    client = std::make_unique<PatternClient> (process);
    for (int i = 0; i < 20'000 && ! process->ready(); ++i)
        std::this_thread::sleep_for (std::chrono::milliseconds (1));
    client->setOffline (true);
    Pattern pattern;
    return client->answer (client->request ({}), pattern) ? process->processId() : 0;
}

// Lets go of it: from here on it only lingers.
__attribute__ ((visibility ("default"))) void groovefieldLetGo()
{
    client.reset();
    process.reset();
}
}
