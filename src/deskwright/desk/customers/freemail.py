"""Domains where anybody gets an address: they say nothing of the organisation somebody belongs to. A table."""

from __future__ import annotations

from typing import Final

FREEMAIL: Final = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.de hotmail.fr
    live.com live.co.uk live.fr live.nl msn.com passport.com yahoo.com yahoo.co.uk yahoo.co.jp yahoo.co.in
    yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.com.br ymail.com rocketmail.com aol.com aim.com icloud.com me.com
    mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com gmx.de
    gmx.net gmx.at gmx.ch gmx.com web.de freenet.de t-online.de arcor.de mail.de posteo.de posteo.net
    mailbox.org online.de email.de 1und1.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
    libero.it virgilio.it tiscali.it alice.it tin.it terra.es telefonica.net bol.com.br uol.com.br terra.com.br
    ig.com.br mail.ru bk.ru inbox.ru list.ru yandex.ru yandex.com ya.ru rambler.ru qq.com 163.com 126.com
    yeah.net sina.com sina.cn sohu.com foxmail.com naver.com daum.net hanmail.net nate.com docomo.ne.jp
    ezweb.ne.jp softbank.ne.jp i.softbank.jp rediffmail.com zoho.com zohomail.com fastmail.com fastmail.fm
    hushmail.com hey.com mail.com email.com usa.com inbox.com comcast.net verizon.net att.net sbcglobal.net
    bellsouth.net cox.net charter.net earthlink.net btinternet.com sky.com virginmedia.com ntlworld.com
    talktalk.net blueyonder.co.uk shaw.ca rogers.com sympatico.ca bigpond.com optusnet.com.au xtra.co.nz
    telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl xs4all.nl bluewin.ch hispeed.ch sunrise.ch a1.net
    chello.at seznam.cz centrum.cz wp.pl o2.pl onet.pl interia.pl abv.bg ukr.net walla.co.il
    """.split()  # noqa: SIM905  # a table of 170 lines is no easier to read
)


def is_freemail(domain: str) -> bool:
    """Whether addresses of the domain belong to anybody. The domain is in lower case."""
    return domain in FREEMAIL
