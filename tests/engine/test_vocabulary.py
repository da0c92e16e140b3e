"""The names conditions use, and the view that answers them."""

from datetime import UTC, date, datetime, timedelta

from deskwright.engine.events import ClockMark, CustomerWrote, FieldsChanged, SurveyAnswered, TicketOpened
from deskwright.engine.facts import Customer, Facts, Message, Organisation, Signals, Ticket
from deskwright.engine.loading import load
from deskwright.engine.vocabulary import STANDARD, view, vocabulary
from deskwright.engine.workflow import Category, FieldSpec

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIELDS = """
fields:
  amount: number
  paid: boolean
  plan: {type: choice, choices: [Basic, Pro]}
  birthday: {type: date, of: customer}
  renewal_date: {type: date, of: organisation}
"""


def seen(event=TicketOpened(), message=None, organisation=None, **known):  # noqa: B008
    fields = known.pop("customer_fields", {})
    facts = Facts(
        Ticket(1, created_at=NOW - timedelta(hours=2), **known),
        Customer(7, "Ada Example", "ada@customer.example", fields=fields),
        organisation,
        message,
    )
    return view(load(FIELDS), facts, event, NOW)


def test_a_view_answers_every_standard_name():
    assert {name.name for name in STANDARD} <= seen().keys()


def test_missing_values_are_none_and_sets_are_empty():
    found = seen()
    assert found["priority"] is found["customer_tier"] is found["organisation.vip"] is found["message"] is None
    assert found["tags"] == found["changed"] == frozenset()


def test_age_is_in_minutes_and_business_hours_ask_the_default_calendar():
    assert seen()["age"] == 120
    assert seen()["business_hours"] is True
    sunday = view(load(""), Facts(Ticket(1, created_at=NOW), Customer(1)), TicketOpened(), NOW - timedelta(days=1))
    assert sunday["business_hours"] is False


def test_the_tier_of_the_organisation_stands_in_for_the_customers():
    assert seen(organisation=Organisation(1, "Acme Example", "enterprise"))["customer_tier"] == "enterprise"


def test_custom_fields_are_read_as_declared_and_what_does_not_fit_is_missing():
    organisation = Organisation(1, "Acme Example", fields={"renewal_date": "2026-12-01T10:00", "amount": 5})
    found = seen(
        fields={"amount": "12.5", "paid": "yes", "plan": "Pro", "stray": 1},
        organisation=organisation,
        customer_fields={"birthday": "someday"},
    )
    assert (found["amount"], found["paid"], found["plan"]) == (12.5, None, "Pro")
    assert found["organisation.renewal_date"] == date(2026, 12, 1)
    assert found["customer.birthday"] is None
    assert "stray" not in found
    assert "organisation.amount" not in found
    assert seen(fields={"amount": "nan"})["amount"] is None
    assert seen(fields={"amount": True})["amount"] is None


def test_an_event_brings_its_own_facts():
    mark = seen(ClockMark(metric="first_response", share=0.75))
    assert (mark["event"], mark["metric"], mark["share"]) == ("clock_mark", "first_response", 0.75)
    assert seen(SurveyAnswered(csat=2), csat=5)["csat"] == 2
    assert seen(FieldsChanged({"priority": ("low", "high")}))["changed"] == {"priority"}
    assert seen(CustomerWrote(automatic=True))["automatic"] is True


def test_a_message_brings_its_text_and_what_was_heard_in_it():
    message = Message("> old\nnew words", "new words", signals=Signals(-0.5, "de"))
    found = seen(CustomerWrote(), message, subject="Hello", description="first words", sentiment=0.5)
    assert (found["message"], found["sentiment"], found["language"]) == ("new words", -0.5, "de")
    assert found["text"] == "Hello\nfirst words\nnew words"


def test_a_field_answers_to_its_bare_and_its_dotted_name():
    words = vocabulary(
        {
            "amount": FieldSpec("amount", "number"),
            "renewal_date": FieldSpec("renewal_date", "date", "organisation"),
        },
        {},
        (),
    )
    assert words.find("fields.amount") is words.find("amount")
    assert words.find("renewal_date").name == "organisation.renewal_date"
    assert words.find("organization.renewal_date").name == "organisation.renewal_date"
    assert words.find("customer.tier").name == "customer_tier"
    assert words.find("Priority").name == "priority"
    assert words.find("categroy") is None
    assert words.near("categroy") == "category"


def test_a_category_covers_everything_below_it():
    tree = {"a": Category("a"), "b": Category("b", "a"), "c": Category("c", "b")}
    covers = vocabulary({}, tree, ()).find("category").covers
    assert covers == {"a": ("a", "b", "c"), "b": ("b", "c"), "c": ("c",)}
