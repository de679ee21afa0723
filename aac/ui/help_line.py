"""Whom to call, for the page and for programs, and on the page cards to ask for help with."""

from __future__ import annotations

from aac.cards import Card
from aac.records import GenerationRequest
from aac.safety import DISTRESS, distress
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
_TITLE = Text(
    "Cartões para pedir ajuda, escritos antes e não pelo modelo:",
    "Cards to ask for help with, written before and not by the model:",
)


def help_for(request: GenerationRequest) -> Text | None:
    """Where the request tells of wishing to die or of hurting oneself. It is answered all the same."""
    texts_asked = (request.prompt, request.context, request.follows, *request.given)
    return Text(*DISTRESS) if distress(texts_asked) or distress([*map(understood, texts_asked)]) else None


def help_shown(request: GenerationRequest) -> str:
    """The same as HTML, with tiles that say it for who cannot call; nothing where no help is called for."""
    told = help_for(request)
    if told is None:
        return ""
    return f'{tiles.message(told)}<p class="pr-help-title">{_TITLE.both()}</p>{tiles.card_tiles(HELP_CARDS)}'
