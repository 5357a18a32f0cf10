#!/usr/bin/env python3
"""Checks who includes whom: the layering rule of ARCHITECTURE.md, the library rule and the sibling rule.

The tables here are compared with those in ARCHITECTURE.md, so that the document cannot go stale.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

# folder -> folders it may include, besides itself
LAYERS = {
    "base": [],
    "model": ["base"],
    "core": ["base", "model"],
    "io": ["base"],
    "contract": ["base", "model", "io"],
    "hook": [],
    "witness": ["base", "model", "contract", "io"],
    "sources": ["base", "model", "contract", "io", "hook"],
    "enrich": ["base", "model", "contract", "io"],
    "notify": ["base", "model", "contract", "io"],
    "store": ["base", "model", "contract", "io"],
    "bus": ["base", "model", "contract", "io"],
    "directory": ["base", "model", "contract", "io"],
    "api": ["base", "model", "contract", "io"],
    "probe": ["base", "model", "io"],
    "app": ["base", "model", "core", "io", "contract", "witness", "sources", "enrich", "notify", "store", "bus", "directory", "api", "hook", "probe"],
    "sim": ["base", "model", "io"],
    "bin": ["app", "base", "hook", "sim"],
}
# Folders whose subfolders are implementations that must not know each other.
SIBLINGS = {"witness", "sources", "enrich", "notify", "store", "bus", "directory"}
# What all implementations of a folder share: they may include it, it may include none of them.
SHARED = {"store/sql"}

# include pattern -> folders that may use it
LIBRARIES = [
    (r"boost/asio", ["io", "contract", "witness", "sources", "bus", "api", "app", "probe", "sim"]),
    (r"boost/beast", ["api", "probe"]),
    (r"sqlite3\.h", ["store"]),
    (r"libpq", ["store"]),
    (r"toml\+\+", ["app"]),
    (r"maxminddb", ["enrich"]),
    (r"openssl/", ["api", "directory", "io", "notify", "probe", "sources"]),
    (r"ldap\.h", ["directory"]),
    (r"sodium", ["api", "app", "store"]),
    (r"curl/", ["io", "notify"]),
    (r"hiredis/", ["bus"]),
    (r"zlib\.h", ["api"]),
    (r"date/", ["io"]),
    (r"(thread|condition_variable|future)>", ["io", "bus", "app"]),
    (r"mutex>", ["io", "bus", "store", "app"]),
]
CLOCK = re.compile(r"system_clock::now|std::time\(|gettimeofday|\btime\(nullptr\)")
CLOCK_FOLDERS = {"io", "app", "bin"}
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+[>"]?)', re.M)


def folder_of(path):
    return path.relative_to(SRC).parts[0]


def check_own(path, name, problems):
    folder, target = folder_of(path), name.split("/")[0]
    if target not in LAYERS or "/" not in name:
        return
    if target != folder and target not in LAYERS[folder]:
        problems.append(f"{path.relative_to(ROOT)}: {folder} may not include {name} ({target})")
    mine, theirs = path.relative_to(SRC).parts, name.split("/")
    sibling = folder == target and folder in SIBLINGS and len(mine) > 2 and len(theirs) > 2 and mine[1] != theirs[1]
    sibling = sibling and "/".join(theirs[:2]) not in SHARED
    if sibling:
        problems.append(f"{path.relative_to(ROOT)}: siblings do not know each other: {name}")


def check_file(path, problems):
    text = path.read_text(errors="replace")
    is_test = path.name.endswith("_test.cpp") or "testing" in path.parts
    for name in INCLUDE.findall(text):
        name = name.rstrip('>"')
        check_own(path, name, problems)
        if is_test:
            continue
        for pattern, folders in LIBRARIES:
            if re.match(pattern, name + ">") and folder_of(path) not in folders:
                problems.append(f"{path.relative_to(ROOT)}: {name} may be used in {', '.join(folders)} only")
    if not is_test and folder_of(path) not in CLOCK_FOLDERS and CLOCK.search(text):
        problems.append(f"{path.relative_to(ROOT)}: the clock is read in io, app and bin only; take a base::Clock&")


def check_document(problems):
    text = (ROOT / "ARCHITECTURE.md").read_text()
    written = dict(re.findall(r"^\| `(\w+)/` \| ([^|]*) \|", text, re.M))
    for folder, allowed in LAYERS.items():
        said = [word.strip() for word in written.get(folder, "missing").split(",") if word.strip() not in ("", "nothing")]
        if said != allowed:
            problems.append(f"ARCHITECTURE.md: {folder}/ may include {allowed or ['nothing']}, the table says {said}")


def main():
    problems = []
    files = [p for p in SRC.rglob("*") if p.suffix in (".cpp", ".hpp")]
    for path in files:
        check_file(path, problems)
    check_document(problems)
    for folder in (p for p in SRC.iterdir() if p.is_dir()):
        if not (folder / "README.md").exists():
            problems.append(f"{folder.relative_to(ROOT)}: has no README.md")
    print("\n".join(sorted(problems)) or f"layers: {len(files)} files keep the rule")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
