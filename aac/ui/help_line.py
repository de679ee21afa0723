"""Whom to call, for the page and for programs, and on the page cards to ask for help with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aac.cards import Card
from aac.records import GenerationRequest
from aac.safety import DISTRESS, HARM, distress, harm
from aac.ui import tiles
from aac.ui.texts import Text
from aac.words.understanding import understood

# Who cannot speak cannot call 188 by themselves either. Written by a language model, reviewed by nobody yet.
HELP_CARDS = (
    Card("Preciso de ajuda", "Preciso de ajuda agora.", "🆘"),
    Card("Fica comigo", "Fica comigo, não me deixa só.", "🤝"),
    Card("Quero conversar", "Quero conversar com alguém de confiança.", "💬"),
    Card("Liga para o 188", "Liga para o 188 comigo, por favor.", "📞"),
    Card("Corro perigo", "Eu corro perigo. Chama o 192.", "🚑"),
)
# What a model says there may deny what was told. Who did it may stand beside, so a tile asks not to tell them, and none
# names a man or a woman. Written by a language model, reviewed by nobody yet.
HARM_CARDS = (
    Card("Alguém me machucou", "Alguém me machucou. Acredita em mim, por favor.", "🤕"),
    Card("Não me deixa só com essa pessoa", "Por favor, não me deixa só com essa pessoa.", "🙅"),
    Card("Não conta pra quem fez isso", "Por favor, não conta nada pra quem fez isso comigo.", "🤫"),
    Card("Liga para o 100 comigo", "Liga para o Disque 100 comigo, por favor.", "☎️"),
    Card("Chama a polícia", "Eu corro perigo agora. Chama a polícia, liga para o 190.", "🚨"),
)
_TITLE = Text(
    "Cartões para pedir ajuda, escritos antes e não pelo modelo:",
    "Cards to ask for help with, written before and not by the model:",
)


@dataclass(frozen=True, slots=True)
class _Topic:
    """What may be told, whom to call then, and cards for who cannot call."""

    is_told: Callable[[Sequence[str]], bool]
    whom_to_call: Text
    cards: Sequence[Card]


_TOPICS = (_Topic(distress, Text(*DISTRESS), HELP_CARDS), _Topic(harm, Text(*HARM), HARM_CARDS))


def help_for(request: GenerationRequest) -> tuple[Text, ...]:
    """Where the request tells of wishing to die or of hurting oneself, or of harm done to one, in this order.

    It is answered all the same.
    """
    return tuple(topic.whom_to_call for topic in _told(request))


def help_shown(request: GenerationRequest) -> str:
    """The same as HTML, with tiles that say it for who cannot call; nothing where no help is called for."""
    title = f'<p class="pr-help-title">{_TITLE.both()}</p>'
    return "".join(
        f"{tiles.message(topic.whom_to_call)}{title}{tiles.card_tiles(topic.cards)}" for topic in _told(request)
    )


def _told(request: GenerationRequest) -> list[_Topic]:
    typed = (request.prompt, request.context, request.follows, *request.given)
    meant = [*map(understood, typed)]
    return [topic for topic in _TOPICS if topic.is_told(typed) or topic.is_told(meant)]
