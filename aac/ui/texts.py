"""Every word of the page, in Brazilian Portuguese and in English."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Literal

Language = Literal["pt", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    pt: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in `language`, "pt" or "en"."""
        return self.pt if language == "pt" else self.en

    def both(self) -> str:
        """HTML that holds both; the page's style shows the one of the page's language."""
        pt, en = html.escape(self.pt), html.escape(self.en)
        return f'<span class="pr-pt" lang="pt-BR">{pt}</span><span class="pr-en" lang="en">{en}</span>'


TITLE = Text("Prancha", "Prancha")
TAGLINE = Text(
    "Cartões de comunicação para dizer o que se quer. Escreva uma palavra ou uma situação.",
    "Communication cards in Brazilian Portuguese. Write a word or a situation.",
)
LANGUAGE = Text("Idioma · Language", "Idioma · Language")
TAB_GENERATE = Text("Gerar", "Generate")
TAB_RATE = Text("Avaliar", "Rate")
TAB_COMPARE = Text("Comparar", "Compare")
TAB_DATA = Text("Dados", "Data")
TAB_TRAIN = Text("Treinar", "Train")
TAB_QUALITY = Text("Qualidade", "Quality")
CARDS_NOT_VALID = Text(
    "Há cartões que ainda não seguem as regras. Veja o que diz cada um, corrija e salve de novo.",
    "Some cards do not keep the rules yet. See what each says, mend it and save again.",
)
NEEDS_JAVASCRIPT = Text("Esta aba precisa de JavaScript.", "This tab needs JavaScript.")
RATE_OR_CORRECT = Text("Avaliar ou corrigir", "Rate or correct")
PROMPT = Text("O que a pessoa quer dizer?", "What does the person want to say?")
PROMPT_PLACEHOLDER = Text("Querer, Comida, Na farmácia…", "In Portuguese: Querer, Comida, Na farmácia…")
MODE = Text("O que gerar", "What to generate")
MODE_COMPARE = Text("Comparar sem e com LoRA", "Compare without and with LoRA")
MODE_WITH = Text("Só com LoRA", "Only with LoRA")
MODE_WITHOUT = Text("Só sem LoRA", "Only without LoRA")
CARDS = Text("Número de cartões", "Number of cards")
CARDS_INFO = Text(
    "Medido com até 8; depois o modelo se repete mais.", "Measured up to 8; beyond, the model repeats more."
)
WELL_FORMED = Text("Cartões bem formados", "Well-formed cards")
WELL_FORMED_INFO = Text(
    "O modelo só pode escrever cartões válidos e sem repetir. Desligado, mostra o que ele escreve de verdade.",
    "The model can write only valid cards, none twice. Off, the page shows what it really writes.",
)
GENERATE = Text("Gerar cartões", "Make cards")
STOP = Text("Parar", "Stop")
SETTINGS = Text("Ajustes", "Settings")
TEMPERATURE = Text("Temperatura", "Temperature")
TEMPERATURE_INFO = Text(
    "0: sempre o mais provável; mais alto: mais variado", "0: always the likeliest; higher: more varied"
)
SEED = Text("Semente", "Seed")
SEED_INFO = Text("A mesma semente dá os mesmos cartões", "The same seed gives the same cards")
BASE_MODEL = Text("Modelo de base", "Base model")
ADAPTER = Text("Adaptador (LoRA)", "Adapter (LoRA)")
ADAPTER_INFO = Text(
    "O ativo é o que foi promovido por último; sem promoção, o que vem com a Prancha.",
    "The active one is what was promoted last; without a promotion, the one that comes with Prancha.",
)
ADAPTER_ACTIVE = Text("ativo (o promovido)", "active (the promoted one)")
PULL = Text("Experimentar um adaptador do Hub", "Try an adapter of the Hub")
PULL_INFO = Text(
    "DONO/NOME no Hugging Face; o modelo de base e o modelo de pedido são conferidos",
    "OWNER/NAME on Hugging Face; its base model and template are checked",
)
PULL_NOW = Text("Trazer", "Pull")
PULLING = Text("Trazendo {what}…", "Pulling {what}…")
PULLED = Text(
    "{name} chegou e está escolhido (modelo de base {model}). Escreva um pedido e toque em “Gerar cartões”.",
    "{name} has come and is chosen (base model {model}). Write a request and press “Make cards”.",
)
PROMOTED_IS_MISSING = Text(
    "Quem escreve é o adaptador que vem com a Prancha, não o promovido.",
    "The adapter that comes with Prancha writes, not the promoted one.",
)
WITHOUT_LORA = Text("sem LoRA", "without LoRA")
WITH_LORA = Text("com LoRA", "with LoRA")
EMPTY = Text(
    "Os cartões aparecem aqui. Escreva um pedido, ou escolha um exemplo, e toque em “Gerar cartões”.",
    "The cards appear here. Write a request, or choose an example, and press “Make cards”.",
)
NO_CARDS = Text(
    "Nenhum cartão válido. Veja abaixo o que o modelo escreveu.", "No valid card. See below what the model wrote."
)
WAITING = Text("Aguardando a vez e o modelo…", "Waiting for a turn and the model…")
ONE_AHEAD = Text("Aguardando a vez: há um pedido antes do seu.", "Waiting for a turn: one request is before yours.")
AHEAD = Text("Aguardando a vez: há {n} pedidos antes do seu.", "Waiting for a turn: {n} requests are before yours.")
WRITING = Text("escrevendo…", "writing…")
FINISHED = {
    "end": Text("pronto", "done"),
    "length": Text("cortado no limite de tokens", "cut at the token limit"),
    "stopped": Text("parado", "stopped"),
    "time": Text("incompleto: cortado pelo tempo", "unfinished: cut by time"),
    "running": WRITING,
}
READ_AS = Text(
    "O pedido foi lido assim: “{read}”. Se não é isso, escreva com outras palavras.",
    "The prompt was read as: “{read}”. If that is not it, put it in other words.",
)
CUT_BY_TIME = Text(
    "A resposta passou do tempo que este servidor dá a cada pedido e foi cortada; o que já estava escrito ficou. Peça "
    "menos cartões, ou tente de novo.",
    "The answer took longer than this server gives to each request and was cut; what was written is there. Ask for "
    "fewer cards, or try again.",
)
MODEL_NOT_HERE = Text(
    "Este modelo ainda não está neste servidor, e só quem o mantém pode trazê-lo. Escolha outro modelo.",
    "This model is not on this server yet, and only its maintainers can fetch it. Choose another model.",
)
RAW_TEXT = Text("Texto do modelo", "The model's text")
PROBLEMS = Text("Problemas", "Problems")
LINE = Text("linha", "line")
PROBLEM_KINDS = {
    "not_a_card": Text("não é um cartão (texto,fala,emoji)", "not a card (text,speech,emoji)"),
    "header": Text("nomes das colunas em vez de cartão", "column names instead of a card"),
    "cards_on_one_line": Text("vários cartões na mesma linha", "several cards on one line"),
    "unquoted_comma": Text("vírgula na fala sem aspas", "a comma in the speech without quotes"),
    "unclosed_quote": Text("aspas que não fecham", "a quote that never closes"),
    "repeated_card": Text("cartão repetido", "repeated card"),
    "empty_text": Text("texto vazio", "empty text"),
    "long_text": Text("texto longo demais", "text too long"),
    "control_character": Text("caractere de controle", "control character"),
    "not_one_image": Text("a figura não é um emoji", "the picture is not one emoji"),
}
CARD_WITHHELD = Text("cartão retido pelo filtro de conteúdo", "card withheld by the content filter")
COPY_CSV = Text("Copiar CSV", "Copy CSV")
COPY_JSON = Text("Copiar JSON", "Copy JSON")
DOWNLOAD_CSV = Text("Baixar CSV", "Download CSV")
DOWNLOAD_JSON = Text("Baixar JSON", "Download JSON")
COPIED = Text("Copiado", "Copied")
NOT_COPIED = Text(
    "Este navegador não deixou copiar: baixe o arquivo", "This browser did not let it copy: download instead"
)
NO_VOICE = Text("(este aparelho não tem voz em português)", "(this device has no Portuguese voice)")
NO_ADAPTER = Text(
    "Este modelo de base ainda não tem adaptador. Escolha “Só sem LoRA” ou outro modelo em “Ajustes”.",
    "This base model has no adapter yet. Choose “Only without LoRA”, or another model under “Settings”.",
)
UNEXPECTED = Text(
    "Algo falhou aqui dentro e foi anotado no registro do servidor. Tente de novo; o que você escreveu não se perdeu.",
    "Something failed inside and was written to the server's log. Try again; what you wrote is still there.",
)
FOOTER = Text(
    "Cartões feitos por um modelo pequeno erram. Confira antes de usar. O conjunto de dados foi escrito por um modelo "
    "de linguagem e ainda não foi revisto por pessoas.",
    "Cards made by a small model have mistakes. Check before use. The dataset was written by a language model and has "
    "not been reviewed by people yet.",
)
