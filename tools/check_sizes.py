#!/usr/bin/env python3
"""Checks the sizes of files and functions, and the words that names must not hold (CONTRIBUTING.md)."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["src", "fuzz", "bench", "tests", "tools", "web/src", "web/e2e", "web/mock", "web/scripts"]
LIMITS = {".cpp": 400, ".hpp": 400, ".tsx": 250, ".ts": 250, ".py": 400, ".mjs": 400, ".sh": 400, ".css": 400}
TEST_LIMIT = 600
APP_LIMIT = 200  # of the wiring: files directly in src/app
PIPELINE_LIMIT = 150
FUNCTION_LIMIT = 70  # aim at 50
BANNED = re.compile(r"(^|_|-)(util|utils|helper|helpers|manager|misc|common)(_|-|\.|$)")
GENERATED = {"types.gen.ts"}


def is_test(path):
    return "_test." in path.name or ".test." in path.name or path.name.startswith("test_") or "_contract" in path.name


def file_limit(path):
    if is_test(path):
        return TEST_LIMIT
    if path.parent == ROOT / "src" / "core" and path.stem == "pipeline":
        return PIPELINE_LIMIT
    if path.parent == ROOT / "src" / "app" and path.suffix == ".cpp":
        return APP_LIMIT
    return LIMITS[path.suffix]


def long_functions(path, lines):
    """C++ as clang-format lays it out: a body opens at the end of a line and closes by a brace at the same indent."""
    start = None
    for number, line in enumerate(lines, 1):
        opens = re.match(r"^(  )?[A-Za-z~].*[^;=]\{$", line) and "(" in line or re.match(r"^(  )?\S.*\) (const |noexcept |override )*\{$", line)
        if start is None and opens and not re.match(r"^\s*(namespace|class|struct|enum|extern|if|for|while|switch)\b", line):
            start, indent = number, len(line) - len(line.lstrip())
        elif start is not None and line.rstrip() in (" " * indent + "}", " " * indent + "};"):
            if number - start + 1 > FUNCTION_LIMIT:
                yield f"{path.relative_to(ROOT)}:{start}: the function has {number - start + 1} lines, the limit is {FUNCTION_LIMIT}"
            start = None


def main():
    problems, count = [], 0
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in LIMITS or not path.is_file() or path.name in GENERATED or "node_modules" in path.parts or "dist" in path.parts:
                continue
            count += 1
            lines = path.read_text(errors="replace").splitlines()
            if len(lines) > file_limit(path):
                problems.append(f"{path.relative_to(ROOT)}: {len(lines)} lines, the limit is {file_limit(path)}")
            if BANNED.search(path.stem):
                problems.append(f"{path.relative_to(ROOT)}: the name says nothing; name it by what it is for")
            if path.suffix in (".cpp", ".hpp"):
                problems.extend(long_functions(path, lines))
    print("\n".join(problems) or f"sizes: {count} files keep the rule")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
