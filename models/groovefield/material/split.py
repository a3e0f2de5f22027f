"""Which files are held back: whole files, copies together, and only of enough of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

FEWEST_FILES = 40
"""With fewer different files than this nothing is held back: each is wanted on the pad."""

_ONE_IN = 10
_DUPLICATE_SHARE = 0.5
"""Files are copies of each other if the smaller shares this much of its windows."""


def split(keys: Sequence[Sequence[bytes]]) -> list[str]:
    """``train`` or ``validation`` for each file, given the keys of its windows.

    A tenth of the files is held back, chosen by what is in them: more files move none, and a
    file's name or place does not matter.
    """
    group = groups(keys)
    names: dict[int, bytes] = {}
    for each, windows in zip(group, keys, strict=True):
        if windows:
            name = hashlib.sha256(min(windows)).digest()
            names[each] = min(names.get(each, name), name)
    if len(names) < FEWEST_FILES:
        return ["train"] * len(keys)
    held_back = {each for each, name in names.items() if name[-1] % _ONE_IN == 0}
    if not held_back:
        held_back = {min(names, key=lambda each: names[each])}
    return ["validation" if each in held_back else "train" for each in group]


def groups(keys: Sequence[Sequence[bytes]]) -> list[int]:
    """The number of each file's group: files that are copies of each other have the same."""
    parent = list(range(len(keys)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[bytes, int] = {}
    for i, windows in enumerate(keys):
        shared = Counter(first.setdefault(key, i) for key in set(windows))
        for other, count in shared.items():
            smaller = min(len(set(windows)), len(set(keys[other])))
            if other != i and count >= _DUPLICATE_SHARE * smaller:
                parent[root(i)] = root(other)
    return [root(i) for i in range(len(keys))]
