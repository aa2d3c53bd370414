"""立法征求意见: the drafts of a county, one of them article by article, an opinion on an article or the whole, its receipt.

Nobody reads anybody else's opinion here; of what was adopted, the wording of the law as passed is shown.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from legislation import collecting
from legislation.models import DraftLaw, Material, Opinion
from liaison.lib.encryption import blind_index
from portal import captcha
from portal.forms_opinion import PublicOpinionForm
from portal.held_words import found_in
from portal.keeping import public_page
from portal.limiting import MESSAGES_OF_PHONE, OPINIONS, address
from stations.models import County

SESSION_KEY = "law_opinion"


@public_page(stale=60)
def county_drafts(request: HttpRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    drafts = list(DraftLaw.objects.public().filter(county=county))
    context = {
        "county": county,
        "open": [one for one in drafts if one.is_open()],
        "past": [one for one in drafts if not one.is_open()],
    }
    return render(request, "portal/drafts.html", context)


@public_page()
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(DraftLaw.objects.public().select_related("county"), pk=pk)
    adopted = Prefetch("opinions", Opinion.objects.adopted(), to_attr="adopted")
    concluded = one.state == "concluded"
    context = {
        "draft": one,
        "county": one.county,
        "articles": one.articles.prefetch_related(adopted) if concluded else one.articles.all(),
        "on_whole": one.opinions.adopted().filter(article__isnull=True) if concluded else (),
        "collected": one.opinions.counted().count(),
        "taken_up": one.opinions.adopted().count() if concluded else 0,
        "materials": one.materials.all(),
    }
    return render(request, "portal/draft.html", context)


@login_not_required
@require_safe
def draft_file(request: HttpRequest, pk: int, file_id: int) -> FileResponse:
    row = get_object_or_404(Material, pk=file_id, draft__in=DraftLaw.objects.public().filter(pk=pk))
    response = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.media_type)
    response["Cache-Control"] = "public, max-age=300"
    return response


@login_not_required
@never_cache
def give_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """``?article=`` is chosen already. Whatever is wrong is said, and what was typed stays."""
    one = get_object_or_404(DraftLaw.objects.public().select_related("county"), pk=pk)
    if request.method == "POST" and _is_sent(request, one):
        return redirect("portal:opinion_receipt")
    start = {"article": request.GET.get("article", "")[:18]}
    form = PublicOpinionForm(request.POST if request.method == "POST" else None, draft=one, initial=start)
    asked = OPINIONS.used(address(request)) > 0 or (form.is_bound and form.is_suspect)
    if request.method == "POST" and form.is_valid() and _may_send(request, form, asked):
        try:
            given = _give(request, one, form)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            request.session[SESSION_KEY] = given.pk
            return redirect("portal:opinion_receipt")
    challenge = captcha.new() if asked and one.is_open() else None
    if challenge:
        form.initial["captcha_key"] = challenge.key
        if form.is_bound:
            data = request.POST.copy()
            data["captcha_key"], data["captcha"] = challenge.key, ""
            form.data = data
    context = {"form": form, "draft": one, "county": one.county, "challenge": challenge}
    return render(request, "portal/give_opinion.html", context)


def _is_sent(request: HttpRequest, one: DraftLaw) -> bool:
    """A second press of the same button, or the page sent again."""
    own, token = int(request.session.get(SESSION_KEY, 0)), request.POST.get("token", "")[:40]
    return bool(token) and Opinion.objects.filter(pk=own, draft=one, token=token).exists()


def _may_send(request: HttpRequest, form: PublicOpinionForm, asked: bool) -> bool:
    phone = form.cleaned_data["phone"]
    if OPINIONS.used_up(address(request)):
        form.add_error(None, "这个网络一小时内提交的意见太多了。您写的已经保留，请过一会儿再提交。")
    elif phone and MESSAGES_OF_PHONE.used_up(f"opinion:{blind_index(phone)}"):
        form.add_error(None, "这个电话今天提交的意见已经很多了，请明天再提交，或不留电话。")
    elif asked and not captcha.passes(form.cleaned_data["captcha_key"], form.cleaned_data["captcha"]):
        form.add_error("captcha", "请答下面的小问题：写出数字，或者算术题的得数，都可以。")
    return not form.errors


def _give(request: HttpRequest, one: DraftLaw, form: PublicOpinionForm) -> Opinion:
    data = form.cleaned_data
    given = collecting.give(
        one.pk,
        by=None,
        text=data["text"],
        wording=data["wording"],
        article=data["article"],
        station=data["station"],
        person=form.person,
        held_words=found_in(one.county_id, data["text"], data["wording"]),
        token=data["token"],
    )
    OPINIONS.count(address(request))
    if data["phone"]:
        MESSAGES_OF_PHONE.count(f"opinion:{blind_index(data['phone'])}")
    return given


@login_not_required
@never_cache
def opinion_receipt(request: HttpRequest) -> HttpResponse:
    """Of the opinion that this browser gave last, as long as the session lasts."""
    pk = int(request.session.get(SESSION_KEY, 0))
    given = Opinion.objects.select_related("draft__county", "article", "main").filter(pk=pk).first()
    if given is None:
        return redirect("portal:home")
    context = {"given": given, "draft": given.draft, "county": given.draft.county}
    return render(request, "portal/opinion_receipt.html", context)
