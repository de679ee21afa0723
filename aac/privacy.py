"""Gentle warnings when a text looks like somebody's data. They advise; what is written stays as it is.

Only the first 2,000 characters are looked at: a prompt has at most 200 and a speech 160, and it bounds the time.
Better a name missed than a warning at every "Na farmácia": a card that is warned of for nothing teaches to look away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

READ_MAX_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class PrivacyWarning:
    """What looks like a person's data, in its own words. kind: a key of `MESSAGES`."""

    kind: str
    text: str
    pt: str
    en: str


MESSAGES = {
    "cpf": (
        "Parece um CPF. Por favor, não escreva o documento de ninguém aqui.",
        "This looks like a CPF (a Brazilian tax number). Please keep anyone's documents out of here.",
    ),
    "document": (
        "Parece o número de um documento. Por favor, deixe-o de fora.",
        "This looks like the number of a document. Please leave it out.",
    ),
    "email": (
        "Parece um e-mail. Se puder, escreva “meu e-mail” em vez do endereço.",
        "This looks like an e-mail address. If you can, write “my e-mail” instead.",
    ),
    "phone": (
        "Parece um telefone. Se puder, escreva “meu telefone” em vez do número.",
        "This looks like a phone number. If you can, write “my phone number” instead.",
    ),
    "address": (
        "Parece um endereço. Se puder, escreva “minha casa” ou “minha rua” em vez dele.",
        "This looks like an address. If you can, write “my home” or “my street” instead.",
    ),
    "name": (
        "Parece um nome de pessoa. Se puder, escreva “minha irmã” ou “meu amigo” em vez do nome.",
        "This looks like a person's name. If you can, write “my sister” or “my friend” instead.",
    ),
}


def privacy_warnings(text: str) -> tuple[PrivacyWarning, ...]:
    """What in `text` looks like a person's data, from left to right, each thing said once.

    Documents count only with their check digits right; emergency numbers (190, 192, …) and 0800 are nobody's.
    """
    read = unicodedata.normalize("NFC", text[:READ_MAX_CHARS])
    taken: list[tuple[int, int, str]] = []
    for kind, find in _FINDERS:
        free = (span for span in find(read) if all(span[1] <= start or end <= span[0] for start, end, _ in taken))
        taken += [(start, end, kind) for start, end in free]
    found = dict.fromkeys((kind, read[start:end]) for start, end, kind in sorted(taken))
    return tuple(PrivacyWarning(kind, words, *MESSAGES[kind]) for kind, words in found)


# --- numbers. Every repetition is bounded, so that no text takes long.

_GAP = r"[\s.\-‐-―]?"  # between the groups of a number
_START, _END = r"(?<![\w.,/$-])(?<!R\$ )", r"(?!\w)(?![.,/-]\d)"  # not inside a longer number, price or word

_CPF = re.compile(rf"{_START}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_END}")
_CNPJ = re.compile(rf"{_START}[A-Z\d]{{2}}\.?[A-Z\d]{{3}}\.?[A-Z\d]{{3}}/?[A-Z\d]{{4}}-?\d{{2}}{_END}")
_SUS_CARD = re.compile(rf"{_START}[1-2789]\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_END}")
_RG = re.compile(rf"{_START}\d{{1,2}}\.\d{{3}}\.\d{{3}}-[\dXx]{_END}")
_RG_SAID = re.compile(r"(?i)\bRG:?\s{0,3}(?:nº?\s{0,3})?(?:[a-z]{2}[\s-]?)?(\d[\d.]{3,12}(?:-?[\dx])?)(?!\w)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")

