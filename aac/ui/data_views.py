"""What the Data tab shows, as HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aac.cards import Card
from aac.datasets.imports import Imported
from aac.errors import AacError
from aac.records import SetRow
from aac.store.browse import RowPage
from aac.store.versions import Version
from aac.ui import data_texts as words
from aac.ui import numbers
from aac.ui.numbers import fill
from aac.ui.tables import bars, facts, table
from aac.ui.texts import Text
from aac.workflow.browsing import Charts, Overview, PromptList
from aac.workflow.syncing import SyncState
from aac.workflow.versions import Difference, Frozen

_BAD_LINES_SHOWN = 100
_ROWS_SHOWN = 100
_DAYS_SHOWN = 30


def versions_html(versions: Sequence[Version]) -> str:
    """Every version with its counts."""
    headers = (words.VERSION, words.STATE, words.MADE, words.SETS, words.CARDS, words.SPLITS, words.REVIEWED)
    return table(words.VERSIONS, headers, [_version_row(version) for version in versions], words.NO_VERSIONS)


def _version_row(version: Version) -> tuple[Any, ...]:
    counts = version.manifest["counts"]
    shipped = version.manifest["shipped"]
    reviewed = f"{shipped.get('reviewed_sets', 0)} / {shipped['sets'] + shipped['replaced_by_corrections']}"
    return (
        version.id,
        _state(version),
        version.created_utc[:16].replace("T", " "),
        counts["sets"],
        counts["cards"],
        " · ".join(str(counts["by_split"].get(split, 0)) for split in ("train", "validation", "test")),
        reviewed if shipped["sets"] or shipped["replaced_by_corrections"] else "-",
    )


def _state(version: Version) -> Text:
    state = words.STATES[version.state]
    if version.published_at:
        state = Text(f"{state.pt} ({version.published_at})", f"{state.en} ({version.published_at})")
    if not version.erasures:
        return state
    since = words.ERASED_SINCE_ONE if version.erasures == 1 else words.ERASED_SINCE_MANY
    return Text(f"⚠ {state.pt}: {version.erasures} {since.pt}", f"⚠ {state.en}: {version.erasures} {since.en}")


def frozen_html(frozen: Frozen) -> str:
    """A version just made."""
    version = frozen.version
    counts = version.manifest["counts"]
    pairs: list[tuple[Text, Any]] = [
        (words.FROZEN, version.id),
        (words.SETS, counts["sets"]),
        (words.CARDS, counts["cards"]),
        (words.SPLITS, " · ".join(str(counts["by_split"].get(split, 0)) for split in ("train", "validation", "test"))),
    ]
    if frozen.empty_splits:
        names = [words.SPLIT[split] for split in frozen.empty_splits]
        empty = Text(", ".join(name.pt for name in names), ", ".join(name.en for name in names))
        pairs.append((words.EMPTY_SPLITS, empty))
    if frozen.left_out:
        pairs.append((words.LEFT_OUT, f"{len(frozen.left_out)}: {', '.join(frozen.left_out[:20])}"))
    return facts(pairs)


def version_html(rows: Sequence[tuple[SetRow, str]], sets: int) -> str:
    """The first sets of a version, with their splits."""
    shown = [(row.prompt, words.SPLIT[split], " · ".join(map(_tile, row.cards))) for row, split in rows]
    headers = (words.PROMPT, words.SPLIT_NAME, words.CARDS)
    return table(words.FIRST_SETS, headers, shown, words.NO_ROWS) + _hidden(sets - len(shown))


def difference_html(found: Difference) -> str:
    """Which rows only one of two versions has."""
    rows = [
        (where, row.prompt, " · ".join(map(_tile, row.cards)))
        for where, some in ((words.ONLY_FIRST, found.only_first), (words.ONLY_SECOND, found.only_second))
        for row in some[:_ROWS_SHOWN]
    ]
    counts = facts(
        [
            (words.ONLY_FIRST, len(found.only_first)),
            (words.ONLY_SECOND, len(found.only_second)),
            (words.SHARED, found.shared),
        ]
    )
    shown = table(words.DIFF, (words.WHAT, words.PROMPT, words.CARDS), rows, words.NO_ROWS) if rows else ""
    return counts + shown + _hidden(len(found.only_first) + len(found.only_second) - len(rows))


def import_html(found: Imported) -> str:
    """What a file holds, and each line that does not go in, with its reason."""
    notes = "".join(f"<p>{Text(pt, en).both()}</p>" for pt, en in found.notes)
    counts = facts([(words.SETS, len(found.rows)), (words.CARDS, found.cards), (words.BAD_LINES, len(found.bad_lines))])
    rows = [(bad.line, Text(bad.pt, bad.en), bad.text) for bad in found.bad_lines[:_BAD_LINES_SHOWN]]
    listed = table(words.BAD_LINES, (words.LINE, words.REASON, words.WORDS), rows, words.NO_ROWS) if rows else ""
    return notes + counts + listed + _hidden(len(found.bad_lines) - len(rows))


def bad_prompts_html(found: PromptList) -> str:
    """The lines of a list of prompts that did not go into the queue."""
    rows = [(number, Text(pt, en)) for number, pt, en in found.bad_lines[:_BAD_LINES_SHOWN]]
    listed = table(words.BAD_LINES, (words.LINE, words.REASON), rows, words.NO_ROWS) if rows else ""
    return listed + _hidden(len(found.bad_lines) - len(rows))


def _hidden(count: int) -> str:
    """How many lines are not shown."""
    if count <= 0:
        return ""
    return f"<p>{Text(words.AND_MORE.pt.format(n=count), words.AND_MORE.en.format(n=count)).both()}</p>"


def rows_html(name: str, page: RowPage) -> str:
    """One page of what people said."""
    headers: tuple[Text, ...] = (words.WHEN, words.WHO, words.PROMPT, words.WHAT, words.CONTESTANT, words.STATE)
    return table(words.TABLES[name], headers, [_said_row(name, row) for row in page.rows], words.NO_ROWS)


def _said_row(name: str, row: dict[str, Any]) -> tuple[Any, ...]:
    who = (row["annotator_id"] or row.get("source") or "")[:24]
    contestant = row.get("contestant") or f"{row.get('left_contestant', '')} / {row.get('right_contestant', '')}"
    what = {"ratings": _rating, "corrections": _correction, "votes": _vote}[name](row)
    return (
        row["created_utc"][:16].replace("T", " "),
        who if name == "corrections" and row["author"] == "import" else who[:6],
        row["prompt"],
        what,
        contestant.strip(" /"),
        "" if row["is_current"] else words.SUPERSEDED,
    )


def _rating(row: dict[str, Any]) -> Text:
    where = words.WHOLE_SET if row["card_index"] < 0 else words.CARD
    number = "" if row["card_index"] < 0 else f" {row['card_index'] + 1}"
    if card := row.get("card"):
        where, number = Text(_tile(card), _tile(card)), ""
    verdict = words.VERDICTS.get(row["verdict"] or "", words.TAKEN_BACK) if row["verdict"] else words.TAKEN_BACK
    if row["usefulness"]:
        verdict = Text(f"{row['usefulness']} / 5", f"{row['usefulness']} / 5")
    reasons = [words.REASONS[reason] for reason in json.loads(row["reasons"]) if reason in words.REASONS]
    return Text(
        f"{where.pt}{number}: {verdict.pt}" + "".join(f", {reason.pt}" for reason in reasons),
        f"{where.en}{number}: {verdict.en}" + "".join(f", {reason.en}" for reason in reasons),
    )


def _tile(card: Card) -> str:
    return f"{card.image_id} {card.written_text}"


def _correction(row: dict[str, Any]) -> Any:
    if not row["cards"]:
        return words.TAKEN_BACK
    return " · ".join(f"{card['image_id']} {card['written_text']}" for card in json.loads(row["cards"]))


def _vote(row: dict[str, Any]) -> Text:
    return words.VERDICTS[row["choice"]] if row["choice"] else words.TAKEN_BACK


def overview_html(found: Overview) -> str:
    """Totals and the queue."""
    return facts([(words.TABLES[name], count) for name, count in found.totals.items()]) + queue_html(found)


def sync_html(state: SyncState | None, closed: AacError | None = None) -> str:
    """Whether annotations go to the Hub too, since when, what waits, and what is wrong; None: they do not.

    closed: why nobody is asked for annotations now.
    """
    told = f'<p class="pr-message">{Text(closed.pt, closed.en).both()}</p>' if closed else ""
    if state is None:
        return told or f'<p class="pr-sync">{words.SYNC_OFF.both()}</p>'
    said = [fill(words.SYNC_ON, where=state.repository, minutes=numbers.count(state.every_s / 60))]
    last = state.last_success_utc
    said.append(fill(words.SYNC_LAST, when=_minute(last)) if last else words.SYNC_NEVER)
    if state.waiting is not None:
        said.append(_waiting(state.waiting))
    line = f'{told}<p class="pr-sync">{" ".join(text.both() for text in said)}</p>'
    if state.error is None:
        return line
    reason = Text(state.error.pt, state.error.en)
    failed = fill(words.SYNC_FAILED, when=_minute(state.failed_utc or ""), reason=reason)
    return f'{line}<p class="pr-message">{failed.both()}</p>'


def _waiting(rows: int) -> Text:
    if not rows:
        return words.SYNC_NONE_WAITS
    return words.SYNC_ONE_WAITS if rows == 1 else fill(words.SYNC_WAITING, n=numbers.count(rows))


def _minute(utc: str) -> str:
    return utc[:16].replace("T", " ")


def charts_html(found: Charts) -> str:
    """What people said over time, of whom, and about what."""
    days: dict[str, int] = {}
    for day, _, count in found.per_day:
        days[day] = days.get(day, 0) + count
    recent = sorted(days.items())[-_DAYS_SHOWN:]
    accepted = [
        (v.contestant, 100 * (v.accepted or 0), f"{100 * (v.accepted or 0):.0f} % ({v.keep} / {v.total})")
        for v in found.verdicts
    ]
    themes = [(theme or words.NO_THEME, float(count), str(count)) for theme, count in found.by_theme]
    reasons = [(words.REASONS.get(name, name), float(count), str(count)) for name, count in found.reasons.items()]
    drawn = (
        bars(words.PER_DAY, [(day, float(count), str(count)) for day, count in recent], words.NO_CHART),
        bars(words.ACCEPTED, accepted, words.NO_CHART),
        bars(words.BY_REASON, reasons, words.NO_CHART),
        bars(words.BY_THEME, themes, words.NO_CHART),
    )
    return f'<div class="pr-charts">{"".join(drawn)}</div>'


def queue_html(found: Overview) -> str:
    """How full the queue is."""
    rows = [(words.QUEUE_KINDS[kind], items, done) for kind, (items, done) in found.queue.items()]
    return table(words.QUEUE, (words.QUEUE_KIND, words.ITEMS, words.FINISHED), rows, words.NO_ROWS)
