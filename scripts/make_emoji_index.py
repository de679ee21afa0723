"""Make `aac/words/emoji_pt.json`, the Portuguese names and keywords of every emoji that a card may show, and
`emoji_groups.json` beside it, the group of each.

    npm pack cldr-annotations-full cldr-annotations-derived-full unicode-emoji-json   (unpack each)
    .venv/bin/python -m scripts.make_emoji_index ANNOTATIONS ANNOTATIONS_DERIVED ORDER GROUPS

ANNOTATIONS is `annotations/pt/annotations.json` and ANNOTATIONS_DERIVED `annotationsDerived/pt/annotations.json` of
Unicode CLDR; ORDER is `data-ordered-emoji.json`, every emoji in the order of Unicode's chart (emoji-test.txt), and
GROUPS `data-by-emoji.json`, with the chart's groups.
Each line is [emoji, name, keyword, …]. A keyword with a star is ours and says: for this word, this emoji first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import emoji

from aac.cards import is_emoji, plain_emoji

OUTPUT = Path(__file__).resolve().parent.parent / "aac" / "words" / "emoji_pt.json"
GROUPS = OUTPUT.with_name("emoji_groups.json")
STAR = "★"

# Ours, not CLDR's: words that people who use cards look for, and the emoji for each, the likeliest first.
EVERYDAY = {
    # to eat and to drink
    "comer": "🍽️ 🍴 😋",
    "comida": "🍽️ 🍛 🍲",
    "fome": "🍽️ 😋",
    "beber": "🥤 🚰 🧃 🥛",
    "sede": "🥤 💧 🚰",
    "água": "💧 🚰 🥤",
    "suco": "🧃",
    "leite": "🥛",
    "café da manhã": "🥐 ☕ 🍞",
    "almoço": "🍛 🍽️",
    "jantar": "🍲 🍽️",
    "lanche": "🥪 🍔",
    "arroz": "🍚 🍛",
    "feijão": "🫘 🍛",
    "carne": "🥩",
    "frango": "🍗",
    "fruta": "🍎 🍌",
    "bolo": "🎂 🍰",
    "doce": "🍬 🍫",
    "sorvete": "🍦",
    "laranja": "🍊",
    "pães": "🍞",
    "macarrão": "🍝",
    "copo": "🥛 🥤",
    # people
    "eu": "🙋",
    "você": "🫵 👉",
    "nós": "👥",
    "mãe": "👩 🤱",
    "mamãe": "👩",
    "pai": "👨 👨‍🍼",
    "papai": "👨",
    "irmão": "👦",
    "irmã": "👧",
    "avó": "👵",
    "avô": "👴",
    "vovó": "👵",
    "vovô": "👴",
    "família": "👪 👨‍👩‍👧‍👦",
    "amigo": "🧑‍🤝‍🧑",
    "amiga": "👭",
    "menino": "👦",
    "menina": "👧",
    "tia": "👩",
    "tio": "👨",
    "vizinho": "🏘️",
    "namorado": "💑",
    "namorada": "💑",
    "professora": "👩‍🏫",
    "professor": "👨‍🏫",
    "médico": "👨‍⚕️ 🩺",
    "médica": "👩‍⚕️ 🩺",
    "enfermeira": "👩‍⚕️",
    "dentista": "🦷",
    # body and health
    "dor": "🤕 😣 😖 💢",
    "dodói": "🤕 🩹",
    "doente": "🤒",
    "febre": "🤒 🌡️",
    "tosse": "😷 🤧",
    "enjoo": "🤢",
    "cabeça": "🗣️ 🤕",
    "dor de cabeça": "🤕",
    "barriga": "🫃",
    "braço": "💪",
    "ouvido": "👂",
    "dor de barriga": "🤢",
    "dor de dente": "🦷",
    "remédio": "💊",
    "vacina": "💉",
    "hospital": "🏥",
    "farmácia": "💊 ⚕️",
    "fralda": "🚼",
    "cadeira de rodas": "🦽 🧑‍🦽",
    "banheiro": "🚽 🚻",
    "xixi": "🚽",
    "banho": "🚿 🛁 🛀",
    "escovar os dentes": "🪥",
    # feelings
    "feliz": "😀",
    "alegre": "😀",
    "triste": "😢 🙁",
    "cansado": "😩 🥱",
    "cansada": "😩 🥱",
    "sono": "😴 🥱",
    "raiva": "😡 😠",
    "bravo": "😠 😡",
    "medo": "😨 😱",
    "nojo": "🤢",
    "vergonha": "😳",
    "saudade": "🥺",
    "sozinho": "🧍",
    "sozinha": "🧍",
    "calma": "😌",
    "amor": "❤️ 🥰",
    "gostar": "❤️ 👍",
    "frio": "🥶",
    "calor": "🥵",
    "abraço": "🤗 🫂",
    "beijo": "😘",
    # to say and to do
    "sim": "👍 ✅",
    "não": "🙅 👎 ❌",
    "talvez": "🤷",
    "não sei": "🤷",
    "certo": "✅ 👍",
    "errado": "❌",
    "diferente": "🔀",
    "oi": "👋",
    "olá": "👋",
    "tchau": "👋",
    "obrigado": "🙏",
    "obrigada": "🙏",
    "por favor": "🙏",
    "desculpa": "🙇 🙏",
    "ajuda": "🆘 🙋",
    "socorro": "🆘",
    "quero": "🫴 👉",
    "mais": "➕",
    "acabou": "🏁 🔚 🙌",
    "parar": "🛑 ✋",
    "pare": "🛑 ✋",
    "chega": "✋",
    "esperar": "⏳ ✋",
    "espera": "⏳ ✋",
    "ir": "➡️ 🚶",
    "vamos": "🚶",
    "dormir": "😴 🛏️",
    "acordar": "⏰",
    "sentar": "🪑",
    "brincar": "🧸 🪁",
    "jogar": "🎮",
    "correr": "🏃",
    "andar": "🚶",
    "passear": "🚶 🏞️",
    "falar": "🗣️ 💬",
    "ouvir": "👂",
    "ver": "👀 👁️",
    "olhar": "👀",
    "ler": "📖",
    "escrever": "✍️ 📝",
    "desenhar": "🖍️ 🎨",
    "trabalhar": "💼 💻",
    "cozinhar": "🍳 👩‍🍳",
    "lavar": "🧼 🚿",
    "abrir": "🔓",
    "fechar": "🔒",
    "desligar": "📴",
    "pensar": "🤔 💭",
    "barulho": "🔊 📢",
    "silêncio": "🤫",
    "rápido": "🏃 ⏩",
    "devagar": "🐢",
    # to ask
    "quem": "👤 ❓",
    "onde": "📍 ❓",
    "quando": "🕒 ❓",
    "quanto": "🔢 ❓",
    "como": "🤷 ❓",
    "o que": "❓",
    "por que": "❓",
    # places, things and time
    "casa": "🏠",
    "quarto": "🛏️",
    "cama": "🛏️",
    "escola": "🏫",
    "rua": "🛣️",
    "mercado": "🛒",
    "padaria": "🥖",
    "parque": "🛝 🏞️",
    "praia": "🏖️",
    "piscina": "🏊",
    "mar": "🌊",
    "rio": "🏞️",
    "trabalho": "💼",
    "lição": "📝 📚",
    "desenho": "🖍️ 📺",
    "novela": "📺",
    "ônibus": "🚌",
    "carro": "🚗",
    "televisão": "📺",
    "celular": "📱",
    "música": "🎵 🎶",
    "filme": "🎬",
    "internet": "🛜 🌐",
    "computador": "💻",
    "bola": "⚽",
    "boneca": "🪆",
    "cachorro": "🐶 🐕",
    "gato": "🐱 🐈",
    "animais": "🐾 🐶 🐱",
    "dinheiro": "💵 💰",
    "roupa": "👕",
    "sapato": "👞 👟",
    "festa": "🎉",
    "sol": "☀️",
    "lua": "🌙",
    "estrela": "⭐",
    "flor": "🌸",
    "chuva": "🌧️ ☔",
    "dia": "☀️",
    "noite": "🌙 🌃",
    "hoje": "📅",
    "amanhã": "📆",
    "depois": "🔜",
    "hora": "🕒 ⏰",
    "semana": "📅",
    "mês": "🗓️",
    "grande": "🐘",
    "pequeno": "🤏 🐜",
    "bom": "👍",
    "ruim": "👎",
    "cor": "🎨",
}

Annotations = Mapping[str, Mapping[str, list[str]]]


def main(annotations: str, annotations_derived: str, order: str, groups: str) -> None:
    derived = json.loads(Path(annotations_derived).read_text("utf-8"))["annotationsDerived"]["annotations"]
    written = json.loads(Path(annotations).read_text("utf-8"))["annotations"]["annotations"]
    chart = json.loads(Path(order).read_text("utf-8"))
    OUTPUT.write_text(index_text(derived | written, chart), encoding="utf-8")
    GROUPS.write_text(groups_text(json.loads(Path(groups).read_text("utf-8"))), encoding="utf-8")


def groups_text(by_emoji: Mapping[str, Mapping[str, str]]) -> str:
    """JSON: each group's emoji, with spaces between; those that the chart lacks are in none."""
    group_of = {bare(char): facts["group"] for char, facts in by_emoji.items()}
    groups: dict[str, list[str]] = {}
    for char in plain_emoji():
        if group := group_of.get(bare(char)):
            groups.setdefault(group, []).append(char)
    return (
        json.dumps({name: " ".join(some) for name, some in sorted(groups.items())}, ensure_ascii=False, indent=1) + "\n"
    )


