"""Words that carry a mood in a support conversation, from -3 to 3, and the words that turn or strengthen them. Data.

Words that merely name a fault ("error", "broken") weigh little: a calm fault report is not an angry one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOODS: dict[str, dict[float, str]] = {
    "en": {
        3: "amazing awesome brilliant delighted excellent fantastic outstanding perfect superb thrilled wonderful",
        2: """glad grateful great happy impressed kudos love loved lovely pleased pleasure satisfied splendid
            flawless appreciate appreciated""",
        1: """fine good helpful nice quick quickly resolved solved thank thanks thankful works smooth smoothly
            friendly fast easy enjoy enjoyed better""",
        -1: """annoyed annoying bad broken confused confusing concerned delay delayed disappointed error errors fail
            failed fails failing issue missing poor poorly problem problems slow sorry stuck trouble unable
            unclear unfortunately unhappy upset wrong worried complain complaint inconvenient useless waiting
            worse""",
        -2: """angry awful crap dissatisfied frustrated frustrating frustration fed hate incompetent incompetence
            nightmare pathetic ridiculous rude terrible unprofessional disappointing disappointment sick lousy
            worst unhelpful ignored nonsense joke shame shameful waste wasted rubbish garbage""",
        -3: """appalling atrocious disaster disastrous disgrace disgraceful disgusted disgusting fraud fraudulent
            furious horrible horrendous horrific infuriating liars outrage outraged outrageous scam shit thieves
            unacceptable livid sue lawyer intolerable""",
    },
    "de": {
        3: "ausgezeichnet begeistert exzellent fantastisch großartig hervorragend perfekt wunderbar genial",
        2: "dankbar erfreut freue freut glücklich klasse super toll top zufrieden lob spitze herzlichen",
        1: """danke dank freundlich gut gute gutes guter hilfreich schnell schnelle schnellen gelöst funktioniert
            angenehm einfach nett netten gerne besser""",
        -1: """fehler falsch kaputt langsam leider problem probleme schlecht schlechte schlechter unklar verspätet
            verzögerung fehlt defekt enttäuscht unzufrieden warte beschwerde beschweren ärgerlich mühsam
            umständlich schade nervt vergeblich nutzlos""",
        -2: """ärgere frust frustriert frustrierend genervt lächerlich miserabel peinlich schrecklich sauer schlimm
            unprofessionell verärgert wütend zumutung inkompetent ignoriert furchtbar enttäuschend schlechteste
            armutszeugnis unverständlich saftladen mist""",
        -3: """abzocke betrug betrüger empörend empört frechheit inakzeptabel katastrophal katastrophe scheiße
            skandal skandalös stinksauer unverschämt unverschämtheit unfassbar unmöglich anwalt rechtsanwalt
            unerträglich""",
    },
    "fr": {
        3: """excellent excellente exceptionnel fantastique formidable génial magnifique merveilleux parfait
            parfaite ravi ravie""",
        2: """content contente heureux heureuse satisfait satisfaite reconnaissant bravo super adore félicitations
            impeccable""",
        1: "merci bon bonne bien rapide rapidement utile gentil gentille résolu aimable agréable facile mieux efficace",
        -1: """erreur problème problèmes malheureusement lent lente mauvais mauvaise panne retard impossible cassé
            manque déçu déçue insatisfait inquiet inquiète plainte pénible regrette défaut dommage""",
        -2: """agacé colère énervé énervée frustré frustrée frustrant frustrante incompétent incompétence lamentable
            ridicule mécontent mécontente nul nulle pire terrible affreux médiocre décevant décevante minable
            ras-le-bol marre honteux""",
        -3: """arnaque catastrophe catastrophique escroc escroquerie escrocs furieux furieuse honte horrible
            inacceptable inadmissible intolérable scandale scandaleux scandaleuse merde avocat voleurs""",
    },
    "es": {
        3: """excelente fantástico fantástica increíble maravilloso maravillosa perfecto perfecta genial
            espectacular encantado""",
        2: """contento contenta feliz satisfecho satisfecha agradecido agradecida encanta estupendo felicidades
            impecable""",
        1: "gracias bueno buena bien rápido rápida útil amable resuelto solucionado fácil mejor eficaz agradezco",
        -1: """error errores problema problemas lamentablemente lento lenta malo mala mal retraso roto rota falta
            fallo falla decepcionado decepcionada preocupado preocupada queja molesto molesta difícil
            desgraciadamente insatisfecho""",
        -2: """enfadado enfadada enojado enojada frustrado frustrada frustrante incompetente incompetentes pésimo
            pésima ridículo ridícula terrible harto harta peor lamentable horroroso decepcionante vergonzoso
            molestísimo""",
        -3: """estafa estafadores fraude furioso furiosa horrible inaceptable indignado indignada indignante
            inadmisible vergüenza desastre escándalo mierda ladrones abogado intolerable""",
    },
}  # fmt: skip
MODIFIERS: dict[str, dict[float, str]] = {
    "en": {
        0: """not no never don't doesn't didn't isn't wasn't aren't weren't can't cannot couldn't won't wouldn't
            haven't hasn't nothing without hardly neither nor""",
        1.5: "very really so extremely absolutely totally completely utterly incredibly too most deeply highly",
        0.6: "slightly somewhat little bit quite rather fairly",
    },
    "de": {
        0: "nicht kein keine keinen keinem keiner nie niemals nichts ohne kaum weder",
        1.5: "sehr wirklich so extrem absolut total völlig unglaublich zu höchst echt überaus äußerst",
        0.6: "etwas ein bisschen wenig ziemlich eher",
    },
    "fr": {
        0: "pas ne jamais rien aucun aucune sans ni",
        1.5: "très vraiment tellement extrêmement absolument totalement complètement trop si",
        0.6: "peu plutôt assez",
    },
    "es": {
        0: "no nunca jamás nada ningún ninguna sin ni tampoco",
        1.5: "muy realmente tan extremadamente absolutamente totalmente completamente demasiado",
        0.6: "poco algo bastante",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    moods: Mapping[str, float]
    modifiers: Mapping[str, float]
    """0 negates, the others multiply."""


def by_word(written: Mapping[float, str]) -> dict[str, float]:
    return {word: weight for weight, words in written.items() for word in words.split()}


def lexicons() -> dict[str, Lexicon]:
    """One for each language, and one of all ("*") for texts too short to tell.

    In that one a word of two moods counts for none.
    """
    made = {name: Lexicon(by_word(MOODS[name]), by_word(MODIFIERS[name])) for name in MOODS}
    moods: dict[str, float] = {}
    for lexicon in made.values():
        for word, mood in lexicon.moods.items():
            moods[word] = mood if moods.get(word, mood) * mood > 0 else 0.0
    modifiers = {"no": 0.0, "not": 0.0, "nicht": 0.0, "pas": 0.0, "kein": 0.0, "keine": 0.0, "very": 1.5, "sehr": 1.5}
    made["*"] = Lexicon({word: mood for word, mood in moods.items() if mood}, modifiers)
    return made


LEXICONS = lexicons()
