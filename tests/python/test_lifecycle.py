"""The model process's life: how it starts, what it inherits, how it ends, what mends it.

The host is ``groovefield_bridge_host`` (tests/cpp/bridge_host_program.cpp), the process is
the real one with the default model.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from bridge_library import Host, built, end, eventually, lives, private_settings
from groovefield.field import modelfile
from groovefield.field.decoder import default_model, load_decoder
from groovefield_bridge import layout
from groovefield_bridge.events import EventReader, instances, segments

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def heard(answer: str) -> list[str]:
    """What ``ask`` says of a pattern, without its number."""
    words = answer.split()
    assert words[0] == "pattern", answer
    return words[2:]


def settings_of(pid: int) -> dict[str, str]:
    raw = Path(f"/proc/{pid}/environ").read_bytes().decode()
    return dict(entry.split("=", 1) for entry in raw.split("\0") if entry)


def changed_installation(home: Path, file: str, old: str, new: str) -> str:
    """The Python of a real installation, one place of whose ``file`` reads otherwise."""
    place = home / "installation"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    site = next((place / "lib").iterdir()) / "site-packages"
    for package in ("groovefield", "groovefield_bridge"):
        source = Path(sys.modules[package].__path__[0])
        shutil.copytree(source, site / package, ignore=shutil.ignore_patterns("__pycache__"))
    text = (site / file).read_text()
    assert text.count(old) == 1
    (site / file).write_text(text.replace(old, new))
    (site / "numpy.pth").write_text(f"{Path(np.__path__[0]).parent}\n")
    return str(place / "bin" / "python")


# ---------------------------------------------------------------- playing


def test_a_pattern_arrives_as_the_model_decodes_it(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.start()
        assert host.do("ask 0 0.25 0.75 20000").startswith("pattern 1 lanes 11 steps 32")
        values = [float.fromhex(word) for word in host.do("values").split()]
        pattern = load_decoder(default_model()).decode(
            np.array([0.25, 0.75] + [0.5] * 6, np.float32)
        )
        wanted = np.concatenate(
            [
                array.ravel()
                for array in (
                    pattern.probability, pattern.velocity, pattern.offset,
                    pattern.velocity_spread, pattern.offset_spread,
                )
            ]
        )  # fmt: skip
        np.testing.assert_allclose(np.array(values, np.float32), wanted, atol=1e-6)
        assert host.do("client_sentence 0") == "The model process is ready."


@pytest.mark.parametrize("count", [32, 64])
def test_many_instances_share_one_process_and_each_has_its_own_pattern(
    tmp_path: Path, count: int
) -> None:
    with Host(tmp_path) as host:
        pid = host.start(count)
        answers = [host.do(f"ask {i} {i / count} {1 - i / count} 20000") for i in range(count)]
        assert len({tuple(heard(answer)) for answer in answers}) > count * 0.9
        assert host.model_pid() == pid
        assert host.do("starts") == "1"
        assert len(host.files()) == 1
        if count == 64:
            assert "64 instances" in host.do("open 1")
            assert host.do("ask 64 0.5 0.5 50") == "none"
            assert host.do("record 64 3") == "3"


def test_a_projects_own_model_is_found_by_its_hash(tmp_path: Path) -> None:
    portable = tmp_path / "mine"
    portable.write_bytes(modelfile.portable(default_model()))
    with Host(tmp_path) as host:
        host.start(2)
        digest = host.do(f"store {portable}")
        assert len(digest) == 64
        host.do(f"model 1 {digest}")
        assert (
            heard(host.do("ask 0 0.3 0.3 20000"))[:4] == heard(host.do("ask 1 0.3 0.3 20000"))[:4]
        )

        stored = tmp_path / "cache" / "groovefield" / "models" / f"{digest}.groovefield"
        assert stored.stat().st_mode & 0o777 == 0o600
        other = "ab" * 32
        host.do(f"model 1 {other}")
        assert host.do("ask 1 0.3 0.3 200") == "none"
        assert "not on this machine" in host.do("client_sentence 1")
        host.do("offline 1 1")  # a model that is not there is not waited for
        assert host.do("ask 1 0.3 0.3 0") == "none"
        assert host.do("expired 1") == "no"
        host.do("offline 1 0")
        host.do(f"model 1 {digest}")
        heard(host.do("ask 1 0.3 0.3 20000"))
        assert host.do("client_sentence 1") == "The model process is ready."


# ---------------------------------------------------------------- what it inherits


def test_a_polluted_environment_does_not_reach_it(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    for name in ("groovefield", "numpy", "sitecustomize"):
        (trap / f"{name}.py").write_text("raise SystemExit('the trap was imported')\n")
    pollution = {
        "LD_LIBRARY_PATH": str(trap),
        "LD_PRELOAD": "",
        "PYTHONPATH": str(trap),
        "PYTHONHOME": str(trap),
        "PYTHONSTARTUP": str(trap / "numpy.py"),
        "VIRTUAL_ENV": str(trap),
        "DYLD_LIBRARY_PATH": str(trap),
        "OMP_NUM_THREADS": "64",
    }
    with Host(tmp_path, **pollution) as host:
        pid = host.start()
        heard(host.do("ask 0 0.5 0.5 20000"))
        settings = settings_of(pid)
        foreign = ("LD_", "DYLD_", "PYTHON", "VIRTUAL_ENV", "GROOVEFIELD_")
        ours = {"GROOVEFIELD_STARTED_BY"}
        assert not [n for n in set(settings) - ours if n.startswith(foreign)]
        assert settings["OMP_NUM_THREADS"] == "1"
        assert settings["XDG_RUNTIME_DIR"] == str(tmp_path / "runtime")
        assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")


def test_it_has_no_descriptor_of_the_hosts_and_no_signal_of_the_hosts(tmp_path: Path) -> None:
    read, write = os.pipe()
    secret = (tmp_path / "secret").open("w")
    with Host(tmp_path, (write, secret.fileno())) as host:
        theirs = [str(p.readlink()) for p in Path(f"/proc/{host.process.pid}/fd").iterdir()]
        assert str(tmp_path / "secret") in theirs
        host.do("ignore_sigchld")
        pid = host.start()
        opened = {str(p.readlink()) for p in Path(f"/proc/{pid}/fd").iterdir()}
        assert sum(name.startswith("socket:") for name in opened) == 1
        others = {name for name in opened if not name.startswith("socket:")}
        assert others == {"/dev/null", str(host.files()[0])}
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        )
        assert int(status["SigBlk"], 16) == 0
        ignored = int(status["SigIgn"], 16)
        # Python itself ignores two, and glibc's spawn its own 32 and 33.
        expected = {signal.SIGPIPE, signal.SIGXFSZ, 32, 33}
        assert {n for n in range(1, 65) if ignored >> n - 1 & 1} <= expected
        assert os.getpgid(pid) == pid  # Ctrl-C in the host's terminal is for the host
    os.close(read)
    os.close(write)
    secret.close()


def test_it_does_not_import_torch_and_stays_small(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        pid = host.start(32)
        for i in range(32):
            heard(host.do(f"ask {i} {i / 32} 0.5 20000"))
        assert "libtorch" not in Path(f"/proc/{pid}/maps").read_text()
        resident = next(
            int(line.split()[1])
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        )
        assert resident < 80_000, f"{resident} kB resident"


# ---------------------------------------------------------------- how it ends


def test_it_ends_when_the_host_is_killed(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        pid = host.start()
        host.process.kill()
        host.process.wait()
        assert eventually(lambda: not lives(pid))
        # Its file stays, and goes when the next one starts.
        (left,) = host.files()
    with Host(tmp_path) as host:
        host.start()
        assert not left.exists()
        assert len(host.files()) == 1


def test_a_host_that_ends_by_itself_leaves_nothing(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.do("linger 60000")
        pid = host.start()
        host.do("close")
        host.do("release")  # it would stay a minute; the library unloads before
    assert not lives(pid)
    assert host.process.returncode == 0
    assert host.files() == []


def test_it_stays_for_a_while_after_the_last_instance_then_ends(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.do("linger 1500")
        pid = host.start()
        host.do("close")
        host.do("release")
        assert lives(pid)
        assert host.start() == pid  # back in time: the same process
        heard(host.do("ask 0 0.5 0.5 20000"))
        host.do("close")
        host.do("release")
        assert eventually(lambda: not lives(pid))
        assert eventually(lambda: host.files() == [])
        again = host.start()
        assert again != pid
        heard(host.do("ask 0 0.5 0.5 20000"))


def test_where_nobody_says_otherwise_it_stays_ten_seconds() -> None:
    """The wait itself is the test above; here is how long it is in every host."""
    program = built("groovefield_bridge_host")
    said = subprocess.run([program], input="lingers\n", capture_output=True, text=True, check=True)
    assert said.stdout == "10000\n"


# One library of a host, in a process of its own: prints the model process's number at the end.
UNLOAD = """
import _ctypes, ctypes, os, sys, time
library = ctypes.CDLL(sys.argv[1])
pid = library.groovefieldStart()
assert pid
if sys.argv[2] == "fork":
    copy = os.fork()
    if copy == 0:
        ctypes.CDLL(None).exit(7)     # with the destructors of static objects
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 7
    os.kill(pid, 0)                   # not ended by the copy
