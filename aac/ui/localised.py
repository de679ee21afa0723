"""Components whose words change with the page's language, without a reload."""

from __future__ import annotations

from typing import Any, TypeVar

import gradio as gr

from aac.ui.texts import Language, Text

C = TypeVar("C")


class Localised:
    """Remembers which text each component shows, and gives the updates for a language."""

    def __init__(self, language: Language = "pt") -> None:
        self._first = language
        self._texts: list[tuple[Any, dict[str, Text]]] = []
        self._choices: dict[int, dict[str, Text]] = {}

    def add(self, component: C, **properties: Text) -> C:
        """Let `component` show these texts in its properties (label, placeholder, info, value)."""
        self._texts.append((component, properties))
        for name, text in properties.items():
            setattr(component, name, text.in_language(self._first))
        return component

    def add_choices(self, component: gr.Radio, choices: dict[str, Text], label: Text) -> gr.Radio:
        """The same for a choice, whose values stay and whose words change."""
        self._choices[len(self._texts)] = choices
        component.choices = _pairs(choices, self._first)
        return self.add(component, label=label)

    @property
    def components(self) -> list[Any]:
        """Every component, in the order of `updates`."""
        return [component for component, _ in self._texts]

    def updates(self, language: str) -> list[Any]:
        """One Gradio update a component."""
        updates = []
        for i, (_, properties) in enumerate(self._texts):
            values: dict[str, Any] = {name: text.in_language(language) for name, text in properties.items()}
            if i in self._choices:
                values["choices"] = _pairs(self._choices[i], language)
            updates.append(gr.update(**values))
        return updates


def _pairs(choices: dict[str, Text], language: str) -> list[tuple[str, str]]:
    return [(text.in_language(language), value) for value, text in choices.items()]
