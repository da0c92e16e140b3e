"""The ladder: entering, timeouts, risen signals, acknowledgement, handing back, leaving, management's triggers."""

from dataclasses import replace
from datetime import timedelta

from deskwright.engine import escalation
from deskwright.engine.durations import parse
from deskwright.engine.effects import AcknowledgeTier, EnterTier, FireTriggers, PutClock
from deskwright.engine.facts import Ticket
from deskwright.engine.workflow import Assignee, Management, Tier
from tests.engine.building import at, workflow

TIERS = (
    Tier("tier_1", parse("2h"), ("no_response", "customer_frustration"), Assignee("specialist"), "tier_2"),
    Tier("tier_2", parse("4h"), ("technical_complexity", "product_bug"), Assignee("engineering"), None),
)
PATIENT = (TIERS[0], replace(TIERS[1], acknowledge_within=parse("30m")))
NOBODY_TO_WAIT_FOR = (TIERS[0], replace(TIERS[1], timeout=None, acknowledge_within=parse("30m")))


class Climb:
    """A ticket on the ladder, deed by deed; what a deed asked for is kept as the desk would keep it."""

    def __init__(self, tiers=TIERS, opened="10:00", signals=(), **ticket):
        self.workflow = workflow(tiers=tiers, management=Management(("legal_threat", "vip_customer"), ("boss",)))
        self.ticket = Ticket(1, created_at=at(opened), signals=frozenset(signals), **ticket)
        self.clocks = {}
        self.act(escalation.enter_first, opened)

    def act(self, deed, when, *arguments):
        kept = tuple(self.clocks.values())
        ladder = escalation.climb(self.workflow, self.ticket, self.ticket.signals, at(when), kept)
        self.answer = deed(ladder, *arguments)
        self.ladder, self.effects = ladder, ladder.effects
        for effect in ladder.effects:
            self.keep(effect)
        return ladder

    def keep(self, effect):
        match effect:
            case PutClock():
                self.clocks[effect.clock.cycle] = effect.clock
            case EnterTier():
                self.ticket = replace(
                    self.ticket,
                    tier=effect.tier,
                    tier_number=effect.number,
                    tier_since=effect.at,
                    tier_signals=effect.signals,
                    tier_acknowledged=False,
                )
            case AcknowledgeTier():
                self.ticket = replace(self.ticket, tier_acknowledged=True)

    def rise(self, when, signal):
        self.ticket = replace(self.ticket, signals=self.ticket.signals | {signal})
        return self.act(escalation.rise, when, {signal})

    def mark(self, when):
        return self.act(escalation.act_on_mark, when, self.ticket.tier_number)

    def reply(self, when):
        self.ticket = replace(self.ticket, last_agent_at=at(when))

    @property
    def entered(self):
        return [(effect.tier, effect.reason) for effect in self.effects if isinstance(effect, EnterTier)]

    @property
    def clock(self):
        return self.clocks[max(self.clocks)]


def test_a_ticket_enters_the_first_tier_when_it_opens_and_its_timeout_runs_in_business_time():
    climb = Climb(opened="16:00")
    assert climb.entered == [("tier_1", "opened")]
    assert (climb.clock.metric, climb.clock.cycle, climb.clock.due_at) == ("tier", 1, at("Tue 10:00"))
    assert (climb.clock.next_mark, climb.clock.next_mark_at) == (1.0, at("Tue 10:00"))


def test_no_response_in_time_escalates_and_starts_the_next_timeout():
    climb = Climb()
    ladder = climb.mark("12:00")
    assert climb.entered == [("tier_2", "no_response")]
    assert ladder.left.escalate_to.name == "specialist"
    assert climb.clocks[1].stopped_at == at("12:00")
    assert (climb.clock.cycle, climb.clock.due_at) == (2, at("16:00"))


def test_a_public_reply_in_time_keeps_the_ticket_where_it_is():
    climb = Climb()
    climb.reply("11:59")
    assert climb.mark("12:00").left is None
    assert climb.entered == []
    assert (climb.clock.stopped_at, climb.clock.next_mark_at) == (at("12:00"), None)


def test_a_mark_that_comes_too_early_or_for_an_earlier_tier_does_nothing():
    climb = Climb()
    climb.mark("11:00")
    assert climb.effects == []
    assert climb.answer is True
    climb.act(escalation.act_on_mark, "12:00", 7)
    assert (climb.effects, climb.answer) == ([], False)


def test_a_signal_that_newly_rises_escalates_at_once():
    climb = Climb()
    climb.rise("10:05", "customer_frustration")
    assert climb.entered == [("tier_2", "customer_frustration")]
    assert climb.clocks[1].state == "cancelled"


def test_a_signal_the_tier_does_not_listen_to_changes_nothing():
    climb = Climb()
    climb.rise("10:05", "product_bug")
    assert climb.entered == []


