import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from portal.models import Mode, WechatAccount
from tests import factories
from tests.portal.wechat_platform import AES_KEY, APP_ID, TOKEN, Platform, account_of

pytestmark = pytest.mark.django_db
SECRET = "0123456789abcdef0123456789abcdef"
URL = "/wechat/account/"
DATA = {
    "app_id": APP_ID,
    "mode": Mode.SAFE,
    "token": TOKEN,
    "aes_key": AES_KEY,
    "app_secret": SECRET,
    "is_active": "on",
}


@pytest.fixture
def people(db):
    cache.clear()
    return factories.cast()


def test_the_county_office_connects_the_account_and_the_platform_verifies_it(people, as_user, settings):
    settings.SITE_URL = "https://liaison.example.org"
    client = as_user(people.hub_staff)
    page = client.get(URL).content.decode()
    assert f"https://liaison.example.org/wechat/{people.county.pk}/" in page and "还没有填写" in page
    assert client.post(URL, DATA).status_code == 302
    assert "等微信平台验证" in client.get(URL).content.decode()
    assert Platform(WechatAccount.objects.get()).knock().status_code == 200
    assert "已通过微信平台验证" in client.get(URL).content.decode()


def test_secrets_are_stored_encrypted_and_never_shown_again(people, as_user):
    client = as_user(people.hub_staff)
    client.post(URL, DATA)
    stored = str(WechatAccount.objects.values("app_id").get())

    with connection.cursor() as cursor:
        cursor.execute("SELECT token, aes_key, app_secret FROM portal_wechataccount")
        row = cursor.fetchone()
    assert all(value.startswith("v1:") for value in row) and APP_ID in stored
    for page in (client.get(URL), client.post(URL, {**DATA, "app_id": "wrong"})):
        text = page.content.decode()
        assert "已填写，不再显示" in text
        assert not [secret for secret in (TOKEN, AES_KEY, SECRET) if secret in text]


def test_what_is_left_empty_stays_as_it_is(people, as_user):
    client = as_user(people.hub_staff)
    client.post(URL, DATA)
    WechatAccount.objects.update(verified_at=timezone.now())
    client.post(URL, {**DATA, "token": "", "aes_key": "", "app_secret": "", "mode": Mode.COMPATIBLE})
    account = WechatAccount.objects.get()
    assert (account.token, account.aes_key, account.app_secret) == (TOKEN, AES_KEY, SECRET)
    assert account.mode == Mode.COMPATIBLE and account.verified_at


def test_another_token_has_to_be_verified_again(people, as_user):
    account_of(people, verified_at=timezone.now())
    as_user(people.hub_staff).post(URL, {**DATA, "token": "another2026"})
    account = WechatAccount.objects.get()
    assert account.token == "another2026" and account.verified_at is None


def test_the_history_names_the_fields_and_not_their_values(people, as_user):
    as_user(people.hub_staff).post(URL, DATA)
    event = Event.objects.get(chain=people.county.chain, action="wechat_account_edit")
    assert {"token", "aes_key", "app_secret"} <= set(event.after["fields"])
    assert not [secret for secret in (TOKEN, AES_KEY, SECRET) if secret in str(event.after)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"app_id": "gh_0123456789ab"}, "AppID 是 wx 加"),
        ({"token": "有 空格"}, "令牌要填 3 到 32 位"),
        ({"token": ""}, "请填写令牌"),
        ({"aes_key": "short"}, "EncodingAESKey 是 43 位"),
        ({"aes_key": ""}, "安全模式和兼容模式要填"),
        ({"app_secret": "x" * 32}, "AppSecret 是 32 位"),
    ],
)
def test_what_was_copied_wrong_is_said_in_words(people, as_user, change, words):
    response = as_user(people.hub_staff).post(URL, {**DATA, **change})
    assert words in response.content.decode() and not WechatAccount.objects.exists()


def test_plain_mode_needs_no_key(people, as_user):
    as_user(people.hub_staff).post(URL, {**DATA, "mode": Mode.PLAIN, "aes_key": "", "app_secret": ""})
    assert Platform(WechatAccount.objects.get()).say("你好")


def test_one_account_belongs_to_one_county(people, strangers, as_user):
    account_of(people)
    response = as_user(strangers.hub_staff).post(URL, DATA)
    assert "已经接到另一个县" in response.content.decode() and WechatAccount.objects.count() == 1


def test_nobody_reaches_another_county_s_account(people, strangers, as_user):
    account_of(strangers)
    client = as_user(people.hub_staff)
    assert client.get(f"{URL}?county={strangers.county.pk}").status_code == 403
    assert client.post(f"{URL}?county={strangers.county.pk}", DATA).status_code == 403
    assert WechatAccount.objects.get().county == strangers.county


def test_a_message_of_one_county_s_account_is_no_message_of_the_other_s(people, strangers):
    account_of(people)
    theirs = account_of(strangers, app_id="wxffffffffffffffff")
    platform = Platform(people.county.wechat_account)
    platform.address = reverse("portal:wechat_callback", args=[theirs.county_id])
    assert platform.send(platform.xml(MsgType="text", Content="路灯坏了")).status_code == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_and_is_accessible_empty_wrong_and_filled(page, live_server, log_in, width):
    people = factories.cast()
    log_in(people.hub_staff)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(live_server.url + URL)
    for entered in ({}, {"AppID": "gh_1"}, {"AppID": APP_ID, "Token": TOKEN, "EncodingAESKey": AES_KEY}):
        for label, value in entered.items():
            page.get_by_label(label).fill(value)
        if entered:
            page.get_by_role("button", name="保存").click()
            page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
        found = Axe().run(page, options=rules).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert WechatAccount.objects.get().app_id == APP_ID
