"""Wrong query codes: slowed, then held for a while, by number and by address, whichever process is asked."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import codes
from portal.limiting import OF_ADDRESS, OF_NUMBER, address
from suggestions.choices import State
from tests import factories

pytestmark = pytest.mark.django_db
WRONG = "ABCD2345"


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


@pytest.fixture
def clock(monkeypatch):
    """Time stands still until somebody sets it on. It begins on a full hour, so that no window ends in a test."""
    hand = SimpleNamespace(time=timezone.now().replace(minute=0, second=0, microsecond=0))
    monkeypatch.setattr(timezone, "now", lambda: hand.time)
    hand.pass_ = lambda seconds: setattr(hand, "time", hand.time + dt.timedelta(seconds=seconds))
    return hand


def ask(number, code, come_from="10.0.0.1"):
    """Each time another browser: nothing hangs on a cookie."""
    client = Client(REMOTE_ADDR=come_from)
    answer = client.post(reverse("portal:query"), {"number": number, "code": code}, follow=True)
    return answer.content.decode()


def test_each_wrong_code_after_the_second_waits_longer(people, clock):
    number = factories.submit(people).number
    said = []
    for _ in range(5):
        said.append(ask(number, WRONG))
        clock.pass_(60)
    assert ["后可以再试" in text for text in said] == [False, False, True, True, True]
    assert "5 秒后" in said[2] and "15 秒后" in said[3] and "1 分钟后" in said[4]


def test_while_one_waits_nothing_is_looked_at_and_nothing_is_counted(people, clock):
    case = factories.submit(people)
    for _ in range(3):
        ask(case.number, WRONG)
    for _ in range(20):
        assert "请等 5 秒再试" in ask(case.number, WRONG)
    assert "请等" in ask(case.number, case.query_code)
    clock.pass_(5)
    assert "正在决定是否受理" in ask(case.number, case.query_code)


def test_six_wrong_codes_hold_the_number_for_a_quarter_of_an_hour_from_everywhere(people, clock):
    case = factories.submit(people)
    for _ in range(6):
        ask(case.number, WRONG)
        clock.pass_(60)
    for place in ("10.0.0.1", "203.0.113.9"):
        assert "请等 14 分钟再试" in ask(case.number, case.query_code, place)
    clock.pass_(14 * 60)
    assert "正在决定是否受理" in ask(case.number, case.query_code)


def test_a_right_code_clears_the_number(people, clock):
    case = factories.submit(people)
    for _ in range(2):
        ask(case.number, WRONG)
    ask(case.number, case.query_code)
    assert "后可以再试" not in ask(case.number, WRONG)


def test_a_right_code_of_the_own_case_does_not_clear_the_address(people, clock):
    own = factories.submit(people)
    for number in range(10):
        ask(f"BA2026-{number:05d}9", WRONG)
    ask(own.number, own.query_code)
    assert "后可以再试" in ask("BA2026-777777", WRONG)


def test_many_neighbours_behind_one_address_are_never_held_for_long(people, clock):
    """Forty wrong codes in an hour from a village's address: two minutes, and it goes on."""
    own = factories.submit(people)
    for number in range(60):
        ask(f"BA2026-1{number:04d}", WRONG)
        clock.pass_(21)
    assert OF_ADDRESS.left("10.0.0.1") <= OF_ADDRESS.block == 120
    clock.pass_(120)
    assert "正在决定是否受理" in ask(own.number, own.query_code)


def test_trying_many_numbers_from_one_address_is_slowed(people, clock):
    texts = [ask(f"BA2026-2{number:04d}", WRONG) for number in range(12)]
    assert "后可以再试" in texts[10] and "请等 3 秒再试" in texts[11]


def test_an_unknown_number_waits_like_a_known_one(people, clock):
    """No difference tells whether a number exists: not the words, not the waits."""
    known, unknown = factories.submit(people).number, "BA2020-00001"

    def told(number, place):
        texts = []
        for _ in range(8):
            texts.append(ask(number, WRONG, place).replace(number, "").split("没有查到")[1][:120])
            clock.pass_(7)
        return texts

    one = told(known, "10.0.0.1")
    clock.time = clock.time.replace(minute=0, second=0)
    assert told(unknown, "10.0.0.2") == one


def test_an_unknown_number_costs_the_same_work(people, django_assert_num_queries, monkeypatch):
    case = factories.submit(people)
    codes.right_case("BA2020-00001", WRONG)  # the decoy is written once
    opened = []
    decrypt = codes.decrypt
    monkeypatch.setattr("liaison.lib.encryption.decrypt", lambda text: opened.append(len(text)) or decrypt(text))
    monkeypatch.setattr(codes, "decrypt", lambda text: opened.append(len(text)) or decrypt(text))
    for number in (case.number, "BA2020-00001"):
        with django_assert_num_queries(1):
            assert codes.right_case(number, WRONG) is None
    assert len(opened) == 2 and opened[0] == opened[1]


def test_another_process_knows_of_it(people):
    """What is counted lies in the shared cache, not in this process: a fresh Python sees it."""
    import subprocess
    import sys

    from django.conf import settings

    for _ in range(6):
        OF_NUMBER.wrong("BA2026-00001")
    code = (
        "import django; django.setup();from portal.limiting import OF_NUMBER;"
        "import sys; sys.exit(0 if OF_NUMBER.left('BA2026-00001') > 800 else 1)"
    )
    import os

    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "liaison.settings",
        "REDIS_URL": settings.CACHES["default"]["LOCATION"],
    }
    assert subprocess.run([sys.executable, "-c", code], env=env, cwd=settings.BASE_DIR).returncode == 0


def test_a_household_with_ipv6_is_one(rf):
    where = [
        address(rf.get("/", REMOTE_ADDR=ip)) for ip in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    ]
    assert where[0] == where[1] != where[2]
    assert address(rf.get("/", REMOTE_ADDR="::ffff:10.0.0.1")) == "10.0.0.1"


def test_full_width_spaces_and_dashes_are_forgiven(people):
    case = factories.case_in(people, State.SUBMITTED)
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    assert "正在决定是否受理" in ask(case.number.lower().translate(wide), " ".join(case.query_code.lower()))