def test_a_signal_that_held_when_the_tier_began_counts_when_the_timeout_runs_out():
    climb = Climb(signals=["customer_frustration"])
    climb.reply("10:30")
    assert climb.entered == [("tier_1", "opened")]
    climb.mark("12:00")
    assert climb.entered == [("tier_2", "customer_frustration")]


def test_at_the_top_the_ticket_leaves_the_ladder_to_the_last_ones_it_names():
    climb = Climb(signals=["product_bug"])
    climb.mark("12:00")
    ladder = climb.mark("16:00")
    assert climb.entered == [(None, "product_bug")]
    assert ladder.left.escalate_to.name == "engineering"
    climb.act(escalation.escalate, "16:30", "manual")
    assert climb.effects == []
    assert "no tier to escalate from" in climb.ladder.steps[-1].text


def test_one_decision_escalates_once():
    climb = Climb()

    def twice(ladder):
        escalation.escalate(ladder, "manual")
        escalation.escalate(ladder, "manual")

    climb.act(twice, "11:00")
    assert climb.entered == [("tier_2", "manual")]


def test_an_escalation_nobody_acknowledges_goes_on():
    climb = Climb(PATIENT)
    climb.mark("12:00")
    assert climb.clock.next_mark_at == at("12:30")
    climb.mark("12:30")
    assert climb.entered == [(None, "not_acknowledged")]


def test_an_acknowledged_escalation_waits_until_the_customer_writes():
    climb = Climb(PATIENT, signals=["product_bug"])
    climb.mark("12:00")
    climb.act(escalation.acknowledge, "12:20", 5)
    assert (climb.clock.state, climb.clock.next_mark_at) == ("paused", None)
    climb.act(escalation.acknowledge, "12:25", 5)
    assert climb.effects == []
    climb.act(escalation.hear_customer, "13:00")
    assert (climb.clock.next_mark, climb.clock.due_at) == (1.0, at("16:40"))
    climb.mark("16:40")
    assert climb.entered == [(None, "product_bug")]


def test_a_tier_may_wait_for_nothing_but_the_acknowledgement():
    climb = Climb(NOBODY_TO_WAIT_FOR)
    climb.mark("12:00")
    assert climb.clock.next_mark_at == at("12:30")
    climb.mark("12:30")
    assert climb.entered == [(None, "not_acknowledged")]


def test_handing_back_goes_one_tier_down_and_asks_for_no_acknowledgement():
    climb = Climb((replace(TIERS[0], acknowledge_within=parse("10m")), TIERS[1]))
    climb.mark("12:00")
    climb.act(escalation.hand_back, "13:00", 5, "can be answered from the manual")
    assert climb.entered == [("tier_1", "handed_back")]
    assert climb.answer == 0
    assert (climb.ticket.tier_number, climb.clock.cycle, climb.clock.next_mark_at) == (3, 3, at("15:00"))
    climb.act(escalation.hand_back, "13:30", 5, "")
    assert (climb.effects, climb.answer) == ([], None)


def test_handing_back_from_beyond_the_top_returns_to_the_last_tier():
    climb = Climb(signals=["product_bug"])
    climb.mark("12:00")
    climb.mark("16:00")
    climb.act(escalation.hand_back, "16:30", 5, "")
    assert climb.entered == [("tier_2", "handed_back")]


def test_solving_stops_the_timeout_and_reopening_begins_it_afresh_without_counting_old_replies():
    climb = Climb()
    climb.reply("10:30")
    climb.act(escalation.settle_status, "11:00", "open", "solved")
    assert (climb.clock.state, climb.clock.next_mark_at) == ("cancelled", None)
    climb.act(escalation.settle_status, "Wed 10:00", "solved", "open")
    assert climb.clock.due_at == at("Wed 12:00")
    climb.mark("Wed 12:00")
    assert climb.entered == [("tier_2", "no_response")]


def test_management_is_told_of_each_trigger_once():
    climb = Climb()
    climb.ticket = replace(climb.ticket, signals=frozenset({"legal_threat", "product_bug"}))
    climb.act(escalation.fire_triggers, "10:10")
    assert climb.answer == {"legal_threat"}
    assert [effect.triggers for effect in climb.effects if isinstance(effect, FireTriggers)] == [{"legal_threat"}]
    climb.ticket = replace(
        climb.ticket, triggers_fired=frozenset({"legal_threat"}), signals=climb.ticket.signals | {"vip_customer"}
    )
    climb.act(escalation.fire_triggers, "10:20")
    assert climb.answer == {"vip_customer"}


def test_a_workflow_without_tiers_has_no_ladder():
    climb = Climb(())
    assert climb.effects == []
    climb.rise("10:05", "customer_frustration")
    climb.mark("12:00")
    assert climb.effects == []


def test_an_imported_ticket_has_a_tier_but_no_timeout():
    climb = Climb(imported=True)
    assert climb.clocks == {}


def test_a_late_worker_escalates_from_the_moment_it_looks():
    climb = Climb()
    climb.mark("14:00")
    assert climb.clock.started_at == at("12:00") + timedelta(hours=2)
