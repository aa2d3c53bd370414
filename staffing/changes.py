"""Every change to an account, one function each: the change and its event in one transaction.

Who may do it is checked here too (:exc:`PermissionDenied` carries the reason), so no view can forget it.
Personal data (names, phones) goes into the note of an event, never into before/after.
"""

from __future__ import annotations

import secrets

from axes.utils import reset as unlock
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from deputies.models import Deputy
from history import log
from liaison.lib.pinyin import sort_key
from staffing.reach import Place, holdings, places_held
from stations.models import DepartmentStaff, ResidentOfficer, StationStaff

LETTERS = "abcdefghjkmnpqrstuvwxyz"  # without i, l and o, which people read as 1 and 0
DIGITS = "23456789"
FIRST_ROUNDS = 20_000  # of PBKDF2, 5 ms; with 49 random bits far beyond what anybody can try


def first_password() -> str:
    """Like ``hkpm-4827-wxdy``: about 49 bits, easy to read out and type, and good for one log-in only."""

    def take(alphabet: str) -> str:
        return "".join(secrets.choice(alphabet) for _ in range(4))

    return f"{take(LETTERS)}-{take(DIGITS)}-{take(LETTERS)}"


def hash_first(password: str) -> str:
    """What is stored of a first password where hundreds are made at once. A usual hash takes a quarter of a second, to
    make guessing at passwords that people think of slow; these are random (49 bits), need no such help, and become a
    usual hash at the first log-in (Django hashes anew where the number of rounds differs)."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=FIRST_ROUNDS)
    return hasher.encode(password, hasher.salt())


def username_stem(name: str) -> str:
    """王敏 is wangmin."""
    return "".join(ch for ch in sort_key(name).lower() if ch.isascii() and ch.isalnum())[:40] or "user"


def free_username(name: str) -> str:
    """The name in pinyin, with a number where it is taken: wangmin, wangmin2 …"""
    stem = username_stem(name)
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    n = 1
    while (candidate := stem if n == 1 else f"{stem}{n}") in taken:
        n += 1
    return candidate


def _record(action: str, *, actor: User, user: User, county_id: int | None, note: str = "", **after: object) -> None:
    chain = f"county:{county_id}" if county_id else f"account:{user.pk}"
    labels = actor.seats.labels
    log.append(
        chain,
        action=action,
        actor=actor,
        seat=labels[0] if labels else "",
        after={"account": user.pk, **after},
        note=note or f"{user.name}（{user.username}）",
    )


def _county(user: User) -> int | None:
    places = places_held(user)
    return places[0].county_id if places else None


def require_whole(actor: User, user: User) -> None:
    """Only who reaches every seat of an account may touch the account itself: a password opens all of them."""
    outside = [held.place for held in holdings(actor, user) if not held.inside]
    if outside:
        names = "、".join(str(place) for place in outside)
        raise PermissionDenied(f"这个账号还有不归您管理的岗位：{names}。请由管理这些岗位的人大办公室办理。")


@transaction.atomic
def create(
    *, actor: User, place: Place, name: str, username: str = "", phone: str = "", email: str = ""
) -> tuple[User, str]:
    """A new account with its first seat. Returns it and the first password, which is shown once and kept nowhere."""
    password = first_password()
    user = User.objects.create_user(
        username or free_username(name),
        password,
        name=name,
        phone=phone or None,
        email=email,
        must_change_password=True,
    )
    _seat(user, place)
    _record("account_create", actor=actor, user=user, county_id=place.county_id, place=place.token, seat=place.seat)
    return user, password


@transaction.atomic
def edit(*, actor: User, user: User, changed: list[str]) -> None:
    """Save the named fields of ``user``, which already carries the new values."""
    require_whole(actor, user)
    if not changed:
        return
    user.save(update_fields=changed)
    _record("account_edit", actor=actor, user=user, county_id=_county(user), fields=changed)


@transaction.atomic
def edit_own(*, user: User, changed: list[str]) -> None:
    if changed:
        user.save(update_fields=changed)
        _record("account_edit_own", actor=user, user=user, county_id=_county(user), fields=changed)


def show_large_type(*, user: User, large: bool) -> None:
    """A matter of taste: no event."""
    user.large_type = large
    user.save(update_fields=["large_type"])


def _seat(user: User, place: Place) -> None:
    if place.kind == "station":
        StationStaff.objects.get_or_create(user=user, station_id=place.pk)
    elif place.kind == "department":
        DepartmentStaff.objects.get_or_create(user=user, department_id=place.pk)
    else:
        model: type[Deputy] | type[ResidentOfficer] = Deputy if place.kind == "deputy" else ResidentOfficer
        row = model.objects.select_for_update(of=("self",)).get(pk=place.pk)
        if row.user_id not in (None, user.pk):
            raise ValidationError(f"{place.name}已经有登录账号。")
        row.user = user
        row.save(update_fields=["user"])


@transaction.atomic
def give(*, actor: User, user: User, place: Place) -> None:
    """Give ``user`` a seat in ``place``, which the caller has checked to be within reach of ``actor``."""
    _seat(user, place)
    _record("seat_give", actor=actor, user=user, county_id=place.county_id, place=place.token, seat=place.seat)


@transaction.atomic
def take(*, actor: User, user: User, place: Place) -> None:
    if actor.pk == user.pk:
        raise PermissionDenied("不能移除自己的岗位，请同事或上级办理。")
    User.objects.select_for_update().get(pk=user.pk)
    if len(places_held(user)) <= 1:
        raise ValidationError("至少保留一个岗位；这个账号不再使用，请停用。")
    if place.kind == "station":
        StationStaff.objects.filter(user=user, station_id=place.pk).delete()
    elif place.kind == "department":
        DepartmentStaff.objects.filter(user=user, department_id=place.pk).delete()
    elif place.kind == "deputy":
        Deputy.objects.filter(user=user, pk=place.pk).update(user=None)
    else:
        ResidentOfficer.objects.filter(user=user, pk=place.pk).update(user=None)
    _record("seat_take", actor=actor, user=user, county_id=place.county_id, place=place.token, seat=place.seat)


@transaction.atomic
def reset(*, actor: User, user: User) -> str:
    """A new first password. It ends every session of the account (the session hash hangs on it) and lifts a lock."""
    require_whole(actor, user)
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    unlock(username=user.username)
    if user.phone:
        unlock(username=user.phone)
    _record("password_reset", actor=actor, user=user, county_id=_county(user))
    return password


@transaction.atomic
def disable(*, actor: User, user: User) -> None:
    """Ends every session at once: the log-in backend no longer knows the account."""
    require_whole(actor, user)
    if actor.pk == user.pk:
        raise PermissionDenied("不能停用自己的账号。")
    user.is_active = False
    user.save(update_fields=["is_active"])
    _record("account_disable", actor=actor, user=user, county_id=_county(user))


@transaction.atomic
def enable(*, actor: User, user: User) -> None:
    require_whole(actor, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("account_enable", actor=actor, user=user, county_id=_county(user))


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _record("password_change", actor=user, user=user, county_id=_county(user))
