"""The small words of each language: what nearly every sentence in it contains. Data, and the table made of it."""

from __future__ import annotations

SMALL_WORDS = {
    "en": """the of and to in is you that it he was for on are as with his they at be this have from or one had by but
        not what all were we when your can said there use an each which she do how their if will up other about
        out many then them these so some her would make like him into has i my me am our please thanks thank hello
        hi cannot can't don't doesn't didn't isn't won't i'm i've it's after before because since any been could
        should need help still no yes order account get getting tried work working does did where why again just
        now with""",
    "de": """der die das und ist nicht ich sie es wir ihr ein eine einen einem einer zu mit auf für von dem den des im
        in an auch als wie aber oder wenn dass kann können habe haben hat wird werden wurde sind war bei nach aus
        um noch nur so bitte danke hallo mich mir mein meine meinen meiner uns unser unsere ihre ihren ihnen kein
        keine keinen mehr schon immer seit bis über unter vor durch gegen ohne sehr geehrte geehrter damen herren
        grüße grüßen guten tag was warum wann wo doch dann jetzt wieder da hier am vom zum zur man sich diese
        dieser dieses beim heute leider""",
    "fr": """le la les de des du un une et est pas je vous nous il elle ils elles que qui dans pour sur avec ce cette
        ces mon ma mes votre vos notre nos au aux par plus ne se sont été être avoir ai avez avons bonjour merci
        mais ou où donc car si comme tout tous toute fait faire peux pouvez peut cela ça depuis encore très bien
        toujours jamais rien y en leur leurs son sa ses j'ai c'est n'est d'un d'une qu'il l'on s'il quand pourquoi
        comment cordialement moi""",
    "es": """el la los las de del un una y es no yo usted nosotros que en por para con su sus mi mis este esta esto se
        lo le les al más pero como muy ha han he hemos está están estoy ser hola gracias porque cuando donde qué
        cómo también ya todo todos nada ni sin sobre desde hasta me te nos puedo puede pueden tengo tiene hacer
        favor buenos buenas días tardes saludos hay fue son soy o si mucho muchas siempre ahora aún todavía""",
    "it": """il lo la gli le di del della dei delle un una e è non io voi noi che in per con su suo sua mio mia questo
        questa si ma come più anche ho ha hanno abbiamo avete sono sei siamo essere ciao grazie buongiorno perché
        quando dove cosa già tutto tutti niente senza da dal dalla al alla nel nella sul mi ti ci vi posso può
        possono ancora molto sempre ora salve cordiali saluti vorrei dopo stato fatto o se""",
    "nl": """de het een en is niet ik u je wij jullie dat die in op voor van met te aan er zijn was heb heeft hebben
        kan kunnen wordt worden bij naar uit om nog maar ook als hoe wat waarom wanneer waar dit deze mijn onze
        ons uw geen meer al door over tegen zonder zeer geachte beste bedankt dank hallo goedemorgen graag alvast
        groet groeten me mij wel dan toen nu weer hier daar moet moeten zou of sinds na""",
    "pt": """o a os as de do da dos das um uma e é não eu você nós que em no na nos nas por para com seu sua meu minha
        este esta isto se mas como mais também já muito tem têm tenho foi são está estão estou ser ter olá
        obrigado obrigada porque quando onde quê ao à pelo pela sem sobre desde até me te posso pode podem fazer
        favor bom dia boa tarde tudo todos nada ainda sempre agora ou ele ela depois""",
    "sv": """och det att i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du henne
        då sin nu har inte hans honom skulle hennes där min man ej vid kunde något från ut när efter upp vi dem
        vara vad över än dig kan sina här ha mot alla under någon hej tack mitt inget hur varför kunna får ni er
        vill behöver""",
    "da": """og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde ham
        hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil blev kunne ind når
        være dog noget hej tak mit ikke hvordan hvorfor kan jer gerne venlig hilsen""",
    "no": """og i jeg det at en et den til er som på de med han av ikke der så var meg seg men har om vi min mitt ha
        hadde hun nå over da ved fra du ut sin dem oss opp man kan hans hvor eller hva skal selv her alle vil ble
        kunne inn når være kom noen noe hei takk hvordan hvorfor gjerne vennlig hilsen dere ikkje""",
    "fi": """ja on ei se että en hän oli mutta kun minä olen niin ole mitä kuin nyt jos sen ovat minun sinä siitä tämä
        myös vain mukaan voi olisi kanssa joka mikä hei kiitos moi en voin miksi miten missä tai jälkeen vielä me
        te he jo tilaus terveisin ystävällisin""",
    "pl": """i w nie na się z do to że jest o jak ale po co tak za od czy dla ja już tylko mnie ma być przez bardzo
        jestem proszę dziękuję dzień dobry cześć mam moje moja mój przy może tym tego jego ich są był była było
        nadal kiedy dlaczego gdzie pozdrawiam mi ten ta te lub ponieważ""",
    "cs": """a v se na je že s z do to i o k ve za jsem ale si po jak tak by jako pro od co ho která který není jsou
        mám dobrý den prosím děkuji dekuji jsme může mohu proč kde kdy nebo už ještě byl byla bylo můj moje mi mě
        při pozdravem""",
    "tr": """ve bir bu da de için çok ne ile o ben değil var daha gibi ama mi mı kadar sonra olarak her şey lütfen
        merhaba teşekkür ederim benim yok nasıl neden nerede bana siz biz olan olduğu ise ya hala iyi günler
        teşekkürler""",
    "ro": """și si în de la a nu cu pe că este sunt pentru din o un am ai are au mai ce ca dar sau eu mea meu
        dumneavoastră vă rog mulțumesc bună ziua salut cum când unde fost foarte acest această lui care prin nici""",
    "hu": """a az és hogy nem is egy ez de van volt én ha csak meg már mert mint vagy sem kérem köszönöm szia jó napot
        nekem még lehet nincs miért hogyan mikor hol ki mit kell vagyok tisztelt üdvözlettel""",
}  # fmt: skip


def table() -> dict[str, tuple[tuple[str, float], ...]]:
    """Word -> (language, weight): 1 shared among the languages that have the word, less for a single letter."""
    owners: dict[str, list[str]] = {}
    for language, written in SMALL_WORDS.items():
        for word in dict.fromkeys(written.split()):
            owners.setdefault(word, []).append(language)
    return {
        word: tuple((language, (0.5 if len(word) == 1 else 1.0) / len(languages)) for language in languages)
        for word, languages in owners.items()
    }


LANGUAGES_OF_WORD = table()
