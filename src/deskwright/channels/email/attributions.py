"""The lines with which mail programs introduce what they quote, in many languages: data and its patterns."""

from __future__ import annotations

import re

WROTE_WORDS = r"""
    wrote|writes|sent|a\ écrit|schrieb|geschrieben|skrev|escribi[óo]|schreef|geschreven|ha\ scritto
    escreveu|napisa[łl](?:\(a\)|a)?|pisze|menulis|写道|寫道|пис(?:ал|ала|ал\([аa]\))|написал(?:\(а\)|а)?|пишет|пише|написа
    (?:şunu\ )?yazd[ıi]|kirjoitti|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|írta|a\ scris
    のメ(?:ール|ッセージ)|書きました|작성
    đã\ viết|έγραψε|kirjutas|rakstīja|rašė|va\ escriure|idatzi\ du|כתבה?|كتب|เขียน
"""
WROTE = "|".join(WROTE_WORDS.split("\n")[1:-1]).replace("    ", "")
OPENERS = (
    r"On|At|Le|Am|Den|El|Op|Il|Em|Dnia|W\ dniu|Pada|På|Fra|Dne|Dňa|Tarihinde|Pe|V|На|Στις|Vào|Ngày|O\ dia|A\ data"
    r"|Em\ data|In\ data|Von|Um|Dana|Kl|Klo|Ter|Ha|În|Elo|Al"
)
BY_VERB = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"(?:[-*_\ ]{{2,}})?(?:{OPENERS})\b(?=.*\d).{{4,300}}?\b(?:{WROTE})\b.{{0,60}}?(?::|：|-{{2,}}|wrote)\s*\Z",
        rf".{{1,160}}<?[^\s<>@]{{1,64}}@[^\s<>@]{{1,255}}>.{{0,80}}?(?:{WROTE})\b.{{0,80}}?[:：]?\s*-*\Z",
        rf"(?=.{{0,120}}\d).{{1,280}}(?:{WROTE})\s*[:：]\s*\Z",
        rf"-{{2,}}\s*\S.{{0,120}}\b(?:{WROTE})\s*-{{2,}}\s*\Z",
    )
)
"""Somebody "wrote"."""
BY_DATE = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.{0,40}?\s.{1,120}<[^\s<>@]{1,64}@[^\s<>@]{1,255}>\s*[:：]?\s*\Z",
        r"\d{4}-\d\d-\d\d\ \d{1,2}:\d\d\ GMT\S*\ .{1,120}\Z",
        r".{0,60}\d{1,2}[:.]\d\d.{0,120}<[^\s<>@]{1,64}@[^\s<>@]{1,255}>\s*[:：]\s*\Z",
    )
)
"""A date, a name, an address, and no verb."""
VERB = re.compile(WROTE, re.IGNORECASE | re.VERBOSE)
MIGHT_END = re.compile(rf"(?:[:：>-]|\b(?:{WROTE}))\s*\Z|GMT", re.IGNORECASE | re.VERBOSE)
"""A cheap look at the end of the lines, before the patterns."""
MIGHT_OPEN = re.compile(
    rf"[-*_\ ]{{0,8}}(?:(?:{OPENERS})\s|-{{2,}}\s*\S|\d{{4}}[-/.年]\d|.{{0,120}}(?:@|<\s*\Z|[:：]\s*\Z))",
    re.IGNORECASE | re.VERBOSE,
)
"""A cheap first look at a line: none of the patterns above begins otherwise."""
MID_LINE = re.compile(
    r"(?<=\S)[ -]{0,5}(On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .{5,200}wrote:[ \t]*)$", re.MULTILINE
)
"""An answer typed on the very line of the attribution."""
ORIGINAL = re.compile(
    r"""(?:begin\ )?(?:
    original\ (?:message|appointment|mail|e-?mail)|(?:ursprüngliche|urspr\.|original|antwort)\s?-?\ ?nachricht
    |message\ (?:d['’]origine|original|initial)|messaggio\ originale|mensaje\ original|mensagem\ original
    |oorspronkelijk\ bericht|oprindelig\ meddelelse|opprinnelig\ melding|ursprungligt\ meddelande|alkuperäinen\ viesti
    |wiadomość\ oryginalna|oryginalna\ wiadomość|původní\ (?:zpráva|e-mail)|исходное\ сообщение
    |orijinal\ (?:mesaj|ileti)|eredeti\ üzenet|mesaj\ original|原始邮件|原始郵件|元のメッセージ|원본\ 메[시세]지
    |reply\ message|reply\ separator
    )\s*(?:[-_=*:]{1,}.*)?\Z""",
    re.IGNORECASE | re.VERBOSE,
)
"""What stands between the dashes."""
FORWARDED = re.compile(
    r"""\s*(?:[-_=*]{2,}\s*)?(?:begin\ )?(?:forwarded\ (?:message|by)|weitergeleitete\ nachricht|message\ transféré
    |messaggio\ inoltrato|mensaje\ reenviado|mensagem\ encaminhada|doorgestuurd\ bericht|vidarebefordrat\ meddelande
    |videresendt\ (?:besked|melding)|przekazana\ wiadomość|пересылаемое\ сообщение|转发(?:的)?邮件|転送されたメッセージ)
    \b.{0,60}\Z""",
    re.IGNORECASE | re.VERBOSE,
)
"""What is passed on, is meant to be read: nothing below is quoted history."""
ABOVE_THIS_LINE = re.compile(
    r"(?:type|write|reply|enter|antwort\w*|répond\w*|escrib\w*).{0,30}(?:above|oberhalb|über|au-dessus|encima).{0,20}"
    r"(?:line|linie|zeile|ligne|línea)",
    re.IGNORECASE,
)
FROM_WORDS = """
    from|von|de|da|van|från|fra|od|от|kimden|gönderen|lähettäjä|feladó|expéditeur|remitente|mittente|remetente
    afzender|发件人|寄件者|差出人|보낸 사람|de la|από
"""
FROM = "|".join(FROM_WORDS.split("\n")[1:-1]).replace("    ", "")
OTHER_WORDS = """
    sent|date|to|cc|subject|reply-to|importance|gesendet|datum|an|betreff|antwort an|envoyé|à|objet|sujet
    message du|enviado(?: el| em| a las)?|para|asunto|assunto|fecha
    data|inviato|oggetto|a|verzonden|aan|onderwerp
    skickat|till|ämne|sendt|til|emne|wysłano|do|temat|odesláno|komu|předmět|отправлено|дата|кому|тема|gönderilme|tarih|kime|konu|lähetetty
    vastaanottaja|aihe|elküldve|címzett|tárgy
    发送时间|收件人|主题|日期|傳送日期|收件者|主旨
    送信日時|宛先|件名|보낸 날짜|받는 사람|제목|répondre à|copie à|cci?
"""
OTHERS = "|".join(OTHER_WORDS.split("\n")[1:-1]).replace("    ", "")
HEADER_FROM = re.compile(rf"\s*\*?(?:{FROM})\s?\*?\s?[:：]\*?\s*\S", re.IGNORECASE)
HEADER_OTHER = re.compile(rf"\s*\*?(?:{OTHERS}|{FROM})\s?\*?\s?[:：]", re.IGNORECASE)
RULE = re.compile(r"\s*(?:[-_=*~#+]{3,}|[-_=*~](?:\s?[-_=*~]){4,}|\u1427)\s*\Z")
"""Also the lone letter a tracking extension leaves behind."""
QUOTED = re.compile(r"\s{0,3}(?:[>|]|[A-Za-z]{1,3}>)")
"""`> `, the bar some programs draw, and initials before the mark."""
LINK_REST = re.compile(r"\s*(?:\(?https?://\S+|\S+\Z)")
SENT_FROM = re.compile(
    r"""\s*(?:\(?[*_<]*)?(?:sent\ (?:from|via|with|by|using)|get\ \[?outlook|gesendet\ (?:von|mit|über)
    |von\ meinem\ \S+\ gesendet|diese\ nachricht\ wurde\ von\ meinem|envoyé\ (?:de|depuis|avec|à\ partir)
    |enviado\ (?:desde|do|con|de)|inviato\ da|verzonden\ (?:vanaf|met|via|vanuit)|verstuurd\ vanaf|skickat\ från
    |sendt\ fra|wysłan[eo]\ z|odesl[aá]n[oé]\ z|lähetetty
    |отправлено\ (?:с|из)|от\ моего|iphone'?(?:um|dan)|trimis\ de\ pe
    |发自|從我的|iPhoneから|나의\ iPhone)\b.{0,90}\Z""",
    re.IGNORECASE | re.VERBOSE,
)
SIGNATURE_LINE = re.compile(r"\s{0,3}(?:-{2}|_{2,}|–{2})\s*\Z")
