"""Nothing about anybody gets out: every public page, feed, file and header is read, after marks were put wherever private
data lie. What each of two visitors may read is said here; any other mark fails, and so does a public view not reached."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from portal import drafts
from portal.models import WechatAccount
from portal.views.drafts_open import SESSION_KEY as OPINION_KEY
from portal.views.receipt import SESSION_KEY
from receptions.models import CalendarFeed
from suggestions.choices import State
from suggestions.models import Suggestion
from tests.portal.marked_county import marked_county
from tests.supervision import voting
from tests.test_rooms import views

pytestmark = pytest.mark.django_db
LINK = re.compile(rb"""(?:href|src|action|content)=["']([^"'<>]+)["']|<loc>([^<]+)</loc>|url\(["']?([^"')]+)""")
ADDRESS = re.compile(r"https?://|/")


def public_views() -> set[str]:
    return {
        name
        for name, view in views(get_resolver().url_patterns)
        if not getattr(view, "login_required", True) and not name.startswith("admin:")
    }


@dataclass
class Crawl:
    client: Client
    marks: dict[str, str]
    allowed: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)  # address → status
    reached: set[str] = field(default_factory=set)
    hits: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def follow(self, starts: Iterable[str]) -> None:
        """Everything that can be reached by links from ``starts``."""
        waiting = list(starts)
        while waiting:
            address = waiting.pop()
            if address not in self.seen:
                waiting += self.get(address)

    def get(self, address: str) -> list[str]:
        return list(self.links(address, self.look(address, self.client.get(address))))

    def post(self, address: str, data: Any = None, **more: Any) -> list[str]:
        return list(self.links(address, self.look(address, self.client.post(address, data or {}, **more))))

    def look(self, address: str, answer: Any) -> bytes:
        self.seen[address] = answer.status_code
        if answer.status_code not in (404, 405, 500):
            self.reached.add(answer.resolver_match.view_name)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        cookies = "\n".join(morsel.OutputString() for morsel in answer.cookies.values())
        self.read(address, body.decode(errors="replace"))
        self.read(f"headers of {address}", "\n".join([address, headers, cookies]))
        return body + answer.headers.get("Location", "").join(["\nhref='", "'"]).encode()

    def read(self, where: str, text: str) -> None:
        """Also what is escaped, or folded and spaced as calendars and numbers are."""
        self.texts.append(text)
        plain = re.sub(r"[\s-]", "", unquote(html.unescape(text)))
        escaped = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), plain)
        self.hits += [
            f"{mark} ({what}) in {where}"
            for mark, what in self.marks.items()
            if mark not in self.allowed and re.sub(r"[\s-]", "", mark) in escaped
        ]

    def links(self, address: str, body: bytes) -> Iterator[str]:
        for groups in LINK.findall(body):
            found = html.unescape(next(filter(None, groups)).decode(errors="replace"))
            if ADDRESS.match(found) or found.startswith("?"):
                whole = urlsplit(urljoin(settings.SITE_URL + address, found))
                if whole.netloc == urlsplit(settings.SITE_URL).netloc and not whole.path.startswith("/static/"):
                    yield whole.path + (f"?{whole.query}" if whole.query else "")


@pytest.fixture
def people(db: None) -> Any:
    cache.clear()
    yield marked_county()
    cache.clear()


def guesses(people: Any) -> Iterator[str]:
    """Addresses that no page leads to, made up from what there is."""
    for notice in people.notices.values():
        yield reverse("portal:notice", args=[notice.pk])
        yield from (reverse("portal:notice_file", args=[notice.pk, row.pk]) for row in notice.files.all())
    yield from (reverse("portal:brand", args=[brand.pk]) for brand in people.hidden_brands)
    for deputy in people.hidden_deputies:
        yield reverse("portal:deputy", args=[deputy.pk])
        yield reverse("portal:deputy_photo", args=[deputy.pk])
        yield reverse("portal:leave_message", args=[people.town.pk]) + f"?deputy={deputy.pk}"
    yield from (reverse("portal:result", args=[result.pk]) for result in people.results.values())
    for name in ("station", "villages", "leave_message", "station_notices", "station_results", "station_figures"):
        yield reverse(f"portal:{name}", args=[people.closed.pk])
    for case in people.cases.values():
        yield from (f"/query/?number={case.number}", f"/receipt/{case.pk}/", f"/find/?q={case.number}")
    for law in (people.law, people.answered_law, people.hidden_law):
        yield from (reverse("portal:draft", args=[law.pk]), reverse("portal:give_opinion", args=[law.pk]))
    yield reverse("portal:draft_file", args=[people.hidden_law.pk, people.hidden_material.pk])
    for mark in list(people.marks.given)[::40]:
        yield from (f"/c/{people.county.code}/results/?q=正", f"/find/?q={mark[:2]}")


def feeds(people: Any) -> Iterator[str]:
    """Calendars, whose address is told to whoever subscribes."""
    for owner in ({"station": people.town}, {"deputy": people.deputy}):
        feed = CalendarFeed.objects.create(token=f"{'x' * 30}{len(owner)}{next(iter(owner))}", **owner)
        yield reverse("portal:calendar", args=[feed.token])


def what_an_anonymous_visitor_sees(people: Any) -> Crawl:
    crawl = Crawl(Client(), people.marks.given)
    crawl.follow(["/", "/robots.txt", "/sitemap.xml", *feeds(people)])
    return crawl


