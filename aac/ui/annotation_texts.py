"""The words of rating, correcting and one's own data, in both languages; the page hands them to its JavaScript.

`{name}` is filled in by the page; `_one` and `_many` are chosen by a number.
"""

from __future__ import annotations

from aac.ui.sending_texts import SENDING_TEXTS
from aac.ui.texts import Text

_RATING = {
    "rate_title": Text("Avaliar e corrigir", "Rate and correct"),
    "rate_help": Text(
        "Diga o que serve e o que não serve. As correções ensinam o próximo modelo.",
        "Say what works and what does not. Corrections teach the next model.",
    ),
    "queue": Text("O que avaliar", "What to rate"),
    "queue_rate": Text("Respostas do modelo", "The model's answers"),
    "queue_review": Text("Cartões que vêm com o app", "Cards that ship with the app"),
    "start": Text("Começar", "Start"),
    "left_none": Text("A fila está vazia", "The queue is empty"),
    "left_one": Text("Falta 1 conjunto", "1 set left"),
    "left_many": Text("Faltam {n} conjuntos", "{n} sets left"),
    "done": Text("Você já fez:", "You have made:"),
    "done_ratings_one": Text("1 avaliação", "1 rating"),
    "done_ratings_many": Text("{n} avaliações", "{n} ratings"),
    "done_corrections_one": Text("1 correção", "1 correction"),
    "done_corrections_many": Text("{n} correções", "{n} corrections"),
    "done_votes_one": Text("1 voto", "1 vote"),
    "done_votes_many": Text("{n} votos", "{n} votes"),
    "looking": Text("Um momento…", "One moment…"),
    "writing_now": Text("O modelo está escrevendo. Leva alguns segundos.", "The model is writing. A few seconds."),
    "empty_rate": Text(
        "Nada na fila. Gere cartões em “Gerar” e toque em “Avaliar”; quem cuida do app pode encher a fila em “Dados”.",
        "Nothing in the queue. Make cards under “Generate” and press “Rate”; a maintainer can fill it under “Data”.",
    ),
    "empty_review": Text(
        "Nenhum cartão a revisar. Quem cuida do app pode pôr mais na fila em “Dados”; ou avalie respostas do modelo.",
        "No cards to review. A maintainer can add some under “Data”; or rate the model's answers.",
    ),
    "look_again": Text("Procurar de novo", "Look again"),
    "kind_rate": Text("Resposta do modelo", "The model's answer"),
    "kind_review": Text("Cartões escritos por um modelo de linguagem", "Cards that a language model wrote"),
    "kind_fresh": Text("Gerado agora", "Made just now"),
    "kind_compare": Text("Comparação", "Comparison"),
    "made_by": Text("Origem: {name}", "Source: {name}"),
    "prompt_is": Text("Pedido:", "Prompt:"),
    "card_n": Text("Cartão {n}", "Card {n}"),
    "verdict_legend": Text("Este cartão", "This card"),
    "verdict_keep": Text("Manter", "Keep"),
    "verdict_fix": Text("Consertar", "Fix"),
    "verdict_wrong": Text("Errado", "Wrong"),
    "reasons": Text("Por quê? (se quiser dizer)", "Why? (if you like)"),
    "reason_wrong_picture": Text("figura errada", "wrong picture"),
    "reason_not_natural": Text("não soa natural", "not natural"),
    "reason_not_useful": Text("não ajuda", "not useful"),
    "reason_not_portuguese": Text("não é português", "not Portuguese"),
    "reason_unsafe": Text("perigoso", "unsafe"),
    "usefulness": Text("Este conjunto ajudaria quem vai usar?", "Would this set help the person?"),
    "usefulness_low": Text("1: nada", "1: not at all"),
    "usefulness_high": Text("5: muito", "5: a lot"),
    "useful_n": Text("ajuda: {n} de 5", "useful: {n} of 5"),
    "progress": Text("{n} de {total} cartões avaliados", "{n} of {total} cards rated"),
    "set_without_cards": Text(
        "O modelo não escreveu nenhum cartão válido. Você pode corrigir, escrevendo os cartões que faltam.",
        "The model wrote no valid card. You can correct that: write the cards that are missing.",
    ),
    "raw_text": Text("O que o modelo escreveu", "What the model wrote"),
    "problems_one": Text("1 problema no texto", "1 problem in the text"),
    "problems_many": Text("{n} problemas no texto", "{n} problems in the text"),
    "your_correction": Text("Sua correção", "Your correction"),
    "correct": Text("Corrigir o conjunto", "Correct the set"),
    "undo": Text("Desfazer", "Undo"),
    "undone": Text("Desfeito", "Undone"),
    "skip": Text("Pular", "Skip"),
    "next": Text("Próximo", "Next"),
    "saving": Text("Salvando…", "Saving…"),
    "saved": Text("Salvo", "Saved"),
    "saved_here": Text("Salvo só neste navegador", "Saved only in this browser"),
    "not_saved": Text("Não foi salvo: veja acima", "Not saved: see above"),
    "shortcuts": Text("Atalhos do teclado", "Keyboard shortcuts"),
    "shortcuts_help": Text(
        "Valem fora dos campos de texto, com um conjunto na tela.",
        "They work outside text fields, with a set on screen.",
    ),
    "shortcuts_on": Text("Usar os atalhos de uma tecla", "Use the one-key shortcuts"),
    "key_cards": Text("Cartão anterior ou seguinte", "Card before or after"),
    "key_useful": Text("Depois de U: a nota do conjunto", "After U: the score of the set"),
    "key_help": Text("Mostrar esta lista", "Show this list"),
}

