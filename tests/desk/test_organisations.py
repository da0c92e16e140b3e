"""Facts about organisations: typed, laid over what is known, every fault named, all of a file or nothing."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskwright.cli import importing
from deskwright.cli.failures import Refused
from deskwright.desk import organisations, workflows
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.organisations import Told
from deskwright.store.models import Organisation
from tests import factories

DOCUMENT = """
fields:
  seats: {type: number, of: organisation}
  trial: {type: boolean, of: organisation}
  plan: {type: choice, of: organisation, choices: [small, large]}
  amount: {type: number}
"""


@pytest.fixture
def acme(db: str, now: datetime) -> Organisation:
    workflows.publish(DOCUMENT, now=now)
    return factories.an_organisation("Acme", domain="acme.example", fields={"seats": 4, "plan": "small"})


def facts(organisation: Organisation) -> dict[str, Any]:
    return Organisation.objects.get(pk=organisation.pk).fields


def test_facts_are_laid_over_those_known_and_null_forgets(acme: Organisation) -> None:
    shown = organisations.put_facts(None, Told("acme.example", {"seats": "12", "plan": None, "trial": True}))

    assert facts(acme) == {"seats": 12, "trial": True}
    assert shown["facts"] == facts(acme)
    organisations.put_facts(None, Told(str(acme.pk), {"renewal_date": "2027-01-31"}))
    assert facts(acme)["renewal_date"] == "2027-01-31"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("seats", "many", "must be a number, such as 12 or 12.5, not 'many'"),
        ("trial", "perhaps", "must be yes or no"),
        ("plan", "medium", "must be one of small, large"),
        ("renewal_date", "soon", "must be a date, such as 2026-12-31"),
        ("seat", 3, "Did you mean 'seats'?"),
        ("amount", 3, "No fact of organisations is named 'amount'"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(acme: Organisation, name: str, value: Any, sentence: str) -> None:
    before = facts(acme)
    with pytest.raises(Invalid) as refused:
        organisations.put_facts(None, Told("acme.example", {"seats": 9} | {name: value}))

    assert sentence in refused.value.fields[name]
    assert facts(acme) == before


def test_only_leads_tell_facts_and_only_of_organisations_that_exist(acme: Organisation) -> None:
    with pytest.raises(Forbidden):
        organisations.put_facts(factories.an_agent(), Told("acme.example", {"seats": 9}))
    with pytest.raises(NotFound, match=r"nobody\.example"):
        organisations.put_facts(factories.an_agent(role="lead"), Told("nobody.example", {"seats": 9}))


def importing_file(path: Path, text: str) -> int:
    path.write_text(text, encoding="utf-8")
    parser = argparse.ArgumentParser()
    importing.add_arguments(parser)
    return importing.main(parser.parse_args(["facts", str(path)]))


def test_a_file_is_kept_whole(acme: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = factories.an_organisation(domain="other.example")

    importing_file(tmp_path / "f.csv", "domain,seats,trial,outreach\nACME.example,7,yes,no\nother.example,,no,\n")

    assert facts(acme) == {"seats": 7, "plan": "small", "trial": True}
    assert facts(other) == {"trial": False}
    assert [Organisation.objects.get(pk=one.pk).no_outreach for one in (acme, other)] == [True, False]
    assert capsys.readouterr().out == "Facts of 2 organisations were kept.\n"


def test_a_file_with_a_fault_keeps_nothing_and_every_fault_is_told_with_its_line(
    acme: Organisation, tmp_path: Path
) -> None:
    before = facts(acme)
    with pytest.raises(Refused) as refused:
        importing_file(tmp_path / "f.csv", "domain,seats\nacme.example,8\nnobody.example,many\n")

    assert "line 3: there is no organisation 'nobody.example'" in str(refused.value)
    assert "line 3: 'seats' must be a number, such as 12 or 12.5, not 'many'." in str(refused.value)
    assert facts(acme) == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("seats\n3\n", "no column named"),
        ("domain,seats\nacme.example,3,4\n", "more cells than columns"),
        ("domain,outreach\nacme.example,perhaps\n", "yes or no"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(acme: Organisation, tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        importing_file(tmp_path / "f.csv", text)
