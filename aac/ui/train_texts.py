"""The words of the Train tab, in Portuguese and English."""

from __future__ import annotations

from aac.ui.texts import Text

INTRO = Text(
    "Aqui o modelo aprende com os cartões de uma versão e vira um adaptador (LoRA). Pode fechar o computador de onde "
    "pediu: o servidor continua, e o treino está aqui quando você voltar.",
    "Here the model learns from the cards of a version and becomes an adapter (LoRA). You may close the computer you "
    "asked from: the server goes on, and the run is here when you come back.",
)
NO_VERSIONS = Text(
    "Para treinar é preciso uma versão do conjunto de dados. Congele uma na aba Dados.",
    "Training needs a dataset version. Freeze one in the Data tab.",
)
GO_TO_DATA = Text("Ir para a aba Dados", "Go to the Data tab")
VERSION = Text("Versão do conjunto de dados", "Dataset version")
PRESET = Text("Que treino", "Which training")
PRESETS = {
    "smoke": Text("teste: dois passos, para ver funcionar", "smoke: two steps, to see it work"),
    "further": Text(
        "seguir: do adaptador em uso, com as correções", "further: from the active adapter, with the corrections"
    ),
    "cpu": Text("cpu: um adaptador do começo, neste computador", "cpu: an adapter from the start, on this computer"),
    "paper": Text("artigo: a receita do artigo; precisa de GPU", "paper: the paper's recipe; needs a GPU"),
}
PRESET_NAMES = {
    "smoke": Text("teste", "smoke"),
    "further": Text("seguir", "further"),
    "cpu": Text("cpu", "cpu"),
    "paper": Text("artigo", "paper"),
}
ADVANCED = Text("Ajustes do treino", "Training settings")
BASE_MODEL = Text("Modelo de base", "Base model")
LORA_R = Text("Tamanho do adaptador (r)", "Adapter size (r)")
LEARNING_RATE = Text("Taxa de aprendizado", "Learning rate")
EPOCHS = Text("Épocas", "Epochs")
EPOCHS_INFO = Text("quantas vezes cada conjunto é visto", "how often each set is seen")
MAX_STEPS = Text("Máximo de passos", "Most steps")
MAX_STEPS_INFO = Text("0: sem limite", "0: no limit")
SEED = Text("Semente", "Seed")
PUSH = Text("Enviar ao Hub e onde treinar", "Push to the Hub, and where to train")
PUSH_TO = Text("Repositório do adaptador no Hub", "The adapter's repository on the Hub")
PUSH_INFO = Text(
    "DONO/NOME; vazio: não envia. Um repositório novo é privado.",
    "OWNER/NAME; empty: it is not pushed. A new repository is private.",
)
NO_TOKEN = Text(
    "Desligado: este servidor não tem chave do Hugging Face Hub. Quem cuida dele pode pôr uma.",
    "Off: this server has no Hugging Face Hub token. Whoever runs it can set one.",
)
PUSH_DATASET = Text("Enviar também a versão do conjunto de dados", "Push the dataset version too")
PLACE = Text("Onde treinar", "Where to train")
PLACES = {"here": Text("neste servidor", "on this server"), "hub-job": Text("no Hub (pago)", "on the Hub (paid)")}
ESTIMATE = Text("Ver o que vai custar", "See what it will take")
ESTIMATING = Text(
    "Medindo um pedacinho do treino; leva uns 10 s, ou alguns minutos se a máquina estiver ocupada…",
    "Measuring a little of the training; about 10 s, or some minutes where the machine is busy…",
)
MAY_TRAIN = Text("{why}. O treino pode ser pedido assim mesmo.", "{why}. The training may be asked for all the same.")
TRAIN = Text("Treinar", "Train")
FITS = Text("Cabe neste computador.", "It fits this computer.")
FITS_NOT = Text("Não cabe, e por isso não começa:", "It does not fit, so it does not start:")
TOKENS = Text("Tokens", "Tokens")
STEPS = Text("Passos", "Steps")
TIME = Text("Tempo estimado", "Estimated time")
PEAK_MEMORY = Text("Pico de memória", "Peak memory")
DISK = Text("Disco", "Disk")
OF_FREE = Text("{size} de {free} livres", "{size} of {free} free")
ABOUT = Text("uns {n}", "about {n}")
SUBSTITUTIONS = Text("O que muda neste computador", "What is different on this computer")

