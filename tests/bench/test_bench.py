"""The benchmark, whole and small: real databases of its own, every page, every promise that noise cannot break."""

import os
import subprocess
import sys

from django.conf import settings

SMALL = ["--townships", "30", "--rows", "300"]


def test_every_page_is_measured_and_no_promise_about_queries_is_broken() -> None:
    environment = {**os.environ, "DATABASE_URL": "", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--sqlite", "--sizes", "200", "260", "--rounds", "2", *SMALL],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in {0, 1}, done.stderr
    assert not done.stderr
    lines = done.stdout.splitlines()
    for page in ("bare view", "ledger", "ledger, deep page", "my work, township", "triage", "case", "register"):
        assert any(line.startswith(f"{page}  ") for line in lines), page
    verdicts = [line for line in lines if line.startswith(("PASS", "FAIL"))]
    assert len(verdicts) > 30
    for kind in ("our export", "bare openpyxl loop", "django-import-export"):
        # 260, and the two that were carried from their registration to the archive before.
        assert any(line.startswith(kind) and " 262 " in line for line in lines), kind
    assert any(line.startswith("PASS  export: at most 150 MB above idle") for line in verdicts)
    assert any(line.startswith("One run of the reminder task: 30 days, 600 outbox rows") for line in lines)
    assert any(line.startswith("PASS  reminders: a second run writes nothing") for line in verdicts)
    assert not [line for line in verdicts if line.startswith("FAIL") and "queries" in line]
    public = [line for line in verdicts if "noticeboard, 1,000 notices" in line]
    assert len(public) == 3 and "of the bare view" in public[-1]
    failed = sum(line.startswith("FAIL") for line in verdicts)
    assert lines[-1] == (f"{failed} promises do not hold" if failed else "all promises hold")
    assert done.returncode == min(failed, 1)
