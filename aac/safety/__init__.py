"""The content filter: sexual content with minors, instructions for self-harm and hate are stopped, all else passes.

Who speaks with cards needs every word: names of the body, abuse, sexuality, swearing. So no single word stops, only
combinations do, and what tells of abuse lifts them. docs/safety.md says why, how it errs, and how to edit the lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aac.safety.found import Found
from aac.safety.harm import is_harmed
from aac.safety.reading import READ_MAX_CHARS, readings
from aac.safety.rules import RULES, is_distressed

__all__ = ["CATEGORIES", "DISTRESS", "HARM", "READ_MAX_CHARS", "WITHHELD", "Finding", "distress", "harm", "stopped"]

WITHHELD = "[cartão retido]"  # stands in the model's text where a card was stopped


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a text is stopped, in Portuguese and in English. category: a key of `CATEGORIES`.

    pt, en: the category and the reason; advice_pt, advice_en: how to tell of what happened, and whom to call.
    """

    category: str
    pt: str
    en: str
    advice_pt: str
    advice_en: str


CATEGORIES = {
    finding.category: finding
    for finding in (
        Finding(
            "sexual_minors",
            "O texto junta criança ou adolescente e sexo; a Prancha não faz cartões assim.",
            "The text brings a child or a minor and sex together; Prancha makes no such cards.",
            "Se você quer contar algo que aconteceu, escreva assim: “ele mexeu no meu corpo e eu não gostei”. "
            "Ajuda: Disque 100 (crianças e adolescentes), 180 (mulheres), 190 (polícia, na hora).",
            "If you want to tell of something that happened, write it so: “ele mexeu no meu corpo e eu não gostei” "
            "(he touched my body and I did not like it). Help in Brazil: 100 (children and minors), 180 (women), 190 "
            "(police, at once).",
        ),
        Finding(
            "self_harm",
            "O texto pede ou incentiva um jeito de se ferir ou de morrer; a Prancha não faz cartões assim.",
            "The text asks for or urges a way to hurt oneself or to die; Prancha makes no such cards.",
            "Se você quer contar o que sente ou algo que aconteceu, escreva assim: “estou muito triste e preciso de "
            "ajuda”, “quero morrer”, “me disseram para eu me matar”. Ajuda: CVV 188 (a qualquer hora, de graça), "
            "SAMU 192 (urgência). Conte a alguém de confiança.",
            "If you want to tell how you feel or what happened, write it so: “estou muito triste e preciso de ajuda” "
            "(I am very sad and need help), “quero morrer” (I want to die). Help in Brazil: CVV 188 (at any hour, "
            "free), SAMU 192 (emergency). Tell somebody whom you trust.",
        ),
        Finding(
            "hate",
            "O texto rebaixa ou ameaça um grupo de pessoas; a Prancha não faz cartões assim.",
            "The text degrades or threatens a group of people; Prancha makes no such cards.",
            "Se você quer contar algo que aconteceu, escreva assim: “me chamaram de …”, “sofri preconceito”. "
            "Para denunciar: Disque 100; em perigo, 190.",
            "If you want to tell of something that happened, write it so: “me chamaram de …” (they called me …), "
            "“sofri preconceito” (I met with prejudice). To report it in Brazil: 100; in danger, 190.",
        ),
    )
}

DISTRESS = (
    "Se a dor está grande demais, você não precisa ficar só. CVV: ligue 188, a qualquer hora, de graça. Urgência: SAMU "
    "192. Conte a alguém de confiança.",
    "If it hurts too much, you need not be alone with it. In Brazil, CVV: call 188, at any hour, free. Emergency: SAMU "
    "192. Tell somebody whom you trust.",
)
HARM = (
    "Se alguém machuca, ameaça ou abusa de você, a culpa não é sua. Disque 100 (crianças, pessoas idosas, pessoas com "
    "deficiência) ou Ligue 180 (mulheres): a qualquer hora, de graça. Perigo agora: 190, polícia. Conte a alguém de "
    "confiança.",
    "If somebody hurts, threatens or abuses you, it is not your fault. In Brazil, call 100 (children, old people, "
    "people with disabilities) or 180 (women): at any hour, free. Danger now: 190, police. Tell somebody whom you "
    "trust.",
)


def stopped(texts: Sequence[str]) -> Finding | None:
    """What stops these texts, read as one: those of one request, or of one card with its picture. None if they pass.

    Pure and linear; of all texts together the first `READ_MAX_CHARS` characters are read.
    """
    heard: frozenset[str] = frozenset()
    for reading in readings(texts):
        found = Found.in_reading(reading, heard)
        heard = frozenset(found.places)
        for category, is_stopped in RULES.items():
            if is_stopped(found):
                return CATEGORIES[category]
    return None


def distress(texts: Sequence[str]) -> bool:
    """Whether the speaker tells of wishing to die or of hurting themselves: it passes, and `DISTRESS` is shown."""
    return any(is_distressed(Found.in_reading(reading)) for reading in readings(texts))


def harm(texts: Sequence[str]) -> bool:
    """Whether the speaker tells of abuse or violence done to them: it passes, and `HARM` is shown."""
    return any(is_harmed(Found.in_reading(reading)) for reading in readings(texts))
