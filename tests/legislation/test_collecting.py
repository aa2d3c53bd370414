"""Draft laws: prepared, published, opinions collected, put in order, sent up, answered."""

import datetime as dt
import io
from urllib.parse import unquote

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from history.models import Event
from legislation import collecting, counts, gathering, ledgers, telling
from legislation.models import DraftLaw, DraftState, Giver, Opinion
from messaging.models import OutboxRow
from tests.legislation.factories import draft_law, giver, opinion

TODAY = timezone.localdate
TEXT = "第一条 为了规范养犬行为。\n第二条 携犬出户应当束犬链。\n第三条 自公布之日起施行。"


def told(user):
    return list(
        OutboxRow.objects.filter(person=user, channel="in_app").order_by("pk").values_list("subject", flat=True)
    )


def the_form(**fields):
    period = {"opens_on": TODAY(), "closes_on": TODAY() + dt.timedelta(days=9)}
    return {"title": "《条例（草案）》", "asked_by": "法工委", "about": "", "text": TEXT, **period, **fields}


@pytest.fixture
def open_draft(people):
    return draft_law(people)


@pytest.fixture
def over(people):
    """Its period ended yesterday."""
    return draft_law(people, opens_on=TODAY() - dt.timedelta(days=9), closes_on=TODAY() - dt.timedelta(days=1))


@pytest.fixture
def sent(people):
    return draft_law(people, state=DraftState.SENT, closes_on=TODAY() - dt.timedelta(days=1))


# --- the draft ----------------------------------------------------------------------------


def test_a_pasted_text_is_cut_published_and_told_to_deputies(people, as_user):
    client = as_user(people.hub_staff)
    paper = SimpleUploadedFile("说明.pdf", b"%PDF-1.4")
    client.post(reverse("legislation:create"), {**the_form(), "materials": paper})
    one = DraftLaw.objects.get()
    assert [article.label for article in one.articles.all()] == ["第一条", "第二条", "第三条"]
    assert one.materials.get().name == "说明.pdf" and told(people.deputy_user) == []
    client.post(reverse("legislation:publish", args=[one.pk]))
    assert told(people.deputy_user) == ["征求意见：《条例（草案）》"]
    assert DraftLaw.objects.open().get() == one


def test_a_period_that_ends_before_it_begins_is_refused_and_what_was_typed_stays(people, as_user):
    wrong = the_form(closes_on=TODAY() - dt.timedelta(days=1))
    answer = as_user(people.hub_staff).post(reverse("legislation:create"), wrong).content.decode()
    assert "截止日期在开始日期之前" in answer and "第三条 自公布之日起施行。" in answer
    assert not DraftLaw.objects.exists()


def test_a_refused_file_leaves_nothing_behind(people, as_user):
    paper = SimpleUploadedFile("说明.pdf", b"no pdf at all")
    answer = as_user(people.hub_staff).post(reverse("legislation:create"), {**the_form(), "materials": paper})
    assert "可能改过扩展名" in answer.content.decode() and not DraftLaw.objects.exists()


def test_articles_keep_their_opinions_when_the_text_is_edited(people, open_draft, as_user):
    row = opinion(people, open_draft)
    url, client = reverse("legislation:edit", args=[open_draft.pk]), as_user(people.hub_staff)
    client.post(url, the_form(text="第一条 甲。\n第二条 新的文字。\n第三条 丙。"))
    row.refresh_from_db()
    assert row.article.text == "新的文字。" and open_draft.articles.count() == 3
    refused = client.post(url, the_form(text="第一条 甲。")).content.decode()
    assert "第二条已经收到意见，不能去掉" in refused and open_draft.articles.count() == 3
    client.post(url, the_form(text="第一条 甲。\n第二条 乙。"))
    assert open_draft.articles.count() == 2


@pytest.mark.parametrize("step", ["publish", "take_back", "send_up", "conclude"])
def test_only_the_county_office_moves_a_draft(people, open_draft, step):
    for user in (people.town_staff, people.deputy_user):
        with pytest.raises(PermissionDenied):
            getattr(collecting, step)(open_draft.pk, by=user)


