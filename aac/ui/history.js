// What one has done, page by page: what counts now, what a later one replaced, what was taken back.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button } = A;
  const PAGE = 10;

  const ofKind = (key, { kind }) => (kind === "vote" ? `${key}_vote` : key);  // in Portuguese a vote is masculine
  const what = (entry) => {
    if (entry.what === null) return t(ofKind("taken_back", entry));
    if (entry.kind === "correction") return t(A.counted("cards", Number(entry.what)), { n: entry.what });
    if (entry.kind === "vote") return t(`choice_${entry.what}`);
    if (/^\d$/.test(entry.what)) return t("useful_n", { n: entry.what });
    const [verdict, ...reasons] = entry.what.split(" ");
    return [t(`verdict_${verdict}`), reasons.map((reason) => [", ", t(`reason_${reason}`)])];
  };
  const kept = (entry) => (entry.on_hub === null ? null  // nothing goes to the Hub
    : [" · ", t(ofKind(entry.on_hub ? "on_hub" : "on_server", entry))]);
  const takeBack = (entry) => {
    const { generation_id, item_id, card_index = null } = entry, id = A.uuid();
    return entry.kind === "correction"
      ? A.send("correct", { id, generation_id, item_id, cards: null })
      : A.send("rate", { id, generation_id, item_id, card_index, verdict: null, reasons: [], usefulness: null });
  };

  /**
   * A closed list that asks the server when it is opened. `reopen(generation_id)` shows one again; `taken(entry)` hears
   * of each that was taken back.
   */
  A.history = (reopen, taken) => {
    let offset = 0;
    const body = el("div", { class: "pr-history", tabindex: "-1" });
    const undo = async (entry) => {
      const reply = await takeBack(entry);
      if (reply.ok || reply.kept) taken(entry); else A.toast("bad", A.explained(reply.error));
      await show();
      A.announce("undone");
      body.focus();
    };
    const row = (entry) => {
      // A vote names two generations, which the history does not hold.
      const mayUndo = entry.is_current && entry.what !== null && entry.kind !== "vote";
      return el("li", { class: entry.is_current ? "" : "pr-old" }, el("div", {},
        el("div", { class: "pr-history-what" }, el("strong", { lang: "pt-BR" }, entry.prompt), " · ",
          t(`kind_of_${entry.kind}`), ": ", what(entry),
          Number.isInteger(entry.card_index) && [" · ", t("card_n", { n: entry.card_index + 1 })]),
        el("div", { class: "pr-small" }, A.both(A.moment(entry.created_utc)), " · ",
          t(entry.what !== null && entry.is_current ? "is_current"
            : ofKind(entry.what === null ? "taken_back" : "is_superseded", entry)), kept(entry))),
        el("div", { class: "pr-actions" },
          entry.kind !== "vote" && button("open_again", () => reopen(entry.generation_id)),
          mayUndo && button("take_back", () => undo(entry))));
    };
    const turn = async (by) => { offset = Math.max(0, offset + by); await show(); body.focus(); };
    const show = async () => {
      const reply = await A.api("history", { offset, limit: PAGE });
      if (!reply.ok) { body.replaceChildren(A.note("bad", A.explained(reply.error)), button("try_again", show)); return; }
      const { total, entries } = reply, last = Math.min(offset + PAGE, total);
      if (!total) { body.replaceChildren(el("p", {}, t("history_empty"))); return; }
      body.replaceChildren(el("p", { class: "pr-small" }, t("history_range", { from: offset + 1, to: last, total })),
        el("ul", { class: "pr-history-list" }, entries.map(row)),
        el("div", { class: "pr-actions" },
          button("newer", () => turn(-PAGE), { disabled: offset === 0 }),
          button("older", () => turn(PAGE), { disabled: last >= total }), button("refresh", show)));
    };
    const details = el("details", { class: "pr-details", on: { toggle: () => details.open && show() } },
      el("summary", {}, t("history")), body);
    A.onErased(() => { offset = 0; details.open = false; body.replaceChildren(); });
    return details;
  };
})();
