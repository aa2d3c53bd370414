"""Every public page in every state it has — empty, refused, filled, opened up — narrow and wide and in large type: no fault
that axe-core finds by WCAG 2.2 AA, no sideways scrolling, no page that is heavy.

A public view without a state here fails the suite. The pages are walked once, in one browser; the tests look at what was
found on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from portal import drafts
from portal.limiting import MESSAGES, OPINIONS, WRONG_CODES
from portal.views.drafts_open import SESSION_KEY as OPINION_KEY
from portal.views.receipt import SESSION_KEY
from suggestions.choices import State as CaseState
from tests import factories
from tests.portal.marked_county import marked_county
from tests.portal.test_leaks import public_views
from tests.supervision import voting

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False, "iframes": False}
AXE_SCRIPT = Axe().axe_script
WIDTHS = (320, 390, 1280)
READ_AT = (320, 1280)  # axe takes most of the time, and 390 pixels are laid out as 320 are
HEAVY = 100_000  # bytes of HTML, style sheets, scripts and icons, uncompressed; photos apart
PHOTO = re.compile(r"data:image/jpeg;base64,[^\"]+")
FITS = "document.documentElement.scrollWidth <= innerWidth"
FILES = """() => [
  ...[...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src),
  ...performance.getEntriesByType("resource").map((one) => one.name),
]"""


@dataclass
class Visit:
    """One browser on its way, and what was found."""

    page: Page
    url: str
    people: Any = None
    counts: dict[str, int] = field(default_factory=lambda: {"states": 0, "looks": 0})
    faults: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def be(self, case: str = "", *, draft: bool = False, sent: bool = False) -> None:
        """A visitor with a session of just this."""
        session = SessionStore()
        if case:
            session[SESSION_KEY] = self.people.cases[case].pk
        if draft or sent:
            session[drafts.SESSION_KEY] = (self.people.sent if sent else self.people.draft).token
        session.save()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": self.url}
        self.page.context.clear_cookies()
        self.page.context.add_cookies([cookie])

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()


@dataclass(frozen=True)
class State:
    name: str
    shows: str  # words by which the state is known to be the one that was meant
    open: Callable[[Visit], object]


def at(path: str, shows: str, name: str = "filled") -> State:
    """A page that anybody opens. ``{town}`` and the like are ids of the county of marked_county.py."""
    return State(name, shows, lambda visit: visit.go(path.format(**visit.people.ids)))


def case_in(state: str, shows: str) -> State:
    def open_case(visit: Visit) -> None:
        visit.be(state)
        visit.go("/query/case/")
        for fold in visit.page.locator("details > summary").all():
            fold.click()

    return State(f"of a case {state}, opened up", shows, open_case)


def acted(state: str, button: str, shows: str, fold: str = "") -> State:
    def send_it_empty(visit: Visit) -> None:
        visit.be(state)
        visit.go("/query/case/")
        if fold:
            visit.page.locator(f"{fold} > summary").click()
        visit.press(button)

    return State("refused", shows, send_it_empty)


def sent_empty(path: str, button: str, shows: str, *, draft: bool = False) -> State:
    def send(visit: Visit) -> None:
        visit.be(draft=draft)
        visit.go(path.format(**visit.people.ids))
        visit.press(button)

    return State("refused", shows, send)


def with_draft(path: str, shows: str, name: str = "filled") -> State:
    def open_it(visit: Visit) -> None:
        visit.be(draft=True)
        visit.go(path.format(**visit.people.ids))

    return State(name, shows, open_it)


def unfolded(visit: Visit) -> None:
    visit.go("/s/{town}/".format(**visit.people.ids))
    visit.page.locator("details > summary").first.click()


def shortcuts(visit: Visit) -> None:
    visit.go("/")
    visit.page.keyboard.press("?")


def skip_link(visit: Visit) -> None:
    visit.go("/")
    visit.page.keyboard.press("Tab")


def left(visit: Visit) -> None:
    visit.be(CaseState.REPLIED)
    visit.go("/query/case/")
    visit.press("看完了，退出查询")


def already_sent(visit: Visit) -> None:
    visit.be(sent=True)
    visit.go("/s/{town}/message/".format(**visit.people.ids))


def receipt(visit: Visit) -> None:
    visit.be(CaseState.SUBMITTED)
    visit.go("/receipt/")


def kept_receipt(visit: Visit) -> None:
    receipt(visit)
    visit.page.get_by_role("link", name="回执的链接").click()
    visit.page.wait_for_load_state()


def wrong_phone(visit: Visit) -> None:
    visit.be(draft=True)
    visit.go("/message/contact/")
    visit.page.get_by_label("联系电话").fill("12")
    visit.press("继续")


def question(visit: Visit) -> None:
    visit.be(draft=True)
    MESSAGES.count("127.0.0.1")
    visit.go("/message/check/")


def question_failed(visit: Visit) -> None:
    question(visit)
    visit.page.get_by_label("4 个数字").fill("0")
    visit.press("提交留言")


def wrong_code(visit: Visit, times: int = 0) -> None:
    number = visit.people.cases[CaseState.CLOSED].number
    for _ in range(times):
        WRONG_CODES.wrong("127.0.0.1", number)
    visit.go(f"/query/?number={number}")
    visit.page.get_by_label("查询码").fill("AAAAAAAA")
    visit.press("查询")


def expired(visit: Visit) -> None:
    visit.go("/query/")
    visit.page.context.clear_cookies()
    visit.press("查询")


def wrong_password(visit: Visit, times: int = 1) -> None:
    for _ in range(times):
        visit.go("/accounts/login/")
        visit.page.get_by_label("用户名").or_(visit.page.locator("[name=username]")).first.fill("nobody")
        visit.page.locator("[name=password]").fill("wrong")
        visit.press("登录")


def with_slip(visit: Visit, *buttons: str) -> None:
    """By the address in the QR code of a slip: marked by the keyboard, as far as ``buttons`` lead."""
    visit.page.goto("about:blank")  # from the ballot, which has the same address, "#" alone would load nothing
    visit.go(f"/v/#{visit.people.codes[0]}")
    for button in buttons:
        visit.press(button)
        for mark in visit.page.locator(".ballot-item .form-check-input[value=basically]").all():
            mark.check()


def opinion_question(visit: Visit) -> None:
    visit.be()
    OPINIONS.count("127.0.0.1")
    visit.go("/l/{law}/opinion/".format(**visit.people.ids))


def opinion_receipt(visit: Visit) -> None:
    session = SessionStore()
    session[OPINION_KEY] = visit.people.given_law.pk
    session.save()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": visit.url}
    visit.page.context.clear_cookies()
    visit.page.context.add_cookies([cookie])
    visit.go("/l/opinion/receipt/")


# Before there is any county.
EMPTY = {
    "portal:home": [at("/", "还没有建立联络站", "empty")],
    "portal:find": [at("/find/", "还没有建立联络站", "empty")],
}
STATES: dict[str, list[State]] = {
    "portal:home": [
        at("/", "有事找代表"),
        State("after leaving", "已退出查询", left),
        State("list of keys open", "键盘快捷键", shortcuts),
        State("way to skip shown", "跳到正文", skip_link),
        at("/nowhere/", "找不到这个页面", "an address that is none"),
    ],
    "portal:find": [
        at("/find/", "您在哪个县"),
        at("/find/?county={county}", "您在哪个乡镇", "of a county"),
        at("/find/?q=甲", "个站点", "found"),
        at("/find/?q=不毛之地", "没有找到带", "nothing found"),
    ],
    "portal:villages": [at("/find/{town}/", "您在哪个村"), at("/find/{bare}/", "乙镇", "empty")],
    "portal:station": [
        at("/s/{town}/", "公示栏"),
        State("all deputies unfolded", "邻代表15", unfolded),
        at("/s/{point}/", "人大代表和接待日", "of a village"),
        at("/s/{studio}/", "联络站", "empty"),
    ],
    "portal:brand": [at("/b/{brand}/", "近期安排"), at("/b/{new_brand}/", "还没有已经结束的活动", "empty")],
    "portal:deputy": [at("/d/{deputy}/", "什么时候接待"), at("/d/{stranger}/", "近期还没有排定接待", "empty")],
    "portal:station_notices": [
        at("/s/{town}/notices/", "关于路灯维修的通知"),
        at("/s/{town}/notices/?year={last_year}", "年度接待计划", "of a year"),
        at("/s/{studio}/notices/", "还没有公示", "empty"),
    ],
    "portal:county_notices": [
        at("/c/{county}/notices/", "关于路灯维修的通知"),
        at("/c/{other}/notices/", "还没有公示", "empty"),
    ],
    "portal:station_board": [at("/s/{town}/board/", "A4 版"), at("/s/{studio}/board/", "A4 版", "empty")],
    "portal:station_screen": [at("/s/{town}/screen/", "近期接待"), at("/s/{studio}/screen/", "还没有公开", "empty")],
    "portal:station_board_a4": [at("/s/{town}/board/a4/", "A3 版")],
    "portal:notice": [at("/n/{notice}/", "涉及代表")],
    "portal:county_drafts": [
        at("/c/{county}/laws/", "养犬管理条例"),
        at("/c/{other}/laws/", "现在没有正在征求意见", "empty"),
    ],
    "portal:draft": [
        at("/l/{law}/", "对这一条提意见"),
        at("/l/{answered_law}/", "通过后的条文是", "answered"),
    ],
    "portal:give_opinion": [
        at("/l/{law}/opinion/", "这些信息怎么用", "empty"),
        sent_empty("/l/{law}/opinion/", "提交意见", "还不能提交"),
        State("with a question", "任答一个", opinion_question),
        at("/l/{answered_law}/opinion/", "现在不能再提交", "over"),
    ],
    "portal:opinion_receipt": [State("filled", "意见已收到", opinion_receipt)],
    "portal:leave_message": [
        at("/s/{town}/message/", "第 1 步", "empty"),
        sent_empty("/s/{town}/message/", "继续", "还不能继续"),
        with_draft("/s/{town}/message/", "已经传好的照片"),
        State("already sent", "您刚才的留言已经提交", already_sent),
    ],
    "portal:message_contact": [
        with_draft("/message/contact/", "这些信息怎么用"),
        State("refused", "还不能继续", wrong_phone),
    ],
    "portal:message_check": [
        with_draft("/message/check/", "核对一遍"),
        State("with a question", "任答一个", question),
        State("question answered wrong", "没有答对", question_failed),
    ],
    "portal:message_station": [
        with_draft("/message/station/", "留给哪个站点"),
        with_draft("/message/station/?q=不毛之地", "没有找到带", "nothing found"),
    ],
    "portal:receipt": [State("filled", "留言已收到", receipt)],
    "portal:kept_receipt": [State("filled", "留言回执", kept_receipt)],
    "portal:query": [
        at("/query/", "编号和查询码在您的回执上", "empty"),
        sent_empty("/query/", "查询", "没有查到"),
        State("wrong code", "编号或查询码不对", wrong_code),
        State("held off", "输错的次数多了", lambda visit: wrong_code(visit, times=7)),
        State("too old to send", "页面已过期", expired),
    ],
    "portal:case": [
        case_in(CaseState.SUBMITTED, "正在决定是否受理"),
        case_in(CaseState.REGISTERED, "由谁办理"),
        case_in(CaseState.ASSIGNED, "等待签收"),
        case_in(CaseState.HANDLING, "正在办理"),
        case_in(CaseState.REPORTED, "正在审核"),
        case_in(CaseState.HANDED_OVER, "代表将回复您"),
        case_in(CaseState.REPLIED, "请您评价"),
        case_in(CaseState.ASSESSING, "正在组织评估"),
        case_in(CaseState.CLOSED, "已办结归档"),
        case_in(CaseState.MERGED, "合并办理"),
        case_in(CaseState.REFUSED, "原因"),
        case_in(CaseState.WITHDRAWN, "已撤回"),
    ],
    "portal:rate": [acted(CaseState.REPLIED, "提交评价", "还不能提交")],
    "portal:supplement": [acted(CaseState.HANDLING, "提交补充", "还不能提交", fold="#supplement")],
    "portal:consent": [acted(CaseState.HANDLING, "保存公开意愿", "还不能提交", fold="#consent")],
    "portal:withdraw": [acted(CaseState.SUBMITTED, "确定撤回", "还不能提交", fold="#withdraw")],
    "portal:station_results": [
        at("/s/{town}/results/", "村口路灯修复"),
        at("/s/{town}/results/?q=不毛之地", "没有符合条件", "nothing found"),
        at("/s/{studio}/results/", "还没有公开的办理结果", "empty"),
    ],
    "portal:county_results": [
        at("/c/{county}/results/", "村口路灯修复"),
        at("/c/{other}/results/", "还没有公开的办理结果", "empty"),
    ],
    "portal:result": [at("/r/{result}/", "经来访人同意")],
    "portal:station_figures": [
        at("/s/{town}/figures/", "这些数字怎么来的"),
        at("/s/{studio}/figures/", "满意率", "empty"),
    ],
    "portal:county_figures": [at("/c/{county}/figures/", "按站点"), at("/c/{other}/figures/", "按站点", "empty")],
    "portal:ballot": [
        sent_empty("/v/", "打开选票", "不能投票"),
        State("with a slip", "还没有投出去", lambda visit: with_slip(visit, "打开选票")),
    ],
    "portal:ballot_look": [
        State("filled", "核对选票", lambda visit: with_slip(visit, "打开选票", "选好了，看一遍")),
    ],
    "portal:ballot_done": [
        State("filled", "您的票已经计入", lambda visit: with_slip(visit, "打开选票", "选好了，看一遍", "投票"))
    ],
    "accounts:login": [
        at("/accounts/login/", "忘记密码", "empty"),
        State("refused", "登录", wrong_password),
        State("locked", "分钟", lambda visit: wrong_password(visit, times=5)),
    ],
}
NO_PAGE = {
    "portal:set_type": "leads back",
    "portal:message_discard": "leads back",
    "portal:leave": "leads to the first page, which is a state of portal:home",
    "portal:ballot_cast": "leads to ballot_done, or back to ballot with the reason",
    "portal:robots": "text",
    "portal:sitemap_index": "XML",
    "portal:sitemap": "XML",
    "portal:station_feed": "RSS",
    "portal:county_feed": "RSS",
    "portal:notice_file": "picture or document",
    "portal:draft_file": "document",
    "portal:deputy_photo": "picture",
    "portal:calendar": "calendar",
    "portal:wechat_callback": "XML between servers",
}


def test_every_public_view_has_its_states_here() -> None:
    assert set(STATES) | set(NO_PAGE) == public_views()
    assert not set(STATES) & set(NO_PAGE)


# --- the walk -----------------------------------------------------------------------------


def prepared() -> Any:
    people = marked_county()
    bare, day = factories.other_cast(), factories.submit(people)
    people.sent = SimpleNamespace(token="s" * 32)
    drafts.Draft.objects.create(
        token=people.sent.token, station=people.town, opened_at=day.created_at, changed_at=day.created_at, case=day
    )
    _, people.codes = voting.opened(people, people.county_department, people.town_department)
    people.ids = {
        "county": people.county.code,
        "other": bare.county.code,
        "town": people.town.pk,
        "bare": bare.other_town.pk,
        "point": people.point.pk,
        "studio": bare.studio.pk,
        "brand": people.brand.pk,
        "new_brand": people.new_brand.pk,
        "deputy": people.deputy.pk,
        "stranger": bare.deputy.pk,
        "notice": people.notices["released"].pk,
        "result": people.results["released"].pk,
        "last_year": people.last_year,
        "law": people.law.pk,
        "answered_law": people.answered_law.pk,
    }
    return people


def weight(page: Page) -> int:
    static = {name.partition("/static/")[2].partition("?")[0] for name in page.evaluate(FILES) if "/static/" in name}
    html = PHOTO.sub("", page.content())
    return len(html.encode()) + sum(Path(finders.find(name)).stat().st_size for name in static)


def look(visit: Visit, view: str, state: State) -> None:
    name = f"{view} {state.name}"
    visit.page.context.clear_cookies()
    state.open(visit)
    try:
        expect(visit.page.get_by_text(state.shows).first).to_be_attached(timeout=3000)
    except AssertionError:
        visit.unseen.append(f"{name}: {state.shows} on {visit.page.title()}")
        return
    visit.counts["states"] += 1
    visit.weights[name] = weight(visit.page)
    visit.page.evaluate(AXE_SCRIPT)
    for large in (False, True):
        # What the cookie brings, and nothing else (tests/portal/test_looks.py).
        visit.page.evaluate("large => document.documentElement.classList.toggle('large-type', large)", large)
        for width in WIDTHS:
            where = f"{name} at {width}{' in large type' if large else ''}"
            visit.page.set_viewport_size({"width": width, "height": 800})
            visit.counts["looks"] += 1
            if not visit.page.evaluate(FITS):
                visit.sideways.append(where)
            if width not in READ_AT:
                continue
            found = visit.page.evaluate("options => axe.run(document, options)", AXE)["violations"]
            visit.faults += [
                f"{where}: {fault['id']}: {' '.join(node['html'].split())[:150]} {node['failureSummary'][:200]}"
                for fault in found
                for node in fault["nodes"][:2]
            ]


@pytest.fixture(scope="module")
def walk(
    browser: Browser,
    browser_context_args: dict[str, Any],
    live_server: Any,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Visit]:
    with django_db_blocker.unblock():
        cache.clear()
        visit = Visit(browser.new_context(**browser_context_args).new_page(), live_server.url, SimpleNamespace(ids={}))
        try:
            for view, states in EMPTY.items():
                for state in states:
                    look(visit, view, state)
            visit.page.context.close()  # what it keeps for a minute with it
            visit.page = browser.new_context(**browser_context_args).new_page()
            visit.people = prepared()
            for view, states in STATES.items():
                for state in states:
                    look(visit, view, state)
            print("\n", visit.counts, sorted(visit.weights.items(), key=lambda one: -one[1])[:5])
            yield visit
        finally:
            visit.page.context.close()
            cache.clear()
            for _ in range(2):  # emptying the cases marks their days (reports/marks.py)
                call_command("flush", interactive=False, verbosity=0)


def test_every_state_is_the_one_that_was_meant(walk: Visit) -> None:
    assert walk.unseen == []


def test_axe_finds_nothing_on_any_page_in_any_state(walk: Visit) -> None:
    assert walk.faults == []


def test_no_page_scrolls_sideways(walk: Visit) -> None:
    assert walk.sideways == []


def test_every_page_is_light(walk: Visit) -> None:
    assert {name: weight for name, weight in walk.weights.items() if weight >= HEAVY} == {}