library.groovefieldLetGo()
if sys.argv[2] == "unload":
    _ctypes.dlclose(library._handle)
    assert not any(sys.argv[1] in line for line in open("/proc/self/maps")), "still loaded"
    assert len(os.listdir("/proc/self/task")) == int(sys.argv[3]), "a thread is left"
    try:
        os.kill(pid, 0)
        sys.exit("the model process outlived the library")
    except ProcessLookupError:
        pass
print(pid)
"""


@pytest.mark.parametrize("how", ["unload", "exit", "fork"])
def test_the_library_goes_and_nothing_is_left(tmp_path: Path, how: str) -> None:
    library = built("libgroovefield_bridge_unload.so")
    ended = subprocess.run(
        [sys.executable, "-c", UNLOAD, str(library), how, "1"],
        env=private_settings(tmp_path), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert not lives(int(ended.stdout))
    assert list((tmp_path / "runtime" / "groovefield").iterdir()) == []


def parent(pid: int) -> int:
    """The number of a process's parent; 0 if there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def test_it_ends_with_the_host_though_a_fork_of_the_host_lives_on(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        pid = host.start()
        copy = int(host.do("fork_stay"))
        try:
            host.process.kill()
            host.process.wait()
            assert lives(copy)
            assert eventually(lambda: not lives(pid))
        finally:
            end(copy)