@pytest.mark.parametrize(
    ("state", "step", "words"),
    [
        ("published", "publish", "不用再公布"),
        ("preparing", "send_up", "不能上报"),
        ("published", "conclude", "不能结束反馈"),
        ("concluded", "send_up", "不能上报"),
        ("preparing", "take_back", "不能撤回"),
    ],
)
def test_a_step_at_the_wrong_moment_is_said(people, state, step, words):
    one = draft_law(people, state=state)
    with pytest.raises(ValidationError, match=words):
        getattr(collecting, step)(one.pk, by=people.hub_staff)


def test_a_published_draft_goes_back_only_before_the_first_opinion(people, open_draft):
    row = opinion(people, open_draft)
    with pytest.raises(ValidationError, match="不能撤回"):
        collecting.take_back(open_draft.pk, by=people.hub_staff)
    row.delete()
    assert collecting.take_back(open_draft.pk, by=people.hub_staff).state == DraftState.PREPARING
    assert not DraftLaw.objects.visible_to(people.town_staff).exists()


# --- giving -------------------------------------------------------------------------------


def test_a_deputy_gives_an_opinion_on_the_phone_and_the_home_station_collected_it(people, open_draft, as_user):
    article = open_draft.articles.first()
    url, client = reverse("legislation:give", args=[open_draft.pk]), as_user(people.deputy_user)
    page = client.get(f"{url}?article={article.pk}").content.decode()
    assert f'value="{article.pk}" selected' in page
    client.post(url, {"article": article.pk, "text": "写得好。", "token": "t1"})
    client.post(url, {"article": article.pk, "text": "写得好。", "token": "t1"})
    row = Opinion.objects.get()
    assert (row.kind, row.deputy, row.station, row.article) == ("deputy", people.deputy, people.town, article)


def test_staff_write_opinions_down_for_their_own_station_alone(people, open_draft, as_user):
    as_user(people.point_staff).post(reverse("legislation:give", args=[open_draft.pk]), {"text": "加上罚则。"})
    row = Opinion.objects.get()
    assert (row.kind, row.station, row.article) == ("staff", people.point, None)
    with pytest.raises(PermissionDenied):
        collecting.give(open_draft.pk, by=people.point_staff, text="x", station=people.town)


@pytest.mark.parametrize(("days", "works"), [(0, True), (-1, False)])
def test_the_last_day_counts_and_after_it_what_was_typed_stays(people, as_user, days, works):
    last = TODAY() + dt.timedelta(days=days)
    one = draft_law(people, opens_on=last - dt.timedelta(days=5), closes_on=last)
    url = reverse("legislation:give", args=[one.pk])
    answer = as_user(people.deputy_user).post(url, {"text": "我想了很久的意见。"})
    assert Opinion.objects.exists() is works
    if not works:
        assert "截止，现在不能再提交" in answer.content.decode() and "我想了很久的意见。" in answer.content.decode()


def test_an_old_link_says_that_the_period_is_over_before_anything_is_written(people, open_draft, over, as_user):
    client = as_user(people.deputy_user)
    late = client.get(reverse("legislation:give", args=[over.pk])).content.decode()
    assert "现在不能提交" in late and "<textarea" not in late
    assert "<textarea" in client.get(reverse("legislation:give", args=[open_draft.pk])).content.decode()


def test_nothing_before_the_first_day(people):
    one = draft_law(people, opens_on=TODAY() + dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="还没有开始"):
        collecting.give(one.pk, by=None, text="早了")


def test_an_article_of_another_draft_is_refused(people, open_draft):
    other = draft_law(people, title="《另一部》")
    with pytest.raises(ValidationError, match="不在这部草案里"):
        collecting.give(open_draft.pk, by=None, text="x", article=other.articles.first())


