#!/usr/bin/env python3
"""Says at the end of a long run of tests which ones failed and what they said last.

failed_tests.py RESULTS: RESULTS is what `ctest --output-junit` wrote. Prints nothing where nothing failed; else the last
lines of each that did, and at the very end the count, as ctest words it.
"""
import sys
import xml.etree.ElementTree as ElementTree

MOST_TESTS, MOST_LINES, MOST_LINE = 12, 60, 2000


def failed(results):
    """(name, how many seconds it took, what it printed) of each that neither passed nor was skipped."""
    for case in results.iter("testcase"):
        if case.get("status") == "fail":
            yield case.get("name"), float(case.get("time") or 0), case.findtext("system-out") or ""


def main(path):
    results = ElementTree.parse(path).getroot()
    found = list(failed(results))
    if not found:
        return
    for name, seconds, output in found[:MOST_TESTS]:
        print(f"\n---- {name} failed after {seconds:.1f} s; the last it said:")
        for line in output.splitlines()[-MOST_LINES:]:
            print("  " + line[:MOST_LINE])
    if len(found) > MOST_TESTS:
        print(f"\n---- and {len(found) - MOST_TESTS} more: " + " ".join(name for name, _, _ in found[MOST_TESTS:]))
    total = int(results.get("tests", 0))
    print(f"\n{100 * (total - len(found)) // max(total, 1)}% tests passed, {len(found)} tests failed out of {total}")


if __name__ == "__main__":
    main(sys.argv[1])