RUNS = Text("Treinos", "Runs")
NO_RUNS = Text(
    "Nenhum treino ainda. Escolha uma versão e toque em “Treinar”.", "No run yet. Choose a version and press “Train”."
)
REFRESH = Text("Atualizar", "Refresh")
RUN = Text("Treino {id}", "Run {id}")
STATES = {
    "queued": Text("na fila", "queued"),
    "running": Text("treinando", "training"),
    "evaluating": Text("avaliando", "evaluating"),
    "pushing": Text("enviando ao Hub", "pushing to the Hub"),
    "done": Text("pronto", "done"),
    "failed": Text("falhou", "failed"),
    "cancelled": Text("cancelado", "cancelled"),
}
ICONS = {
    "queued": "○",
    "running": "▶",
    "evaluating": "◐",
    "pushing": "↑",
    "done": "✓",
    "failed": "✕",
    "cancelled": "■",
}
STATE_SAID = Text("Treino {id}: {state}", "Run {id}: {state}")
WHEN = Text("pedido em {when} (UTC)", "asked for {when} (UTC)")
TOOK = Text("durou {time}", "took {time}")
FOR = Text("há {time}", "for {time}")
NEVER_BEGAN = Text("não começou", "never began")
MEASURED = Text("medindo: {answers} de {wanted} respostas", "measuring: {answers} of {wanted} answers")
STEP_OF = Text("passo {step} de {steps}", "step {step} of {steps}")
NO_STEPS = Text("ainda sem passos", "no steps yet")
WAITING = Text("Espera a vez: treina um de cada vez.", "It waits its turn: one trains at a time.")
LEFT = Text("faltam uns {time}", "about {time} left")
SPEED = Text("Tokens por segundo", "Tokens per second")
TIME_LEFT = Text("Tempo que falta", "Time left")
MEMORY = Text("Memória", "Memory")
LOSS = Text("Perda", "Loss")
VALIDATION_LOSS = Text("Perda na validação", "Validation loss")
CURVE = Text("Perda (quanto menor, melhor)", "Loss (lower is better)")
CURVE_SAID = Text(
    "Do passo {first} ao {last}: perda de {from_loss} a {to_loss}.",
    "From step {first} to {last}: loss from {from_loss} to {to_loss}.",
)
CURVE_VALIDATION_SAID = Text(" Validação: {loss} no passo {step}.", " Validation: {loss} at step {step}.")
NO_CURVE = Text("A curva aparece com os primeiros passos.", "The curve appears with the first steps.")
CURVE_NUMBERS = Text("A curva em números", "The curve in numbers")
STEP = Text("Passo", "Step")
TRAINING_LINE = Text("treino", "training")
VALIDATION_LINE = Text("validação", "validation")
LOG = Text("Fim do registro", "End of the log")
NO_LOG = Text("Nada no registro ainda.", "Nothing in the log yet.")
REASON = Text("Por que parou", "Why it stopped")
NO_REASON = Text("Nenhum motivo foi anotado; veja o registro abaixo.", "No reason was noted; see the log below.")
PUSHES = {
    "pushing": Text("enviando a {where}…", "pushing to {where}…"),
    "done": Text("enviado a {where}", "pushed to {where}"),
    "failed": Text("o envio a {where} falhou", "the push to {where} failed"),
}
PUSH_STATE = Text("Hub", "Hub")
PUSH_WANTED = Text("vai para {where} quando ficar pronto", "goes to {where} when it is done")
CANCEL = Text("Cancelar o treino", "Cancel the run")
RESUME = Text("Continuar do último ponto guardado", "Resume from the last checkpoint")
PUSH_AGAIN = Text("Enviar de novo ao Hub", "Push to the Hub again")
PUSH_THIS = Text("Enviar o adaptador deste treino ao Hub", "Push this run's adapter to the Hub")
PUSH_NOW = Text("Enviar ao Hub", "Push to the Hub")
PUSH_NOW_INFO = Text("DONO/NOME; se não existir, é criado", "OWNER/NAME; made where it is missing")
PUSH_PUBLIC = Text("Público", "Public")
PUSH_PUBLIC_INFO = Text(
    "Qualquer pessoa no mundo vê e baixa o que for enviado. Desmarcado: só a conta do servidor.",
    "Anybody in the world sees and downloads what is pushed. Off: only the server's account does.",
)
PUSH_DATASET_INFO = Text(
    "As frases e as correções em que ele foi treinado, no mesmo nome.",
    "The sentences and corrections that it was trained on, under the same name.",
)
PUSH_OPEN = Text("abrir {where}", "open {where}")
SAME_WEIGHTS = Text(
    "Saíram os mesmos pesos que os de {name}: é um só adaptador, com esse nome nas notas e nas promoções. O que se "
    "envia daqui leva a configuração e as notas deste treino.",
    "The weights came out as those of {name}: it is one adapter, called by that name in scores and promotions. What is "
    "pushed from here carries this run's configuration and scores.",
)
CANCELLED_NOTE = Text(
    "Cancelado. O que já aprendeu está guardado; dá para continuar.",
    "Cancelled. What it has learned is kept; it can be resumed.",
)