def index_text(annotations: Annotations, chart: Iterable[str]) -> str:
    """The file's text: JSON, one emoji a line, in the chart's order and then those that the chart lacks."""
    by_bare = {bare(char): annotation for char, annotation in annotations.items()}
    place = {bare(char): at for at, char in enumerate(chart)}
    chars = sorted(plain_emoji(), key=lambda char: place.get(bare(char), len(place)))
    stars, extras = everyday_words()
    lines = []
    for char in chars:
        name, *keywords = annotation_of(char, by_bare.get(bare(char), {}))
        ours = stars.get(char, set()) - {name}
        others = sorted({*keywords, *extras.get(char, ())} - ours - {name})
        entry = [char, name, *(STAR + word for word in sorted(ours)), *others]
        lines.append(json.dumps(entry, ensure_ascii=False, separators=(",", ":")))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def annotation_of(char: str, annotation: Mapping[str, list[str]]) -> list[str]:
    """CLDR's name and keywords, else the emoji library's name: it knows emoji younger than CLDR."""
    return [annotation["tts"][0], *annotation.get("default", ())] if "tts" in annotation else [library_name(char)]


def library_name(char: str) -> str:
    """The emoji library's Portuguese name; underscores are its spaces."""
    emoji.config.load_language("pt")
    return emoji.EMOJI_DATA[char]["pt"].strip(":").replace("_", " ")


def everyday_words() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """For each emoji the words of which it is the first choice, and those of which it is a further one."""
    stars: dict[str, set[str]] = {}
    extras: dict[str, set[str]] = {}
    for word, choices in EVERYDAY.items():
        for at, char in enumerate(choices.split()):
            if not is_emoji(char):
                sys.exit(f"{char} of {word!r} is no fully qualified emoji. Write it as Unicode's list has it.")
            (extras if at else stars).setdefault(char, set()).add(word)
    return stars, extras


def bare(char: str) -> str:
    """Without variation selectors, as CLDR writes its keys."""
    return char.replace("\ufe0f", "")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
