"""立法联系点: a draft is prepared, published, its opinions collected, put in order, sent up, answered.

The one way through its states (准备中 → 已公布 → 已上报 → 已反馈). The county office does all of it; whoever sees a published
draft gives opinions while its period lasts. Each act locks the draft first, then the opinion.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from legislation import splitting, telling
from legislation.models import Article, DraftLaw, DraftState, Giver, GiverKind, Material, Opinion, Outcome
from liaison.lib.storing import storing
from liaison.lib.uploads import check_upload
from stations.changes import record
from stations.models import County, Kind, Station

if TYPE_CHECKING:
    from accounts.models import User
    from deputies.models import Deputy

MOST_FILES = 5


def may_arrange(user: User, county_id: int) -> bool:
    return county_id in user.seats.office_county_ids


def stations_for(user: User, draft: DraftLaw) -> list[Station]:
    """For which stations ``user`` may write down opinions as staff: the own ones."""
    return [station for station in user.seats.stations if station.county_id == draft.county_id]


def deputy_for(user: User, draft: DraftLaw) -> Deputy | None:
    """As which deputy ``user`` gives an opinion; None for who is none in this county."""
    return next((one for one in user.seats.deputies if one.county_id == draft.county_id), None)


# --- the draft ----------------------------------------------------------------------------


@transaction.atomic
def create(county: County, *, by: User, text: str, materials: Sequence[UploadedFile] = (), **fields: Any) -> DraftLaw:
    _require_office(by, county.pk)
    draft = DraftLaw(county=county, **fields)
    _check_period(draft)
    draft.save()
    _write_articles(draft, text)
    _attach(draft, materials)
    record(county.pk, "draft_create", actor=by, after={"draft": draft.pk})
    return draft


@transaction.atomic
def edit(pk: int, *, by: User, text: str, materials: Sequence[UploadedFile] = (), **fields: Any) -> DraftLaw:
    """Articles keep their opinions by their label. One that has opinions cannot be left out."""
    draft = _lock(pk, by)
    if draft.state not in (DraftState.PREPARING, DraftState.PUBLISHED):
        raise ValidationError(f"草案{draft.get_state_display()}，不能再修改。")
    changed = [name for name, value in fields.items() if value != getattr(draft, name)]
    for name in changed:
        setattr(draft, name, fields[name])
    _check_period(draft)
    if "closes_on" in changed:
        draft.reminded_on = None
    draft.save()
    _write_articles(draft, text)
    _attach(draft, materials)
    record(draft.county_id, "draft_edit", actor=by, after={"draft": draft.pk, "fields": changed})
    return draft


@transaction.atomic
def publish(pk: int, *, by: User) -> DraftLaw:
    """Everybody reads it from its first day on; deputies are told now."""
    draft = _lock(pk, by)
    if draft.state != DraftState.PREPARING:
        raise ValidationError(f"草案{draft.get_state_display()}，不用再公布。")
    if not draft.articles.exists():
        raise ValidationError("还没有条文，请先粘贴草案全文。")
    if draft.closes_on < timezone.localdate():
        raise ValidationError("截止日期已经过了，请先修改征求意见的日期。")
    _to(draft, DraftState.PUBLISHED, "published_at", "draft_publish", by)
    telling.published(draft)
    return draft


@transaction.atomic
def take_back(pk: int, *, by: User) -> DraftLaw:
    """Published by mistake: possible until the first opinion has come."""
    draft = _lock(pk, by)
    if draft.state != DraftState.PUBLISHED or draft.opinions.exists():
        raise ValidationError("已经收到意见或已经上报的草案不能撤回。")
    draft.state, draft.published_at = DraftState.PREPARING, None
    draft.save(update_fields=["state", "published_at"])
    record(draft.county_id, "draft_take_back", actor=by, after={"draft": draft.pk})
    return draft


@transaction.atomic
def send_up(pk: int, *, by: User) -> DraftLaw:
    """Collected and put in order: from now on it is marked what became of each opinion."""
    draft = _lock(pk, by)
    if draft.state != DraftState.PUBLISHED:
        raise ValidationError(f"草案{draft.get_state_display()}，现在不能上报。")
    if draft.closes_on >= timezone.localdate():
        raise ValidationError(f"征求意见到 {draft.closes_on:%Y-%m-%d} 截止，之后再上报；要提前结束，请先修改截止日期。")
    if not draft.opinions.counted().exists():
        raise ValidationError("没有收到意见，不用上报。")
    _to(draft, DraftState.SENT, "sent_at", "draft_send_up", by)
    return draft


@transaction.atomic
def conclude(pk: int, *, by: User) -> DraftLaw:
    draft = _lock(pk, by)
    if draft.state != DraftState.SENT:
        raise ValidationError(f"草案{draft.get_state_display()}，现在不能结束反馈。")
    left = draft.opinions.main().filter(outcome="").count()
    if left:
        raise ValidationError(f"还有 {left} 条意见没有登记采纳情况。")
    _to(draft, DraftState.CONCLUDED, "concluded_at", "draft_conclude", by)
    return draft


# --- opinions -----------------------------------------------------------------------------


@transaction.atomic
def give(
    draft_pk: int,
    *,
    by: User | None,
    text: str,
    wording: str = "",
    article: Article | None = None,
    station: Station | None = None,
    deputy: Deputy | None = None,
    person: dict[str, str] | None = None,
    held_words: str = "",
    token: str = "",
) -> Opinion:
    """``by`` is None for the public, whose ``person`` (name, phone) may be empty. The same ``token`` again gives the
    opinion it already made; once the period is over everything is refused."""
    draft = DraftLaw.objects.select_for_update(of=("self",)).get(pk=draft_pk)
    if token and (made := Opinion.objects.filter(draft=draft, token=token).first()):
        return made
    _require_open(draft)
    if article is not None and article.draft_id != draft.pk:
        raise ValidationError({"article": "这一条不在这部草案里，请重新选。"})
    kind = GiverKind.DEPUTY if deputy else GiverKind.STAFF if by else GiverKind.PUBLIC
    station = station or (deputy.home_station if deputy else None) or _hub(draft)
    if station.county_id != draft.county_id:
        raise ValidationError({"station": "请选本县的站点。"})
    if by is not None:
        _check_giver(by, draft, deputy, station)
    one = Opinion.objects.create(
        draft=draft,
        article=article,
        text=text,
        wording=wording,
        kind=kind,
        deputy=deputy,
        station=station,
        given_at=timezone.now(),
        entered_by=by,
        held_words=held_words[:200],
        token=token,
    )
    if person and any(person.values()):
        Giver.objects.create(opinion=one, **person)
    if by is not None:
        after = {"draft": draft.pk, "opinion": one.pk, "kind": kind, "station": station.pk}
        record(draft.county_id, "opinion_give", actor=by, after=after)
    return one


def _check_giver(by: User, draft: DraftLaw, deputy: Deputy | None, station: Station) -> None:
    if deputy is not None and deputy.pk not in by.seats.deputy_ids:
        raise PermissionDenied("代表的意见由代表本人提出。")
    if deputy is None and station not in stations_for(by, draft):
        raise PermissionDenied("工作人员在自己的站点登记意见。")


@transaction.atomic
def merge(main_pk: int, others: Iterable[int], *, by: User) -> int:
    """Equal opinions point at one; what was merged into them comes along. Returns how many now point at ``main_pk``."""
    with _opinion(main_pk, by) as main:
        _require_sorting(main.draft)
        if main.main_id or main.set_aside:
            raise ValidationError("这条意见已经并入别的意见，或不作为意见，请刷新页面。")
        chosen = list(main.draft.opinions.select_for_update(of=("self",)).filter(pk__in=set(others) - {main.pk}))
        if not chosen:
            raise ValidationError("请选要并入的意见。")
        if any(one.set_aside or one.outcome or one.main_id for one in chosen):
            raise ValidationError("所选意见有的已经并入别的意见或不作为意见，请刷新页面后重选。")
        pks = [one.pk for one in chosen]
        Opinion.objects.filter(pk__in=pks).update(main=main)
        Opinion.objects.filter(main__in=pks).update(main=main)
        _note("opinion_merge", main, by, merged=sorted(pks))
    return main.merged.count()


@transaction.atomic
def unmerge(pk: int, *, by: User) -> Opinion:
    with _opinion(pk, by) as one:
        _require_sorting(one.draft)
        if one.main_id is None:
            raise ValidationError("这条意见没有并入别的意见。")
        before, one.main = one.main_id, None
        one.save(update_fields=["main"])
        _note("opinion_unmerge", one, by, was=before)
    return one


@transaction.atomic
def set_aside(pk: int, *, by: User, reason: str) -> Opinion:
    """No opinion on the draft (advertising, another matter): kept, not counted, not sent up."""
    with _opinion(pk, by) as one:
        _require_sorting(one.draft)
        if one.main_id or one.merged.exists():
            raise ValidationError("这条意见和别的意见合并了，请先取消合并。")
        one.set_aside = reason
        one.save(update_fields=["set_aside"])
        _note("opinion_set_aside", one, by, note=reason)
    return one


@transaction.atomic
def take_in(pk: int, *, by: User) -> Opinion:
    with _opinion(pk, by) as one:
        _require_sorting(one.draft)
        one.set_aside = ""
        one.save(update_fields=["set_aside"])
        _note("opinion_take_in", one, by)
    return one


@transaction.atomic
def mark(pk: int, *, by: User, outcome: str, adopted_text: str = "", reason: str = "") -> Opinion:
    """What became of a main opinion; those merged into it share it. Who gave an adopted one is told."""
    with _opinion(pk, by) as one:
        if one.draft.state != DraftState.SENT:
            raise ValidationError("上报以后、结束反馈以前，才能登记采纳情况。")
        if one.main_id or one.set_aside:
            raise ValidationError("请在主意见上登记采纳情况。")
        if outcome != Outcome.NOT and not adopted_text.strip():
            raise ValidationError({"adopted_text": "请写明通过后的条文。"})
        if outcome != Outcome.ADOPTED and not reason.strip():
            raise ValidationError({"outcome_reason": "请写明理由。"})
        one.outcome, one.outcome_at = outcome, timezone.now()
        one.adopted_text = "" if outcome == Outcome.NOT else adopted_text
        one.outcome_reason = reason
        one.save(update_fields=["outcome", "outcome_at", "adopted_text", "outcome_reason"])
        _note("opinion_mark", one, by, outcome=outcome)
        telling.marked(one)
    return one


@transaction.atomic
def erase_giver(pk: int, *, by: User) -> Giver:
    """On the person's request; the opinion itself names nobody and stays."""
    with _opinion(pk, by) as one:
        person = Giver.objects.filter(opinion=one, erased_at__isnull=True).first()
        if person is None:
            raise ValidationError("没有留个人信息，或已经删除。")
        person.name = person.phone = person.address = ""
        person.erased_at = timezone.now()
        person.save()
        _note("opinion_erase", one, by)
    return person