def test_an_id_number_is_refused(people, open_draft, as_user):
    url = reverse("legislation:give", args=[open_draft.pk])
    answer = as_user(people.deputy_user).post(url, {"text": "张三 410822199001011234"})
    assert "不登记身份证号" in answer.content.decode() and not Opinion.objects.exists()


# --- who sees what ------------------------------------------------------------------------


def test_each_sees_the_opinions_of_the_own_stations_or_the_own(people, open_draft):
    town = opinion(people, open_draft)
    own = opinion(people, open_draft, kind="deputy", deputy=people.other_deputy, station=people.other_town)
    seen = {
        name: set(Opinion.objects.visible_to(getattr(people, name)))
        for name in vars(people)
        if "staff" in name or "user" in name
    }
    assert seen["hub_staff"] == {town, own} and seen["town_staff"] == {town}
    assert seen["other_town_staff"] == seen["other_deputy_user"] == {own}
    assert seen["deputy_user"] == seen["point_staff"] == set()


def test_who_gave_it_is_masked_until_the_office_looks_and_that_is_an_event(people, open_draft, as_user):
    row = opinion(people, open_draft)
    giver(row)
    client, url = as_user(people.hub_staff), reverse("legislation:opinion", args=[row.pk])
    page = (
        client.get(url).content.decode()
        + client.get(reverse("legislation:draft", args=[open_draft.pk])).content.decode()
    )
    assert "贺提议" not in page and "13500008888" not in page and "贺**" in page
    assert "13500008888" in client.post(reverse("legislation:reveal", args=[row.pk])).content.decode()
    assert Event.objects.filter(action="view_giver").count() == 1
    client.post(reverse("legislation:erase_giver", args=[row.pk]))
    person = Giver.objects.get()
    assert (person.name, person.phone, person.phone_index) == ("", "", "") and Opinion.objects.exists()
    with pytest.raises(ValidationError, match="已经删除"):
        collecting.erase_giver(row.pk, by=people.hub_staff)


# --- sorting ------------------------------------------------------------------------------


def test_equal_opinions_point_at_one_and_what_was_merged_comes_along(people, open_draft, as_user):
    main, second, third, fourth = (opinion(people, open_draft) for _ in range(4))
    collecting.merge(second.pk, [third.pk], by=people.hub_staff)
    as_user(people.hub_staff).post(reverse("legislation:merge", args=[main.pk]), {"other": [second.pk]})
    assert set(main.merged.all()) == {second, third}
    with pytest.raises(ValidationError, match="请刷新页面后重选"):
        collecting.merge(fourth.pk, [third.pk], by=people.hub_staff)
    with pytest.raises(ValidationError, match="请选要并入的意见"):
        collecting.merge(fourth.pk, [fourth.pk], by=people.hub_staff)
    collecting.unmerge(third.pk, by=people.hub_staff)
    assert set(open_draft.opinions.main()) == {main, third, fourth}
    assert counts.totals(open_draft.opinions.all()).collected == 4


def test_an_opinion_of_another_draft_is_not_merged(people, open_draft):
    main, other = opinion(people, open_draft), opinion(people, draft_law(people, title="《另一部》"))
    with pytest.raises(ValidationError, match="请选要并入的意见"):
        collecting.merge(main.pk, [other.pk], by=people.hub_staff)


def test_what_is_no_opinion_is_kept_but_not_counted(people, open_draft, as_user):
    row = opinion(people, open_draft, text="低价办证")
    client = as_user(people.hub_staff)
    refused = client.post(reverse("legislation:set_aside", args=[row.pk]), {"reason": ""})
    assert "请填写" in refused.content.decode()
    client.post(reverse("legislation:set_aside", args=[row.pk]), {"reason": "广告"})
    assert counts.totals(open_draft.opinions.all()).collected == 0 and Opinion.objects.get().set_aside == "广告"
    client.post(reverse("legislation:take_in", args=[row.pk]))
    assert counts.totals(open_draft.opinions.all()).collected == 1


