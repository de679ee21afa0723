"""What looks like a person's data is warned of; what does not is left in peace, all that ships above all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aac.datasets.card_files import read_card_sets
from aac.privacy import MESSAGES, READ_MAX_CHARS, privacy_warnings
from tests.conftest import ROOT

SETS = [card_set for file in (ROOT / "annotations" / "cards_v1").glob("*.csv") for card_set in read_card_sets(file)]


def found(text: str) -> list[tuple[str, str]]:
    return [(warning.kind, warning.text) for warning in privacy_warnings(text)]


def test_no_shipped_prompt_is_warned_of():
    assert len(SETS) == 346
    assert [(card_set.prompt, found(card_set.prompt)) for card_set in SETS if found(card_set.prompt)] == []


def test_no_shipped_card_is_warned_of():
    texts = {text for card_set in SETS for card in card_set.cards for text in (card.written_text, card.spoken_text)}

    assert len(texts) > 3000
    assert [(text, found(text)) for text in texts if found(text)] == []


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
def test_no_shipped_prompt_is_warned_of_in_other_capitals(change):
    prompts = [change(card_set.prompt) for card_set in SETS]

    assert [prompt for prompt in prompts if found(prompt)] == []


@pytest.mark.parametrize("cpf", ["529.982.247-25", "52998224725", "529 982 247 25", "111.444.777-35"])
def test_a_cpf_is_warned_of(cpf: str):
    assert found(f"Meu CPF é {cpf}.") == [("cpf", cpf)]


@pytest.mark.parametrize("number", ["529.982.247-24", "111.111.111-11", "00000000000"])
def test_a_number_with_wrong_check_digits_is_no_cpf(number: str):
    assert found(f"O número {number}") == []


def test_eleven_digits_that_are_no_cpf_may_be_a_telephone():
    assert found("Ligue 11987654322") == [("phone", "11987654322")]


@pytest.mark.parametrize(
    "phone",
    [
        "(11) 98765-4321",
        "(11)98765-4321",
        "11 98765-4321",
        "11 9 8765-4321",
        "011 98765 4321",
        "98765-4321",
        "98765 4321",
        "987654321",
        "3222-1234",
        "(61) 3222-1234",
        "32221234",
        "+55 21 98765-4321",
        "+5521987654321",
        "+351 912 345 678",
        "11.98765.4321",
        "98765–4321",
    ],
)
def test_a_telephone_is_warned_of(phone: str):
    assert found(f"Ligar para {phone}, por favor") == [("phone", phone)]


@pytest.mark.parametrize(
    "text",
    [
        "Ligar para o 190",
        "190, 192, 193, 180 e 100",
        "Disque 100",
        "0800 722 0101",
        "Custa R$ 3.500,00",
        "Custa R$ 32221234",
        "Custa 12,50",
        "São 14:30",
        "Das 14h30 às 15h30",
        "Tenho 45 anos",
        "Dia 25/12/2026",
        "25122026",
        "De 2025-2026",
        "2025 2026",
        "10.000.000 de pessoas",
        "1234",
        "12345",
        "Pi é 3,14159265358979",
        "Qual é o seu CEP?",
        "CEP",
        "RG e CPF",
    ],
)
def test_other_numbers_are_no_data(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "11.222.333/0001-81",  # CNPJ
        "11222333000181",
        "12.ABC.345/01DE-35",  # CNPJ of 2026, with letters
        "31.203.131-2",  # RG
        "3.021.415-4",
        "898 0000 0004 3208",  # cartão SUS
        "898000000043208",
    ],
)
def test_the_number_of_a_document_is_warned_of(number: str):
    assert found(f"O número é {number}.") == [("document", number)]


@pytest.mark.parametrize("number", ["11.222.333/0001-82", "31.203.131-3", "898 0000 0004 3209", "00000000000000"])
def test_a_number_with_wrong_check_digits_is_no_document(number: str):
    assert found(f"O número é {number}.") == []


def test_any_number_said_to_be_an_rg_is_warned_of():
    assert found("Meu RG: MG-12.345.678") == [("document", "RG: MG-12.345.678")]


@pytest.mark.parametrize("email", ["ana.lima@exemplo.com.br", "eu+casa@exemplo.org", "joão@exemplo.com"])
def test_an_email_is_warned_of(email: str):
    assert found(f"Escreva para {email}.") == [("email", email)]


@pytest.mark.parametrize("text", ["Seguir @perfil", "50% @ casa", "a@b"])
def test_an_at_alone_is_no_email(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "Rua das Flores, 123",
        "rua das flores, 123",
        "Rua das Flores nº 123",
        "Av. Paulista 1578",
        "Avenida 23 de Maio, 100",
        "Rua 7 de Setembro 45",
        "R. Augusta, 1200",
        "Rua João da Silva, 20",
        "01310-100",
        "CEP 01310100",
        "CEP: 01310-100",
    ],
)
def test_an_address_is_warned_of(address: str):
    assert found(f"Moro aqui: {address}") == [("address", address)]


@pytest.mark.parametrize(
    "text",
    [
        "Atravessar a rua",
        "Na rua tem 3 cachorros",
        "A rua está molhada, 2 pessoas caíram",
        "Rua sem saída",
        "Avenida Paulista às 10 horas",
        "Rua Augusta 10 minutos a pé",
        "A praça fica a 200 metros",
    ],
)
def test_a_street_without_a_house_is_no_address(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maria Aparecida da Silva", "Maria Aparecida da Silva"),
        ("Falar com o João Pedro", "João Pedro"),
        ("chamar a Dona Lurdes", "Dona Lurdes"),
        ("chamar a dona Rosa", "dona Rosa"),
        ("chamar a dona lurdes", "dona lurdes"),
        ("Chamar Maria", "Maria"),
        ("João", "João"),
        ("JOÃO QUER ÁGUA", "JOÃO"),
        ("Ligar para Joana agora", "Joana"),
        ("Oi, Pedro!", "Pedro"),
        ("Consulta com o Dr. Keirrison hoje", "Dr. Keirrison"),
        ("Meu nome é Keirrison", "Keirrison"),
        ("Eu me chamo Vitória", "Vitória"),
        ("A consulta de Keirrison Oliveira", "Keirrison Oliveira"),
        ("falar com maria da silva", "maria da silva"),
        ("falar com o joão pedro", "joão pedro"),
        ("A Vitória Souza chegou", "Vitória Souza"),
        ("FALAR COM A MARIA DA SILVA", "MARIA DA SILVA"),
        ("Joa\u0303o chegou", "João"),
    ],
)
def test_a_name_is_warned_of(text: str, name: str):
    assert found(text) == [("name", name)]


@pytest.mark.parametrize(
    "text",
    [
        "Na farmácia",
        "Querer",
        "Caiu a luz",
        "Socorro",
        "uma rosa vermelha",
        "Rosa",
        "a vitória do meu time",
        "Vitória",
        "Luz",
        "Meu nome é este",
        "Festa de São João",
        "Moro em São Paulo",
        "Vou para Santa Maria",
        "Nossa Senhora Aparecida",
        "Vou para João Pessoa",
        "Lei Maria da Penha",
        "Turma da Mônica",
        "Moro no Rio de Janeiro",
        "Bolsa Família",
        "Bom dia, Brasil",
        "QUERO ÁGUA COM GELO",
        "Quero Falar Com A Dona Da Casa",
        "A bênção, vó. A bênção, vô.",
        "A dona da casa",
        "Tio, quero água",
        "banho-maria",
        "Joaninha",
        "joana",
    ],
)
def test_what_is_no_name_is_left_in_peace(text: str):
    assert found(text) == []


def test_each_thing_is_said_once_from_left_to_right():
    text = "Maria mora na Rua das Flores, 12. Ligar para Maria: (11) 98765-4321."

    assert found(text) == [("name", "Maria"), ("address", "Rua das Flores, 12"), ("phone", "(11) 98765-4321")]


def test_two_names_are_two_warnings():
    assert found("Ana e Pedro") == [("name", "Ana"), ("name", "Pedro")]


def test_a_warning_speaks_both_languages():
    warning = privacy_warnings("Falar com o João")[0]

    assert (warning.pt, warning.en) == MESSAGES["name"]
    assert "minha irmã" in warning.pt
    assert "my sister" in warning.en


def test_only_the_first_characters_are_looked_at():
    text = "a" * (READ_MAX_CHARS - len(" Maria")) + " Maria Pedro"

    assert found(text) == [("name", "Maria")]


@pytest.mark.parametrize("text", ["", " ", "\n", "💧", "?!", "\x00", "\ud800", "１２３"])
def test_odd_texts_are_no_data(text: str):
    assert found(text) == []


@given(st.text(alphabet="Rua AVv.é,12345-/@()+JoãoMariDd da\n", max_size=200) | st.text())
def test_every_warning_holds_words_of_the_text(text: str):
    for warning in privacy_warnings(text):
        assert warning.text
        assert warning.kind in MESSAGES


@pytest.mark.parametrize(
    "shape",
    [
        "1",
        "1 ",
        "1.",
        "1-",
        "(1",
        "+1 ",
        "a",
        "a@",
        "a@a.",
        "a.",
        "@",
        "A ",
        "Da ",
        "da ",
        "Maria ",
        "Dr. ",
        "dona ",
        "João da ",
        "Silva",
        "São ",
        "rua ",
        "Rua A ",
        "Rua e ",
        "rua a, ",
        "r. ",
        "RG ",
        "RG 1.",
        "CEP ",
        "meu nome é ",
        "A-",
        "A'",
        " ",
        "\n",
        "e\u0301",
        "🏳️‍🌈",
    ],
)
@pytest.mark.parametrize("end", ["", "!", "1", "\x00"])
def test_the_longest_and_nastiest_text_ends(shape: str, end: str):
    text = (shape * 200_000)[: 200_000 - len(end)] + end

    assert privacy_warnings(text) == privacy_warnings(text[:READ_MAX_CHARS])
