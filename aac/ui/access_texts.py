"""What a person reads who may not, or not yet, or not so fast."""

from __future__ import annotations

from aac.ui.texts import Text

NOT_ALLOWED = Text(
    "Você não tem acesso a isto. Entre com a sua conta, ou peça a quem mantém esta instalação.",
    "You do not have access to this. Log in, or ask whoever maintains this installation.",
)
NOT_THERE = Text("Não há nada neste endereço.", "There is nothing at this address.")
NOT_UNDERSTOOD = Text(
    "O servidor não entendeu o pedido. Recarregue a página.", "The server did not understand that. Reload the page."
)
WRONG_VALUE = Text(
    "Um dos valores não é dos que o campo aceita (tipo, tamanho, limite ou escolha). Corrija o campo ou recarregue a "
    "página; nada foi mudado.",
    "One of the values is none that its field takes (type, size, limit or choice). Correct the field, or reload the "
    "page; nothing was changed.",
)
NO_TEXT = Text(
    "Um texto tem um caractere que não é texto (nulo ou meio emoji). Apague-o e escreva de novo.",
    "A text holds a character that is no text (NUL, or half an emoji). Delete it and write it again.",
)
FILE_GONE = Text(
    "O arquivo enviado não está mais aqui. Escolha-o de novo.", "The uploaded file is here no more. Choose it again."
)
NOT_KEPT = Text(
    "O servidor não conseguiu guardar o arquivo: o disco dele está cheio ou com defeito. Nada foi recebido; avise quem "
    "cuida desta página e tente de novo depois.",
    "The server could not keep the file: its disk is full or failing. Nothing was taken; tell who looks after this "
    "page, and try again later.",
)
TOO_LARGE = Text("O que foi enviado é grande demais.", "What was sent is too large.")
FILE_TOO_LARGE = Text(
    "O arquivo é grande demais: aqui cabem até 20 MB. Divida em partes e envie uma de cada vez.",
    "The file is too large: up to 20 MB fit here. Divide it and send one part at a time.",
)
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
NOT_FROM_HERE = Text(
    "Este pedido veio de outra página. Abra a Prancha no endereço dela.",
    "This request came from another page. Open Prancha at its own address.",
)
NOT_BY_THE_PROXY = Text(
    "Abra a Prancha pelo endereço do login: este aqui é só para o proxy.",
    "Open Prancha at the address with the login: this one is for the proxy only.",
)
NOTICE = Text("Aviso", "Notice")
ASKS_AGAIN = Text("Esta página tenta de novo sozinha.", "This page tries again by itself.")
ANOTHER_PERSON = Text(
    "O login desta página não vale mais: a sessão terminou, ou alguém entrou ou saiu neste navegador. O que você fez "
    "aqui não se perde: espera neste navegador por quem fez. Recarregue a página para continuar.",
    "The login of this page is no longer valid: the session ended, or somebody logged in or out in this browser. What "
    "you did here is not lost: it waits in this browser for whoever did it. Reload the page to go on.",
)
NOT_YOURS = Text(
    "Esta aba é de outra sessão, ou a sua terminou. Recarregue a página.",
    "This tab is of another session, or yours has ended. Reload the page.",
)
NOT_NOW = Text(
    "Agora o servidor não consegue saber quem entrou: ele não alcança os dados dele. O que você escreveu continua neste"
    " navegador. Tente de novo daqui a pouco.",
    "The server cannot tell who is logged in now: it does not reach its data. What you wrote is still in this browser. "
    "Try again in a while.",
)
TOO_OFTEN = Text(
    "Pedidos demais. Espere um pouco e tente de novo; o que você já respondeu vai de novo sozinho.",
    "Too many requests. Wait a little and try again; what you have answered already is sent again by itself.",
)
TURN_TAKEN = Text(
    "Você já tem um pedido na fila. Espere a vez dele, ou pare-o na aba em que o fez.",
    "You already have one request waiting in line. Wait for its turn, or stop it in the tab where you made it.",
)
DAY_USED_UP = Text(
    "Você já usou o tempo do modelo que este servidor dá a cada pessoa num dia ({limit}). Daqui a cerca de {wait} ele "
    "volta a escrever para você. Os cartões já feitos não se perdem. Quem roda a Prancha no próprio computador não "
    "tem esse limite.",
    "You have used the time of the model that this server gives to each person in a day ({limit}). In about {wait} it "
    "writes for you again. Cards already made are not lost. Who runs Prancha on their own computer has no such limit.",
)
DAY_USED_UP_HERE = Text(
    "Desta rede já se usou o tempo do modelo que este servidor dá num dia a quem não entrou ({limit} para todas as "
    "pessoas da rede). Daqui a cerca de {wait} ele volta a escrever. Os cartões já feitos não se perdem. Quem entra "
    "com uma conta, ou roda a Prancha no próprio computador, não depende disso.",
    "From this network the time of the model was used that this server gives in a day to who is not logged in ({limit} "
    "for all people of the network). In about {wait} it writes again. Cards already made are not lost. Who logs in, or "
    "runs Prancha on their own computer, does not depend on that.",
)
TURNS_TAKEN = Text(
    "Desta rede já há pedidos demais na fila. Espere um pouco e tente de novo.",
    "Too many requests from this network are waiting in line already. Wait a little and try again.",
)
LINE_FULL = Text(
    "Há {n} pedidos na fila do modelo: não cabem mais, e o seu não entrou. Espere um pouco e peça de novo; o que você "
    "escreveu continua aqui.",
    "{n} requests stand in the line at the model: there is no room for more, and yours is not in it. Wait a little and "
    "ask again; what you wrote is still here.",
)
QUEUE_FULL = Text(
    "Já esperam {n} pedidos deste tipo, e este não entrou na fila: nada foi mudado. Espere um pouco e tente de novo.",
    "{n} requests of this kind wait already, and this one is not in line: nothing was changed. Wait a little and try "
    "again.",
)
