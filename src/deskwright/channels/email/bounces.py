"""Reports that a mail of ours did not arrive, arrives late, or was called spam: standard ones, and those in free words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from deskwright.channels.contract import Address, Bounce
from deskwright.channels.email.cleaning import clean_line
from deskwright.channels.email.headers import Headers, decode_words, message_ids
from deskwright.channels.email.parts import MESSAGES, Contents

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
SMTP_CODE = re.compile(r"(?<![\d.\-])([45][0-7]\d)[ \-](?=[^\d])")
EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+")
MACHINE = re.compile(
    r"\A(?:mailer[-_.]?daemon|mail[-_.]?daemon|maildaemon|post_?master|mail[-_.]?delivery|mail-?system|bounces?|mta|daemon)\b"
    r"|\A(?:microsoftexchange|mdaemon)",
    re.IGNORECASE,
)
NO_REPLY = re.compile(r"(?:no|do[._-]?not)[._-]?reply", re.IGNORECASE)
MACHINE_NAME = re.compile(r"mail(?:er)?[ -]?(?:delivery|daemon)|delivery (?:sub)?system|postmaster|mail administrator", re.I)
SUBJECT = re.compile(
    r"""undeliver(?:able|ed)|returned\ (?:mail|e-?mail|message|to\ sender)|failure\ notice|non[- ]?delivery|\bNDR\b
    |deliver[yi](?:\ng)?\b.{0,40}\b(?:fail|status|problem|error|notification|report|delay|warning|has\ been|unsuccess|reject)
    |(?:mail|message|e-?mail)\b.{0,30}\b(?:fail|not\ (?:be\ )?deliver|could\ not|undeliver|rejected|delayed|bounce|blocked)
    |(?:could\ not|can(?:no|')t|unable\ to|not)\b.{0,20}\bdeliver|failed\ (?:mail|delivery|message)|mail\ system\ error
    |returning\ message|warning:.{0,30}(?:message|mail)|message\ (?:status|delayed)|permanent\ (?:error|failure)
    |unzustellbar|nicht\ zugestellt|unzustellbarkeits|zustellung.{0,20}(?:fehl|nicht)|fehlgeschlagen
    |non\ remis|échec.{0,20}(?:remise|livraison)|non\ distribu|no\ (?:se\ pudo|se\ ha\ podido)\ entregar|no\ entregado
    |mancata\ consegna|não\ (?:foi\ )?entreg|onbestelbaar|配信(?:エラー|不能|失敗)|送信エラー|送信できませんでした|メールエラー|退信|投递失败
    |недоставлен|не\ доставлен|user\ unknown|error\ mail|\bdsn\b|considered\ unsolicited""",
    re.IGNORECASE | re.VERBOSE,
)
BODY = re.compile(
    r"""could\ not\ be\ (?:successfully\ )?delivered|(?:was|were|be|been)\ (?:not|un)\ ?(?:delivered|able|successful)|undeliverable
    |unable\ to\ deliver|(?:delivery|deliver).{0,60}(?:fail|reject|impossible|not\ possible|unsuccess)|failed\ to\ deliver
    |user\ unknown|unknown\ user|no\ such\ (?:user|person|recipient|mailbox|domain)|does(?:\ not|n't)\ exist|mailbox\ (?:is\ )?full
    |over\ (?:its\ )?quota|permanent\ (?:fatal\ )?error|rejected|host\ (?:unknown|not\ found)|not\ our\ customer
    |(?:had|has)\ (?:permanent|transient|temporary)\ (?:fatal|non-fatal)?\ ?errors?|message\ (?:was\ )?(?:not\ accepted|expired|blocked)
    |error\ delivering|invalid\ user|送信できません|could\ not\ send|can\ not\ be\ sent|giving\ up|relaying\ denied|access\ denied|配送|不明|届け""",
    re.IGNORECASE | re.VERBOSE,
)
LATE = re.compile(
    r"delay(?:ed)?\b|still (?:being )?(?:try|retr)|will (?:keep|continue) (?:to )?try|not yet been delivered|"
    r"warning: (?:could not send|message)|do not need to resend|temporar(?:y|ily) (?:non-fatal|deferred)",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"""(?:final-recipient|original-recipient|failed\ recipient|recipient(?:\ address)?|to|rcpt\ to|address|user)\s*:\s*
    (?:rfc822\s*;\s*)?[<"'\[]?(?P<named>[^\s<>"'\[\];,()]+@[^\s<>"'\[\];,()]+)""",
    re.IGNORECASE | re.VERBOSE,
)
COMPLAINT = re.compile(r"\s*complaint about message from [\d.:a-f]+", re.IGNORECASE)
NOTIFICATION = re.compile(r'"(?:notificationType|eventType)"\s*:\s*"(Bounce|Complaint|Delivery)"', re.IGNORECASE)
ORIGINAL = re.compile(
    r"^\s*-{2,}.{0,40}(?:original|message header|copy of|returned|undelivered|unsent|body of|below this line|message follows)"
    r"|^\s*-{2,} (?:this is a copy|the header)|^(?:return-path|received|message-id)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
PARENT_ID = re.compile(r"^[ \t>|]*message-id\s*:\s*(<[^<>\s]+>|[^\s<>]+@[^\s<>]+)", re.IGNORECASE | re.MULTILINE)


def bounce_in(
    headers: Headers, sender: Address | None, subject: str, text: str, found: Contents, null_sender: bool
) -> Bounce | None:
    """What the report says; None when the mail is none. A human who forwards a report is not one."""
    bounce = (
        complaint(found, subject)
        or status_report(found)
        or notification(text)
        or in_free_words(headers, sender, subject, text, null_sender)
    )
    if bounce is None:
        return None
    parent = bounce.original_message_id or original_id(headers, text, found)
    recipient = bounce.failed_recipient or named_recipient(headers, text, found)
    return replace(bounce, original_message_id=parent, failed_recipient=recipient)


def complaint(found: Contents, subject: str) -> Bounce | None:
    """An abuse report (ARF, RFC 5965)."""
    for fields in reports(found, "message/feedback-report"):
        recipient = address_in(fields.get("original-rcpt-to") or fields.get("removal-recipient") or "")
        if fields.get("feedback-type", "abuse").lower() != "not-spam":
            return Bounce(recipient, "", True, None, "complaint", clean_line(fields.get("feedback-type", "abuse"), 100))
    if COMPLAINT.match(subject) and any(kind in MESSAGES for kind, _ in found.reports):
        return Bounce(None, "", True, None, "complaint", "abuse")
    return None


def notification(text: str) -> Bounce | None:
    """A provider's notification in JSON (Amazon SES through SNS)."""
    match = NOTIFICATION.search(text[:2000])
    if match is None:
        return None
    kind = {"bounce": "failed", "complaint": "complaint", "delivery": "delivered"}[match[1].lower()]
    recipient = re.search(r'"(?:emailAddress|recipients)"\s*:\s*\[?\s*"([^"]+@[^"]+)"', text)
    status = re.search(r'"status"\s*:\s*"([245]\.[\d.]+)"', text)
    permanent = kind != "delivered" and '"Transient"' not in text
    return Bounce(recipient[1] if recipient else None, status[1] if status else "", permanent, None, kind)


def status_report(found: Contents) -> Bounce | None:
    """A delivery status notification (RFC 3464): the worst recipient's outcome."""
    outcomes = [
        outcome(fields)
        for kind in ("message/delivery-status", "message/global-delivery-status")
        for fields in reports(found, kind)
        if "action" in fields or "status" in fields or "final-recipient" in fields
    ]
    order = {"failed": 0, "delayed": 1, "delivered": 2}
    return min(outcomes, key=lambda one: (order[one.kind], one.failed_recipient is None), default=None)


def outcome(fields: dict[str, str]) -> Bounce:
    recipient = next(
        (found for name in ("original-recipient", "final-recipient", "x-actual-recipient") if (found := address_in(fields.get(name, "")))),
        None,
    )
    said = clean_line(decode_words(fields.get("diagnostic-code", "")), 500)
    status = next(iter(STATUS.findall(fields.get("status", "")) or STATUS.findall(said)), "")
    action = fields.get("action", "failed").lower().split()[:1]
    kind = {"delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered"}.get(
        action[0] if action else "", "failed"
    )
    return Bounce(recipient, status, kind == "failed" and not status.startswith("4"), None, kind, said.partition(";")[2].strip() or said)


def reports(found: Contents, kind: str) -> Iterable[dict[str, str]]:
    """The blocks of fields in the machine-readable parts of a kind; names in lower case."""
    for its_kind, text in found.reports:
        if its_kind == kind:
            for block in re.split(r"\n[ \t]*\n", text):
                unfolded = re.sub(r"\n[ \t]+", " ", block)
                pairs = (line.partition(":") for line in unfolded.split("\n"))
                yield {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def address_in(value: str) -> str | None:
    match = EMAIL.search(value.partition(";")[2] or value)
    return match[0] if match else None


def in_free_words(headers: Headers, sender: Address | None, subject: str, text: str, null_sender: bool) -> Bounce | None:
    """A report a server wrote in its own words: from a machine, about a failure."""
    mail_system = by_machine(sender) if sender else MACHINE_NAME.search(headers.raw("from")) is not None
    machine = mail_system or null_sender or bool(headers.raw("auto-submitted")) or NO_REPLY.match(sender.email if sender else "")
    about = SUBJECT.search(subject) is not None
    said = BODY.search(text[:20_000]) is not None
    certain = "x-failed-recipients" in headers or (mail_system and (about or said))
    if not certain and not (machine and about and (said or null_sender)):
        return None
    own_words = before_original(text)
    status = next(iter(STATUS.findall(own_words)), "")
    code = next(iter(SMTP_CODE.findall(own_words)), "")
    soft = status.startswith("4") or (not status and code.startswith("4"))
    late = LATE.search(f"{subject}\n{own_words[:3000]}") is not None and not status.startswith("5") and not code.startswith("5")
    return Bounce(None, status, not soft and not late, None, "delayed" if late else "failed", reason_line(own_words))


def by_machine(sender: Address) -> bool:
    return MACHINE.match(sender.email) is not None or MACHINE_NAME.search(sender.name) is not None


def before_original(text: str) -> str:
    """The report without the mail it returns."""
    match = ORIGINAL.search(text)
    return text[: match.start()] if match and match.start() > 40 else text[:20_000]


def reason_line(words: str) -> str:
    for line in words.split("\n"):
        if SMTP_CODE.search(line) or STATUS.search(line):
            return clean_line(line, 500)
    return ""


def original_id(headers: Headers, text: str, found: Contents) -> str | None:
    """The Message-ID of the mail that is reported: returned with it, quoted in the text, or named in the headers."""
    for kind, returned in found.reports:
        if kind in MESSAGES or kind.endswith("headers"):
            ids = PARENT_ID.findall(returned)
            if ids:
                return message_ids(ids[:1])[0] if message_ids(ids[:1]) else None
    quoted = message_ids(PARENT_ID.findall(text)[:1])
    named = message_ids([*headers.all("in-reply-to"), *headers.all("references")])
    return (quoted or named[-1:] or (None,))[0]


def named_recipient(headers: Headers, text: str, found: Contents) -> str | None:
    """Who did not get it: named in a header, in the report's words, or as the returned mail's recipient."""
    header = address_in(headers.raw("x-failed-recipients"))
    if header:
        return header
    words = before_original(text)
    ours = {address.lower() for name in ("to", "from", "return-path", "delivered-to") for address in EMAIL.findall(headers.raw(name))}
    named = [match["named"].rstrip(".") for match in NAMED.finditer(words)] + EMAIL.findall(words)
    foreign = (one for one in named if EMAIL.fullmatch(one) and one.lower() not in ours and not MACHINE.match(one))
    return next(foreign, None) or returned_recipient(text, found)


def returned_recipient(text: str, found: Contents) -> str | None:
    for returned in [body for kind, body in found.reports if kind in MESSAGES or kind.endswith("headers")] + [text]:
        match = re.search(r"^[ \t>|]*to\s*:(.{0,300})", returned, re.IGNORECASE | re.MULTILINE)
        if match and (address := EMAIL.search(match[1])):
            return address[0]
    return None