def test_a_visitor_who_follows_every_link_and_guesses_more_meets_nobodys_data(people: Any) -> None:
    crawl = what_an_anonymous_visitor_sees(people)
    crawl.follow(guesses(people))
    crawl.post("/query/", {"number": people.cases[State.CLOSED].number, "code": "AAAAAAAA"})
    crawl.post(reverse("accounts:login"), {"username": people.town_staff.username, "password": "wrong"})
    assert crawl.hits == []
    read = "\n".join(crawl.texts)
    for shown in (
        "关于路灯维修的通知",
        "村口路灯修复",
        "霍站长",
        "张为民",
        "王法官",
        "年度接待计划",
        "安排.pdf",
        "一点五米以内的犬链",
    ):
        assert shown in read, f"the crawl does not get to see {shown}"
    print(f"\n{len(crawl.seen)} addresses, {len(people.marks.given)} marks")


def a_ballot(crawl: Crawl, people: Any) -> None:
    """A member of the committee votes, and once more with the same slip."""
    one, codes = voting.opened(people)
    said = {"code": codes[0], f"s{one.subjects.get().pk}": "satisfied"}
    for address in ("/v/", "/v/look/", "/v/cast/", "/v/cast/"):
        crawl.post(address, said)
    crawl.get("/v/done/")
    assert "一个码只能投一次" in crawl.texts[-4]


def voter_of(people: Any, case: Suggestion | None = None, *, draft: bool = False) -> Client:
    client = Client()
    session = client.session
    if case:
        session[SESSION_KEY] = case.pk
    if draft:
        session[drafts.SESSION_KEY] = people.draft.token
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def test_with_number_and_code_one_reads_the_own_words_and_the_answer_and_nothing_else(people: Any) -> None:
    """Neither the name nor the phone of the voter: the slip of paper may lie about."""
    for state, case in people.cases.items():
        crawl = Crawl(voter_of(people, case), people.marks.given, allowed=people.theirs[state])
        links = [*crawl.get("/query/case/"), *crawl.get("/receipt/")]
        (kept,) = {link for link in links if re.fullmatch("/receipt/.+/", link)}
        crawl.get(kept)
        for act in ("rate", "withdraw", "supplement", "consent"):
            crawl.post(f"/query/case/{act}/")
        assert (state, crawl.hits) == (state, [])
        assert any(mark in "".join(crawl.texts) for mark in people.theirs[state]), state


def test_a_message_that_is_being_written_shows_what_was_typed_and_nothing_else(people: Any) -> None:
    crawl = Crawl(voter_of(people, draft=True), people.marks.given, allowed=people.of_the_draft)
    steps = ("/message/contact/", "/message/check/", "/message/station/", f"/s/{people.town.pk}/message/")
    for address in steps:
        crawl.get(address)
        crawl.post(address)
    assert crawl.hits == []
    assert people.of_the_draft & {mark for mark in people.marks.given if mark in "".join(crawl.texts)}


def test_the_crawls_reach_every_public_view(people: Any) -> None:
    """A new public view fails here until a link leads to it, or one of these visits is made."""
    crawl = what_an_anonymous_visitor_sees(people)
    crawl.post("/large-type/", {"large": "1"})
    crawl.get(reverse("accounts:login"))
    a_ballot(crawl, people)
    account = WechatAccount.objects.get()
    crawl.get(
        reverse("portal:wechat_callback", args=[account.county_id]) + "?signature=x&timestamp=1&nonce=1&echostr=x"
    )
    crawl.post(reverse("portal:wechat_callback", args=[account.county_id]), b"<xml/>", content_type="text/xml")
    reached = set(crawl.reached)
    giver = Crawl(voter_of(people), people.marks.given)
    session = giver.client.session
    session[OPINION_KEY] = people.given_law.pk
    session.save()
    giver.client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    giver.get(reverse("portal:opinion_receipt"))
    assert giver.hits == []
    reached |= giver.reached
    for state in (State.REPLIED, State.SUBMITTED):
        voter = Crawl(voter_of(people, people.cases[state], draft=True), people.marks.given, people.theirs[state])
        voter.follow([*voter.get("/receipt/"), "/query/case/"])
        voter.follow(["/message/contact/", "/message/check/", "/message/station/"])
        for act in ("case/rate", "case/withdraw", "case/supplement", "case/consent", "leave"):
            voter.post(f"/query/{act}/")
        voter.post("/message/discard/")
        reached |= voter.reached
    assert public_views() - reached == set()
    assert crawl.hits == []


def test_papers_made_for_the_public_by_staff_bear_nobodys_data(people: Any) -> None:
    """Poster and text for groups, the plan, the sheet for the door."""
    client = Client()
    client.force_login(people.town_staff, "accounts.backends.NameOrPhoneBackend")
    own = {mark for mark in people.marks.given if mark == people.town_staff.name}  # the frame around it says who works
    crawl = Crawl(client, people.marks.given, allowed=own)
    crawl.get(reverse("receptions:poster", args=[people.day.pk]))
    crawl.get(reverse("receptions:plan", args=[people.town.pk]))
    crawl.get(reverse("stations:door_sheet", args=[people.town.pk]))
    assert set(crawl.seen.values()) == {200}
    assert crawl.hits == []


def test_a_mark_is_found_in_any_disguise(people: Any) -> None:
    """The crawl itself: what it would overlook, nobody would be told of."""
    marks = people.marks
    name, phone = marks.name("disguise"), marks.phone("disguise")
    quoted = "".join(f"%{byte:02X}" for byte in name.encode())
    spaced = f"{phone[:3]} {phone[3:7]}-{phone[7:]}"
    for text in (name, quoted, "".join(f"&#{ord(sign)};" for sign in name), f"{name[:2]}\r\n {name[2:]}", spaced):
        crawl = Crawl(Client(), marks.given)
        crawl.read("here", text)
        assert len(crawl.hits) == 1, text