_CORRECTING = {
    "editor_title": Text("Corrigir “{prompt}”", "Correct “{prompt}”"),
    "editor_help": Text(
        "Escreva como a pessoa falaria. O que você escreve fica guardado neste navegador até você salvar.",
        "Write as the person would say it, in Portuguese. What you write stays in this browser until it is saved.",
    ),
    "field_written_text": Text("O cartão mostra", "The card shows"),
    "field_spoken_text": Text("A voz diz", "The voice says"),
    "too_long": Text("longo demais", "too long"),
    "choose_image": Text("Escolher figura", "Choose picture"),
    "change_image": Text("Trocar figura", "Change picture"),
    "move_up": Text("Para cima", "Move up"),
    "move_down": Text("Para baixo", "Move down"),
    "delete_card": Text("Apagar este cartão", "Delete this card"),
    "drag": Text("Arraste para mudar de lugar", "Drag to another place"),
    "moved_to": Text("O cartão {from} agora é o {to}", "Card {from} is now number {to}"),
    "card_deleted": Text("Cartão {n} apagado", "Card {n} deleted"),
    "add_card": Text("Novo cartão", "Add a card"),
    "reset": Text("Voltar ao que o modelo escreveu", "Back to what the model wrote"),
    "reset_done": Text("De volta ao que o modelo escreveu", "Back to what the model wrote"),
    "editor_close": Text("Fechar e manter o rascunho", "Close and keep the draft"),
    "save": Text("Salvar…", "Save…"),
    "check_fine": Text("Conferido: tudo certo", "Checked: all fine"),
    "check_faults_one": Text("Falta consertar 1 cartão", "1 card to mend"),
    "check_faults_many": Text("Falta consertar {n} cartões", "{n} cards to mend"),
    "check_waits": Text(
        "A conferência espera a conexão com o servidor. Pode continuar escrevendo.",
        "The check waits for the server. You can go on writing.",
    ),
    "fault_empty_text": Text("Falta texto: o cartão e a voz precisam de palavras", "Text is missing: both need words"),
    "fault_long_text": Text(
        "Texto longo demais: até 40 letras no cartão e 160 na fala", "Too long: up to 40 on the card and 160 spoken"
    ),
    "fault_control_character": Text(
        "Há um caractere invisível que não pode ficar: escreva o texto de novo",
        "There is an invisible character that cannot stay: write the text again",
    ),
    "fault_not_one_image": Text("Escolha uma figura (um só emoji)", "Choose a picture (one emoji)"),
    "fault_repeated_card": Text("Outro cartão mostra o mesmo texto", "Another card shows the same text"),
    "fault_sexual_minors": Text(
        "O filtro não deixa salvar este texto ou esta fala: criança e sexo. Se é para contar algo que aconteceu, diga "
        "quem fez: “ele mexeu no meu corpo”. Disque 100",
        "The filter keeps this text or speech from being saved: a child and sex. To tell of something that happened, "
        "say who did it: “ele mexeu no meu corpo”. In Brazil, call 100",
    ),
    "fault_self_harm": Text(
        "O filtro não deixa salvar este texto ou esta fala: um jeito de se ferir ou de morrer. Dizer o que se sente "
        "pode. CVV 188",
        "The filter keeps this text or speech from being saved: a way to hurt oneself or to die. Saying how one feels "
        "is fine. In Brazil, CVV 188",
    ),
    "fault_hate": Text(
        "O filtro não deixa salvar este texto ou esta fala: rebaixa ou ameaça um grupo. Contar o que disseram pode: "
        "“me chamaram de …”. Disque 100",
        "The filter keeps this text or speech from being saved: it degrades or threatens a group. Telling what others "
        "said is fine: “me chamaram de …”. In Brazil, call 100",
    ),
    "no_cards_to_save": Text("Ponha ao menos um cartão antes de salvar.", "Add at least one card before saving."),
    "diff_title": Text("O que muda", "What changes"),
    "diff_nothing": Text("Nada muda: está como o modelo escreveu.", "Nothing changes: it is as the model wrote it."),
    "diff_kept": Text("igual", "same"),
    "diff_changed": Text("✎ mudou", "✎ changed"),
    "diff_moved": Text("⇅ mudou de lugar", "⇅ moved"),
    "diff_added": Text("+ novo", "+ added"),
    "diff_deleted": Text("− apagado", "− deleted"),
    "diff_same_one": Text("1 cartão fica igual", "1 card stays the same"),
    "diff_same_many": Text("{n} cartões ficam iguais", "{n} cards stay the same"),
    "diff_word_out": Text("sai", "out"),
    "diff_word_in": Text("entra", "in"),
    "diff_image": Text("vira", "becomes"),
    "save_offline": Text(
        "Sem conexão com o servidor: a conferência e a lista de mudanças ficam para depois. A correção fica guardada "
        "neste navegador e segue sozinha quando a conexão voltar.",
        "The server cannot be reached: the check and the list of changes wait. The correction stays in this browser "
        "and goes by itself when the connection is back.",
    ),
    "save_confirm": Text("Salvar", "Save"),
    "go_on": Text("Continuar editando", "Go on editing"),
    "correction_stored": Text("Correção salva. Obrigado!", "Correction saved. Thank you!"),
    "correction_kept": Text(
        "Correção salva neste navegador; vai para o servidor quando a conexão voltar.",
        "Correction kept in this browser; it goes to the server when the connection is back.",
    ),
    "typed_meanwhile": Text(
        "A correção foi salva como estava quando você apertou “Salvar”. O que você escreveu depois ainda é um "
        "rascunho: salve de novo.",
        "The correction was saved as it was when you pressed “Save”. What you wrote after that is still a draft: "
        "save again.",
    ),
    "draft_offer": Text(
        "Você tem uma correção não salva de “{prompt}” ({ago}).", "Unsaved correction of “{prompt}” ({ago})."
    ),
    "draft_resume": Text("Continuar", "Continue"),
    "draft_discard": Text("Descartar", "Discard"),
    "still_writing": Text(
        "Uma resposta está sendo escrita: espere por ela ou aperte Parar.",
        "An answer is being written: wait for it or press Stop.",
    ),
    "draft_gone": Text("Rascunho descartado.", "Draft discarded."),
    "draft_resumed": Text("Continuando o seu rascunho ({ago}).", "Continuing your draft ({ago})."),
    "conflict": Text(
        "Este conjunto também foi editado em outra aba ({ago}). Nada se perdeu: escolha com qual ficar.",
        "This set was also edited in another browser tab ({ago}). Nothing is lost: choose which to keep.",
    ),
    "conflict_theirs": Text("Usar o da outra aba", "Use the other tab's"),
    "conflict_ours": Text("Ficar com o daqui", "Keep this one"),
    "just_now": Text("agora mesmo", "just now"),
    "emoji_title": Text("Escolher a figura", "Choose the picture"),
    "emoji_label": Text("Procure em português, ou cole um emoji", "Search in Portuguese, or paste an emoji"),
    "emoji_placeholder": Text("água, feliz, médico…", "água, feliz, médico…"),
    "emoji_results": Text("Figuras encontradas", "Pictures found"),
    "emoji_loading": Text("Buscando as figuras…", "Getting the pictures…"),
    "emoji_found_one": Text("1 figura", "1 picture"),
    "emoji_found_many": Text("{n} figuras", "{n} pictures"),
    "emoji_found_first": Text(
        "{n} figuras. Aqui estão as {shown} primeiras: escreva mais para achar outras.",
        "{n} pictures. Here are the first {shown}: write more to find others.",
    ),
}

