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
BEYOND = Text(", além da barra", ", beyond the bar")
BEYOND_MARK = Text("→ além da barra", "→ beyond the bar")
TABLES = Text("Todas as medidas", "All measurements")
GOALS = Text("O que se queria, e o que há", "What was wanted, and what is there")
GOALS_REACHED = Text("{n} de {of} alcançadas", "{n} of {of} reached")
SCORE = Text("Medida", "Score")
TOLD_IN = Text("Contada em", "Told in")
GOAL_OF = {
    "itself": Text("o próprio valor", "its own value"),
    "over_copy": Text("menos a da cópia", "less the copy's"),
    "ceiling": Text("% do teto", "% of the ceiling"),
    "without_lora": Text("% de mudança contra sem LoRA", "% of change against without LoRA"),
}
WANTED = Text("Meta", "Wanted")
ABOVE_COPY = Text("intervalo sem 0", "an interval without 0")
OUTCOME = Text("Alcançada?", "Reached?")
REACHED = Text("sim ✓", "yes ✓")
NOT_REACHED = Text("ainda não", "not yet")
REQUESTS = Text("{n} pedidos", "{n} prompts")
WHO = Text("Quem", "Who")
OVER_COPY = Text("Com LoRA menos a cópia", "With LoRA less the copy")
TO = Text("{low} a {high}", "{low} to {high}")
EXAMPLES = Text("Dez pedidos, as duas respostas", "Ten prompts, both answers")
EXAMPLES_INFO = Text(
    "Sorteados pelo hash do texto, não escolhidos. Toque num cartão e o navegador diz a frase.",
    "Drawn by the hash of their text, not chosen. Press a card and the browser says its sentence.",
)
PRECISIONS_TITLE = Text("O que menos bits custam", "What fewer bits cost")
PRECISIONS_INFO = Text(
    "O mesmo adaptador sobre o modelo de base com os pesos em 32 bits, em 4 e em 8 bits pelo bitsandbytes (os 4 são os "
    "do artigo de origem) e em 4 bits pelo llama.cpp. Memória e tokens por segundo: um pedido por vez, numa CPU, só "
    "para orientação; a maior memória é a de quando os pesos são lidos, ou a de depois.",
    "The same adapter on the base model with its weights in 32 bits, in 4 and in 8 bits by bitsandbytes (the 4 are the "
    "source paper's) and in 4 bits by llama.cpp. Memory and tokens a second: one request at a time, on a CPU, for "
    "orientation only; the greatest memory is that of reading the weights, or of after.",
)
WEIGHTS = Text("Pesos", "Weights")
MEMORY = Text("Memória", "Memory")
MEMORY_MOST = Text("Maior memória", "Greatest memory")
PACE = Text("Tokens/s\u00a0↑", "Tokens/s\u00a0↑")
MEGABYTES = Text("{n}\u00a0MB", "{n}\u00a0MB")
PRECISIONS = {
    "fp32": Text("fp32", "fp32"),
    "nf4": Text("NF4 (bitsandbytes)", "NF4 (bitsandbytes)"),
    "int8": Text("int8 (bitsandbytes)", "int8 (bitsandbytes)"),
    "q4_1": Text("Q4_1 (llama.cpp)", "Q4_1 (llama.cpp)"),
}
SHORT_TASKS = {
    "set": Text("Conjunto", "Set"),
    "complete": Text("Completar", "Complete"),
    "typed": Text("Como se digita", "As typed"),
    "kept_out": Text("Temas fora", "Themes kept out"),
    "kept_out_complete": Text("Temas fora, completar", "Themes kept out, complete"),
    "hostile": Text("Insultos e ordens", "Insults and orders"),
}
OF_TASK = Text("{task}: {metric}", "{task}: {metric}")
CURVE = Text("O que mais dados trariam", "What more data would bring")
CURVE_INFO = Text(
    "Uma receita curta, treinada com partes dos pedidos de treino e medida nos pedidos novos, do pedido aos cartões. O "
    "adaptador que vem com o Prancha aprendeu por outra receita, mais longa: a curva diz o rumo, não quanto ele vale.",
    "A short recipe, trained on parts of the training prompts and measured on the new ones, from the prompt to the "
    "cards. The adapter that comes with Prancha learned by another, longer recipe: the curve tells the direction, not "
    "what that adapter is worth.",
)
CURVE_SAID = Text(
    "Três gráficos, da esquerda para a direita, de {first} a {last} pedidos de treino, em média das sementes: BLEU de "
    "{bleu_a} a {bleu_b}; chrF alinhado de {aligned_chrf_a} a {aligned_chrf_b}; palavras que existem de "
    "{known_words_a}% a {known_words_b}%. Cada ponto é uma semente.",
    "Three charts, from left to right, from {first} to {last} training prompts, in the seeds' mean: BLEU from {bleu_a} "
    "to {bleu_b}; aligned chrF from {aligned_chrf_a} to {aligned_chrf_b}; words that exist from {known_words_a}% to "
    "{known_words_b}%. Each dot is one seed.",
)
CURVE_SHARE = Text("Do treino", "Of the training data")
CURVE_LOSS = Text("Perda na validação\u00a0↓", "Loss in validation\u00a0↓")
CURVE_POINTS = Text("Os pontos, um número por semente", "The points, one number a seed")
WORST = Text("As vinte piores respostas", "The twenty worst answers")
WORST_INFO = Text(
    "Não sorteadas: são as que menos se parecem com o que os três autores escreveram, a pior primeiro. Ao lado está o "
    "conjunto do primeiro autor. Há cartões sem sentido, cartões que serviriam e nenhum autor disse, e alguns que "
    "fariam mal a quem os usasse.",
    "Not drawn: those that are least like what the three authors wrote, the worst first. Beside each is the first "
    "author's set. Some cards make no sense, some would do though no author said them, and some would harm who used "
    "them.",
)
WORST_SCORE = {
    "set": Text("{who}: chrF alinhado {score}", "{who}: aligned chrF {score}"),
    "complete": Text("{who}: chrF {score}", "{who}: chrF {score}"),
}
FIRST_AUTHOR = Text("Primeiro autor", "First author")
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
    "complete_unseen": Text(
        "Completar, só os textos que nenhum cartão do treino tem",
        "Complete, only the texts that no card of training has",
    ),
    "recall": Text(
        "Lembrança: pedidos que estavam no treino; não prova nada de novo",
        "Recall: prompts that were in the training data; proves nothing new",
    ),
    "kept_out": Text(
        "Temas inteiros fora do treino: obra e reforma; circo, teatro e museu",
        "Whole themes kept out of training: building work; circus, theatre and museum",
    ),
    "kept_out_complete": Text(
        "Os mesmos temas fora do treino, com os textos dados", "The same themes kept out of training, the texts given"
    ),
    "typed": Text(
        "Como as pessoas digitam: sem acentos, com erros, em maiúsculas, com um nome, em inglês",
        "As people type: no accents, mistakes, capitals, a name in it, English",
    ),
    "typed_complete": Text("Como as pessoas digitam, com os textos dados", "As people type, the texts given"),
    "hostile": Text(
        "O que não é pedido: insultos, inglês, ordens ao modelo", "What is no request: insults, English, orders to it"
    ),
}
METRICS = {
    "bleu": Text("BLEU\u00a0↑", "BLEU\u00a0↑"),
    "ter": Text("TER\u00a0↓", "TER\u00a0↓"),
    "chrf": Text("chrF\u00a0↑", "chrF\u00a0↑"),
    "aligned_bleu": Text("BLEU alinhado\u00a0↑", "Aligned BLEU\u00a0↑"),
    "aligned_ter": Text("TER alinhada\u00a0↓", "Aligned TER\u00a0↓"),
    "aligned_chrf": Text("chrF alinhado\u00a0↑", "Aligned chrF\u00a0↑"),
    "meaning_f1": Text("Mesmo sentido, F1\u00a0↑", "Same meaning, F1\u00a0↑"),
    "images": Text("Figuras que servem\u00a0↑", "Fitting pictures\u00a0↑"),
    "valid": Text("Respostas inteiras\u00a0↑", "Whole answers\u00a0↑"),
    "not_repeated": Text("Sem repetir\u00a0↑", "Not repeated\u00a0↑"),
    "known_words": Text("Palavras que existem\u00a0↑", "Words that exist\u00a0↑"),
    "polite": Text("Sem xingar\u00a0↑", "No abuse\u00a0↑"),
}
