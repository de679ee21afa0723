"""The words of logging in and out."""

from __future__ import annotations

from aac.ui.texts import Text

LOG_IN = Text("Entrar", "Log in")
LOG_OUT = Text("Sair", "Log out")
NAME = Text("Nome", "Name")
PASSWORD = Text("Senha", "Password")
WRONG = Text("O nome ou a senha não está certo.", "The name or the password is not right.")
TOO_MANY_TRIES = Text("Tentativas demais. Espere {s} s e tente de novo.", "Too many tries. Wait {s} s and try again.")
NO_ACCOUNT = Text(
    "Sem login dá para gerar cartões e ver os resultados. Quem mantém esta instalação faz os logins.",
    "Without a login you can make cards and see results. Who maintains this installation makes the logins.",
)
BEGIN_AGAIN = Text(
    "Esta entrada não vale mais ou já foi usada. Comece de novo em “Entrar”.",
    "This login is no longer valid, or was used already. Begin again at “Log in”.",
)
OUT_HERE_ONLY = Text(
    "Você saiu neste navegador. O servidor não alcança os dados dele e não pôde encerrar a sessão: quem tiver uma "
    "cópia dela ainda entra, até ela vencer.",
    "You are logged out in this browser. The server does not reach its data and could not end the session: who has a "
    "copy of it still gets in, until it runs out.",
)
PROVIDER_REFUSED = Text(
    "O serviço de login não deixou entrar, ou você cancelou. Nada mudou.",
    "The login service did not let you in, or you cancelled. Nothing changed.",
)
PROVIDER_FAILED = Text(
    "O serviço de login não respondeu como devia. Tente de novo daqui a pouco.",
    "The login service did not answer as it should. Try again in a while.",
)
ROLES = {
    0: Text("visitante", "visitor"),
    1: Text("visitante", "visitor"),
    2: Text("quem anota", "annotator"),
    3: Text("quem mantém", "maintainer"),
}