def test_a_fork_that_ends_its_copy_of_an_instance_takes_nothing_from_the_host(
    tmp_path: Path,
) -> None:
    with Host(tmp_path) as host:
        host.do("linger 0")
        pid = host.start()
        assert host.do("fork_destroy") == "7"
        assert len(host.files()) == 1
        heard(host.do("ask 0 0.5 0.5 20000"))
        assert host.model_pid() == pid
        assert host.do("starts") == "1"


# ---------------------------------------------------------------- a training and its end


def slow_trainer(home: Path, last: str, ending: str) -> str:
    """A Python whose trainer says ``last``, closes its line, and 0.2 s later does ``ending``."""
    closing = "import os, sys, time; sys.stdin.readline(); "
    closing += f'print("{last}", file=sys.stderr, flush=True); '
    closing += "os.close(2); os.close(0); time.sleep(0.2); "
    python = home / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{closing}{ending}'\n")
    python.chmod(0o755)
    return str(python)


def test_why_a_training_failed_is_heard_though_it_ends_later_than_its_line(tmp_path: Path) -> None:
    python = slow_trainer(tmp_path, "MemoryError: too much", "os._exit(3)")
    with Host(tmp_path, GROOVEFIELD_PYTHON=python) as host:
        host.do("train {}")
        assert host.do("task_ended 20000") == "yes"
        assert "MemoryError: too much" in host.do("task_complaint")


def test_a_training_that_was_killed_is_a_sentence_and_not_its_last_event(tmp_path: Path) -> None:
    python = slow_trainer(tmp_path, "{}", "os.kill(os.getpid(), 9)")
    with Host(tmp_path, GROOVEFIELD_PYTHON=python) as host:
        host.do("train {}")
        assert host.do("task_ended 20000") == "yes"
        assert "ended by signal 9" in host.do("task_complaint")


@pytest.mark.parametrize("ignored", [False, True])
def test_a_training_that_was_let_go_leaves_no_zombie(tmp_path: Path, ignored: bool) -> None:
    with Host(tmp_path) as host:
        if ignored:
            host.do("ignore_sigchld")
        host.start()
        host.do("train {}")
        assert eventually(lambda: host.do("task_pid") != "0")
        pid = int(host.do("task_pid"))
        host.do("task_drop")  # at once: it ends when it finds its line closed
        assert eventually(lambda: not Path(f"/proc/{pid}").exists() or parent(pid) == 0)


# ---------------------------------------------------------------- other tasks


def stand_in(home: Path, program: str) -> str:
    """A Python that runs ``program``, whatever it is started for."""
    (home / "program.py").write_text(program)
    python = home / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {home}/program.py "$@"\n')
    python.chmod(0o755)
    return str(python)


