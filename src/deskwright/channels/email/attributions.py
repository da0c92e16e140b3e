"""The lines with which mail programs introduce what they quote, in many languages: data and its patterns."""

from __future__ import annotations

import re

WROTE = (
    r"wrote|writes|sent|a\ écrit|schrieb|geschrieben|skrev|escribi[óo]|schreef|geschreven|ha\ scritto|escreveu|"
    r"napisa[łl](?:\(a\)|a)?|pisze|menulis|写道|寫道|пис(?:ал|ала|ал\(а\)|ал\(a\))|написал(?:\(а\)|а)?|пишет|yazd[ıi]|şunu\ yazdı|"
    r"kirjoitti|napsal(?:\(a\)|a)?|írta|a\ scris|のメ(?:ール|ッセージ)|書きました|작성|đã\ viết|έγραψε|kirjutas|rakstīja|rašė|napísal(?:\(a\)|a)?|"
    r"пише|написа|escriure|va\ escriure|idatzi\ du|כתב|כתבה|كتب|เขียน"
)
OPENERS = (
    r"On|At|Le|Am|Den|El|Op|Il|Em|Dnia|W\ dniu|dnia|Pada|På|Fra|On\ behalf|Dne|Dňa|Tarihinde|Pe|V|На|Στις|Vào|Ngày|O\ dia|A\ data|"
    r"Em\ data|In\ data|Von|Um|Dana|Kl|Klo|Ter|Ha|În|Elo|Al"
)
ATTRIBUTIONS = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"(?:[-*_\ ]{{2,}})?(?:{OPENERS})\b(?=.*\d).{{4,300}}?\b(?:{WROTE})\b.{{0,60}}?(?::|：|-{{2,}}|wrote)\s*\Z",
        rf".{{1,160}}<?[^\s<>]+@[^\s<>]+>.{{0,80}}?(?:{WROTE})\b.{{0,80}}?[:：]?\s*-*\Z",
        rf".{{0,120}}\d.{{0,160}}(?:{WROTE})\s*[:：]\s*\Z",
        r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.{0,40}?\s[^\n]{1,120}<[^\s<>]+@[^\s<>]+>\s*[:：]?\s*\Z",
        r"\d{4}-\d\d-\d\d\ \d{1,2}:\d\d\ GMT\S*\ .{1,120}\Z",
        r".{0,60}\d{1,2}[:.]\d\d.{0,120}<[^\s<>]+@[^\s<>]+>\s*[:：]\s*\Z",
        r"(?:在|于)\ ?\d{4}.{2,200}(?:写道|寫道)[:：]?\s*\Z",
    )
)
MIGHT_OPEN = re.compile(rf"[-*_ ]{{0,8}}(?:(?:{OPENERS})\s|.{{0,120}}(?:@|\d{{1,2}}[:.]\d\d|\d{{4}}))", re.IGNORECASE | re.VERBOSE)
"""A cheap first look at a line: none of the patterns above begins otherwise."""
ORIGINAL = re.compile(
    r"""[\s>*_=-]*(?:[-_=*]{2,}\s*)(?:begin\ )?(?:
    original\ (?:message|appointment|mail|e-?mail)|forwarded\ (?:message|by)|(?:ursprüngliche|urspr\.|original)\s?-?\ ?nachricht
    |weitergeleitete\ nachricht|message\ (?:d['’]origine|original|transféré|initial)|messaggio\ (?:originale|inoltrato)|mensaje\ (?:original|reenviado)
    |mensagem\ (?:original|encaminhada)|oorspronkelijk\ bericht|doorgestuurd\ bericht|oprindelig\ meddelelse|opprinnelig\ melding
    |(?:ursprungligt|vidarebefordrat)\ meddelande|alkuperäinen\ viesti|wiadomość\ oryginalna|oryginalna\ wiadomość|původní\ (?:zpráva|e-mail)
    |исходное\ сообщение|пересылаемое\ сообщение|orijinal\ (?:mesaj|ileti)|eredeti\ üzenet|mesaj\ original|原始邮件|原始郵件|元のメッセージ|원본\ 메[시세]지
    |reply\ message|reply\ separator|antwortnachricht
    )\s*(?:[-_=*:]{1,}.*)?\Z""",
    re.IGNORECASE | re.VERBOSE,
)
ABOVE_THIS_LINE = re.compile(
    r"(?:please )?(?:type|write|reply|enter|antwort\w*|répond\w*|escrib\w*).{0,30}(?:above|oberhalb|über|au-dessus|encima).{0,20}(?:line|linie|zeile|ligne|línea)",
    re.IGNORECASE,
)
FROM = r"from|von|de|da|van|från|fra|od|от|kimden|gönderen|lähettäjä|feladó|expéditeur|remitente|mittente|remetente|afzender|发件人|寄件者|差出人|보낸 사람|de la|από"
OTHERS = (
    r"sent|date|to|cc|subject|reply-to|importance|gesendet|datum|an|betreff|antwort an|envoyé|à|objet|enviado(?: el| em| a las)?|para|asunto|assunto|fecha|"
    r"data|inviato|oggetto|a|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|wysłano|do|temat|odesláno|komu|předmět|отправлено|дата|кому|тема|"
    r"gönderilme|tarih|kime|konu|lähetetty|vastaanottaja|aihe|elküldve|címzett|tárgy|发送时间|收件人|主题|日期|傳送日期|收件者|主旨|送信日時|宛先|件名|보낸 날짜|받는 사람|제목|répondre à|cci?"
)
HEADER_FROM = re.compile(rf"\s*\*?(?:{FROM})\s?\*?\s?[:：]\*?\s*\S", re.IGNORECASE)
HEADER_OTHER = re.compile(rf"\s*\*?(?:{OTHERS}|{FROM})\s?\*?\s?[:：]", re.IGNORECASE)
RULE = re.compile(r"\s*(?:[-_=*~]{3,}|[-_=*~](?:\s?[-_=*~]){4,})\s*\Z")
QUOTED = re.compile(r"\s{0,3}(?:[>|]|[A-Za-z]{1,3}>)")
"""`> `, the bar some programs draw, and initials before the mark."""
SENT_FROM = re.compile(
    r"""\s*(?:\(?[*_]?)?(?:sent\ (?:from|via|with|by|using)|get\ outlook|gesendet\ (?:von|mit|über)|von\ meinem\ \S+\ gesendet|diese\ nachricht\ wurde\ von\ meinem
    |envoyé\ (?:de|depuis|avec|à\ partir)|enviado\ (?:desde|do|con|de)|inviato\ da|verzonden\ (?:vanaf|met|via|vanuit)|verstuurd\ vanaf|skickat\ från|sendt\ fra
    |wysłan[eo]\ z|odesláno\ z|odeslané\ z|lähetetty|отправлено\ (?:с|из)|от\ моего|iphone'?(?:um|dan)|trimis\ de\ pe|发自|從我的|iPhoneから|나의\ iPhone|Nadal
    )\b.{0,90}\Z""",
    re.IGNORECASE | re.VERBOSE,
)
SIGNATURE_LINE = re.compile(r"\s{0,3}(?:-{2}|_{2,}|–{2})\s*\Z")
