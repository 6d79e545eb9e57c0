"""Lines of checks, and the comparison of columns that two libraries have read."""

import math
import sys

failures = 0


def check(what, ok, detail=""):
    """Prints one line and remembers whether it held."""
    global failures
    failures += not ok
    print(f"{'ok  ' if ok else 'FAIL'} {what}{f': {detail}' if detail else ''}")


def check_equal(what, found, expected):
    """Checks that two values are equal, and shows both where they are not."""
    check(what, found == expected, "" if found == expected else f"found {found!r}, expected {expected!r}")


def check_sums(what, found, expected):
    """Checks that the sums of columns agree, which two libraries may add in another order."""
    wrong = [
        f"{name} is {found.get(name)!r}, expected {value!r}"
        for name, value in expected.items()
        if not math.isclose(found.get(name, math.nan), value, rel_tol=1e-9, abs_tol=1e-6)
    ]
    check(what, not wrong, "; ".join(wrong) or f"{len(expected)} columns")


def finish():
    """Ends the program: 0 where every check held."""
    print(f"{failures} failed" if failures else "all checks hold")
    sys.exit(failures > 0)
