"""The words of what may be asked beside the prompt, in both languages."""

from __future__ import annotations

from aac.ui.texts import Text

MORE = Text("Mais sobre o pedido", "More about the request")
CONTEXT = Text("Onde ou quando?", "Where or when?")
CONTEXT_INFO = Text("Como “no hospital” ou “de manhã”.", "In Portuguese, such as “no hospital” or “de manhã”.")
FOLLOWS = Text("Depois de que cartão?", "After which card?")
FOLLOWS_INFO = Text(
    "O cartão que acabou de ser tocado. Num cartão gerado, “E depois?” o põe aqui.",
    "The card that was just pressed. On a card that was made, “What next?” puts it here.",
)
LEVEL = Text("Nível", "Level")
LEVELS = {
    "": Text("nenhum", "none"),
    "palavras": Text("palavras soltas", "single words"),
    "frases": Text("frases curtas", "short sentences"),
}
GIVEN = Text("Cartões a completar", "Cards to complete")
GIVEN_INFO = Text(
    "O que cada cartão mostra, um por linha, até 12. O modelo completa a fala e a figura, e o número de cartões é o "
    "destas linhas.",
    "What each card shows, in Portuguese, one a line, at most 12. The model adds speech and picture, and as many cards "
    "are made as there are lines.",
)
CLEAR = Text("Limpar", "Clear")
WHAT_NEXT = Text("E depois?", "What next?")

# What was asked, as it stands beside an answer.
ASKED = {
    "context": Text("Onde", "Where"),
    "follows": Text("Depois de", "After"),
    "level": LEVEL,
    "given": Text("A completar", "To complete"),
}
