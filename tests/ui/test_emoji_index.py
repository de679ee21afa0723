"""Emoji found by Portuguese words: what the index holds, what comes first, and how the file is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aac.cards import plain_emoji
from aac.datasets.emoji_words import group_of
from aac.ui.emoji_index import folded_words, search
from aac.words.emoji_names import GROUPS_FILE, INDEX_FILE, STAR, emoji_index
from scripts import make_emoji_index
from scripts.make_emoji_index import EVERYDAY, index_text, library_name

# What people who use cards look for, with all that may stand first.
FIRST = {
    "comer": "🍽️ 🍴 😋",
    "beber": "🥤 🥛 🧃",
    "mãe": "👩 🤱",
    "pai": "👨",
    "escola": "🏫 🎒",
    "ônibus": "🚌",
    "remédio": "💊",
    "médico": "👨‍⚕️ 🧑‍⚕️ 🩺",
    "cansado": "😩 😫 🥱",
    "triste": "😢 🙁 😞",
    "casa": "🏠 🏡",
    "cama": "🛏️",
    "televisão": "📺",
    "celular": "📱",
    "música": "🎵 🎶",
    "cachorro": "🐶 🐕",
    "gato": "🐱 🐈",
    "bola": "⚽ 🏀",
    "banho": "🚿 🛁 🛀",
    "frio": "🥶",
    "calor": "🥵",
    "sim": "👍 ✅",
    "não": "🙅 👎 ❌",
    "mais": "➕",
    "acabou": "🏁 🔚",
    "ajuda": "🆘",
    "parar": "🛑 ✋",
    "quero": "🫴 👉",
    "dormir": "😴 🛏️ 🛌",
    "chuva": "🌧️ ☔",
    "sol": "☀️ 🌞",
    "hospital": "🏥",
    "dente": "🦷",
    "cabeça": "🗣️ 🤕",
    "barriga": "🫃",
    "raiva": "😡 😠",
    "medo": "😨 😱",
    "amor": "❤️ 🥰",
    "obrigado": "🙏",
    "tchau": "👋",
    "dor": "🤕 😣 😖",
    "feliz": "😀 😃 😄",
}


FIRST_CHOICES = [(word, choices.split()[0]) for word, choices in EVERYDAY.items()]


def cldr_of_the_index() -> dict[str, dict[str, list[str]]]:
    """The shipped index as CLDR would write it: keys without variation selectors, the youngest emoji unknown."""
    return {
        char.replace("\ufe0f", ""): {"default": [word.removeprefix(STAR) for word in keywords], "tts": [name]}
        for char, name, *keywords in emoji_index()
        if char != "🛙"
    }


def test_every_plain_emoji_stands_in_the_index_once():
    assert sorted(entry[0] for entry in emoji_index()) == list(plain_emoji())


def test_every_entry_has_a_name_with_a_word():
    assert [entry for entry in emoji_index() if not folded_words(entry[1])] == []


def test_names_are_portuguese():
    names = {entry[0]: entry[1] for entry in emoji_index()}

    found = [names[char] for char in ("🐈", "🇧🇷", "👩‍🏫", "🛙", "1️⃣")]
    assert found == ["gato", "bandeira: Brasil", "professora", "farol", "tecla: 1"]


def test_no_keyword_is_said_twice():
    repeated = [
        char
        for char, name, *keywords in emoji_index()
        if len({name, *(word.removeprefix(STAR) for word in keywords)}) < 1 + len(keywords)
    ]

    assert repeated == []


def test_keywords_are_sorted_after_the_starred_ones():
    for _, _, *keywords in emoji_index():
        assert keywords == sorted(keywords, key=lambda word: (not word.startswith(STAR), word))


def test_the_index_follows_unicodes_chart():
    chars = [entry[0] for entry in emoji_index()]

    in_chart = ["😀", "❤️", "👋", "🐵", "🍇", "🌍", "🎃", "👓", "🏧", "🏁", "🇧🇷"]
    assert sorted(in_chart, key=chars.index) == in_chart


def test_the_file_has_one_emoji_a_line():
    lines = INDEX_FILE.read_text(encoding="utf-8").splitlines()

    assert [json.loads(line.removesuffix(",")) for line in lines[1:-1]] == emoji_index()


def test_the_licence_stands_beside_the_file():
    notice = INDEX_FILE.with_name("EMOJI_PT_LICENSE.txt").read_text(encoding="utf-8")

    assert "CLDR 48.2" in notice
    assert "UNICODE LICENSE V3" in notice


@pytest.mark.parametrize("word", FIRST)
def test_what_people_look_for_stands_first(word: str):
    assert search(word)[0] in FIRST[word].split()


@pytest.mark.parametrize(("word", "char"), FIRST_CHOICES)
def test_every_everyday_word_finds_its_first_choice_among_the_first_two(word: str, char: str):
    assert char in search(word)[:2]  # two, for avó and avô are one word without accents


def test_suco_finds_a_juice_box():
    assert "🧃" in search("suco")[:5]


def test_accents_may_be_left_out():
    assert search("agua") == search("água")
    assert search("agua")[0] == "💧"


def test_case_does_not_matter():
    assert search("ÔNIBUS") == search("ônibus")


def test_decomposed_accents_are_accents():
    assert search("a\u0301gua") == search("água")


@pytest.mark.parametrize(
    ("plural", "singular"), [("sucos", "suco"), ("flores", "flor"), ("limões", "limão"), ("homens", "homem")]
)
def test_a_plural_finds_what_its_singular_finds_first(plural: str, singular: str):
    assert search(plural)[0] == search(singular)[0]


def test_mais_is_no_plural():
    assert search("mais")[0] == "➕"


def test_the_beginning_of_a_word_is_enough():
    assert "🧃" in search("suq")


def test_every_word_of_the_query_is_needed():
    assert search("caixa suco")[0] == "🧃"
    assert search("caixa zebra") == []


def test_a_name_comes_before_names_that_hold_it():
    assert search("hambúrguer")[0] == "🍔"
    assert search("lobo")[0] == "🐺"


def test_a_whole_word_comes_before_words_that_begin_so():
    found = search("sal", limit=100)

    assert found[0] == "🧂"
    assert found.index("🧂") < found.index("🥗")


def test_equals_keep_the_order_of_the_index():
    chars = [entry[0] for entry in emoji_index()]

    assert search("bandeira", limit=5) == [char for char in chars if char in set(search("bandeira", limit=5))]


@pytest.mark.parametrize("words", ["!?", "💧", "★", "xyzzy"])
def test_what_holds_no_known_word_finds_nothing(words: str):
    assert search(words) == []


@pytest.mark.parametrize("words", ["", "  "])
def test_a_blank_text_shows_the_index_from_its_beginning(words: str):
    assert search(words, limit=3) == [entry[0] for entry in emoji_index()[:3]]


def test_no_more_than_the_limit_are_found():
    assert len(search("rosto", limit=7)) == 7


def test_no_emoji_is_found_twice():
    found = search("a", limit=5000)

    assert len(found) == len(set(found))


def test_very_long_queries_find_nothing():
    assert search("sucos " * 10_000 + "zebra") == []


def test_made_again_from_itself_the_file_is_the_same():
    chart = [entry[0] for entry in emoji_index()]

    assert index_text(cldr_of_the_index(), chart) == INDEX_FILE.read_text(encoding="utf-8")


def test_the_order_of_cldrs_entries_does_not_matter():
    chart = [entry[0] for entry in emoji_index()]
    backwards = dict(reversed(cldr_of_the_index().items()))

    assert index_text(backwards, chart) == index_text(cldr_of_the_index(), chart)


def test_the_script_reads_the_files_of_cldr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    annotations, derived, order, output = (tmp_path / name for name in ("a.json", "d.json", "o.json", "out.json"))
    cldr = cldr_of_the_index()
    flags = {char: cldr.pop(char) for char in list(cldr) if cldr[char]["tts"][0].startswith("bandeira:")}
    annotations.write_text(json.dumps({"annotations": {"annotations": cldr}}), encoding="utf-8")
    derived.write_text(json.dumps({"annotationsDerived": {"annotations": flags}}), encoding="utf-8")
    order.write_text(json.dumps([entry[0] for entry in emoji_index()]), encoding="utf-8")
    groups, made_groups = tmp_path / "g.json", tmp_path / "groups.json"
    groups.write_text(json.dumps({char: {"group": name} for char, name in group_of().items()}), encoding="utf-8")
    monkeypatch.setattr(make_emoji_index, "OUTPUT", output)
    monkeypatch.setattr(make_emoji_index, "GROUPS", made_groups)

    make_emoji_index.main(str(annotations), str(derived), str(order), str(groups))

    assert output.read_bytes() == INDEX_FILE.read_bytes()
    assert made_groups.read_bytes() == GROUPS_FILE.read_bytes()


def test_the_library_names_what_cldr_does_not():
    assert library_name("🪍") == "rede com cabo"


def test_a_choice_that_is_no_emoji_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(EVERYDAY, "amor", "❤")

    with pytest.raises(SystemExit, match="'amor' is no fully qualified emoji"):
        make_emoji_index.everyday_words()
