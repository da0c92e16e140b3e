"""How mail systems speak of mails they could not deliver: patterns, in many words and several languages."""

from __future__ import annotations

import re

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
SMTP_CODE = re.compile(r"(?<![\d.\-])([45][0-7]\d)[ \-](?=[^\d])")
EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+")
MACHINE = re.compile(
    r"\A(?:mailer[-_.]?daemon|mail[-_.]?daemon|maildaemon|post_?master|mail[-_.]?delivery|mail-?system|bounces?|mta|daemon)\b"
    r"|\A(?:microsoftexchange|mdaemon)",
    re.IGNORECASE,
)
NO_REPLY = re.compile(r"(?:no|do[._-]?not)[._-]?reply", re.IGNORECASE)
MACHINE_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon)|delivery (?:sub)?system|postmaster|mail administrator", re.IGNORECASE
)
SUBJECT = re.compile(
    r"""undeliver(?:able|ed)|returned\ (?:mail|e-?mail|message|to\ sender)|failure\ notice|non[- ]?delivery|\bNDR\b
    |deliver(?:y|ing)\b.{0,40}\b(?:fail|status|problem|error|notification|report|delay|warning|has\ been)
    |delivery\ (?:unsuccess|reject)
    |(?:mail|message|e-?mail)\b.{0,30}\b(?:fail|not\ (?:be\ )?deliver|could\ not|undeliver|rejected|delayed
        |bounce|blocked)
    |(?:could\ not|can(?:no|')t|unable\ to|not)\b.{0,20}\bdeliver|failed\ (?:mail|delivery|message)|mail\ system\ error
    |returning\ message|warning:.{0,30}(?:message|mail)|message\ (?:status|delayed)|permanent\ (?:error|failure)
    |unzustellbar|nicht\ zugestellt|unzustellbarkeits|zustellung.{0,20}(?:fehl|nicht)|fehlgeschlagen
    |non\ remis|échec.{0,20}(?:remise|livraison)|non\ distribu|no\ (?:se\ pudo|se\ ha\ podido)\ entregar|no\ entregado
    |mancata\ consegna|não\ (?:foi\ )?entreg|onbestelbaar|配信(?:エラー|不能|失敗)|送信エラー
    |送信できませんでした|メールエラー|退信|投递失败
    |недоставлен|не\ доставлен|user\ unknown|error\ mail|\bdsn\b|considered\ unsolicited""",
    re.IGNORECASE | re.VERBOSE,
)
BODY = re.compile(
    r"""could\ not\ be\ (?:successfully\ )?delivered|(?:was|were|be|been)\ (?:not|un)\ ?(?:delivered|able|successful)
    |undeliverable
    |unable\ to\ deliver|(?:delivery|deliver).{0,60}(?:fail|reject|impossible|not\ possible|unsuccess)
    |failed\ to\ deliver
    |user\ unknown|unknown\ user|no\ such\ (?:user|person|recipient|mailbox|domain)|does(?:\ not|n't)\ exist
    |mailbox\ (?:is\ )?full
    |over\ (?:its\ )?quota|permanent\ (?:fatal\ )?error|rejected|host\ (?:unknown|not\ found)|not\ our\ customer
    |(?:had|has)\ (?:permanent|transient|temporary)\ (?:fatal|non-fatal)?\ ?errors?
    |message\ (?:was\ )?(?:not\ accepted|expired|blocked)
    |error\ delivering|invalid\ user|送信できません|could\ not\ send|can\ not\ be\ sent|giving\ up
    |relaying\ denied|access\ denied
    |配送|不明|届け""",
    re.IGNORECASE | re.VERBOSE,
)
LATE = re.compile(
    r"delay(?:ed)?\b|still (?:being )?(?:try|retr)|will (?:keep|continue) (?:to )?try|not yet been delivered|"
    r"warning: (?:could not send|message)|do not need to resend|temporar(?:y|ily) (?:non-fatal|deferred)",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"""(?:final-recipient|original-recipient|failed\ recipient|recipient(?:\ address)?|to|rcpt\ to|address|user)\s*:\s*
    (?:rfc822\s*;\s*)?[<"'\[]?(?P<named>[^\s<>"'\[\];,()]{1,100}@[^\s<>"'\[\];,()]{1,255})""",
    re.IGNORECASE | re.VERBOSE,
)
COMPLAINT = re.compile(r"\s*complaint about message from [\d.:a-f]+", re.IGNORECASE)
NOTIFICATION = re.compile(r'"(?:notificationType|eventType)"\s*:\s*"(Bounce|Complaint|Delivery)"', re.IGNORECASE)
ORIGINAL = re.compile(
    r"^[ \t]*-{2,}.{0,40}(?:original|message header|copy of|returned|undelivered|unsent|body of|below this line)"
    r"|^[ \t]*-{2,} (?:this is a copy|the header)|^.{0,40}message (?:headers )?follows?\b"
    r"|^(?:return-path|received|message-id)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
PARENT_ID = re.compile(r"^[ \t>|]*message-id\s*:\s*(<[^<>\s]+>|[^\s<>]+@[^\s<>]+)", re.IGNORECASE | re.MULTILINE)
