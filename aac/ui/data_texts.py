"""The words of the Data tab, in Portuguese and English."""

from __future__ import annotations

from aac.ui.texts import Text

VERSIONS = Text("Versões do conjunto de dados", "Dataset versions")
NO_VERSIONS = Text(
    "Ainda não há versão. Corrija cartões, importe um arquivo ou inclua os cartões que vêm com a Prancha, e congele.",
    "There is no version yet. Correct cards, import a file or include the shipped cards, and freeze.",
)
VERSION = Text("Versão", "Version")
STATE = Text("Estado", "State")
STATES = {
    "kept": Text("guardada", "kept"),
    "published": Text("publicada", "published"),
    "withdrawn": Text("retirada", "withdrawn"),
}
ERASED_SINCE_ONE = Text(
    "pessoa apagou o que é seu nela; recolha as cópias que puder",
    "person erased what is theirs in it; call back what copies you can",
)
ERASED_SINCE_MANY = Text(
    "pessoas apagaram o que é seu nela; recolha as cópias que puder",
    "people erased what is theirs in it; call back what copies you can",
)
WHERE_PUBLISHED = Text("Onde foi publicada", "Where it was published")
WHERE_PUBLISHED_INFO = Text(
    "um endereço; quem apagar os seus dados depois será avisado das cópias",
    "an address; who erases their data later is told of the copies",
)
MARK_PUBLISHED = Text("Anotar que foi publicada", "Note that it was published")
NOTED = Text("Anotada como publicada", "Noted as published")
MADE = Text("Criada", "Made")
SETS = Text("Conjuntos", "Sets")
CARDS = Text("Cartões", "Cards")
SPLITS = Text("treino · validação · teste", "train · validation · test")
REVIEWED = Text("Revistos por pessoas", "Reviewed by people")
SHOW_VERSION = Text("Ver a versão", "See the version")
FIRST_SETS = Text("Os primeiros conjuntos", "The first sets")
SPLIT_NAME = Text("Divisão", "Split")
SPLIT = {
    "train": Text("treino", "train"),
    "validation": Text("validação", "validation"),
    "test": Text("teste", "test"),
}
FREEZE = Text("Congelar uma versão", "Freeze a version")
NAME = Text("Nome", "Name")
NAME_INFO = Text("minúsculas sem acento, números, ponto e hífen", "lower-case a–z, digits, dots and hyphens")
WITH_SHIPPED = Text("Com os cartões que vêm com a Prancha", "With the cards that come with Prancha")
ONLY = Text("Quais linhas", "Which rows")
ONLY_CHOICES = {
    "": Text("todas", "all"),
    "person": Text("só correções", "only corrections"),
    "import": Text("só importadas", "only imports"),
}
WITHOUT_PEOPLE = Text("Sem estas pessoas", "Without these people")
WITHOUT_PEOPLE_INFO = Text(
    "começos de pseudônimos, como na tabela “O que as pessoas disseram”",
    "beginnings of pseudonyms, as in the table “What people said”",
)
FROZEN = Text("Congelada", "Frozen")
EMPTY_SPLITS = Text(
    "⚠ Divisões sem nenhum pedido (são poucos, ou parecidos demais entre si)",
    "⚠ Splits without a prompt (they are few, or too much alike)",
)
LEFT_OUT = Text("Pedidos de fora (parecidos com pedidos de duas divisões)", "Prompts left out (near two splits)")
FORMAT = Text("Formato", "Format")
FORMATS = {
    "csv": Text("CSV", "CSV"),
    "excel": Text("CSV para Excel (ponto e vírgula)", "CSV for Excel in Portuguese (semicolons)"),
    "jsonl": Text("JSONL (conversa)", "JSONL (chat)"),
    "parquet": Text("Parquet", "Parquet"),
    "csv-folder": Text("pasta por divisão (CSV, zip)", "folder by split (CSV, zip)"),
    "parquet-folder": Text("pasta por divisão (Parquet, zip)", "folder by split (Parquet, zip)"),
}
MAKE_FILE = Text("Preparar arquivo", "Prepare file")
FILE = Text("Arquivo", "File")
DIFF = Text("Comparar duas versões", "Compare two versions")
FIRST = Text("Primeira", "First")
SECOND = Text("Segunda", "Second")
SHOW_DIFF = Text("Mostrar diferença", "Show the difference")
ONLY_FIRST = Text("só na primeira", "only in the first")
ONLY_SECOND = Text("só na segunda", "only in the second")
SHARED = Text("nas duas", "in both")
IMPORT = Text("Importar cartões", "Import cards")
IMPORT_FILE = Text("Arquivo CSV ou JSONL", "CSV or JSONL file")
SOURCE = Text("De onde vêm", "Where they are from")
SOURCE_INFO = Text("por exemplo: escola, revisão de março", "for example: school, March review")
IMPORT_GOOD = Text("Importar as linhas boas", "Import the good lines")
AND_MORE = Text("e mais {n}", "and {n} more")
BAD_LINES = Text("Linhas que não entram", "Lines that do not go in")
LINE = Text("Linha", "Line")
REASON = Text("Motivo", "Reason")
WORDS = Text("Texto", "Text")
NEW_SETS = Text("conjuntos novos guardados", "new sets stored")
QUEUE = Text("Fila para avaliar", "Queue to judge")
QUEUE_KIND = Text("Para quê", "What for")
QUEUE_KINDS = {
    "rate": Text("avaliar respostas com LoRA", "rate answers with LoRA"),
    "compare": Text("comparar sem e com LoRA", "compare without and with LoRA"),
    "review": Text("rever os cartões que vêm com a Prancha", "review the cards that come with Prancha"),
}
QUEUE_FILE = Text(
    "Pedidos: CSV com a coluna prompt, ou um por linha", "Prompts: a CSV with column prompt, or one a line"
)
QUEUE_ADD = Text("Pôr na fila", "Add to the queue")
QUEUE_INFO = Text(
    "Sem arquivo, entram os pedidos que vêm com a Prancha.", "Without a file, the shipped prompts are queued."
)
QUEUED = Text("itens novos na fila", "new items in the queue")
PERSONAL = Text("Parecem dados de alguém", "Look like someone's data")
OVERLAP = Text("Pessoas por item", "People per item")
OVERLAP_INFO = Text("Quantas pessoas veem cada item", "How many people see each item")
ITEMS = Text("Itens", "Items")
FINISHED = Text("Prontos", "Finished")
ROWS = Text("O que as pessoas disseram", "What people said")
TABLE = Text("Tabela", "Table")
TABLES = {
    "ratings": Text("avaliações", "ratings"),
    "corrections": Text("correções", "corrections"),
    "votes": Text("votos", "votes"),
}
CONTESTANT = Text("Modelo", "Model")
ANY = Text("qualquer um", "any")
VERDICT = Text("Parecer", "Verdict")
VERDICTS = {
    "": ANY,
    "keep": Text("manter", "keep"),
    "fix": Text("consertar", "fix"),
    "wrong": Text("errado", "wrong"),
    "left": Text("esquerda", "left"),
    "right": Text("direita", "right"),
    "tie": Text("empate", "tie"),
    "both_bad": Text("as duas ruins", "both bad"),
}
REASONS = {
    "wrong_picture": Text("figura errada", "wrong picture"),
    "not_natural": Text("não soa natural", "not natural"),
    "not_useful": Text("não ajuda", "not useful"),
    "not_portuguese": Text("não é português", "not Portuguese"),
    "unsafe": Text("perigoso", "unsafe"),
}
PROMPT_HAS = Text("O pedido contém", "The prompt contains")
FROM_DAY = Text("Desde (AAAA-MM-DD)", "From (YYYY-MM-DD)")
TO_DAY = Text("Até (AAAA-MM-DD)", "To (YYYY-MM-DD)")
SHOW = Text("Mostrar", "Show")
OLDER = Text("Mais antigas", "Older")
NO_ROWS = Text("Nenhuma linha assim.", "No such row.")
WHEN = Text("Quando", "When")
WHO = Text("Quem", "Who")
PROMPT = Text("Pedido", "Prompt")
WHAT = Text("O quê", "What")
CARD = Text("Cartão", "Card")
SUPERSEDED = Text("substituída", "superseded")
TAKEN_BACK = Text("desfeita", "taken back")
WHOLE_SET = Text("conjunto", "set")
PER_DAY = Text("Respostas por dia", "Answers per day")
BY_THEME = Text("Cartões por tema", "Cards by theme")
BY_REASON = Text("Motivos de consertar ou jogar fora", "Why cards were mended or thrown away")
ACCEPTED = Text("Parte dos cartões mantida como está (%)", "Share of cards kept as they are (%)")
COUNT = Text("quantos", "how many")
NO_THEME = Text("sem tema", "no theme")
SHARE = Text("%", "%")
SYNC_OFF = Text(
    "As anotações ficam só neste servidor. Para que vão também a um conjunto de dados privado no Hub, quem cuida dele "
    "põe PRANCHA_SYNC_REPO=DONO/NOME e HF_TOKEN, e o inicia de novo.",
    "Annotations stay on this server only. For them to go to a private dataset on the Hub too, whoever runs it sets "
    "PRANCHA_SYNC_REPO=OWNER/NAME and HF_TOKEN, and starts it again.",
)
SYNC_ON = Text(
    "As anotações vão também a {where}, no Hub, a cada {minutes} min.",
    "Annotations go to {where} on the Hub too, every {minutes} min.",
)
SYNC_LAST = Text("Da última vez, em {when} (UTC), tudo chegou.", "The last time, {when} (UTC), all of it arrived.")
SYNC_NEVER = Text(
    "Desde que o servidor foi iniciado ainda não chegou nada.", "Nothing has arrived since the server was started."
)
SYNC_NONE_WAITS = Text("Nenhuma espera.", "None waits.")
SYNC_ONE_WAITS = Text("Uma espera.", "One waits.")
SYNC_WAITING = Text("{n} esperam.", "{n} wait.")
SYNC_FAILED = Text(
    "O envio das anotações ao Hub falhou em {when} (UTC): {reason} As anotações estão guardadas aqui, e o servidor "
    "tenta de novo sozinho.",
    "Sending annotations to the Hub failed at {when} (UTC): {reason} They are kept here, and the server tries again by "
    "itself.",
)
REFRESH = Text("Atualizar", "Refresh")
NO_CHART = Text("Nada para mostrar ainda.", "Nothing to show yet.")