_DDD = r"(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"
_PHONE_LOCAL = rf"(?:9{_GAP}\d{{4}}|[2-5]\d{{3}}){_GAP}\d{{4}}"
_PHONE = re.compile(rf"{_START}(?:\+?55{_GAP})?(?:\(\s?0?{_DDD}\s?\)\s?|0?{_DDD}{_GAP})?{_PHONE_LOCAL}{_END}")
_PHONE_ABROAD = re.compile(r"(?<![\w+])\+\d(?:[\s().-]{0,2}\d){8,14}(?!\d)")
_DATE_OR_YEARS = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:19|20)\d\d\D?(?:19|20)\d\d")

_CEP = re.compile(rf"{_START}\d{{2}}\.?\d{{3}}-\d{{3}}{_END}|(?i:\bCEP):?\s{{0,3}}\d{{2}}\.?\d{{3}}[-\s]?\d{{3}}{_END}")
_STREET = r"(?i:\b(?:rua|r\.|avenida|av\.?|alameda|travessa|praça|estrada|rodovia))"
_NUMBER = r"\d{1,5}(?![\w:/]|[.,]\d|\s?(?:%|h\b|horas?|min\b|minutos?|m\b|metros?|km\b|reais|anos|dias|vezes))"
# A street's name is capitalised ("Rua 7 de Setembro 45") or parted from the number ("rua das flores, 45").
_ADDRESS = re.compile(
    rf"{_STREET}(?:\s{{1,3}}(?:d[aeo]s?|e|[A-ZÀ-Þ][\w.'’-]{{0,30}}|\d{{1,2}}(?=\s+de\s))){{1,6}}"
    rf"(?:,?\s{{0,3}}(?:n[º°o.]{{0,2}}\s?)?){_NUMBER}"
    rf"|{_STREET}(?:\s{{1,3}}[^\W\d_]{{1,30}}){{1,5}}(?:,\s{{0,3}}(?:n[º°o.]{{0,2}}\s?)?|\s{{1,3}}n[º°]\.?\s?){_NUMBER}"
    r"(?=\s{0,3}(?:$|[,.;!?\n–-]|(?i:apto|ap|apartamento|bloco|casa|fundos)\b))"
)

_Spans = Iterator[tuple[int, int]]


def _spans(pattern: re.Pattern[str], is_real: Callable[[str], bool] = lambda written: True) -> Callable[[str], _Spans]:
    return lambda text: (found.span() for found in pattern.finditer(text) if is_real(found.group()))


def _is_cpf(written: str) -> bool:
    digits = _digits(written)
    return len(set(digits)) > 1 and all(
        sum(digit * weight for digit, weight in zip(digits, range(size + 1, 1, -1), strict=False)) * 10 % 11 % 10
        == digits[size]
        for size in (9, 10)
    )


def _is_cnpj(written: str) -> bool:
    """The letters of the CNPJs since 2026 count as their code minus that of 0."""
    values = [ord(c) - ord("0") for c in written if c.isalnum()]
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return len(set(values)) > 1 and all(
        sum(value * weight for value, weight in zip(values, weights[13 - size :], strict=False)) * 10 % 11 % 10
        == values[size]
        for size in (12, 13)
    )


def _is_sus_card(written: str) -> bool:
    digits = _digits(written)
    return len(set(digits)) > 1 and sum(digit * (15 - at) for at, digit in enumerate(digits)) % 11 == 0


def _is_rg(written: str) -> bool:
    """The check digit of São Paulo, which many states share; from the right, the weights are 9, 8, 7, …"""
    weighed = sum(digit * (9 - at) for at, digit in enumerate(reversed(_digits(written[:-1]))))
    return "0123456789X"[-weighed % 11] == written[-1].upper()


def _is_phone(written: str) -> bool:
    return _DATE_OR_YEARS.fullmatch(written) is None


def _digits(written: str) -> list[int]:
    return [int(c) for c in written if c.isdecimal()]


# --- names. A capital alone says little: prompts and sentences begin with one.

