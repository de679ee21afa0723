"""Where a fine-tune may run."""

from __future__ import annotations

from aac.errors import WrongCall
from aac.settings import Settings


def check_trains_here(settings: Settings) -> None:
    """Raise `WrongCall` on a ZeroGPU Space: it lends its GPU for seconds, and a training takes minutes to hours."""
    if settings.zero_gpu:
        raise WrongCall(
            "Este Space é ZeroGPU: a GPU é emprestada por segundos, e aqui não se treina. Escolha um Hugging Face Job "
            "(lugar hub-job), ou comece o treino onde há outro worker (python -m aac worker, em outra máquina).",
            "This Space is a ZeroGPU one: its GPU is lent for seconds, and no training runs here. Choose a Hugging "
            "Face Job (place hub-job), or start the training where there is another worker (python -m aac worker, on "
            "another machine).",
        )
