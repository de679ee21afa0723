"""The words of comparing blind and of its results, in both languages; the page hands `COMPARE_TEXTS` to its JavaScript.

`{name}` is filled in by the page, or by `aac.ui.results`; `_one` and `_many` are chosen by a number.
"""

from __future__ import annotations

from aac.ui.texts import NO_VOICE, WITH_LORA, WITHOUT_LORA, Text

COMPARE_TEXTS: dict[str, Text] = {
    "compare_title": Text("Comparar às cegas", "Compare blind"),
    "compare_help": Text(
        "O mesmo pedido, duas respostas, sem dizer de quem é cada uma. Toque nos cartões para ouvir e diga qual "
        "resposta ajudaria mais quem vai usar.",
        "The same prompt, two answers, without saying whose is which. Press the cards to hear them and say which would "
        "help the person more.",
    ),
    "compare_start": Text("Começar a comparar", "Start comparing"),
    "compare_left_one": Text("Falta 1 comparação", "1 comparison left"),
    "compare_left_many": Text("Faltam {n} comparações", "{n} comparisons left"),
    "compare_empty": Text(
        "Não há comparações à sua espera. Gere cartões em “Gerar” ou avalie em “Avaliar” enquanto isso; quem cuida do "
        "app pode encher esta fila em “Dados”.",
        "No comparisons are waiting for you. Make cards under “Generate” or rate some under “Rate” meanwhile; a "
        "maintainer can fill this queue under “Data”.",
    ),
    "compare_writing": Text(
        "Os modelos estão escrevendo as duas respostas. Elas aparecem aqui sozinhas; pode levar um minuto.",
        "The models are writing the two answers. They appear here by themselves; it may take a minute.",
    ),
    "compare_ready": Text("As duas respostas estão prontas", "Both answers are ready"),
    "answer_left": Text("Resposta A", "Answer A"),
    "answer_right": Text("Resposta B", "Answer B"),
    "author_hidden": Text("Modelo escondido até o voto", "Model hidden until the vote"),
    "author_waits": Text(
        "O modelo aparece quando o voto chegar ao servidor", "The model is shown when the vote is on the server"
    ),
    "with_lora": WITH_LORA,
    "without_lora": WITHOUT_LORA,
    "no_voice": NO_VOICE,
    "answer_without_cards": Text(
        "Nenhum cartão válido. Foi isto que o modelo escreveu:", "No valid card. This is what the model wrote:"
    ),
    "answer_without_text": Text("O modelo não escreveu nada.", "The model wrote nothing."),
    "answer_more": Text("Falas e texto do modelo", "What is said, and the model's text"),
    "vote_question": Text("Qual ajudaria mais?", "Which would help more?"),
    "vote_left": Text("A é melhor", "A is better"),
    "vote_right": Text("B é melhor", "B is better"),
    "vote_tie": Text("Empate", "A tie"),
    "vote_both_bad": Text("Nenhuma serve", "Both are bad"),
    "your_vote": Text("seu voto", "your vote"),
    "vote_saved": Text(
        "Voto guardado. Dá para desfazer, mas um segundo voto aqui não conta: os nomes já apareceram.",
        "Vote saved. You can undo it, but a second vote here does not count: the names have been shown.",
    ),
    "vote_saved_second": Text(
        "Voto guardado, mas fora dos resultados: é o segundo nesta comparação.",
        "Vote saved, but left out of the results: it is the second one on this comparison.",
    ),
    "vote_kept": Text(
        "Voto guardado só neste navegador; vai sozinho quando o servidor responder. Até lá, você pode mudar de ideia.",
        "Vote saved only in this browser; it goes by itself when the server answers. Until then you may change it.",
    ),
    "vote_unsent": Text(
        "Voto desfeito antes de ser enviado. Escolha de novo.", "Vote undone before it was sent. Choose again."
    ),
    "vote_taken_back": Text(
        "Voto desfeito. Só o primeiro voto, às cegas, conta nos resultados: um novo voto aqui fica guardado, mas não "
        "conta.",
        "Vote undone. Only the first vote, given blind, counts in the results: a new vote here is kept but does not "
        "count.",
    ),
    "vote_again": Text(
        "Você já votou aqui e desfez o voto: um novo voto fica guardado, mas não conta nos resultados.",
        "You have voted here and undone it: a new vote is kept but does not count in the results.",
    ),
    "vote_revealed": Text("Voto guardado. A: {left}. B: {right}.", "Vote saved. A: {left}. B: {right}."),
    "vote_undo": Text("Desfazer o voto", "Undo the vote"),
    "vote_undo_last": Text("Desfazer o último voto", "Undo the last vote"),
    "compare_keys_help": Text(
        "Valem fora dos campos de texto, com uma comparação na tela.",
        "They work outside text fields, with a comparison on screen.",
    ),
    "results_late": Text("Estes resultados podem não ser os últimos.", "These results may not be the latest."),
}


