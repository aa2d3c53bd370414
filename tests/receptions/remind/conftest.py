import pytest

from noticeboard.models import WorkGroup
from tests import factories
from tests.receptions.remind.scene import DAY, FIVE_BEFORE


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The relevance of a message is asked by the clock of the machine: it stands at five days before the day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: FIVE_BEFORE)


@pytest.fixture
def group(people):
    return WorkGroup.objects.create(
        station=people.town, name="甲镇代表工作群", webhook="https://robot.example/send?key=k"
    )


@pytest.fixture
def day(people, group):
    one = factories.reception_day(people, DAY)
    factories.on_duty(one, people.deputy)
    return one