def note_look(one: Opinion, *, by: User, address: str | None = None) -> None:
    """Name and telephone of who gave an opinion were shown in full."""
    after = {"draft": one.draft_id, "opinion": one.pk}
    record(one.draft.county_id, "view_giver", actor=by, after=after, address=address)


# --- what the acts share ------------------------------------------------------------------


def _require_office(by: User, county_id: int) -> None:
    if not may_arrange(by, county_id):
        raise PermissionDenied("立法草案由县人大常委会代表工委公布、整理、上报。")


def _lock(pk: int, by: User) -> DraftLaw:
    draft = DraftLaw.objects.select_for_update(of=("self",)).select_related("county").get(pk=pk)
    _require_office(by, draft.county_id)
    return draft


def _to(draft: DraftLaw, state: DraftState, moment: str, action: str, by: User) -> None:
    draft.state = state
    setattr(draft, moment, timezone.now())
    draft.save(update_fields=["state", moment])
    after = {"draft": draft.pk, "opinions": draft.opinions.counted().count()}
    record(draft.county_id, action, actor=by, after=after)


def _require_open(draft: DraftLaw) -> None:
    """Says why not, and what to do instead."""
    today: dt.date = timezone.localdate()
    if draft.state == DraftState.PUBLISHED and today < draft.opens_on:
        raise ValidationError(f"从 {draft.opens_on:%Y-%m-%d} 起征求意见，还没有开始。")
    if not draft.is_open(today):
        raise ValidationError(
            f"这部草案征求意见到 {draft.closes_on:%Y-%m-%d} 截止，现在不能再提交。您写的还在下面，可以复制下来，向联络站反映。"
        )


