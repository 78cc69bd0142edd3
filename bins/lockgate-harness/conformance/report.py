"""A pytest plugin that writes one line a test, `name<TAB>status`, as soon as it is known."""

import os

RANK = {"pass": 0, "skip": 1, "fail": 2, "error": 3}
results = {}


def pytest_runtest_logreport(report):
    if report.failed:
        status = "fail" if report.when == "call" else "error"
    elif report.skipped:
        status = "skip"
    elif report.when == "call":
        status = "pass"
    else:
        return
    name = report.nodeid.removeprefix("tests/")
    # A test with parts has several reports; the worst counts.
    if RANK[status] >= RANK.get(results.get(name), -1):
        results[name] = status


def pytest_sessionfinish():
    with open(os.environ["LOCKGATE_REPORT"], "w") as out:
        for name, status in sorted(results.items()):
            out.write(f"{name}\t{status}\n")
