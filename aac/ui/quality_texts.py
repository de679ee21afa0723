"""The words of the Quality tab."""

from __future__ import annotations

from aac.ui.texts import Text

INTRO = Text(
    "O que o adaptador que vem com o Prancha vale, medido em pedidos que ele nunca viu no treino. O modelo responde "
    "livre, sem a gramática que deixa os cartões bem formados; com LoRA ele se apoia em dois pequenos classificadores "
    "e no que foi pedido, sem LoRA em nada.",
    "What the adapter that comes with Prancha is worth, measured on prompts that it never saw in training. The model "
    "answers freely, without the grammar that makes cards well-formed; with LoRA it leans on two small classifiers and "
    "on what was asked for, without LoRA on nothing.",
)
HOW = Text(
    "Cada pedido tem três conjuntos, de três autores que não viram um o do outro (todos modelos de linguagem: nada "
    "disto é de pessoas). O teto é o que um autor alcança contra os outros dois; a cópia responde com o conjunto do "
    "pedido mais parecido do treino. Entre parênteses, o intervalo de 95% por reamostragem dos pedidos.",
    "Each prompt has three sets, by three authors who did not see one another's (all of them language models: none of "
    "this is by people). The ceiling is what one author reaches against the other two; the copy answers with the set "
    "of the nearest training prompt. In brackets, the 95% interval by resampling the prompts.",
)
AGAIN = Text(
    "Os mesmos números, com assinaturas: make report. O que foi tentado está em docs/quality.md.",
    "The same numbers, with signatures: make report. What was tried is in docs/quality.md.",
)
EMPTY = Text(
    "Ainda não há medidas aqui. Gere as respostas com python -m aac quality answer set (e as outras tarefas) e rode "
    "make report.",
    "There are no measurements here yet. Make the answers with python -m aac quality answer set (and the other tasks) "
    "and run make report.",
)
CHARTS = Text("Sem e com LoRA", "Without and with LoRA")
BLEU = Text("BLEU: quanto mais, melhor", "BLEU: more is better")
TER = Text("TER: quanto menos, melhor", "TER: less is better")
PAPER = Text("Artigo de origem, no teste dele", "The source paper, on its own test set")
BEYOND = Text("{score}, além da barra", "{score}, beyond the bar")
TABLES = Text("Todas as medidas", "All measurements")
REQUESTS = Text("{n} pedidos", "{n} prompts")
WHO = Text("Quem", "Who")
OVER_COPY = Text("Com LoRA menos a cópia", "With LoRA less the copy")
TO = Text("{low} a {high}", "{low} to {high}")
EXAMPLES = Text("Dez pedidos, as duas respostas", "Ten prompts, both answers")
EXAMPLES_INFO = Text(
    "Sorteados pelo hash do texto, não escolhidos. Toque num cartão e o navegador diz a frase.",
    "Drawn by the hash of their text, not chosen. Press a card and the browser says its sentence.",
)
EXAMPLES_MORE = Text("Os outros pedidos", "The other prompts")
SYSTEMS = {
    "ceiling": Text("Teto", "Ceiling"),
    "copy": Text("Cópia", "Copy"),
    "choosers": Text("Só os classificadores", "Classifiers alone"),
    "without_lora": Text("Sem LoRA", "Without LoRA"),
    "with_lora": Text("Com LoRA", "With LoRA"),
    "with_lora_well_formed": Text("Com LoRA, bem formado, como na página", "With LoRA, well-formed, as on the page"),
}
TASKS = {
    "set": Text("Conjunto: do pedido aos cartões", "Set: from the prompt to the cards"),
    "complete": Text(
        "Completar: os textos são dados, o modelo dá fala e figura",
        "Complete: the texts are given, the model gives speech and picture",
    ),
    "recall": Text(
        "Lembrança: pedidos que estavam no treino; não prova nada de novo",
        "Recall: prompts that were in the training data; proves nothing new",
    ),
    "kept_out": Text(
        "Temas inteiros fora do treino: obra e reforma; circo, teatro e museu",
        "Whole themes kept out of training: building work; circus, theatre and museum",
    ),
    "typed": Text(
        "Como as pessoas digitam: sem acentos, com erros, em maiúsculas, com um nome, em inglês",
        "As people type: no accents, mistakes, capitals, a name in it, English",
    ),
    "hostile": Text(
        "O que não é pedido: insultos, inglês, ordens ao modelo", "What is no request: insults, English, orders to it"
    ),
}
METRICS = {
    "bleu": Text("BLEU ↑", "BLEU ↑"),
    "ter": Text("TER ↓", "TER ↓"),
    "chrf": Text("chrF ↑", "chrF ↑"),
    "aligned_chrf": Text("chrF alinhado ↑", "Aligned chrF ↑"),
    "meaning_f1": Text("Mesmo sentido, F1 ↑", "Same meaning, F1 ↑"),
    "images": Text("Figuras que servem ↑", "Fitting pictures ↑"),
    "valid": Text("Respostas inteiras ↑", "Whole answers ↑"),
    "not_repeated": Text("Sem repetir ↑", "Not repeated ↑"),
    "known_words": Text("Palavras que existem ↑", "Words that exist ↑"),
    "polite": Text("Sem xingar ↑", "No abuse ↑"),
}