def test_similar_opinions_on_the_same_article_are_offered_first(people, open_draft, as_user):
    first = open_draft.articles.first()
    main = opinion(people, open_draft, text="犬链长度应当写明不超过一米五。")
    far = opinion(people, open_draft, article=first, text="目的要写全。")
    near = opinion(people, open_draft, text="犬链的长度应当写明。")
    page = as_user(people.hub_staff).get(reverse("legislation:opinion", args=[main.pk]))
    assert page.context["similar"] == [(near, True), (far, False)]


# --- sending up and answering -------------------------------------------------------------


def test_it_goes_up_only_after_the_period_and_then_nothing_is_sorted_any_more(people, open_draft, over):
    opinion(people, open_draft)
    with pytest.raises(ValidationError, match="之后再上报"):
        collecting.send_up(open_draft.pk, by=people.hub_staff)
    with pytest.raises(ValidationError, match="没有收到意见"):
        collecting.send_up(over.pk, by=people.hub_staff)
    row, other = opinion(people, over), opinion(people, over)
    assert collecting.send_up(over.pk, by=people.hub_staff).state == DraftState.SENT
    with pytest.raises(ValidationError, match="不能再整理"):
        collecting.merge(row.pk, [other.pk], by=people.hub_staff)


def test_one_excel_and_one_word_in_the_order_of_the_articles_and_without_personal_data(people, over, as_user):
    first, second = over.articles.all()
    on_whole = opinion(people, over, article=None, text="整体可行。")
    giver(on_whole)
    main = opinion(people, over, article=second, text="写明犬链长度。", wording="犬链长度不超过一点五米。")
    opinion(people, over, article=second, text="犬链要写长度。", main=main)
    opinion(people, over, article=first, text="目的写全。", kind="deputy", deputy=people.deputy)
    opinion(people, over, text="广告", set_aside="广告")
    client = as_user(people.hub_staff)
    sheet = load_workbook(
        io.BytesIO(b"".join(client.get(reverse("legislation:gathered_xlsx", args=[over.pk])).streaming_content))
    ).active
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [(row[2], row[4], row[6], row[9]) for row in found] == [
        ("第一条", "目的写全。", "张为民代表", 1),
        ("第二条", "写明犬链长度。", "群众", 2),
        ("整部草案", "整体可行。", "群众", 1),
    ]
    answer = client.get(reverse("legislation:gathered_word", args=[over.pk]))
    assert "意见汇总.docx" in unquote(answer["Content-Disposition"]) and over.title in unquote(
        answer["Content-Disposition"]
    )
    words = "\n".join(part.text for part in docx.Document(io.BytesIO(b"".join(answer.streaming_content))).paragraphs)
    assert words.index("目的写全") < words.index("写明犬链长度") < words.index("整体可行")
    assert "相同意见 2 条" in words and "广告" not in words
    for text in (words, str(found)):
        assert "贺提议" not in text and "13500008888" not in text
    assert Event.objects.filter(action="export", after__ledger="draft_law").count() == 2


def test_adopted_with_the_wording_everybody_who_gave_it_is_told(people, sent, as_user):
    main = opinion(people, sent, kind="deputy", deputy=people.deputy)
    merged = opinion(people, sent, main=main)
    giver(merged)
    url, client = reverse("legislation:mark", args=[main.pk]), as_user(people.hub_staff)
    refused = client.post(url, {"outcome": "adopted"}).content.decode()
    assert "请写明通过后的条文" in refused
    client.post(url, {"outcome": "adopted", "adopted_text": "束犬链，长度不超过一点五米。"})
    assert told(people.deputy_user) == ["您提的立法意见被采纳"]
    row = OutboxRow.objects.get(channel="sms", recipient=f"opinion:{merged.pk}")
    assert telling.contact(str(merged.pk)).phone == "13500008888" and "13500008888" not in str(row.__dict__)
    Giver.objects.update(erased_at=timezone.now())
    assert telling.contact(str(merged.pk)) is None
    found = counts.totals(Opinion.objects.all())
    assert (found.collected, found.adopted, found.deputies, found.public) == (2, 1, 1, 1)


