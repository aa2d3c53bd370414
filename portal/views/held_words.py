"""The county office's list of words that a message is read with care for."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.requests import SignedInRequest
from portal.forms import HeldWordsForm
from portal.held_words import save_words
from portal.models import HeldWord
from stations.models import County


def held_words(request: SignedInRequest) -> HttpResponse:
    county = _county_or_403(request)
    words = list(HeldWord.objects.filter(county=county).values_list("word", flat=True))
    form = HeldWordsForm(request.POST or None, initial={"words": "\n".join(words)})
    if request.method == "POST" and form.is_valid():
        added, gone = save_words(county, form.cleaned_data["words"], actor=request.user)
        messages.success(request, f"已保存：新增 {added} 个，去掉 {gone} 个。")
        return redirect(f"{reverse('portal:held_words')}?county={county.pk}")
    return render(request, "portal/held_words.html", {"form": form, "county": county, "many": len(words)})


def _county_or_403(request: SignedInRequest) -> County:
    own = sorted(request.user.seats.office_county_ids)
    wanted = request.GET.get("county", "")[:18]
    if not own or (wanted.isdecimal() and int(wanted) not in own):
        raise PermissionDenied("待审词由县人大代表工委（县级中心站）维护。")
    return County.objects.get(pk=int(wanted) if wanted.isdecimal() else own[0])
