"""Many steps in one transaction, on one instance of the case (replay, demo)."""

import pytest
from django.core.management import call_command
from django.db import transaction

from suggestions import workflow
from suggestions.choices import State
from suggestions.errors import WrongState
from suggestions.models import Suggestion
from suggestions.steps import holding
from tests import factories


@pytest.mark.django_db
def test_a_held_case_is_stored_as_if_every_step_had_read_it_anew(django_assert_max_num_queries):
    people = factories.cast()
    case = factories.register(people)
    with transaction.atomic(), holding(case):
        workflow.assign(case.pk, lead=people.town_department, by=people.town_staff)
        with django_assert_max_num_queries(12):
            workflow.take(case.pk, by=people.clerk)
        workflow.report(case.pk, result_kind="solved", text="修好了", by=people.clerk)
    stored = Suggestion.objects.get(pk=case.pk)
    assert (stored.state, stored.version, stored.result) == (State.REPORTED, 4, "修好了")
    assert (stored.event_seq, stored.event_hash) == (case.event_seq, case.event_hash)
    call_command("verify_events")


@pytest.mark.django_db
def test_the_checks_are_the_same_for_a_held_case():
    people = factories.cast()
    case = factories.register(people)
    with pytest.raises(WrongState), transaction.atomic(), holding(case):
        workflow.hand_over(case.pk, by=people.town_staff)


@pytest.mark.django_db
def test_another_case_is_still_read_and_locked():
    people = factories.cast()
    case, other = factories.register(people), factories.register(people)
    with transaction.atomic(), holding(case):
        workflow.merge(case.pk, into=other.pk, by=people.town_staff)
    assert Suggestion.objects.get(pk=case.pk).merged_into == other


@pytest.mark.django_db(transaction=True)
def test_a_case_is_held_only_in_a_transaction():
    people = factories.cast()
    case = factories.register(people)
    with pytest.raises(RuntimeError), holding(case):
        pass