def test_not_adopted_wants_its_reason_and_tells_nobody(people, sent, as_user):
    main = opinion(people, sent, kind="deputy", deputy=people.deputy)
    url, client = reverse("legislation:mark", args=[main.pk]), as_user(people.hub_staff)
    assert "请写明理由" in client.post(url, {"outcome": "not"}).content.decode()
    client.post(url, {"outcome": "not", "outcome_reason": "上位法已有规定。"})
    assert Opinion.objects.get().outcome == "not" and told(people.deputy_user) == []
    assert counts.totals(Opinion.objects.all()).adopted == 0


def test_it_ends_when_every_matter_has_its_answer(people, sent):
    main = opinion(people, sent)
    opinion(people, sent, main=main)
    opinion(people, sent, set_aside="广告")
    with pytest.raises(ValidationError, match="还有 1 条意见"):
        collecting.conclude(sent.pk, by=people.hub_staff)
    collecting.mark(main.pk, by=people.hub_staff, outcome="partly", adopted_text="……", reason="长度另定。")
    assert collecting.conclude(sent.pk, by=people.hub_staff).state == DraftState.CONCLUDED


def test_before_it_is_sent_nothing_is_marked(people, open_draft):
    with pytest.raises(ValidationError, match="上报以后"):
        collecting.mark(opinion(people, open_draft).pk, by=people.hub_staff, outcome="not", reason="x")


def test_the_office_is_told_once_when_a_period_is_over(people, over, open_draft):
    assert telling.remind() == 1 and telling.remind() == 0
    assert told(people.hub_staff) == [f"征集期已结束，请整理上报：{over.title}"]
    assert telling.waits(str(over.pk))
    # A longer period, and it is told again when that is over.
    text = "第一条 甲。\n第二条 乙。"
    collecting.edit(over.pk, by=people.hub_staff, text=text, closes_on=TODAY())
    assert telling.remind() == 0 and telling.remind(TODAY() + dt.timedelta(days=1)) == 1


def test_what_could_not_be_told_is_told_by_the_next_run(people, over, monkeypatch):
    def fails(**message):
        raise OSError

    with monkeypatch.context() as broken, pytest.raises(OSError):
        broken.setattr(telling.outbox, "tell", fails)
        telling.remind()
    assert telling.remind() == 1 and told(people.hub_staff)


# --- counting -----------------------------------------------------------------------------


def test_the_ledger_names_the_main_opinion_and_its_outcome(people, sent):
    main = opinion(people, sent, outcome="adopted", adopted_text="新条文")
    opinion(people, sent, main=main)
    rows = list(ledgers.opinions(people.hub_staff, {}))
    assert [(row[8], row[10], row[11]) for row in rows] == [("", "采纳", "新条文"), (main.number, "采纳", "新条文")]
    assert list(ledgers.opinions(people.other_town_staff, {})) == []


def test_stations_are_counted_each_for_itself(people, open_draft):
    opinion(people, open_draft)
    opinion(people, open_draft, station=people.point, outcome="adopted", adopted_text="x")
    assert counts.by_station(Opinion.objects.all()) == {people.town.pk: (1, 0), people.point.pk: (1, 1)}
    assert counts.between([people.county.pk], TODAY(), TODAY()).collected == 2
    assert (
        counts.between([people.county.pk], TODAY() + dt.timedelta(days=1), TODAY() + dt.timedelta(days=2)).collected
        == 0
    )


def test_the_database_refuses_what_cannot_be(people, open_draft):
    row = opinion(people, open_draft, token="same")
    for wrong in ({"token": "same"}, {"kind": "deputy"}, {"deputy": people.deputy}):
        with pytest.raises(IntegrityError), transaction.atomic():
            opinion(people, open_draft, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.filter(pk=row.pk).update(main=row)


def test_the_words_say_how_many_of_each_kind(people, open_draft):
    opinion(people, open_draft)
    assert "共收到意见 1 条：代表 0 条，工作人员 0 条，群众 1 条" in gathering.words(open_draft)
