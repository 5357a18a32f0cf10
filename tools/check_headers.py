#!/usr/bin/env python3
"""Checks that every header compiles alone: `check_headers.py [BUILD_DIR]`, with the flags of its compile_commands.json.

Those that a source of the same name includes first were compiled alone by the build.
"""
import concurrent.futures
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"


def flags_of(build):
    """The union of include paths and definitions: a header may be used from any module that links its own."""
    kept = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        for i, word in enumerate(words):
            if word.startswith(("-I", "-D")) and "SOURCE_DIR" not in word:
                kept[word] = None
            if word == "-isystem":
                kept[f"-isystem{words[i + 1]}"] = None
    return list(kept)


def check(header, flags):
    command = ["clang++-19", "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-pragma-once-outside-header",
               '-DDAVYLAMP_SOURCE_DIR=""', "-Wno-missing-designated-field-initializers", "-Wno-unused-const-variable", *flags, "-x", "c++", str(header)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0:
        return None
    first = next((line for line in result.stderr.splitlines() if "error" in line), result.stderr[:200])
    return f"{header.relative_to(ROOT)}: does not compile alone: {first}"


def is_first_of_its_source(header):
    """Whether the source of the same name includes it before anything else: then the build has compiled it alone."""
    source = header.with_suffix(".cpp")
    if not source.exists():
        return False
    first = re.search(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', source.read_text(), re.M)
    return first is not None and first.group(1) == str(header.relative_to(SRC))


def main():
    places = [Path(sys.argv[1])] if len(sys.argv) > 1 else [ROOT / "build" / preset for preset in ("dev", "asan", "release")]
    build = next((place for place in places if (place / "compile_commands.json").exists()), None)
    if build is None:
        print("no build folder to take the flags from: run ./dev build dev first")
        return 1
    flags = flags_of(build)
    headers = sorted(SRC.rglob("*.hpp"))
    missing = [f"{h.relative_to(ROOT)}: has no #pragma once" for h in headers if not re.search(r"^#pragma once", h.read_text(), re.M)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        doubtful = [header for header in headers if not is_first_of_its_source(header)]
        problems = missing + [p for p in pool.map(lambda h: check(h, flags), doubtful) if p]
    print("\n".join(problems) or f"headers: {len(headers)} compile alone, {len(doubtful)} of them tried here")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