# What stands below the comparison.
RESULTS = Text("Resultados de todos", "Everyone's results")
VOTES_ONE = Text("1 voto ao todo.", "1 vote in all.")
VOTES_MANY = Text("{n} votos ao todo.", "{n} votes in all.")
NO_VOTES = Text(
    "Ainda não há votos. Os resultados aparecem aqui depois do primeiro.",
    "No votes yet. The results appear here after the first one.",
)

WIN_RATES = Text("Quem é preferido", "Who is preferred")
WIN_RATES_HELP = Text(
    "Dos votos que escolheram um dos dois, quantos foram para o primeiro. O intervalo diz onde o valor verdadeiro deve "
    "estar, com 95% de confiança. O valor p diz quantas vezes o puro acaso daria uma vantagem assim: abaixo de 0,05 "
    "está decidido. Empates e “nenhuma serve” são mostrados, mas não entram na conta. Escolha antes quantos votos "
    "esperar: parar no primeiro momento favorável engana.",
    "Of the votes that chose one of the two, how many went to the first. The interval says where the true value should "
    "lie, with 95% confidence. The p value says how often pure chance would give such a lead: below 0.05 it is "
    "decided. Ties and “both are bad” are shown but not counted. Choose beforehand how many votes to wait for: "
    "stopping at the first lucky moment misleads.",
)
PAIR = Text("Par", "Pair")
FIRST = Text("1º", "1st")
SECOND = Text("2º", "2nd")
WINS = Text("Votos no 1º", "Votes for 1st")
LOSSES = Text("Votos no 2º", "Votes for 2nd")
TIES = Text("Empates", "Ties")
BOTH_BAD = Text("Nenhuma serve", "Both bad")
RATE = Text("Preferem o 1º (95%)", "Prefer the 1st (95%)")
P_VALUE = Text("Valor p", "p value")
DECISION = Text("Decisão a 95%", "Decision at 95%")
INTERVAL = Text("{low} a {high}", "{low} to {high}")
DECIDED = Text("Decidido: preferem o {place}", "Decided: the {place} is preferred")
MISSING_ONE = Text(
    "Falta 1 voto decisivo, se cair como até agora", "1 more decisive vote needed, if it falls as so far"
)
MISSING_MANY = Text(
    "Faltam {n} votos decisivos, se caírem como até agora", "{n} more decisive votes needed, if they fall as so far"
)
MISSING_FIRST = Text("Nenhum voto decisivo ainda; faltam {n} ou mais", "No decisive vote yet; {n} or more are needed")
EVEN = Text(
    "Exatamente iguais até agora: não dá para dizer quantos votos faltam",
    "Exactly even so far: how many votes are missing cannot be said",
)
TOO_MANY = Text("Quase iguais: seriam precisos mais de {n} votos", "Almost even: more than {n} votes would be needed")
WINS_PLOT = Text("Preferência em cada par, com intervalos de 95%", "Preference in each pair, with 95% intervals")
WINS_PLOT_ROW = Text(
    "{one} contra {other}: {rate}, de {low} a {high}.", "{one} against {other}: {rate}, from {low} to {high}."
)
WINS_PLOT_HELP = Text(
    "O ponto fica mais perto de quem é preferido; na linha do meio, 50%, os dois são iguais.",
    "The dot lies nearer to the one preferred; on the middle line, 50%, both are equal.",
)

