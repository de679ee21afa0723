"""What a person reads who may not, or not yet, or not so fast."""

from __future__ import annotations

from aac.ui.texts import Text

NOT_ALLOWED = Text(
    "Isto pede outro acesso. Entre com a sua conta, ou peça a quem mantém esta instalação.",
    "This needs another access. Log in, or ask who maintains this installation.",
)
NOT_THERE = Text("Não há nada neste endereço.", "There is nothing at this address.")
NOT_UNDERSTOOD = Text(
    "O servidor não entendeu o pedido. Recarregue a página.", "The server did not understand that. Reload the page."
)
TOO_LARGE = Text("O que foi enviado é grande demais.", "What was sent is too large.")
NOT_THIS_NAME = Text(
    "Sem login, a Prancha só responde no endereço local deste computador (127.0.0.1 ou localhost).",
    "Without a login, Prancha answers only at this computer's own address (127.0.0.1 or localhost).",
)
NO_PROXY = Text(
    "Este pedido passou por um proxy ou túnel, e não há login: qualquer pessoa seria dona de tudo. Configure "
    "PRANCHA_LOGIN (veja docs/security.md).",
    "This request came through a proxy or tunnel, and there is no login: anybody would own everything. Set "
    "PRANCHA_LOGIN (see docs/security.md).",
)
