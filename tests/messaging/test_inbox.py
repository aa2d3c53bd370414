from messaging import outbox
from messaging.models import OutboxRow


def tell(*people, subject: str = "请签收一件意见", key: str = "k1", link: str = "/stations/") -> None:
    outbox.tell(key=key, people=people, subject=subject, body="路灯不亮", link=link)


def test_everybody_reads_the_own_messages_only(people, as_user) -> None:
    tell(people.clerk)
    assert "请签收一件意见" in as_user(people.clerk).get("/messages/").text
    assert "请签收一件意见" not in as_user(people.second_clerk).get("/messages/").text


def test_opening_marks_read_and_leads_to_the_matter(people, as_user) -> None:
    tell(people.clerk)
    row = OutboxRow.objects.get()
    client = as_user(people.clerk)
    assert client.get(f"/messages/{row.pk}/").url == "/stations/"
    row.refresh_from_db()
    assert row.read_at is not None
    assert "请签收一件意见" not in client.get("/messages/?show=unread").text


def test_a_message_of_somebody_else_does_not_exist(people, as_user) -> None:
    tell(people.clerk)
    assert as_user(people.hub_staff).get(f"/messages/{OutboxRow.objects.get().pk}/").status_code == 404
    assert OutboxRow.objects.get().read_at is None


def test_the_bell_counts_what_is_unread(people, as_user) -> None:
    client = as_user(people.clerk)
    assert client.get("/messages/unread/").text == ""
    for n in range(3):
        tell(people.clerk, key=f"k{n}")
    assert client.get("/messages/unread/").text == "3"
    for n in range(110):
        tell(people.clerk, key=f"more{n}")
    assert client.get("/messages/unread/").text == "99+"


def test_all_are_marked_read_at_once_but_only_ones_own(people, as_user) -> None:
    tell(people.clerk, people.second_clerk)
    as_user(people.clerk).post("/messages/read-all/")
    assert as_user(people.clerk).get("/messages/unread/").text == ""
    assert as_user(people.second_clerk).get("/messages/unread/").text == "1"


def test_mail_copies_are_not_in_the_inbox(people, as_user) -> None:
    people.clerk.email = "clerk@example.cn"
    people.clerk.save()
    tell(people.clerk)
    assert OutboxRow.objects.count() == 2
    assert as_user(people.clerk).get("/messages/unread/").text == "1"


def test_long_inboxes_have_pages(people, as_user) -> None:
    for n in range(35):
        tell(people.clerk, key=f"k{n}", subject=f"第{n:02}条")
    client = as_user(people.clerk)
    first = client.get("/messages/")
    assert len(first.context["page"].rows) == 30
    second = client.get("/messages/", {"after": first.context["page"].next_cursor})
    assert [row.subject for row in second.context["page"].rows] == ["第04条", "第03条", "第02条", "第01条", "第00条"]
