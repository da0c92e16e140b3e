"""An arrival that goes on with something: the same mail again, a further message, or one too late to be that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from deskwright.desk import workflows
from deskwright.desk.arriving import reopenings, requesters
from deskwright.desk.arriving.arrivals import Arrival
from deskwright.desk.arriving.batch import Intake, add_message, engine_message, noted, queue_of
from deskwright.desk.arriving.outcomes import Taken
from deskwright.desk.arriving.reopenings import TOO_OFTEN
from deskwright.desk.arriving.threads import Copy
from deskwright.desk.cases import Case, Happening
from deskwright.desk.outbox import returning
from deskwright.desk.tickets.waking import rouse
from deskwright.engine import events, reopening
from deskwright.engine.saying import _
from deskwright.text import read
from deskwright.text.alike import bare_subject


def copies(intake: Intake, arrival: Arrival) -> list[Copy]:
    """Messages that are the same mail: the same Message-ID with the same words of the same sender.

    With other words, or of somebody else, it is a message of its own.
    """
    if arrival.mail_id is None:
        return []
    sender = intake.known[requesters.normalised(arrival.requester)]
    words = digest(arrival.text)
    same = [*intake.found.copies.get(arrival.mail_id, ()), *in_batch(intake, arrival.mail_id)]
    return [one for one in same if one.words == words and one.sender in {sender, None}]


def in_batch(intake: Intake, mail_id: str) -> list[Copy]:
    case = intake.by_mail.get(mail_id)
    if case is None:
        return []
    rows = [row for row in case.messages if row["mail_id"] == mail_id]
    return [Copy(digest(row["text"]), row["customer_id"], row["recipients"].get("queue"), case) for row in rows]


def digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def elsewhere(intake: Intake, arrival: Arrival, same: Sequence[Copy]) -> bool:
    """Whether a copy of a mail begins a ticket of its own: it came for an address with a queue, its copies for others.

    One that goes on with a conversation does not: that has one place.
    """
    queue = queue_of(intake, arrival)
    return queue is not None and queue not in {one.queue for one in same} and continued(intake, arrival) is None


def remarks(intake: Intake, arrival: Arrival, case: Case | None = None) -> list[str]:
    """What an agent should know of how it found its place, or did not."""
    said: list[str] = []
    if arrival.mail_id and (arrival.mail_id in intake.found.ticket_of or arrival.mail_id in intake.by_mail):
        said.append(_("Another mail carries the same Message-ID."))
    gone = arrival.thread_ticket if arrival.thread_ticket not in intake.found.proved else None
    if gone is not None and case is None:
        said.append(_("It answers #%(number)s, which is not here any more.", number=gone))
    return said


def continued(intake: Intake, arrival: Arrival) -> Case | None:
    ticket = intake.found.ticket(arrival)
    if ticket in intake.cases:
        return whole(intake.cases[ticket], intake.cases)
    return next((intake.by_mail[name] for name in arrival.references if name in intake.by_mail), None)


def whole(case: Case, cases: Mapping[int, Case]) -> Case:
    """The ticket that this one is part of by now. They are taken up in chains without circles."""
    while case.row["merged_into_id"] in cases:
        case = cases[case.row["merged_into_id"]]
    return case


def too_late(intake: Intake, case: Case, arrival: Arrival) -> bool:
    """Whether the workflow wants a ticket of its own for this: the one it answers was solved long ago, or only its
    requester may open it again.

    Machines reopen nothing anyhow, so what they write stays with what it answers.
    """
    if arrival.automatic is not None or arrival.bounce_of is not None:
        return False
    workflow = workflows.version(intake.live_version)
    at, requester = arrival.at or intake.now, asked(intake, case, arrival)
    return not reopening.goes_on(workflow, case.ticket, at, requester=requester)


def may_open(intake: Intake, case: Case, arrival: Arrival) -> bool:
    """Whether its sender may open the ticket again, if it comes in time."""
    workflow = workflows.version(intake.live_version)
    return asked(intake, case, arrival) or reopening.opened_by_others(workflow, case.row["queue"])


def asked(intake: Intake, case: Case, arrival: Arrival) -> bool:
    """Whether it is from who asked for this ticket, or for one that was merged into it."""
    sender = intake.known[requesters.normalised(arrival.requester)]
    return sender in {case.row["customer_id"], *intake.found.requesters.get(case.row["id"] or 0, ())}


def join(intake: Intake, case: Case, arrival: Arrival) -> Taken:
    """A further message of a ticket. Automatic mail is kept quietly; a stranger's is marked unverified."""
    if case not in intake.order:
        intake.order.append(case)
    sender = intake.known[requesters.normalised(arrival.requester)]
    takes = arrival.invited or takes_part(intake, case, arrival) or reached(intake, case, arrival)
    verified = arrival.trusted and (takes or asked(intake, case, arrival))
    machine = arrival.automatic is not None or arrival.bounce_of is not None
    reopens = not machine and intake.reopenings.opens(case)
    stopped = TOO_OFTEN if reopens and intake.reopenings.braked(case, arrival) else ""
    automatic = machine or bool(stopped)
    understood = read(arrival.said)
    remarked = [*remarks(intake, arrival, case), *([stopped] if stopped else ())]
    message = add_message(intake, case, arrival, understood, verified=verified, automatic=automatic)
    if not automatic:
        rouse(case, "customer_wrote", message["created_at"])
        case.set(last_customer_at=message["created_at"])
        if case.row["unanswered_since"] is None:
            case.set(unanswered_since=message["created_at"])
    if arrival.away_until and verified and sender == case.row["customer_id"]:
        case.of_customer["away_until"] = arrival.away_until
    if stopped:
        reopenings.tell(case, message["created_at"])
    returned = intake.returned.get(id(arrival))
    if returned is not None:
        returning.tell(case, returned, message["created_at"])
    case.happen(
        Happening(
            events.CustomerWrote(automatic=automatic),
            message["created_at"],
            actor="customer",
            message=engine_message(arrival, understood, message, automatic=automatic),
            data=noted(arrival, verified, remarked)
            | another_subject(case, arrival)
            | ({"returned": returned.as_json()} if returned else {})
            | ({"reopens": True} if reopens and not stopped else {}),
        )
    )
    return Taken("note" if automatic else "reply", case, message, stopped)


def takes_part(intake: Intake, case: Case, arrival: Arrival) -> bool:
    """Whether the requester or an agent has taken them into the conversation."""
    kind, address = requesters.normalised(arrival.requester)
    return kind == "email" and address in intake.found.parties.get(case.row["id"] or 0, ())


def reached(intake: Intake, case: Case, arrival: Arrival) -> bool:
    """Whether it answers a mail of ours to the address where the requester said they are: it came from there."""
    _kind, address = requesters.normalised(arrival.requester)
    signed = arrival.thread_ticket in intake.found.proved
    return signed and address == case.party.customer.email.lower()


def another_subject(case: Case, arrival: Arrival) -> dict[str, str]:
    """What a mail is about, where that is not what the conversation is about: people reuse old mails."""
    subject = bare_subject(arrival.subject)
    own = bare_subject(case.row["subject"])
    if arrival.channel != "email" or not subject or own.casefold() in subject.casefold():
        return {}
    return {"other_subject": subject}