_PERSON = {
    "guideline": Text("Guia para escrever e avaliar cartões", "Guideline for writing and rating cards"),
    "consent_title": Text("Antes de começar", "Before you start"),
    "consent_version": Text("Versão deste texto: {version}", "Version of this text: {version}"),
    "consent_agree": Text("Concordo", "I agree"),
    "consent_not_now": Text("Agora não", "Not now"),
    "history": Text("O que eu já fiz", "What I have done"),
    "history_empty": Text("Ainda nada.", "Nothing yet."),
    "history_range": Text(
        "{from} a {to} de {total}, do mais novo ao mais antigo", "{from} to {to} of {total}, newest first"
    ),
    "kind_of_rating": Text("avaliação", "rating"),
    "kind_of_correction": Text("correção", "correction"),
    "kind_of_vote": Text("voto", "vote"),
    "cards_one": Text("1 cartão", "1 card"),
    "cards_many": Text("{n} cartões", "{n} cards"),
    "choice_left": Text("Resposta A", "Answer A"),
    "choice_right": Text("Resposta B", "Answer B"),
    "choice_tie": Text("empate", "a tie"),
    "choice_both_bad": Text("nenhuma serve", "both are bad"),
    "is_current": Text("vale agora", "counts now"),
    "is_superseded": Text("substituída por outra", "replaced by a later one"),
    "is_superseded_vote": Text("substituído por outro", "replaced by a later one"),
    "taken_back": Text("desfeita", "undone"),
    "taken_back_vote": Text("desfeito", "undone"),
    "on_hub": Text("guardada no Hub", "kept on the Hub"),
    "on_hub_vote": Text("guardado no Hub", "kept on the Hub"),
    "on_server": Text("guardada aqui, ainda não no Hub", "kept here, not yet on the Hub"),
    "on_server_vote": Text("guardado aqui, ainda não no Hub", "kept here, not yet on the Hub"),
    "take_back": Text("Desfazer", "Undo"),
    "open_again": Text("Abrir", "Open"),
    "newer": Text("Mais novas", "Newer"),
    "older": Text("Mais antigas", "Older"),
    "my_data": Text("Meus dados", "My data"),
    "my_data_help": Text(
        "O app não sabe quem você é: só um código guardado neste navegador liga você ao que fez.",
        "The app does not know who you are: only a code kept in this browser links you to what you did.",
    ),
    "my_data_help_login": Text(
        "O que você faz fica sob um pseudônimo feito do seu login: só quem entra com ele vê e apaga isto aqui. O login "
        "em si não fica junto do que você fez.",
        "What you do is kept under a pseudonym made from your login: only whoever logs in with it sees and erases this "
        "here. The login itself is not kept beside what you did.",
    ),
    "my_data_see": Text("Ver tudo", "See all"),
    "my_data_export": Text("Baixar", "Download"),
    "my_data_all": Text("Tudo o que está guardado sobre você", "Everything that is stored about you"),
    "data_ratings": Text("Avaliações", "Ratings"),
    "data_votes": Text("Votos", "Votes"),
    "data_corrections": Text("Correções", "Corrections"),
    "data_queue_progress": Text("Conjuntos vistos na fila", "Sets seen in the queue"),
    "data_generations": Text("Gerações que você abriu para avaliar", "Generations you opened to rate"),
    "data_prompts": Text("Pedidos", "Prompts"),
    "data_consents": Text("Consentimentos", "Consents"),
    "data_annotators": Text("Seu pseudônimo", "Your pseudonym"),
    "data_id": Text("Identificador", "Identifier"),
    "data_seq": Text("Número", "Number"),
    "data_created_utc": Text("Quando (UTC)", "When (UTC)"),
    "data_day": Text("Dia", "Day"),
    "data_annotator_id": Text("Seu pseudônimo", "Your pseudonym"),
    "data_prompt_id": Text("Pedido", "Prompt"),
    "data_generation_id": Text("Geração", "Generation"),
    "data_item_id": Text("Lugar na fila", "Place in the queue"),
    "data_supersedes": Text("Substitui", "Replaces"),
    "data_previous": Text("O que valia antes", "What held before"),
    "data_consent_version": Text("Versão do consentimento", "Version of the consent"),
    "data_version": Text("Versão", "Version"),
    "data_language": Text("Idioma", "Language"),
    "data_text": Text("Texto", "Text"),
    "data_source": Text("De onde veio", "Where it came from"),
    "data_contestant": Text("Modelo e adaptador", "Model and adapter"),
    "data_model": Text("Modelo", "Model"),
    "data_revision": Text("Revisão do modelo", "The model's revision"),
    "data_adapter": Text("Adaptador", "Adapter"),
    "data_request": Text("Pedido completo", "The whole request"),
    "data_raw_text": Text("O que o modelo escreveu", "What the model wrote"),
    "data_finish": Text("Como terminou", "How it ended"),
    "data_tokens": Text("Tamanho (tokens)", "Length (tokens)"),
    "data_duration_s": Text("Duração (segundos)", "Duration (seconds)"),
    "data_outcome": Text("Resultado", "Outcome"),
    "data_card_index": Text("Cartão (0 é o primeiro; -1 é o conjunto)", "Card (0 is the first; -1 is the set)"),
    "data_verdict": Text("Avaliação do cartão", "Verdict on the card"),
    "data_reasons": Text("Motivos", "Reasons"),
    "data_usefulness": Text("Nota do conjunto (1 a 5)", "Score of the set (1 to 5)"),
    "data_left_generation_id": Text("Resposta A", "Answer A"),
    "data_right_generation_id": Text("Resposta B", "Answer B"),
    "data_left_contestant": Text("Modelo da resposta A", "Model of answer A"),
    "data_right_contestant": Text("Modelo da resposta B", "Model of answer B"),
    "data_choice": Text("Escolha", "Choice"),
    "data_author": Text("Quem escreveu", "Who wrote it"),
    "data_theme": Text("Tema", "Theme"),
    "data_cards": Text("Cartões", "Cards"),
    "data_card_count": Text("Quantos cartões", "How many cards"),
    "exported": Text("O arquivo foi baixado.", "The file was downloaded."),
    "erase_all": Text("Apagar tudo", "Erase everything"),
    "erase_title": Text("Apagar tudo o que é meu", "Erase everything of mine"),
    "erase_what": Text(
        "Todas as suas avaliações, correções e votos saem do servidor, e os rascunhos e o código saem deste navegador. "
        "Isto não pode ser desfeito: se quiser guardar alguma coisa, baixe antes.",
        "All your ratings, corrections and votes leave the server, and the drafts and the code leave this browser. "
        "This cannot be undone: download first if you want to keep them.",
    ),
    "erase_published": Text(
        "As versões do conjunto de dados que usam as suas correções são retiradas. O que já foi publicado fora daqui "
        "pode ter cópias que o app não alcança.",
        "Dataset versions that use your corrections are withdrawn. What was already published elsewhere may have "
        "copies that the app cannot reach.",
    ),
    "erase_type": Text("Para confirmar, escreva APAGAR", "To confirm, write ERASE"),
    "erased_one": Text("1 registro apagado.", "1 record erased."),
    "erased_many": Text("{n} registros apagados.", "{n} records erased."),
    "erased_withdrawn": Text("Versões retiradas:", "Versions withdrawn:"),
    "erased_published": Text(
        "Versões já publicadas, que podem ter cópias fora daqui:", "Versions already published, which may have copies:"
    ),
    "erased_browser": Text(
        "Este navegador recebeu um código novo; nada o liga ao anterior.",
        "This browser has a new code; nothing links it to the one before.",
    ),
}

ANNOTATION_TEXTS: dict[str, Text] = {**_RATING, **_CORRECTING, **SENDING_TEXTS, **_PERSON}
