"""我的待办: the home of everybody who is logged in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from liaison.lib.panels import panels
from suggestions.faces import Faces
from suggestions.my_work import waiting_for


@require_safe
def my_work(request: SignedInRequest) -> HttpResponse:
    faces = Faces(request.user.seats.counties)
    work = waiting_for(request.user, faces)
    # What waits in rooms above this one: whistles, promises, tasks.
    others = [panel for panel in panels("my_work", request.user, faces) if panel.lines]
    total = work.capped if work.capped.endswith("+") else str(work.total + sum(panel.total for panel in others))
    late = [panel for panel in others if panel.colour == "red"]
    parts = {"late_panels": late, "panels": [panel for panel in others if panel not in late]}
    context = {"work": work, **parts, "kinds": len(work.groups) + len(others), "total": total, "today": faces.today}
    return render(request, "suggestions/my_work.html", context)
