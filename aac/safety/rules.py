"""What the filter stops: combinations, never a single word. Each rule says so of one reading of a text.

A frame (somebody did it, it is told, asked about with a doctor, forbidden) lifts a rule, unless the same text asks for
it to be written or shown. What is unclear passes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import attrgetter

from aac.safety.found import Found
from aac.safety.terms import Place

_OF_AGE = 18
_YEARS = frozenset(("ano", "anos", "aninhos", "aninho", "yo"))
_OF_ME = (("que", "eu"), ("pra", "eu"), ("para", "eu"))
_ARTICLES_MAX = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NUMBERS = {
    **{"um": 1, "dois": 2, "tres": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8, "nove": 9, "dez": 10},
    **{"onze": 11, "doze": 12, "treze": 13, "quatorze": 14, "catorze": 14, "quinze": 15, "dezesseis": 16},
    "dezessete": 17,
}
# "há 10 anos", "mais de 10 anos", "10 anos atrás": a time, not an age.
_TIME_BEFORE = _words("ha faz fazem por durante uns umas ate em apos quase cada os nos mais")
_TIME_BEFORE_OF = _words("mais depois antes cerca namoro casamento relacionamento casados casado casada menos")
_TIME_AFTER = _words("atras juntos casados casada casado")
_ARTICLES = _words(
    "o a os as um uma todo toda todos todas tudo esse essa esses essas este esta estes estas de do da dos das aos"
)
_TOLD = _words("que contar dizer falar parar denunciar saber entender evitar nao nunca nem")
_FOOTBALL_BEFORE = _words(
    "a as uma umas da das na nas de essa nossa jogar jogando bater joga jogam jogou jogaram futebol pra racha"
)


def sexual_minors(found: Found) -> bool:
    """A child or somebody under 18 beside a sexual act, or an unambiguous request for pictures of abuse."""
    if not found.has("sexual", "weakly_sexual", "undressing", "sexual_minors_alone"):
        return False
    is_wished = _is_asked_for(found) or _is_wished(found, _acts(found))
    if found.has("sexual_minors_alone"):
        return is_wished or not found.has("done_to_me", "help")
    if not child_beside_act(found):
        return False
    is_told = found.has("done_to_me", "help", "body") or (found.has("agent") and found.has("with_me"))
    return is_wished or not is_told


def child_beside_act(found: Found) -> bool:
    """Whether a child or somebody under 18 stands beside a sexual act."""
    minors = sorted((*found.of("minor"), *_ages(found)), key=attrgetter("start"))
    return found.near(minors, _acts(found))


def _acts(found: Found) -> list[Place]:
    """Sexual acts, with what is one only beside pictures or luring."""
    weak = [place for place in found.of("weakly_sexual") if not _is_football(found, place)]
    acts = list(found.of("sexual"))
    if found.near(found.of("picture"), weak):
        acts += weak
    if found.near(found.of("luring"), found.of("undressing")):
        acts += found.of("undressing")
    return sorted(acts, key=attrgetter("start"))


def _ages(found: Found) -> list[Place]:
    """Ages under 18: "de 12 anos", "tem doze anos", "12 aninhos"."""
    places = []
    for at, word in enumerate(found.reading.words):
        if word not in _YEARS or not at:
            continue
        number = found.word(at - 1)
        years = int(number) if number.isascii() and number.isdecimal() else _NUMBERS.get(number, _OF_AGE)
        before, before_that = found.word(at - 2), found.word(at - 3)
        is_time = before in _TIME_BEFORE or (before == "de" and before_that in _TIME_BEFORE_OF)
        is_time = is_time or found.word(at + 1) in _TIME_AFTER
        if years < _OF_AGE and not is_time:
            places.append(Place(at - 1, at + 1))
    return places


def _is_football(found: Found, place: Place) -> bool:
    """ "Pelada" as a noun is a game of football among friends."""
    is_word = found.word(place.start) in ("pelada", "peladas")
    return is_word and found.word(place.start - 1) in _FOOTBALL_BEFORE


def _is_asked_for(found: Found) -> bool:
    """Whether it is to be written, sent or shown. "quer que eu mande foto", "ele me manda" are told of another."""
    others = {place.end for place in found.of("agent")}
    return any(
        (found.word(asked.start - 2), found.word(asked.start - 1)) not in _OF_ME
        and not others & {asked.start, asked.start - 1}
        for asked in found.of("asked_for")
    )


def _is_wished(found: Found, acts: Sequence[Place]) -> bool:
    """Whether the speaker wishes one of the acts: "quero …", with at most one word between, and not denied."""
    starts = {place.start for place in acts}
    for wish in found.of("wish"):
        between = found.word(wish.end)
        is_near = wish.end in starts or (wish.end + 1 in starts and between not in _TOLD)
        if is_near and found.word(wish.start - 1) not in ("nao", "nunca", "nem"):
            return True
    return False


def self_harm(found: Found) -> bool:
    """How to kill or hurt oneself is asked for, praised, or urged on somebody."""
    if not found.has("self_harm", "dying", "self_harm_alone", "encouragement", "encouragement_first"):
        return False
    urged = found.has("encouragement") or any(map(found.is_all_of_phrase, found.of("encouragement_first")))
    if urged and not found.has("said", "idiom"):
        return True
    wished = [place for place in found.of("self_harm") if found.word(place.start - 1) not in ("nao", "nunca")]
    if found.follows(found.of("luring"), wished, 4):
        return not found.has("said")
    if found.has("prevented", "of_another"):
        return False
    if found.has("self_harm_alone"):
        return True
    is_asked = found.follows(found.of("how"), found.of("self_harm"), 4, in_phrase=True)
    return is_asked or found.follows(found.of("dose"), found.of("dying", "self_harm"), 4, in_phrase=True)


def hate(found: Found) -> bool:
    """A group of people is called less than human, or to be hurt or driven out; or a slur is thrown at somebody."""
    if not found.has("group", "slur", "hate_alone") or not _is_hateful(found):
        return False
    if found.has("asked_for", "proud"):
        return True
    return not found.has("said", "denied") and (found.has("hate_alone") or not found.has("school"))


def _is_hateful(found: Found) -> bool:
    groups = found.of("group")
    begun = {place.start for place in groups}
    ordered = (place for place in found.of("attacked_first") if found.begins(place, found.reading.clauses))
    return (
        found.has("hate_alone")
        or found.follows(groups, found.of("dehumanised"), 3)
        or found.follows(groups, found.of("insulted"), 0)
        or found.follows(found.of("named"), found.of("slur"), 0)
        or any(_is_aimed(found, attack, begun) for attack in (*found.of("attacked"), *ordered))
    )


def _is_aimed(found: Found, attack: Place, groups: Collection[int]) -> bool:
    """Whether a group is what is attacked: nothing but articles stands between. groups: where one begins."""
    at = attack.end
    while at < attack.end + _ARTICLES_MAX and at not in groups and found.word(at) in _ARTICLES:
        at += 1
    return at in groups


RULES: Mapping[str, Callable[[Found], bool]] = {"sexual_minors": sexual_minors, "self_harm": self_harm, "hate": hate}


def is_distressed(found: Found) -> bool:
    """The speaker tells of wishing to die or of hurting themselves, and is not joking of dying of laughter."""
    joked = {place.start + 1 for place in found.of("idiom")}
    told = [place for place in found.of("distress") if place.end not in joked]
    return bool(told) or any(map(found.is_all_of_phrase, found.of("distress_said_bare")))