STRENGTHS = Text("Força de cada um", "Strength of each")
STRENGTHS_HELP = Text(
    "Todos os pares em uma só escala (Bradley-Terry): 0 é a média, mais é melhor. Quando dois intervalos se sobrepõem, "
    "a ordem entre eles ainda é incerta. Os intervalos de 95% vêm de sortear os votos de novo muitas vezes.",
    "All pairs on one scale (Bradley-Terry): 0 is the mean, more is better. Where two intervals overlap, the order of "
    "the two is still uncertain. The 95% intervals come from drawing the votes again many times.",
)
STRENGTHS_LATER = Text(
    "Com três ou mais modelos comparados entre si, aparece aqui também uma escala com todos.",
    "With three or more models compared with one another, a scale of all of them appears here too.",
)
CONTESTANT = Text("Modelo", "Model")
STRENGTH = Text("Força (95%)", "Strength (95%)")
AGAINST_MEAN = Text("Preferido a um modelo médio", "Preferred to an average one")
VOTES = Text("Votos", "Votes")
STRENGTHS_PLOT = Text("Força de cada modelo, com intervalos de 95%", "Strength of each model, with 95% intervals")
STRENGTHS_PLOT_ROW = Text("{name}: {strength}, de {low} a {high}.", "{name}: {strength}, from {low} to {high}.")
STRENGTHS_PLOT_HELP = Text(
    "Mais à direita é melhor; a linha marca a média.", "Further right is better; the line marks the mean."
)

AGREEMENT = Text("Quanto as pessoas concordam", "How far people agree")
AGREEMENT_HELP = Text(
    "Só conta o que duas ou mais pessoas avaliaram. O alfa de Krippendorff é 1 quando todas concordam e 0 quando "
    "concordam só como o acaso faria. “Pares iguais” é mais simples: de cada duas opiniões sobre a mesma coisa, "
    "quantas são iguais, sem descontar o acaso.",
    "Only what two or more people rated counts. Krippendorff's alpha is 1 when all agree and 0 when they agree only as "
    "chance would. “Equal pairs” is simpler: of each two opinions on the same thing, how many are the same, with "
    "chance not taken out.",
)
WHAT = Text("O que foi avaliado", "What was rated")
CARD_VERDICTS = Text("Cartões (manter, consertar, errado)", "Cards (keep, fix, wrong)")
SET_USEFULNESS = Text("Conjuntos (ajuda de 1 a 5)", "Sets (usefulness 1 to 5)")
ALPHA = Text("Alfa", "Alpha")
READING = Text("O que quer dizer", "What it means")
PAIRWISE = Text("Pares iguais", "Equal pairs")
STANDS_ON = Text("Com base em", "What it stands on")
PAIRWISE_VALUE = Text("{share} de {pairs}", "{share} of {pairs}")
COUNTS = Text(
    "{judgements} avaliações de {annotators} pessoas; itens em comum: {items}",
    "{judgements} ratings by {annotators} people; items in common: {items}",
)
NO_COUNTS = Text("nenhum item em comum", "no items in common")
TOO_FEW = Text(
    "Ainda há poucas avaliações das mesmas coisas por pessoas diferentes",
    "Too few overlapping judgements by different people yet",
)
ALL_THE_SAME = Text(
    "Todas as avaliações são iguais: o alfa não se define", "All ratings are the same: alpha is undefined"
)
READINGS = (
    (0.80, Text("concordância boa", "good agreement")),
    (0.67, Text("concordância razoável: só conclusões provisórias", "fair agreement: tentative conclusions only")),
    (0.01, Text("concordância fraca", "weak agreement")),
)
NO_BETTER = Text("não mais que o acaso", "no more than by chance")
FEW_ITEMS = Text("; com tão poucos itens, ainda muda muito", "; with so few items it can still change a lot")