def test_a_search_is_heard_whole(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.do("task 60000 0 groovefield models")
        assert host.do("task_ended 30000") == "yes"
        assert "There are no models in" in host.do("task_lines")
        assert host.do("task_complaint") == "complaint:"


def test_a_task_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    python = stand_in(tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(600)")
    with Host(tmp_path, GROOVEFIELD_PYTHON=python) as host:
        host.do("task 1500 0 anything")
        assert host.do("task_ended 20000") == "yes"
        pid = int(host.do("task_lines").removeprefix("lines: ").strip("|"))
        assert host.do("task_complaint") == (
            "complaint: The search gave no answer within 2 seconds and was ended."
        )
        assert not Path(f"/proc/{pid}").exists()


def test_a_task_that_is_let_go_of_is_ended_and_joined(tmp_path: Path) -> None:
    """It hears of nothing and closes nothing: it has to be killed, and leaves no zombie."""
    program = "import time\nwhile True: time.sleep(600)"
    with Host(tmp_path, GROOVEFIELD_PYTHON=stand_in(tmp_path, program)) as host:
        host.do("task 0 0 anything")
        assert eventually(lambda: host.do("task_pid") != "0")
        pid = int(host.do("task_pid"))
        assert lives(pid)
        host.do("task_drop")
        assert not Path(f"/proc/{pid}").exists()


def test_no_python_and_a_fault_of_python_are_sentences(tmp_path: Path) -> None:
    with Host(tmp_path, GROOVEFIELD_PYTHON="/nowhere/python") as host:
        host.do("task 60000 0 anything")
        assert host.do("task_ended 20000") == "yes"
        assert "/nowhere/python, which is not there" in host.do("task_complaint")
    with Host(tmp_path) as host:
        host.do("task 60000 0 groovefield.nothing_of_that_name")
        assert host.do("task_ended 20000") == "yes"
        said = host.do("task_complaint")
        assert "The search failed (" in said and "No module named" in said
        assert said.endswith("run: groovefield doctor")


def test_a_window_gets_the_screen_and_nothing_of_the_hosts_programs(tmp_path: Path) -> None:
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    window = {
        "DISPLAY": ":4711", "WAYLAND_DISPLAY": "wayland-9", "XAUTHORITY": "/tmp/mine",
        "LANG": "de_DE.UTF-8", "QT_SCALE_FACTOR": "2", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x",
    }  # fmt: skip
    foreign = {
        "QT_PLUGIN_PATH": "/host", "QML2_IMPORT_PATH": "/host", "LD_LIBRARY_PATH": "/host",
        "PYTHONPATH": "/host", "VIRTUAL_ENV": "/host", "QT_QPA_PLATFORM_PLUGIN_PATH": "/host",
    }  # fmt: skip
    python = stand_in(tmp_path, program)
    with Host(tmp_path, GROOVEFIELD_PYTHON=python, **window, **foreign) as host:
        for opens in (0, 1):
            host.do(f"task 60000 {opens} anything")
            assert host.do("task_ended 20000") == "yes"
            line = host.do("task_lines").removeprefix("lines: ").strip("|")
            settings = json.loads(line)
            assert not set(settings) & set(foreign)
            assert settings["XDG_RUNTIME_DIR"] == str(tmp_path / "runtime")
            passed = {name: settings[name] for name in window if name in settings}
            assert passed == (window if opens else {"LANG": window["LANG"]})


# ---------------------------------------------------------------- the audio thread


def counts_of_the_audio_thread(home: Path, *arguments: str) -> dict[str, int]:
    program = built("groovefield_bridge_realtime")
    words = subprocess.run(
        [program, *arguments], env=private_settings(home), capture_output=True, text=True,
        check=True, timeout=120,
    ).stdout.split()  # fmt: skip
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


def test_live_the_audio_thread_neither_allocates_locks_nor_waits(tmp_path: Path) -> None:
    counts = counts_of_the_audio_thread(tmp_path)
    forbidden = ("allocations", "frees", "locks", "waits", "blocking_wakes")
    assert {name: counts[name] for name in forbidden} == dict.fromkeys(forbidden, 0)
    assert counts["wakes"] == counts["asked"]  # one for each block that asked
    assert counts["answered"] > counts["asked"] / 2


@pytest.mark.parametrize(
    ("planted", "seen"), [("allocation", "allocations"), ("lock", "locks"), ("wait", "waits")]
)
def test_a_planted_fault_is_seen(tmp_path: Path, planted: str, seen: str) -> None:
    assert counts_of_the_audio_thread(tmp_path, "plant", planted)[seen] == 1


# ---------------------------------------------------------------- what mends it


def test_killed_at_any_moment_offline_gives_the_same_patterns(tmp_path: Path) -> None:
    places = [(i % 7 / 7, i % 5 / 5) for i in range(25)]
    with Host(tmp_path) as host:
        pid = host.start()
        undisturbed = [heard(host.do(f"ask 0 {x} {y} 20000")) for x, y in places]
        host.do("offline 0 1")
        disturbed = []
        for i, (x, y) in enumerate(places):
            if i % 5 == 2:
                end(pid)
                time.sleep(0.01 * i % 0.07)  # sometimes before the supervisor saw it
            disturbed.append(heard(host.do(f"ask 0 {x} {y} 0")))
            pid = host.model_pid() or pid
        assert disturbed == undisturbed
        assert int(host.do("starts")) > 1
        assert host.do("expired 0") == "no"
        assert host.do("client_sentence 0") == "The model process is ready."


def test_a_model_that_ends_the_process_is_given_up(tmp_path: Path) -> None:
    # Each process that is started in place of the last beats and says "ready" before it dies.
    opening = "        if voice is None:\n            voice = _Voice("
    ending = "            if model != DEFAULT_MODEL:\n                os.kill(os.getpid(), 9)\n"
    python = changed_installation(
        tmp_path,
        "groovefield_bridge/server.py",
        opening,
        opening.replace("            v", ending + "            v"),
    )
    with Host(tmp_path, GROOVEFIELD_PYTHON=python) as host:
        host.start()
        heard(host.do("ask 0 0.5 0.5 20000"))
        host.do(f"model 0 {'ab' * 32}")
        host.do("offline 0 1")
        for _ in range(5):
            assert host.do("ask 0 0.25 0.5 0") == "none"
        assert int(host.do("expirations 0")) <= 1
        assert eventually(lambda: "at the first pattern" in host.do("client_sentence 0"), 60)
        assert host.do("ask 0 0.75 0.5 0") == "none"
        assert int(host.do("expirations 0")) <= 1

        # Another model: the first answer shows that it is worth waiting again.
        host.do(f"model 0 {'00' * 32}")
        host.do("offline 0 0")
        heard(host.do("ask 0 0.5 0.5 60000"))
        assert eventually(lambda: host.do("client_sentence 0") == "The model process is ready.")
        host.do("offline 0 1")
        end(host.model_pid())
        heard(host.do("ask 0 0.125 0.5 0"))


def test_a_host_that_ignores_sigchld_sees_the_end_too(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.do("ignore_sigchld")
        pid = host.start()
        end(pid)
        assert eventually(lambda: host.model_pid() not in (0, pid))
        assert host.do("ready 20000") == "yes"
        heard(host.do("ask 0 0.5 0.5 20000"))


def test_waking_a_dead_process_does_not_end_a_host_with_default_sigpipe(tmp_path: Path) -> None:
    with Host(tmp_path) as host:  # Popen gives it SIGPIPE's default back
        status = Path(f"/proc/{host.process.pid}/status").read_text()
        ignored = int(status.split("SigIgn:\t")[1].split()[0], 16)
        assert not ignored & 1 << signal.SIGPIPE - 1
        for _ in range(5):
            pid = host.start()
            end(pid)
            for _ in range(200):
                host.do("post 0 0.5 0.5")
            assert eventually(lambda p=pid: host.model_pid() not in (0, p))
            host.do("close")
        assert host.process.poll() is None


def test_a_hung_process_is_killed_and_started_again(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        pid = host.start()
        heard(host.do("ask 0 0.5 0.5 20000"))
        end(pid, signal.SIGSTOP)
        assert host.do("ask 0 0.25 0.5 10") == "none"
        hung = "The model process did not answer and is started again."
        assert eventually(lambda: host.do("client_sentence 0") == hung, 30)
        assert eventually(lambda: host.model_pid() not in (0, pid), 30)
        assert not lives(pid)
        assert host.do("ready 20000") == "yes"
        heard(host.do("ask 0 0.25 0.5 20000"))


def test_a_process_that_hangs_while_nothing_is_asked_is_left_alone(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        pid = host.start()
        heard(host.do("ask 0 0.5 0.5 20000"))
        end(pid, signal.SIGSTOP)
        time.sleep(5)
        assert host.model_pid() == pid
        end(pid, signal.SIGCONT)
        heard(host.do("ask 0 0.25 0.5 20000"))
        assert host.do("starts") == "1"


def test_live_a_process_that_keeps_dying_is_started_with_longer_and_longer_pauses(
    tmp_path: Path,
) -> None:
    with Host(tmp_path) as host:
        pauses = []
        pid = host.start()
        killed = "The model process was ended by signal 9 and is started again."
        ready = "The model process is ready."
        for _ in range(4):
            begun = time.monotonic()
            end(pid)
            assert eventually(lambda: host.do("client_sentence 0") == killed)
            assert eventually(lambda p=pid: host.model_pid() not in (0, p))
            pauses.append(time.monotonic() - begun)
            pid = host.model_pid()
            assert eventually(lambda: host.do("client_sentence 0") == ready)
        assert pauses[0] >= 0.25
        assert pauses[1] >= 0.5
        assert pauses[2] >= 1.0
        assert pauses[3] >= 2.0


# ---------------------------------------------------------------- what cannot start


def test_without_a_python_the_sentence_says_what_to_run(tmp_path: Path) -> None:
    with Host(tmp_path, GROOVEFIELD_PYTHON="") as host:
        host.do("acquire")
        host.do("open 1")
        assert eventually(lambda: "groovefield install" in host.do("client_sentence 0"))
        host.do("offline 0 1")
        assert host.do("ask 0 0.5 0.5 0") == "none"
        assert host.do("expired 0") == "no"

        # The user installs it: the note is found without a new start of the host.
        note = tmp_path / "config" / "groovefield" / "python"
        note.parent.mkdir(mode=0o700)
        note.write_text(f"python={sys.executable}\nversion=0.1.0\n")
        note.chmod(0o600)
        assert host.do("ready 20000") == "yes"
        heard(host.do("ask 0 0.5 0.5 20000"))


def test_a_python_without_groovefield_is_named_in_the_sentence(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    with Host(tmp_path, GROOVEFIELD_PYTHON=str(bare / "bin" / "python")) as host:
        host.do("acquire")
        host.do("open 1")
        host.do("offline 0 1")
        assert host.do("ask 0 0.5 0.5 0") == "none"  # it gives up long before its 10 s
        assert host.do("expired 0") == "no"
        sentence = host.do("client_sentence 0")
        assert "No module named" in sentence
        assert "run: groovefield install" in sentence


def test_a_package_with_another_layout_says_so(tmp_path: Path) -> None:
    # A real, older installation: the same package with another version of the layout.
    version = f"VERSION = {layout.VERSION}\n"
    python = changed_installation(
        tmp_path, "groovefield_bridge/layout.py", version, "VERSION = 99\n"
    )
    with Host(tmp_path, GROOVEFIELD_PYTHON=python) as host:
        host.do("acquire")
        host.do("open 1")
        host.do("offline 0 1")
        assert host.do("ask 0 0.5 0.5 0") == "none"
        sentence = host.do("client_sentence 0")
        assert f"version {layout.VERSION}" in sentence
        assert "99" in sentence
        assert "run: groovefield install" in sentence


def test_a_directory_that_is_not_ours_is_a_sentence_or_passed_over(tmp_path: Path) -> None:
    (tmp_path / "runtime").mkdir(mode=0o700)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runtime" / "groovefield").symlink_to(tmp_path / "elsewhere")
    with Host(tmp_path) as host:
        host.start()
        heard(host.do("ask 0 0.5 0.5 20000"))
        assert host.files() == []  # it lies in the next directory
        assert list((tmp_path / "elsewhere").iterdir()) == []


# ---------------------------------------------------------------- the record, from outside


def test_another_process_reads_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Host(tmp_path) as host:
        host.start(2)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
        assert segments(host.process.pid) == host.files()
        found = instances(host.process.pid)
        assert [i.slot for i in found] == [0, 1]
        host.do("record 1 5")
        with EventReader(found[1]) as reader:
            assert reader.read()["song_beats"].tolist() == [0, 1, 2, 3, 4]
            host.do("offline 1 1")
            assert host.process.stdin is not None and host.process.stdout is not None
            total = 3 * layout.EVENTS
            host.process.stdin.write(f"record 1 {total}\n")
            host.process.stdin.flush()
            read = [5.0]
            begun = time.monotonic()
            while len(read) < total + 1 and time.monotonic() - begun < 60:
                read.extend(reader.read()["song_beats"].tolist())
            assert host.process.stdout.readline().strip() == str(total + 5)
            assert reader.lost == 0
            assert read[1:] == [float(i) for i in range(5, total + 5)]
        host.do("close")
        assert eventually(lambda: reader.ended)