# Given names frequent in Brazil, without accents. Those that are also words or places are left out on purpose (Rosa,
# Vitória, Luz, Clara, Socorro, Aparecida, Domingos, Salvador, Sara, Caio, Bárbara …): they count only beside another.
_GIVEN = frozenset(
    """
    adilson adriana adriano agatha ailton alan alberto alessandra alessandro alex alexandre alice aline amanda ana
    anderson andre andrea andreia angela anna antonia antonio arthur artur beatriz benedita benedito benicio bernardo
    bianca breno bruna bruno camila carla carlos carolina caroline caua cecilia celia celso cesar cicero claudia
    claudio cleber cleusa cristiane cristiano cristina daiane daniel daniela danilo davi debora denise diego diogo
    douglas edna edson eduarda eduardo elaine eliana eliane elias emanuel emanuelly enzo erica erick erika fabiana
    fabiano fabio fabricio fatima felipe fernanda fernando flavia flavio francisca francisco gabriel gabriela geraldo
    gilberto giovana giovanna gisele guilherme gustavo heitor helena heloisa henrique hugo igor ines ingrid isaac
    isabel isabela isabella isabelly isadora ivan ivone jair janaina jaqueline jefferson jessica joana joao joaquim
    jonas jonathan jorge jose josefa joyce juliana juliano julia julio karen karina kaua kelly lais larissa laura
    leandro leonardo leticia lidia livia luan luana lucas lucia luciana luciano ludmila luis luisa luiz luiza lurdes
    lourdes luzia manoel manuel manuela marcela marcelo marcia marcio marcos maria mariane mario marlene marta mateus
    matheus mauricio mauro mayara michele miguel milena milton miriam monica murilo natalia nathalia neide neusa
    nelson nicolas nicole osvaldo otavio pamela patricia paula paulo pedro priscila rafael rafaela raimunda raimundo
    raquel rebeca regiane regina reginaldo renan renata renato ricardo rita roberta roberto robson rodrigo rogerio
    ronaldo rosana rosangela roseli rubens samuel sandra sebastiana sebastiao sergio severino sheila silvana silvia
    simone solange sonia sophia sofia sueli suzana tais tania tatiana tatiane teresa tereza terezinha thais thiago
    tiago valdir valeria valter vanessa vera vicente vinicius vitor victor viviane wagner wanderson washington
    wellington wesley william willian yasmin yuri
    """.split()  # noqa: SIM905
)
_SURNAMES = frozenset(
    """
    almeida alves andrade araujo azevedo barbosa batista borges brito cardoso carvalho castro cavalcante cavalcanti
    correia correa cunha duarte farias fernandes ferreira fonseca freitas gomes goncalves lopes machado magalhaes
    marques martins medeiros melo mendes mendonca miranda monteiro moraes morais moreira moura nogueira nunes oliveira
    pacheco pereira pires queiroz ramos rezende ribeiro rodrigues sampaio silva silveira siqueira soares souza sousa
    tavares teixeira vasconcelos vieira xavier
    """.split()  # noqa: SIM905
)
_KNOWN = _GIVEN | _SURNAMES
_TITLES = frozenset(
    ("dona", "dr", "dra", "doutor", "doutora", "sr", "sra", "senhor", "senhora", "tia", "tio", "vo", "vovo")
)
_SHORT_TITLES = frozenset(("dr", "dra", "sr", "sra"))
_LINKS = frozenset(("da", "das", "de", "do", "dos"))
_SAID_BEFORE = re.compile(r"(?i:\bnome é|\b(?:me|se|te) cham[ao])\s{1,3}$")
# Saints' feasts and places, towns, a law, a song and a comic that hold a name and name nobody.
_NOBODY = re.compile(
    r"(?i:\b(?:turma da mônica|joão pessoa|maria da penha|ave maria|magazine luiza|dona aranha))\b"
    r"|(?i:\bsenhor (?:deus|jesus))\b"
    r"|\b(?:São|SÃO|Santo|SANTO|Santa|SANTA|(?i:nossa senhora))(?:\s(?:d[aeo]s?\s)?[^\W\d_]{1,30})?\b"
)
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the text. folded: in lower case without accents; gap: what stands before it since the last word."""

    start: int
    end: int
    folded: str
    is_capital: bool
    gap: str

    def follows(self, before: _Word) -> bool:
        """Whether only spaces stand between, or the point of "Dr."."""
        gap = self.gap.removeprefix(".") if before.folded in _SHORT_TITLES else self.gap
        return gap in (" ", "  ", "\u00a0")


def _names(text: str) -> _Spans:
    """Where full names, given names, names after a title or after "meu nome é" stand."""
    nobody_out = _NOBODY.sub(lambda found: "." * len(found.group()), text)
    words = _name_words(nobody_out)
    # All in capitals, or Each Word With One: then a capital says nothing and only known given names count.
    capitals_tell = any(nobody_out[word.start].islower() for word in words if word.folded not in _LINKS)
    for run in _runs(words):
        first = _name_start(run, text, capitals_tell)
        if first is not None:
            yield run[first].start, _name_end(run, capitals_tell)


def _name_words(text: str) -> list[_Word]:
    words, end = [], 0
    for found in _NAME_WORD.finditer(text):
        plain = "".join(c for c in unicodedata.normalize("NFD", found.group()) if not unicodedata.combining(c))
        words.append(_Word(*found.span(), plain.lower(), _is_capital(found.group()), text[end : found.start()]))
        end = found.end()
    return words


def _is_capital(word: str) -> bool:
    return word[0].isupper() and len(word) > 1  # "A" is an article


def _runs(words: list[_Word]) -> Iterator[list[_Word]]:
    """Neighbours that may be one name: titles, capitalised or known words, with "da", "dos" … between them."""
    run: list[_Word] = []
    for word in words:
        if run and not word.follows(run[-1]):
            yield _without_links(run)
            run = []
        if word.is_capital or word.folded in _KNOWN | _TITLES or (run and word.folded in _LINKS):
            run.append(word)
        elif run:
            yield _without_links(run)
            run = []
    yield _without_links(run)


def _without_links(run: list[_Word]) -> list[_Word]:
    while run and run[-1].folded in _LINKS:
        run = run[:-1]
    return run


def _name_start(run: list[_Word], text: str, capitals_tell: bool) -> int | None:
    """Which word of `run` its name begins with; None if it holds none."""
    for at, word in enumerate(run):
        if word.folded in _GIVEN and (word.is_capital or _next_part(run, at) in _KNOWN):
            return at
        if not capitals_tell:
            continue
        if word.folded in _TITLES and any(after.is_capital or after.folded in _GIVEN for after in run[at + 1 : at + 2]):
            return at
        if word.is_capital and word.folded in _SURNAMES and at:
            return 0
        if word.is_capital and _SAID_BEFORE.search(text[max(word.start - 20, 0) : word.start]):
            return at
    return None


def _name_end(run: list[_Word], capitals_tell: bool) -> int:
    """Where it ends: with the run, or with its last known word where a capital says nothing."""
    return next(word.end for word in reversed(run) if capitals_tell or word.folded in _KNOWN)


def _next_part(run: list[_Word], at: int) -> str:
    return next((word.folded for word in run[at + 1 :] if word.folded not in _LINKS), "")


_FINDERS: tuple[tuple[str, Callable[[str], _Spans]], ...] = (
    ("email", _spans(_EMAIL)),
    ("cpf", _spans(_CPF, _is_cpf)),
    ("document", _spans(_CNPJ, _is_cnpj)),
    ("document", _spans(_SUS_CARD, _is_sus_card)),
    ("document", _spans(_RG, _is_rg)),
    ("document", _spans(_RG_SAID)),
    ("address", _spans(_ADDRESS)),
    ("address", _spans(_CEP)),
    ("phone", _spans(_PHONE, _is_phone)),
    ("phone", _spans(_PHONE_ABROAD)),
    ("name", _names),
)
