"""The words of what waits in the browser, is refused, or may not be sent; part of `ANNOTATION_TEXTS`."""

from __future__ import annotations

from aac.ui.access_texts import ANOTHER_PERSON
from aac.ui.texts import Text

SENDING_TEXTS: dict[str, Text] = {
    "outbox_one": Text(
        "1 resposta guardada neste navegador ainda não chegou ao servidor.",
        "1 answer kept in this browser, not yet on the server.",
    ),
    "outbox_many": Text(
        "{n} respostas guardadas neste navegador ainda não chegaram ao servidor.",
        "{n} answers kept in this browser, not yet on the server.",
    ),
    "others_wait_one": Text(
        "1 resposta de outra pessoa espera neste navegador até ela voltar.",
        "1 answer of somebody else waits in this browser until they are back.",
    ),
    "others_wait_many": Text(
        "{n} respostas de outras pessoas esperam neste navegador até elas voltarem.",
        "{n} answers of other people wait in this browser until they are back.",
    ),
    "others_remove": Text("Tirar daqui", "Remove from here"),
    "others_remove_what": Text(
        "O que outras pessoas fizeram neste navegador e ainda não chegou ao servidor se perde, com os rascunhos delas. "
        "Isto não volta.",
        "What other people did in this browser and has not reached the server is lost, with their drafts. This cannot "
        "be undone.",
    ),
    "nobodys_wait_one": Text(
        "1 resposta dada sem login espera neste navegador.", "1 answer given without a login waits in this browser."
    ),
    "nobodys_wait_many": Text(
        "{n} respostas dadas sem login esperam neste navegador.",
        "{n} answers given without a login wait in this browser.",
    ),
    "nobodys_mine": Text("É minha: enviar", "It is mine: send"),
    "behind_one": Text(
        "1 resposta está no servidor e neste navegador, e ainda não no Hub.",
        "1 answer is on the server and in this browser, and not yet on the Hub.",
    ),
    "behind_many": Text(
        "{n} respostas estão no servidor e neste navegador, e ainda não no Hub.",
        "{n} answers are on the server and in this browser, and not yet on the Hub.",
    ),
    "outbox_try": Text("Tentar agora", "Try now"),
    "outbox_still": Text(
        "O servidor ainda não responde; nada se perdeu", "The server does not answer yet; nothing is lost"
    ),
    "outbox_sent": Text("Tudo chegou ao servidor", "Everything is on the server"),
    "refused_one": Text("1 resposta que o servidor não aceitou", "1 answer that the server did not accept"),
    "refused_many": Text("{n} respostas que o servidor não aceitou", "{n} answers that the server did not accept"),
    "refused_again": Text("Enviar de novo", "Send again"),
    "refused_forget": Text("Tirar da lista", "Remove from the list"),
    "copy": Text("Copiar", "Copy"),
    "copied": Text("Copiado", "Copied"),
    "not_copied": Text("Não deu para copiar: selecione o texto", "Could not copy: select the text"),
    "storage_full": Text(
        "Este navegador não consegue guardar mais nada (memória cheia ou janela privada). Não feche esta aba antes de "
        "tudo chegar ao servidor.",
        "This browser cannot keep anything more (storage full or a private window). Do not close this tab before "
        "everything is on the server.",
    ),
    "error_connection": Text(
        "O servidor não respondeu. O que você escreveu continua aqui; tente de novo daqui a pouco.",
        "The server did not answer. What you wrote is still here; try again in a moment.",
    ),
    "error_server": Text(
        "O servidor teve um problema. O que você escreveu continua aqui; tente de novo daqui a pouco.",
        "The server had a problem. What you wrote is still here; try again in a moment.",
    ),
    "login_to_rate": Text(
        "Para avaliar aqui é preciso entrar: use “Entrar”, no alto da página.",
        "To rate here you need to log in: use “Log in”, at the top of the page.",
    ),
    "login_to_correct": Text(
        "Para corrigir é preciso entrar: use “Entrar”, no alto da página. Avaliar e votar pode continuar.",
        "To correct you need to log in: use “Log in”, at the top of the page. You may go on rating and voting.",
    ),
    "try_again": Text("Tentar de novo", "Try again"),
    "close": Text("Fechar", "Close"),
    "logged_out_elsewhere": Text(
        "Você saiu em outra aba deste navegador.", "You logged out in another tab of this browser."
    ),
    "error_person": ANOTHER_PERSON,
    "login_over": Text("O login desta página não vale mais.", "The login of this page is no longer valid."),
    "logged_in_elsewhere": Text(
        "Alguém entrou em outra aba deste navegador.", "Somebody logged in in another tab of this browser."
    ),
    "load_again": Text("Carregar a página de novo", "Load the page again"),
    "cancel": Text("Cancelar", "Cancel"),
    "refresh": Text("Atualizar", "Refresh"),
}
