"""Pages that are kept, and a cache that knows none of them."""

from django.core.cache import cache
from django.urls import reverse

from portal import freshness, keeping
from stations import changes as station_changes


def forget():
    keeping._resting_until = 0.0
    keeping.at_hand.clear()
    freshness.forget()
    cache.clear()


def station_page(people):
    return reverse("portal:station", args=[people.town.pk])


def station_list(people):
    return reverse("portal:station_notices", args=[people.town.pk])


def county_list(people):
    return reverse("portal:county_notices", args=[people.county.code])


def notice_page(people):
    return reverse("portal:notice", args=[people.notice.pk])


def home(people):
    return reverse("portal:home")


PAGES = [home, station_page, station_list, county_list, notice_page]
NAMES = [page.__name__ for page in PAGES]
# Queries of a page that is not kept, and one that asks how the tables stand.
COLD = {station_page: 2, station_list: 2, county_list: 2, home: 8, notice_page: 8}


def another_address(p):
    p.town.address = "新华街一号"
    station_changes.save_station(p.town, actor=p.hub_staff, changed=["address"])
