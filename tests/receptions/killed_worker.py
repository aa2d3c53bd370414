"""A real Celery worker, and a SIGKILL at the point of its work that the test names.

Run as a program. For each line on its standard input a worker is started, and a line tells how it ended. Where it is to
die, a worker is told by a task (``ARM``), so that the one that did what a dead one left is the next to die. Django and
Celery are loaded once and the workers forked: to start one is what costs time.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

ARM = "tests.arm"
CLAIM_EXPIRES = timedelta(seconds=0.3)  # what a dead worker claimed is free again soon

# Name of the point: module, function in it, whether the worker dies before or after, and at which call.
POINTS: dict[str, tuple[str, str, str, int]] = {
    "asked to remind": ("receptions.reminders", "remind", "before", 1),
    "before a day is locked": ("receptions.reminders", "_locked", "before", 1),
    "a day is locked": ("receptions.reminders", "_locked", "after", 1),
    "its notice is written": ("noticeboard.system", "keep_all", "after", 1),
    "its messages are written": ("messaging.outbox", "tell_all", "after", 1),
    "its mark is cleared": ("receptions.reminders", "_mark", "after", 1),
    "the first day is told, the second is not": ("receptions.reminders", "_tell", "before", 2),
    "in the middle of the second": ("messaging.outbox", "tell_all", "after", 2),
    "committed, the sender not woken": ("messaging.outbox", "wake_sender", "before", 1),
    "the sender woken": ("messaging.outbox", "wake_sender", "after", 1),
    "told, the task not acknowledged": ("receptions.reminders", "again", "after", 1),
    "mails are claimed": ("messaging.tasks", "claim", "after", 1),
    "before a message goes": ("messaging.tasks", "_send", "before", 1),
    "a mail is gone, not noted": ("messaging.tasks", "finish", "before", 1),
    "a mail is gone and noted": ("messaging.tasks", "finish", "after", 1),
    "a group is told, not noted": ("messaging.senders.wecom", "send", "after", 1),
}


def arm(point: str) -> None:
    module_name, name, when, nth = POINTS[point]
    module = import_module(module_name)
    real: Callable[..., Any] = getattr(module, name)
    calls = 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "before" and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if when == "after" and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, name, deadly)
    from messaging import tasks

    for channel, send in tasks.SENDERS.items():
        if send is real:
            tasks.SENDERS[channel] = deadly


def work() -> None:
    from liaison.celery import app
    from messaging import claims
    from receptions import reminders

    reminders.CHUNK = 1  # so that there is a between
    claims.CLAIM_EXPIRES = CLAIM_EXPIRES
    answer = os.dup(1)

    @app.task(name=ARM)
    def arm_here(point: str) -> None:
        """The pool is this very process; whatever was asked before is done."""
        arm(point)
        os.write(answer, b"armed\n")

    quiet = ["--without-heartbeat", "--without-gossip", "--without-mingle", "--loglevel=CRITICAL"]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the banner is no answer to the test
    app.worker_main(["worker", "--pool=solo", *quiet])


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "liaison.settings"
    django.setup()
    from celery.apps.worker import Worker
    from django.core.mail.utils import DNS_NAME
    from django.urls import reverse

    from liaison.celery import app

    app.loader.import_default_modules()
    # Done here once and not by every worker: to load the pages that messages link to and the worker itself, to ask for
    # the name of this machine, which mails carry and some networks are slow to tell.
    assert reverse("receptions:my_duties") and str(DNS_NAME)
    assert Worker.Blueprint.default_steps
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            try:
                work()
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
