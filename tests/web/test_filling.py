"""Forms whose deed the desk refuses: each refusal is read above or beside what was typed, which stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django import forms

from deskwright.desk.errors import Conflict, Forbidden, Invalid
from deskwright.web.filling import made, saving


class Shelf(forms.Form):
    name = forms.CharField()
    keeper = forms.CharField(required=False)


def refusing(refusal: Exception) -> Callable[[dict[str, Any]], None]:
    def act(said: dict[str, Any]) -> None:
        raise refusal

    return act


@pytest.mark.parametrize(
    ("refusal", "where"),
    [
        (Conflict("Somebody was faster."), "__all__"),
        (Invalid("Something is wrong."), "__all__"),
        (Invalid("Something is wrong.", {"name": "Taken."}), "name"),
        (Invalid("Something is wrong.", {"keeper_id": "Nobody."}), "keeper"),
        (Invalid("Something is wrong.", {"elsewhere": "Odd."}), "__all__"),
    ],
)
def test_what_the_desk_refuses_stands_at_its_field(refusal: Exception, where: str) -> None:
    form = Shelf({"name": "Left"})
    assert not saving(form, refusing(refusal))
    assert list(form.errors) == [where]
    assert form["name"].value() == "Left"


def test_a_deed_that_is_not_theirs_is_told_by_the_page() -> None:
    with pytest.raises(Forbidden):
        saving(Shelf({"name": "Left"}), refusing(Forbidden("Not yours.")))


def test_a_form_that_is_wrong_does_nothing() -> None:
    assert not saving(Shelf({}), refusing(AssertionError()))


def test_what_was_made_is_given_back() -> None:
    assert made(Shelf({"name": "Left"}), lambda said: len(said["name"])) == 4
