"""How a request is put to a model. The template is saved beside an adapter's weights: loading never guesses."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aac.errors import CorruptError, WrongCall
from aac.records import GenerationRequest

CARDS_MAX = 12
PROMPT_MAX_CHARS = 200
TEMPERATURE_MAX = 2
SEED_MAX = 2**32 - 1
WRAPPERS = ("chat", "tinyllama", "tucano", "plain")

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One way of asking.

    wrapper: "chat" (the tokenizer's own chat template), "tinyllama" (`<|user|>` … `<|assistant|>`, as in the source
    paper), "tucano" (`<instruction>` … `</instruction>`) or "plain" (for base models without a template).
    system may be empty. user holds `{prompt}` and `{cards}`.
    """

    wrapper: str = "chat"
    system: str = "Crie cartões de comunicação em português do Brasil: texto,fala,emoji"
    user: str = "{prompt}\n{cards} cartões"

    def render(self, request: GenerationRequest, chat: Callable[[list[Message]], str]) -> str:
        """The text that a model continues. `chat` turns messages into text with the tokenizer's own template."""
        user = self.user.replace("{cards}", str(request.cards_wanted)).replace("{prompt}", request.prompt.strip())
        if self.wrapper == "tinyllama":
            return f"<|user|>\n{self._with_system(user)}</s>\n<|assistant|>\n"
        if self.wrapper == "tucano":
            return f"<instruction>{self._with_system(user)}</instruction>"
        if self.wrapper == "plain":
            return f"{self._with_system(user)}\n"
        messages: list[Message] = [{"role": "system", "content": self.system}] if self.system else []
        return chat([*messages, {"role": "user", "content": user}])

    def _with_system(self, user: str) -> str:
        return f"{self.system}\n{user}" if self.system else user

    def save(self, path: Path) -> None:
        """Write the template as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> PromptTemplate:
        """Read a template written by `save`; `CorruptError` where it is not one."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise CorruptError(
                f"O modelo de pedido {path} não pôde ser lido ({error}). Esperava-se um JSON com wrapper, system e "
                "user: copie a pasta do adaptador de novo.",
                f"The prompt template {path} cannot be read ({error}). A JSON with wrapper, system and user was "
                "expected: copy the adapter's folder again.",
            ) from error


def check_request(request: GenerationRequest) -> GenerationRequest:
    """`request` with its prompt trimmed; `WrongCall` where a value is out of range."""
    prompt = " ".join(request.prompt.split())
    if not prompt:
        raise WrongCall(
            "Falta o pedido. Escreva uma palavra ou uma situação, como “Querer” ou “Na farmácia”.",
            "The prompt is empty. Write a word or a situation, such as “Querer” or “Na farmácia”.",
        )
    if len(prompt) > PROMPT_MAX_CHARS:
        raise WrongCall(
            f"O pedido tem {len(prompt)} letras; o máximo é {PROMPT_MAX_CHARS}. Escreva um pedido mais curto.",
            f"The prompt has {len(prompt)} characters; at most {PROMPT_MAX_CHARS} are read. Write a shorter one.",
        )
    _check_range(request.cards_wanted, 1, CARDS_MAX, "O número de cartões", "The number of cards")
    _check_range(request.temperature, 0, TEMPERATURE_MAX, "A temperatura", "The temperature")
    _check_range(request.seed, 0, SEED_MAX, "A semente", "The seed")
    return dataclasses.replace(request, prompt=prompt)


def _check_range(value: float, low: float, high: float, pt: str, en: str) -> None:
    if not low <= value <= high:
        raise WrongCall(
            f"{pt} é {value}; escolha um valor de {low} a {high}.",
            f"{en} is {value}; choose one from {low} to {high}.",
        )
