"""What speaks: promoted where it is better, or at a maintainer's word; and taken back. Rows only come."""

from __future__ import annotations

from uuid import uuid4

from aac.errors import AacError, Refused, WrongCall
from aac.models.adapters import DEFAULT_FOLDER, weights_sha256
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.records import Comparison
from aac.store.adapters import Promotion, StoredAdapter, active, add_promotion, list_adapters, list_promotions
from aac.workflow.active import active_adapter, look_up_active, name_of
from aac.workflow.archive import Archive
from aac.workflow.deciding import Decision, decide
from aac.workflow.trained_prompts import trained_on

__all__ = ["Decision", "active_adapter", "carry_out", "decide", "look_up_active", "promote", "rollback"]

SHIPPED = None  # the shipped adapter, as a promotion names it


def promote(archive: Archive, adapter_name: str, override_reason: str = "", version_id: str | None = None) -> Promotion:
    """Decide on an adapter and carry it out, as `carry_out` does."""
    return carry_out(archive, decide(archive, adapter_name, version_id), override_reason)


def carry_out(archive: Archive, decision: Decision, override_reason: str = "") -> Promotion:
    """Make the challenger the one that speaks, where the rule lets it or a maintainer says why it shall all the same.

    Raises `Refused` with the reasons where neither is so, `WrongCall` where what speaks has changed since the decision.
    """
    override = " ".join(override_reason.split())
    if decision.reasons and not (override and decision.may_override):
        raise _refused(decision)
    is_shipped = decision.challenger.weights_sha256 == weights_sha256(DEFAULT_FOLDER)
    promotion = Promotion(
        id=str(uuid4()),
        base_model=decision.challenger.base_model,
        adapter_id=SHIPPED if is_shipped else decision.challenger.id,
        evaluation_id=decision.evaluation_id,
        reason=override if decision.reasons else _won(decision.comparison),
        kind="override" if decision.reasons else "rule",
    )
    return _add(archive, promotion, decision.active.promoted_id)


def _refused(decision: Decision) -> Refused:
    pt, en = (" ".join(texts) for texts in zip(*decision.reasons, strict=True))
    name = decision.challenger.name
    if not decision.may_override:
        return Refused(f"{name} não pode ser o adaptador ativo. {pt}", f"{name} cannot be the active adapter. {en}")
    return Refused(
        f"{name} não foi promovido. {pt} Quem cuida desta instalação pode decidir o contrário, dizendo por quê.",
        f"{name} was not promoted. {en} Whoever maintains this installation may decide otherwise, saying why.",
    )


def _won(comparison: Comparison | None) -> str:
    """What decided, in numbers."""
    if comparison is None:
        return ""
    chrf = comparison.aligned_chrf
    return f"aligned chrF {chrf.baseline:.2f} → {chrf.system:.2f}, p {chrf.p:.3f}, {comparison.prompts} prompts"


def _add(archive: Archive, promotion: Promotion, expected_active: str | None) -> Promotion:
    add_promotion(archive.database, promotion, expected_active)
    with archive.database.read() as connection:
        stored = list_promotions(connection, promotion.base_model)
    return next(one for one in stored if one.id == promotion.id)


def rollback(archive: Archive, base_model: str = EMBEDDED_ID) -> Promotion:
    """Let the adapter speak again that spoke before, in the end the shipped one.

    One whose folder is gone, or whose data a person took back, is passed over. Raises `WrongCall` where nothing was
    promoted, or all of it is rolled back already.
    """
    base_id = find_base_model(base_model).id
    with archive.database.read() as connection:
        before = _spoke(list_promotions(connection, base_id))
        known = {adapter.id: adapter for adapter in list_adapters(connection, base_id)}
        current = active(connection, base_id)
    if current is None or len(before) == 1:
        raise WrongCall(
            f"Não há o que desfazer: nenhum adaptador foi promovido para {base_id}.",
            f"There is nothing to roll back: no adapter was promoted for {base_id}.",
        )
    name = known[current.adapter_id].name if current.adapter_id else "default"
    target = next(one for one in reversed(before[:-1]) if one is SHIPPED or _can_speak(archive, known[one]))
    return _add(
        archive, Promotion(str(uuid4()), base_id, target, None, f"back from {name}", "rollback"), current.adapter_id
    )


def _spoke(promotions: list[Promotion]) -> list[str | None]:
    """What one may go back to, the shipped adapter first and what speaks now last; a rollback takes back its end."""
    spoke: list[str | None] = [SHIPPED]
    for promotion in reversed(promotions):
        if promotion.kind != "rollback":
            spoke.append(promotion.adapter_id)
            continue
        spoke = spoke[:-1]
        while len(spoke) > 1 and spoke[-1] != promotion.adapter_id:
            spoke.pop()
    return spoke or [SHIPPED]


def _can_speak(archive: Archive, adapter: StoredAdapter) -> bool:
    try:
        name_of(archive.settings, adapter)
    except AacError:
        return False
    return not trained_on(archive, adapter).is_withdrawn