RESULT = Text("Ficou melhor?", "Is it better?")
SCORES = Text("Notas no conjunto de teste", "Scores on the test split")
WHO = Text("Quem", "Who")
WITHOUT_ADAPTER = Text("sem adaptador", "without an adapter")
THIS_RUN = Text("este treino", "this run")
ACTIVE = Text("em uso", "active")
SHIPPED = Text("que vem com a Prancha", "shipped with Prancha")
ALIGNED_CHRF = Text("chrF alinhado\u00a0↑", "Aligned chrF\u00a0↑")
BLEU = Text("BLEU\u00a0↑", "BLEU\u00a0↑")
TER = Text("TER\u00a0↓", "TER\u00a0↓")
CHRF = Text("chrF\u00a0↑", "chrF\u00a0↑")
CARD_F1 = Text("F1 dos cartões\u00a0↑", "Card F1\u00a0↑")
VALID_CARDS = Text("Cartões válidos\u00a0↑", "Valid cards\u00a0↑")
NO_SCORES = Text("Ainda sem notas.", "No scores yet.")
NO_TEST_SPLIT = Text(
    "Sem notas: a versão {version} não tem conjuntos de teste, e por isso nada foi medido. Congele na aba Dados uma "
    "versão com mais pedidos ou com os cartões que vêm com a Prancha, e treine nela.",
    "No scores: version {version} has no test sets, so nothing was measured. In the Data tab, freeze a version with "
    "more prompts or with the shipped cards, and train on it.",
)
NOT_MEASURED_YET = Text(
    "Sem notas ainda: elas vêm sozinhas quando um treino nesta versão fica pronto.",
    "No scores yet: they come by themselves when a run on this version is done.",
)
BETTER = Text(
    "É melhor que o adaptador em uso. Pode ser promovido.", "It is better than the active adapter. It may be promoted."
)
IS_ACTIVE = Text("Este é o adaptador em uso.", "This is the active adapter.")
NOT_BETTER = Text("Não é promovido por si, porque:", "It is not promoted by itself, because:")
PROMOTE = Text("Promover: passa a ser o adaptador em uso", "Promote: make it the active adapter")
OVERRIDE = Text("Promover mesmo assim", "Promote all the same")
REASON_WANTED = Text("Por que promover mesmo assim? (obrigatório)", "Why promote it all the same? (required)")
REASON_INFO = Text(
    "Quem cuida do servidor decide; o motivo fica guardado com a promoção.",
    "A maintainer decides; the reason is kept with the promotion.",
)
REASON_MISSING = Text(
    "Falta o motivo: escreva por que este adaptador deve ser usado mesmo assim.",
    "The reason is missing: write why this adapter shall be used all the same.",
)
ROLLBACK = Text("Voltar ao adaptador anterior", "Go back to the adapter before")
PROMOTED = Text("Promovido. Agora quem fala é {name}.", "Promoted. What speaks now is {name}.")
ROLLED_BACK = Text("Voltou. Agora quem fala é {name}.", "Gone back. What speaks now is {name}.")

