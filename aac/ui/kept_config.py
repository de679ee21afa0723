"""What Gradio does anew at every call, done once: what the page's components tell browsers, and a search.

Gradio computes it for all of them anew for every session, and for every direct call, which has no session: of the 18 ms
that the server worked to store a rating, 15 (`python -m benchmarks.crowd` shows what that is with many people).
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

from gradio.blocks import Block, Blocks, BlocksConfig


class KeptConfig(BlocksConfig):
    """As Gradio's; a component that a session has changed, which is another object then, is looked at anew."""

    def __init__(self, plain: BlocksConfig) -> None:
        super().__init__(plain.root_block)
        self.__dict__.update(plain.__dict__)
        self._page_blocks: dict[int, Block] = dict(plain.blocks)
        self._kept: dict[int, dict[str, Any]] = {}

    def __copy__(self) -> KeptConfig:
        new = object.__new__(KeptConfig)
        new.__dict__.update(self.__dict__)
        new.blocks, new.fns, new.renderables = dict(self.blocks), dict(self.fns), list(self.renderables)
        return new

    def config_for_block(
        self, _id: int, rendered_ids: list[int], block: Block, renderable: Any = None
    ) -> dict[str, Any]:
        """See Gradio's."""
        if renderable is not None or self._page_blocks.get(_id) is not block:
            return super().config_for_block(_id, rendered_ids, block, renderable)
        if _id not in self._kept:
            self._kept[_id] = super().config_for_block(_id, rendered_ids, block)
        found = self._kept[_id]
        return {**found, "props": dict(found["props"])}  # a session writes its values there


def keep_config(page: Blocks) -> None:
    """To be called when the page is built."""
    page.default_config = KeptConfig(page.default_config)
    _spare_searches()


def _spare_searches() -> None:
    """Before and after every event Gradio imports matplotlib. Where there is none, it is looked for in every folder of
    packages each time: a fifth of what a server of many people worked. An entry of None says that there is none.
    """
    if "matplotlib" not in sys.modules and find_spec("matplotlib") is None:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]
