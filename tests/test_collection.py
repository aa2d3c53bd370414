"""Workers that share a run must collect the same tests, in the same order."""

import os
import subprocess
import sys

from django.conf import settings


def collected(seed: str) -> str:
    """The ids that pytest finds under one order of sets, without the line that says how long it took."""
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
    return answer.stdout.rpartition("\n\n")[0]


def test_tests_have_the_same_names_whatever_order_sets_come_in(request):
    """What this run collected, under an order of its own, against a second collection."""
    here = [item.nodeid for item in request.session.items]
    there = collected("1").splitlines()
    assert len(there) > 1000
    known = set(here)
    assert here == [name for name in there if name in known]
