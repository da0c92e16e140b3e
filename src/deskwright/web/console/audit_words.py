"""What the audit log tells, in words: kinds, looks at data, sign-ins. Changes of settings go by their own names."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.desk import audit

KINDS: Final[dict[str, tuple[str, Promise]]] = {
    audit.CHANGE: ("pencil", _("Changes")),
    audit.ACCESS: ("eye", _("Access to data")),
    audit.SIGN_IN: ("lock", _("Sign-ins")),
}
"""kind -> icon, name"""
ACTIONS: Final[dict[str, Promise]] = {
    "ticket.seen": _("Looked at a ticket"),
    "customer.seen": _("Looked at a customer"),
    "organisation.seen": _("Looked at an organisation"),
    "mail.seen": _("Looked at a mail in the mail log"),
    "tickets.searched": _("Searched tickets"),
    "customers.searched": _("Searched customers"),
    "organisations.searched": _("Searched organisations"),
    "tickets.listed": _("Listed tickets"),
    "mails.listed": _("Listed mails that left"),
    "suppressions.listed": _("Listed suppressed addresses"),
    "mail_log.listed": _("Searched the mail log"),
    "api.read": _("Read by the API"),
    "audit.read": _("Read the audit log"),
    "file.downloaded": _("Downloaded a file"),
    "recording.heard": _("Played a recording"),
    "mail.source": _("Downloaded the source of a mail"),
    "audit.exported": _("Exported the audit log"),
    "suppressions.exported": _("Exported suppressed addresses"),
    "trial.exported": _("Exported the tickets of a simulation"),
    "shifts.exported": _("Exported a shift plan"),
    "agent.signed_in": _("Signed in"),
    "agent.signed_out": _("Signed out"),
    "agent.refused": _("Failed to sign in"),
    "agent.locked_out": _("Locked out after too many tries"),
    "agent.confirmed": _("Confirmed who they are"),
    "agent.not_confirmed": _("Failed to confirm who they are"),
    "agent.steps_forgotten": _("Had their second steps taken away"),
    "step.refused": _("Gave a wrong second step"),
    "provider.refused": _("Was turned away at the identity provider"),
    "customer.signed_in": _("Came in by a link (customer)"),
    "invitation.accepted": _("Accepted an invitation"),
    "session.ended": _("Ended a session"),
    "totp.activated": _("Set up an authenticator app"),
    "totp.deactivated": _("Removed an authenticator app"),
    "webauthn.added": _("Added a security key"),
    "webauthn.removed": _("Removed a security key"),
    "recovery.codes_generated": _("Made new recovery codes"),
    "password.changed": _("Changed their password"),
    "password.reset": _("Chose a new password by mail"),
    "password.set": _("Chose a first password"),
    "account.connected": _("Signed in at the provider for the first time"),
    "account.disconnected": _("Was parted from the provider"),
    "token.new_address": _("Used an API token from a new address"),
    "token.refused": _("Used an API token that has ended"),
    "token.unknown": _("Used an unknown API token"),
}
THINGS: Final[dict[str, Promise]] = {
    "ticket": _("Ticket #%(number)s"),
    "customer": _("Customer %(number)s"),
    "organisation": _("Organisation %(number)s"),
}
