from accounts.models import User
from history.models import Event


def test_the_page_names_every_seat(people, as_user) -> None:
    text = as_user(people.deputy_user).get("/accounts/me/").text
    assert "人大代表（县代表）" in text
    assert people.deputy_user.username in text


def test_own_phone_and_mail_are_saved_and_recorded(people, as_user) -> None:
    client = as_user(people.clerk)
    assert client.post("/accounts/me/", {"phone": "１３８ 0391-0001", "email": "a@example.cn"}).status_code == 302
    assert User.objects.get(pk=people.clerk.pk).phone == "13803910001"
    event = Event.objects.get(action="account_edit_own")
    assert "13803910001" not in str(event.after)


def test_a_phone_of_somebody_else_is_refused(people, as_user) -> None:
    User.objects.filter(pk=people.hub_staff.pk).update(phone="13803910002")
    response = as_user(people.clerk).post("/accounts/me/", {"phone": "13803910002", "email": ""})
    assert "已经用于另一个账号" in response.text


def test_a_phone_that_is_somebody_elses_user_name_is_refused(people, as_user) -> None:
    User.objects.filter(pk=people.hub_staff.pk).update(username="13803910003")
    response = as_user(people.clerk).post("/accounts/me/", {"phone": "13803910003", "email": ""})
    assert "已经用于另一个账号" in response.text


def test_large_type_is_switched_on_and_off(people, as_user) -> None:
    client = as_user(people.clerk)
    client.post("/accounts/me/large-type/")
    assert 'class="large-type"' in client.get("/accounts/me/").text
    client.post("/accounts/me/large-type/")
    assert 'class="large-type"' not in client.get("/accounts/me/").text


def test_own_seats_cannot_be_taken_here(people, as_user) -> None:
    assert as_user(people.clerk).get("/accounts/me/").context["form"].fields.keys() == {"phone", "email"}