def _require_sorting(draft: DraftLaw) -> None:
    if draft.state != DraftState.PUBLISHED:
        raise ValidationError(f"草案{draft.get_state_display()}，意见不能再整理。")


def _check_period(draft: DraftLaw) -> None:
    if draft.closes_on < draft.opens_on:
        raise ValidationError({"closes_on": "截止日期在开始日期之前。"})


def _hub(draft: DraftLaw) -> Station:
    return Station.objects.get(county=draft.county_id, kind=Kind.HUB)


def _write_articles(draft: DraftLaw, text: str) -> None:
    pieces = splitting.split(text)
    if doubled := splitting.twice(pieces):
        raise ValidationError({"text": f"{'、'.join(doubled[:5])}出现了两次，请核对是不是粘贴了两遍。"})
    if len(pieces) > splitting.MOST_ARTICLES:
        raise ValidationError({"text": f"一部草案最多 {splitting.MOST_ARTICLES} 条。"})
    old = {one.label: one for one in draft.articles.all()}
    gone = [one for label, one in old.items() if label not in {piece.label for piece in pieces}]
    kept = Article.objects.filter(pk__in=[one.pk for one in gone], opinions__isnull=False).distinct()
    if labels := [one.label for one in kept]:
        raise ValidationError({"text": f"{'、'.join(labels)}已经收到意见，不能去掉。"})
    Article.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for place, piece in enumerate(pieces, start=1):
        one = old.get(piece.label) or Article(draft=draft, label=piece.label)
        one.place, one.chapter, one.text = place, piece.chapter[:80], piece.text
        one.save()


def _attach(draft: DraftLaw, files: Sequence[UploadedFile]) -> None:
    """What was stored goes again if one of them is refused."""
    if draft.materials.count() + len(files) > MOST_FILES:
        raise ValidationError({"materials": f"一部草案最多 {MOST_FILES} 个文件。"})
    try:
        with storing() as keep:
            for file in files:
                kind = check_upload(file)
                keep(Material(draft=draft, name=kind.name, media_type=kind.media_type), file, kind.extension)
    except ValidationError as error:
        raise ValidationError({"materials": error.messages}) from error


@contextmanager
def _opinion(pk: int, by: User) -> Iterator[Opinion]:
    """The opinion with its draft, both locked: the draft first."""
    draft = _lock(Opinion.objects.values_list("draft_id", flat=True).get(pk=pk), by)
    rows = Opinion.objects.select_for_update(of=("self",)).select_related("deputy__user", "article", "entered_by")
    one = rows.get(pk=pk)
    one.draft = draft
    yield one


def _note(action: str, one: Opinion, by: User, *, note: str = "", **after: Any) -> None:
    after = {"draft": one.draft_id, "opinion": one.pk, **after}
    record(one.draft.county_id, action, actor=by, after=after, note=note)
