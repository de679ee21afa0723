"""What programs are told of the tools: in English, which models read best, and in Portuguese."""

from __future__ import annotations

from aac.ui.texts import Text

SERVER = Text(
    "A Prancha faz cartões de comunicação (comunicação aumentativa e alternativa) em português do Brasil. São "
    "rascunhos de um modelo pequeno: uma pessoa os confere antes de alguém depender deles.",
    "Prancha makes communication cards (augmentative and alternative communication) in Brazilian Portuguese. They "
    "are drafts by a small model: a person checks them before anybody depends on them.",
)

MAKE = Text(
    "Faz cartões de comunicação em português do Brasil para uma palavra ou situação. Cada um tem written_text (o que o "
    "cartão mostra), spoken_text (o que a voz diz) e image_id (um emoji). Espera a vez na fila, como na página, e pode "
    "levar minutos. São rascunhos: mostre-os a uma pessoa antes de usar. Se vier algo em notes, diga-o à pessoa.",
    "Make communication cards in Brazilian Portuguese for a word or a situation. Each has written_text (what the card "
    "shows), spoken_text (what the voice says) and image_id (an emoji). It waits for its turn in the line, as on the "
    "page, and may take minutes. They are drafts: show them to a person before use. If anything stands in notes, tell "
    "the person.",
)
PROMPT = Text(
    "Uma palavra ou situação em português, como “Querer” ou “Na farmácia”.",
    "A word or a situation in Portuguese, such as “Querer” or “Na farmácia”.",
)
CARDS_WANTED = Text("Quantos cartões.", "How many cards.")
CONTEXT = Text("Onde se está, como “na escola”.", "Where one is, such as “na escola”.")
FOLLOWS = Text("O cartão que acabou de ser tocado.", "The card that was just pressed.")
LEVEL = Text("“palavras” ou “frases”; vazio: tanto faz.", "“palavras” (words) or “frases” (sentences); empty: either.")
GIVEN = Text(
    "Textos de cartões a completar: o modelo dá a fala e a figura de cada um.",
    "Texts of cards to complete: the model gives the speech and the picture of each.",
)
WELL_FORMED = Text(
    "Se o modelo só pode escrever cartões bem formados.", "Whether the model can only write well-formed cards."
)
TEMPERATURE = Text("0: sempre a mesma resposta.", "0: always the same answer.")
SEED = Text("Muda a resposta quando a temperatura não é 0.", "Changes the answer where the temperature is not 0.")
WITHOUT_LORA = Text(
    "Só o modelo de base, sem o adaptador (LoRA), para comparar.",
    "The base model alone, without the adapter (LoRA), to compare.",
)

CHECK = Text(
    "Confere cartões: se valem, se um texto se repete, se parecem ter dados de alguém, e se o filtro de conteúdo os "
    "barra. Não guarda nada.",
    "Check cards: whether each is valid, whether a text repeats, whether they look as if they held somebody's data, "
    "and whether the content filter stops them. Nothing is kept.",
)
CARDS = Text("Os cartões de um conjunto, em ordem.", "The cards of one set, in order.")

QUALITY = Text(
    "Quanto vale o adaptador que vem com a Prancha: por tarefa e por sistema (sem e com LoRA, cópia, teto), cada "
    "medida com o seu intervalo de 95%.",
    "What the adapter that comes with Prancha is worth: by task and system (without and with LoRA, copy, ceiling), "
    "each measure with its 95% interval.",
)
VERSIONS = Text(
    "Lista as versões do conjunto de dados desta instalação, só de quem a mantém: nome, estado e quantos conjuntos de "
    "cartões. Nenhum texto de pessoas.",
    "List the dataset versions of this installation, for its maintainers: name, state, and how many card sets. No "
    "words of people.",
)
RUNS = Text(
    "Lista os treinos desta instalação, só de quem a mantém, do mais novo ao mais velho: estado, versão dos dados e "
    "adaptador que saiu.",
    "List the training runs of this installation, for its maintainers, newest first: state, dataset version, and the "
    "adapter that came of it.",
)

NO_SUCH_TOOL = Text(
    "Não há ferramenta com este nome. Peça a lista (tools/list).", "There is no tool of this name. Ask for the list."
)
