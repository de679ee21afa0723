"""What a person agrees to before their first annotation. A change of the text takes a new version."""

from __future__ import annotations

from aac.ui.texts import Text

CONSENT_VERSION = "2026-11"
CONSENT = Text(
    "O que você avaliar, corrigir e votar fica guardado neste servidor para melhorar cartões de comunicação, e pode "
    "entrar em um conjunto de dados publicado com licença Apache-2.0.\n\n"
    "Guardamos o que você escrever e escolher, quando, e um pseudônimo feito de um número sorteado no seu navegador "
    "(ou do seu login, embaralhado). Não guardamos nome, e-mail nem endereço IP.\n\n"
    "Não escreva nomes, telefones, documentos nem histórias de pessoas reais.\n\n"
    "Em “Meus dados” você vê, baixa e apaga tudo o que é seu, quando quiser. Uma versão já publicada não pode ser "
    "recolhida de quem a baixou, mas o responsável fica sabendo.",
    "What you rate, correct and vote is kept on this server to make better communication cards, and may become part "
    "of a dataset published under the Apache-2.0 licence.\n\n"
    "We keep what you write and choose, when, and a pseudonym made of a random number in your browser (or of your "
    "login, scrambled). We keep no name, no e-mail and no IP address.\n\n"
    "Do not write names, phone numbers, documents or stories of real people.\n\n"
    "Under “My data” you see, download and erase all that is yours, at any time. A version that was already "
    "published cannot be called back from those who downloaded it, but its owner is told.",
)
