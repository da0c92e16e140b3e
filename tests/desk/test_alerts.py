"""Alerts: one ticket for each trouble, however often and however much at once it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.channels.alerts import signals
from deskwright.channels.alerts.signals import Signal
from deskwright.desk import workflows
from deskwright.desk.alerts import door, sources, taking
from deskwright.desk.alerts.taking import Post, Taken
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.tickets import changing, merging
from deskwright.store.models import Alert, AlertSource, AuditEntry, Customer, Message, Ticket, TicketEvent
from tests import factories

HOUR = timedelta(hours=1)
WORKFLOW = """
workflow: Watchers
fields:
  severity: {choices: {warning: {en: Warning}, critical: {en: Critical}}}
  service: {}
routing_rules:
  - name: Shop alerts
    condition: "channel == 'alert' AND severity == 'critical' AND service == 'shop'"
    action: {assign: {queue: engineering}}
  - name: Other alerts
    condition: "channel == 'alert'"
    action: {assign: {queue: technical}}
reopen: {within: 2d}
duplicates: {same_customer_within: 3d, suggest_at: 0.5, merge_at: 0.6}
"""
VALUES = {"name": "Prometheus", "form": "plain", "by": [], "grouped": "group", "solves": True}


@pytest.fixture
def source(db: str, now: datetime) -> door.Source:
    workflows.publish(WORKFLOW, now=now)
    made, _secret = sources.set_up(None, VALUES, now=now)
    return door.known_by(made)


def fires(key: str = "disk", **details: Any) -> Signal:
    whole = {"title": "Disk almost full", "severity": "warning", "labels": {"service": "shop"}} | details
    return Signal(key, True, **whole)


def ends(key: str = "disk") -> Signal:
    return Signal(key, False, "")


def take(source: door.Source, now: datetime, *several: Signal, id: str = "") -> Taken:
    (taken,) = taking.receive([Post(source, several, id)], now)
    assert isinstance(taken, Taken), taken
    return taken


def test_a_trouble_opens_one_ticket_in_the_name_of_its_source(source: door.Source, now: datetime) -> None:
    taken = take(source, now, fires(text="91 % of /var is used", url="https://graph.example/1"))
    (ticket,) = Ticket.objects.all()
    assert taken.tickets == (ticket.pk,)
    assert (ticket.channel, ticket.subject, ticket.type) == ("alert", "Disk almost full", "incident")
    assert ticket.customer.name == "Prometheus" and ticket.customer.email == ""
    assert ticket.priority == "medium" and ticket.fields == {"severity": "warning", "service": "shop"}
    assert "91 % of /var" in ticket.description and "https://graph.example/1" in ticket.description


def test_a_storm_of_a_thousand_is_one_ticket_with_a_counter(source: door.Source, now: datetime) -> None:
    posts = [Post(source, [fires()]) for _ in range(1000)]
    assert all(isinstance(one, Taken) for one in taking.receive(posts, now))
    assert Ticket.objects.count() == 1 and Message.objects.count() == 1
    alert = Alert.objects.get()
    assert (alert.count, alert.firing, alert.first_at, alert.last_at) == (1000, True, now, now)
    for minute in range(1, 4):
        take(source, now + timedelta(minutes=minute), fires())
    alert.refresh_from_db()
    assert alert.count == 1003 and alert.last_at == now + timedelta(minutes=3)
    assert TicketEvent.objects.filter(kind="customer_wrote").count() == 0


def test_what_only_repeats_itself_costs_a_fixed_number_of_statements(source: door.Source, now: datetime) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    take(source, now, fires("a"), fires("b"))
    with CaptureQueriesContext(connection) as few:
        take(source, now, fires("a"))
    with CaptureQueriesContext(connection) as many:
        taking.receive([Post(source, [fires("a"), fires("b")]) for _ in range(200)], now)
    assert len(many) == len(few)


def test_routing_rules_read_severity_and_labels(source: door.Source, now: datetime) -> None:
    take(source, now, fires("a", severity="critical"), fires("b"))
    first, second = Ticket.objects.order_by("pk")
    assert (first.queue, first.priority) == ("engineering", "critical")
    assert second.queue == "technical"


def test_two_troubles_that_sound_alike_stay_two(source: door.Source, now: datetime) -> None:
    take(source, now, fires("a"), fires("b"))
    assert Ticket.objects.count() == 2
    assert not TicketEvent.objects.filter(data__effects__contains=[{"effect": "SuggestDuplicate"}]).exists()


def test_when_it_ends_the_ticket_is_solved_and_says_how_often_it_was_seen(source: door.Source, now: datetime) -> None:
    take(source, now, *[fires()] * 12)
    take(source, now + HOUR, ends())
    ticket = Ticket.objects.get()
    assert ticket.status == "solved" and ticket.solved_at == now + HOUR
    event = TicketEvent.objects.get(kind="fields_changed")
    assert (event.actor, event.data["alert"]["count"], event.data["alert"]["state"]) == ("system", 12, "ended")
    assert Alert.objects.get().firing is False
    take(source, now + HOUR, ends(), ends("never seen"))
    assert TicketEvent.objects.filter(kind="fields_changed").count() == 1 and Alert.objects.count() == 1


def test_within_the_reopen_window_it_fires_on_the_same_ticket(source: door.Source, now: datetime) -> None:
    take(source, now, fires())
    take(source, now + HOUR, ends())
    take(source, now + 2 * HOUR, fires(), fires())
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.reopen_count) == ("open", 1)
    assert Alert.objects.get().count == 3


def test_after_the_reopen_window_a_new_ticket_follows(source: door.Source, now: datetime) -> None:
    take(source, now, fires())
    take(source, now + HOUR, ends())
    taken = take(source, now + timedelta(days=4), fires())
    old, new = Ticket.objects.order_by("pk")
    assert taken.tickets == (new.pk,) and old.status == "solved" and new.status != "solved"
    assert new.links.get(kind="follow_up").other_id == old.pk
    assert Alert.objects.get().count == 1


def test_one_post_may_tell_a_whole_course(source: door.Source, now: datetime) -> None:
    take(source, now, fires(), fires(), ends(), fires(), ends())
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.reopen_count) == ("solved", 1)
    assert Alert.objects.get().count == 3


def test_a_worse_severity_reaches_the_rules_and_raises_the_priority(source: door.Source, now: datetime) -> None:
    take(source, now, fires())
    take(source, now, fires(severity="critical"))
    ticket = Ticket.objects.get()
    assert ticket.fields["severity"] == "critical" and ticket.priority == "critical"
    take(source, now, fires(severity="warning"))
    ticket.refresh_from_db()
    assert ticket.fields["severity"] == "warning" and ticket.priority == "critical"


def test_a_source_that_does_not_solve_leaves_a_note(db: str, now: datetime) -> None:
    workflows.publish(WORKFLOW, now=now)
    made, _secret = sources.set_up(None, VALUES | {"solves": False}, now=now)
    source = door.known_by(made)
    take(source, now, fires())
    take(source, now, ends())
    assert Ticket.objects.get().status == "new"
    assert "stays open" in Message.objects.get(kind="note").text


def test_a_field_that_is_needed_keeps_the_ticket_open(db: str, now: datetime) -> None:
    workflows.publish(WORKFLOW.replace("service: {}", "service: {}\n  cause: {required: on_solve}"), now=now)
    made, _secret = sources.set_up(None, VALUES, now=now)
    source = door.known_by(made)
    take(source, now, fires())
    take(source, now, ends())
    assert Ticket.objects.get().status == "new"
    assert "Cause" in Message.objects.get(kind="note").text


def test_a_ticket_that_an_agent_solved_counts_on_without_a_word(source: door.Source, now: datetime) -> None:
    lead = factories.an_agent("Mira Lund", role="lead")
    (number,) = take(source, now, fires()).tickets
    changing.change(lead, [number], {"status": "solved"}, now=now)
    take(source, now, fires())
    ticket = Ticket.objects.get()
    assert ticket.status == "solved" and Alert.objects.get().count == 2


def test_a_trouble_whose_ticket_was_merged_is_told_to_the_whole(source: door.Source, now: datetime) -> None:
    lead = factories.an_agent("Mira Lund", role="lead")
    first, second = take(source, now, fires("a"), fires("b")).tickets
    merging.merge(lead, [second], first, now=now)
    take(source, now, fires("b", severity="critical"))
    whole = Ticket.objects.get(pk=first)
    assert whole.priority == "critical"
    take(source, now, ends("b"))
    whole.refresh_from_db()
    assert whole.status == "new" and "stays open" in Message.objects.get(ticket=whole, kind="note").text
    take(source, now, ends("a"))
    whole.refresh_from_db()
    assert whole.status == "solved"


def test_a_post_that_comes_again_under_its_id_is_counted_once(source: door.Source, now: datetime) -> None:
    assert take(source, now, fires(), id="msg_1").repeated is False
    assert take(source, now, fires(), id="msg_1").repeated is True
    again = taking.receive([Post(source, [fires()], "msg_2"), Post(source, [fires()], "msg_2")], now)
    assert [one.repeated for one in again if isinstance(one, Taken)] == [False, True]
    assert Alert.objects.get().count == 2


def test_only_who_may_connect_channels_sets_up_sources(db: str, now: datetime) -> None:
    agent = factories.an_agent("Jonas Feld")
    with pytest.raises(Forbidden):
        sources.set_up(agent, VALUES, now=now)
    with pytest.raises(Invalid):
        sources.set_up(None, VALUES | {"form": "morse"}, now=now)
    with pytest.raises(NotFound):
        sources.rotate(None, 4711, now=now)


def test_the_secret_is_sealed_and_every_change_is_in_the_audit_log(db: str, now: datetime) -> None:
    made, secret = sources.set_up(None, VALUES, now=now)
    assert secret.startswith("whsec_") and secret not in made.secret
    sources.change(None, made.pk, VALUES | {"name": "Grafana"}, now=now)
    fresh = sources.rotate(None, made.pk, now=now)
    row = AlertSource.objects.get()
    assert door.opened(door.known_by(row), now + HOUR) == [fresh, secret]
    assert door.opened(door.known_by(row), now + timedelta(hours=25)) == [fresh]
    sources.switch(None, made.pk, False, now=now)
    sources.remove(None, made.pk, now=now)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert [one.removeprefix("alert_source.") for one in actions] == [
        "set_up", "changed", "secret_rotated", "switched_off", "removed",
    ]  # fmt: skip
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_test_alert_goes_the_whole_way_and_is_over_at_once(source: door.Source, now: datetime) -> None:
    admin = factories.an_agent("Odile Marchand", role="admin")
    number = sources.test(admin, source.id, now=now)
    ticket = Ticket.objects.get(pk=number)
    assert (ticket.status, ticket.subject) == ("solved", "A test alert")


@pytest.fixture
def live_source(live_db: str, now: datetime) -> Iterator[door.Source]:
    workflows.publish(WORKFLOW, now=now)
    made, _secret = sources.set_up(None, VALUES, now=now)
    yield door.known_by(made)


def test_posts_of_several_processes_at_once_make_one_ticket(live_source: door.Source, now: datetime) -> None:
    """Eight connections, each with posts of its own, all at the same moment."""
    begin, told = threading.Barrier(8), []

    def post() -> None:
        from django.db import connection

        begin.wait()
        for _ in range(25):
            told.extend(taking.receive([Post(live_source, [fires(), fires("cpu")])], now))
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(told) == 200 and all(isinstance(one, Taken) for one in told), told[:3]
    assert Ticket.objects.count() == 2 and Customer.objects.count() == 1
    assert sorted(Alert.objects.values_list("key", "count")) == [("cpu", 200), ("disk", 200)]


PLACES = [("firing", "web1", "warning"), ("firing", "web2", "critical"), ("resolved", "web3", "page")]
GROUP = {
    "version": "4",
    "groupKey": '{}:{alertname="HighLatency"}',
    "status": "firing",
    "receiver": "deskwright",
    "groupLabels": {"alertname": "HighLatency"},
    "commonLabels": {"alertname": "HighLatency", "service": "shop"},
    "commonAnnotations": {"summary": "The shop is slow"},
    "externalURL": "http://alertmanager.example",
    "truncatedAlerts": 0,
    "alerts": [
        {
            "status": state,
            "labels": {"alertname": "HighLatency", "instance": place, "severity": severity},
            "annotations": {"summary": f"{place} is slow"},
            "startsAt": "2026-11-23T08:59:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": f"fp-{place}",
        }
        for state, place, severity in PLACES
    ],
}  # fmt: skip


def test_a_group_of_alertmanager_is_one_trouble_as_bad_as_its_worst() -> None:
    (signal,) = signals.read(signals.orjson.dumps(GROUP), signals.Reading("alertmanager"))
    assert (signal.key, signal.firing, signal.severity, signal.times) == (GROUP["groupKey"], True, "critical", 2)
    assert signal.title == "The shop is slow" and "web1 is slow" in signal.text and "web3" not in signal.text
    over = GROUP | {"alerts": [one | {"status": "resolved"} for one in GROUP["alerts"]]}  # type: ignore[operator, attr-defined]
    assert signals.read(signals.orjson.dumps(over), signals.Reading("alertmanager"))[0].firing is False


def test_each_alert_of_alertmanager_or_chosen_labels_may_be_the_trouble() -> None:
    body = signals.orjson.dumps(GROUP)
    each = signals.read(body, signals.Reading("alertmanager", grouped="alert"))
    assert [(one.key, one.firing) for one in each] == [("fp-web1", True), ("fp-web2", True), ("fp-web3", False)]
    by = signals.read(body, signals.Reading("alertmanager", by=("alertname", "instance")))
    assert by[0].key == "HighLatency/web1"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b"3", ""),
        (b'{"key": "a"}', "/title"),
        (b'{"title": "a", "state": "burning"}', "/state"),
        (b'{"title": "a", "colour": "red"}', "/colour"),
        (b'{"title": 3}', "/title"),
        (b'[{"title": "a"}, {"title": "b", "labels": []}]', "/1/labels"),
    ],
)
def test_a_body_that_cannot_be_read_says_where(body: bytes, pointer: str) -> None:
    with pytest.raises(signals.Unreadable) as refusal:
        signals.read(body, signals.Reading())
    assert refusal.value.pointer == pointer


def test_a_plain_alert_without_a_key_is_known_by_its_title_and_labels() -> None:
    first, second = (signals.read(b'{"title": "a", "labels": {"n": 1}}', signals.Reading()) for _ in range(2))
    assert first[0].key == second[0].key and first[0].labels == {"n": "1"}
