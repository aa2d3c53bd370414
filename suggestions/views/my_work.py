"""我的待办: the home of everybody who is logged in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from suggestions.faces import Faces
from suggestions.my_work import waiting_for


@require_safe
def my_work(request: SignedInRequest) -> HttpResponse:
    faces = Faces(request.user.seats.counties)
    return render(request, "suggestions/my_work.html", {"work": waiting_for(request.user, faces), "today": faces.today})