LEADERBOARD = Text("Placar dos adaptadores", "Leaderboard")
ADAPTER = Text("Adaptador", "Adapter")
NO_LEADERBOARD = Text("O placar aparece depois do primeiro treino.", "The leaderboard appears after the first run.")
PAPER = Text("artigo", "paper")
PAPER_NOTE = Text("artigo; outro conjunto de teste, não comparável", "paper; another test set, not comparable")
PAPER_ROW = Text("artigo (sem → com LoRA)", "paper (without → with LoRA)")
CHART_BLEU = Text("BLEU: quanto maior, melhor", "BLEU: higher is better")
CHART_TER = Text("TER: quanto menor, melhor", "TER: lower is better")
CHART_ROW = Text("{name}: {score}.", "{name}: {score}.")
BEYOND = Text("{score}, fora da escala", "{score}, off the scale")
CHART_PAPER = Text("Linha do artigo: {score} (não comparável).", "The paper's line: {score} (not comparable).")

ANSWERS = Text("Dez pedidos, dois adaptadores lado a lado", "Ten prompts, two adapters side by side")
FIRST = Text("Primeiro", "First")
SECOND = Text("Segundo", "Second")
COMPARE = Text("Comparar", "Compare")
ANSWERS_INFO = Text(
    "Pedidos de teste da versão {version}, que nenhum treino nela viu. As respostas guardadas pela medição aparecem na "
    "hora; as que faltam, o modelo escreve.",
    "Test prompts of version {version}, which no run on it has seen. Answers kept by the measuring appear at once; the "
    "model writes those that are missing.",
)
ANSWERS_INFO_SHIPPED = Text(
    "Pedidos de teste que vêm com a Prancha. As respostas que faltam, o modelo escreve.",
    "Test prompts that come with Prancha. The model writes the answers that are missing.",
)
COMPARING = Text(
    "{ready} de {wanted} respostas. O modelo está escrevendo as que faltam…",
    "{ready} of {wanted} answers. The model is writing those that are missing…",
)
COMPARED = Text("{ready} de {wanted} respostas.", "{ready} of {wanted} answers.")

REFUSED = Text(
    "Um dos valores não serve. Confira a versão e os “Ajustes do treino”.",
    "One of the values cannot be used. Check the version and the “Training settings”.",
)
NO_SUCH_VERSION = Text(
    "Escolha na lista uma versão que não foi retirada.", "Choose from the list a version that was not withdrawn."
)
NO_SUCH_RUN = Text("Escolha um treino da lista.", "Choose a run from the list.")
NO_SUCH_ADAPTER = Text("Escolha na lista dois adaptadores.", "Choose two adapters from the list.")
TWO_ADAPTERS = Text("Escolha dois adaptadores diferentes.", "Choose two different adapters.")
WRONG_FIELD = Text(
    "O campo “{field}” não serve: esperava-se {expected}.", "The field “{field}” cannot be used: expected {expected}."
)
WRONG_REPOSITORY = Text(
    "O repositório se escreve DONO/NOME, só com letras, números, ponto, hífen e sublinhado.",
    "A repository is written OWNER/NAME, with only letters, digits, dots, hyphens and underscores.",
)
