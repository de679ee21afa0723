// The Rate tab: a fresh generation or a queue, one set at a time, and what to do with it.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button, storage } = A;
  const VERDICTS = ["keep", "fix", "wrong"];  // keys 1, 2, 3
  const KINDS = ["rate", "review"], KIND_KEY = "prancha-queue", SHORTCUTS_KEY = "prancha-shortcuts";
  const POLL_MS = 1000, POLL_AFTER_FAILURE_MS = 4000, REFRESH_MS = 1000;
  const state = { kind: null, item: null, sets: [], editor: null, asked: 0, poll: null, refresh: null, left: null };
  let stage, counts, offers, root, undoButton, saved, startButton;

  // --- what is on the stage ----------------------------------------------------------------------------------------
  const put = (...nodes) => {
    clearTimeout(state.poll);
    state.editor?.leave();
    Object.assign(state, { item: null, sets: [], editor: null });
    stage.replaceChildren(...nodes);
    startButton.classList.add("pr-main");
    offers.show();
  };
  const showFrom = (title) => {  // on a phone the set begins below the fold
    startButton.classList.remove("pr-main");  // one button leads on at a time
    title.focus({ preventScroll: innerWidth < 700 });
    if (innerWidth < 700) title.scrollIntoView({ block: "start" });
  };
  const message = (kind, words, ...buttons) =>
    put(A.note(kind, words), buttons.length ? el("div", { class: "pr-actions" }, buttons) : "");
  const again = (fn) => button("try_again", fn, { kind: "main" });
  const showCounts = () => {
    const me = state.me;
    if (!me) return;
    const left = state.left ?? me.left?.[state.kind] ?? 0;
    const parts = ["ratings", "corrections", "votes"].map((name) => {
      const n = me.counts?.[name] ?? 0;
      return t(A.counted(`done_${name}`, n), { n });
    });
    counts.replaceChildren(el("strong", {}, t(left ? A.counted("left", left) : "left_none", { n: left })), " · ",
      t("done"), " ", parts[0], ", ", parts[1], ", ", parts[2]);
  };
  const refreshSoon = () => {
    clearTimeout(state.refresh);
    state.refresh = setTimeout(A.refresh, REFRESH_MS);
  };

  // --- getting a set -----------------------------------------------------------------------------------------------
  const next = async () => {
    const number = ++state.asked;
    message("wait", t("looking"));
    await A.flushOutbox();  // an end that waits here would bring the same set again
    const reply = await A.withConsent("next_item", { kind: state.kind });
    if (number !== state.asked) return;
    if (!reply.ok) { message("bad", A.explained(reply.error), again(next)); return; }
    state.left = reply.left ?? null;
    showCounts();
    if (reply.item) showItem(reply.item);
    else message("good", t(`empty_${state.kind}`), button("look_again", next));
  };
  const poll = (item, ms) => {
    const number = state.asked;
    state.poll = setTimeout(async () => {
      const reply = await A.withConsent("item", { item_id: item.item_id });
      if (number !== state.asked || state.item !== item) return;
      if (reply.ok) showItem(reply.item);
      else if (reply.retry) { A.toast("bad", A.explained(reply.error)); poll(item, POLL_AFTER_FAILURE_MS); }
      else message("bad", A.explained(reply.error), again(next));
    }, ms);
  };
  const openFresh = async (signedDocument, signature) => {
    const number = ++state.asked;
    message("wait", t("looking"));
    const reply = await A.withConsent("open_generation", { document: signedDocument, signature });  // a text, signed: untouched
    A.keepAlso("open_generation", { document: signedDocument, signature }, reply);
    if (number !== state.asked) return;
    if (reply.ok) showItem(reply.item);
    else message("bad", A.explained(reply.error), again(() => openFresh(signedDocument, signature)));
  };

  // --- rating it ---------------------------------------------------------------------------------------------------
  /** Says what became of the last step, and what becomes of it later: `said` tells this line from the next one. */
  const changed = (reply, said = {}) => {
    state.said = said;
    undoButton.disabled = A.rateSteps.length === 0;
    saved.replaceChildren(reply === null ? t("saving") : t(reply.ok ? "saved" : reply.kept ? "saved_here" : "not_saved"));
    if (reply?.ok) refreshSoon();
    if (!reply || reply.ok || said.isFollowed) return;
    said.isFollowed = true;
    A.follow(reply, (fate) => { if (state.said === said) changed(fate, said); });
  };
  const actions = (item) => {
    state.said = null;
    undoButton = button("undo", undo, { icon: "↶", disabled: A.rateSteps.length === 0 });
    saved = el("span", { class: "pr-small pr-saved", role: "status" });
    const correct = item.generations.length === 1
      ? button("correct", () => correctSet(state.sets[0]), { icon: "✎" }) : null;
    return el("div", { class: "pr-actions pr-actions-end" }, saved, undoButton, correct,
      button("skip", () => finish("skipped")), button("next", () => finish("done"), { kind: "main", icon: "→" }));
  };
  const heading = (item) => el("div", { class: "pr-item-head" },
    el("p", { class: "pr-tag" }, t(`kind_${item.kind}`)),
    el("h3", { class: "pr-prompt", tabindex: "-1" }, t("prompt_is"), " ", el("span", { lang: "pt-BR" }, `“${item.prompt}”`)),
    A.asked(item));
  const showItem = (item, ...notes) => {
    if (item.error || !item.is_ready) {
      if (item.error) message("bad", A.explained(item.error), button("next", () => { state.item = item; finish("skipped"); }));
      else if (state.item?.item_id !== item.item_id) put(heading(item), A.note("wait", t("writing_now")));
      state.item = item;
      if (!item.error) poll(item, POLL_MS);
      return;
    }
    put();
    A.untoast();
    state.item = item;
    state.sets = item.generations.map((generation) => new A.RateSet(item, generation, { changed }));
    const parts = state.sets.flatMap((set) => [set.node, state.sets.length > 1
      ? button("correct", () => correctSet(set), { icon: "✎" }) : null]).filter(Boolean);
    stage.replaceChildren(heading(item), ...notes, ...parts, actions(item));
    showFrom(stage.querySelector(".pr-prompt"));
  };
  const finish = async (outcome) => {
    const { item } = state;
    if (!item) return;
    message("wait", t("looking"));
    if (!(await A.ensureConsent())) { showItem(item); return; }
    A.handRatingsOn();
    if (item.item_id) await A.send("finish", { id: A.uuid(), item_id: item.item_id, outcome });
    refreshSoon();
    next();
  };
  const setOf = (generationId) => state.sets.find(({ generation }) => generation.id === generationId);
  const undo = () => {
    const step = A.rateSteps.pop();
    if (!step) return;
    if (!setOf(step.generation.id)) { ++state.asked; showItem(step.item); }
    setOf(step.generation.id)?.takeBack(step);
    A.announce("undone");
  };

  // --- correcting it -----------------------------------------------------------------------------------------------
  const correctionNote = (reply) => {
    const said = ({ ok, kept, error }) => (ok || kept ? A.note(ok ? "good" : "wait", t(ok ? "correction_stored" : "correction_kept"))
      : A.note("bad", A.explained(error)));
    let note = said(reply);
    if (reply.kept) A.follow(reply, (fate) => { const next = said(fate); note.replaceWith(next); note = next; });
    return note;
  };
  const correctSet = (set, draft) => {
    if (!A.ensureRole("correct")) return;
    A.handRatingsOn();
    const { item } = state, { generation } = set, before = generation.correction ?? null;
    put();
    state.editor = new A.Editor(item, generation, ({ kind, cards, reply }) => {
      showItem(item, ...(kind === "closed" ? [] : [correctionNote(reply)]));
      if (kind === "closed") return;
      A.announce(`correction_${kind}`);
      state.sets.find((shown) => shown.generation === generation).keepCorrection(cards, before);
      changed(reply);
    }, draft);
    stage.replaceChildren(state.editor.node);
    showFrom(state.editor.title);
    offers.show();
  };
  /** The draft on the set as it is now; without the server, on the set as it was when the draft was written. */
  const resume = async (draft) => {
    const number = ++state.asked, { item, generation_id } = draft;
    message("wait", t("looking"));
    A.handRatingsOn();
    await A.flushOutbox();  // what waits here belongs to the set as it is now
    const reply = await (item.item_id ? A.api("item", { item_id: item.item_id }) : A.api("generation", { generation_id }));
    if (number !== state.asked) return;
    const isThere = reply.ok && reply.item.generations.some(({ id }) => id === generation_id);
    showItem(isThere ? reply.item : item);
    const set = setOf(generation_id);
    if (set) correctSet(set, draft);
  };
  /** What was taken back in the history is taken back on screen too. */
  const takenBack = (entry) => {
    setOf(entry.generation_id)?.forget(entry);
    const edited = state.editor?.generation;
    if (edited?.id === entry.generation_id && entry.kind === "correction") edited.correction = null;
  };

  // --- the keyboard ------------------------------------------------------------------------------------------------
  const areOn = () => storage.get(SHORTCUTS_KEY) !== "off";
  const currentSet = () => state.sets.find((set) => set.currentCard >= 0) ?? state.sets[0];
  const step = (by) => {
    const set = currentSet();
    set?.focusCard(set.currentCard < 0 ? 0 : set.currentCard + by);
  };
  /** A digit is the score where the focus is on the score, else the verdict on a card. */
  const judge = (digit) => {
    const scored = state.sets.find(({ useful }) => useful.node.contains(document.activeElement));
    if (scored) { scored.useful.choose(digit); return; }
    const set = currentSet(), verdict = VERDICTS[digit - 1];
    if (!verdict) return;
    if (set && set.currentCard < 0) set.focusCard(0);  // the first key is for the first card
    set?.cards[set.currentCard]?.choose(verdict);
  };
  const KEYS = {
    ...Object.fromEntries([1, 2, 3, 4, 5].map((digit) => [digit, () => judge(digit)])),
    ArrowDown: () => step(1), ArrowUp: () => step(-1),
    u: () => currentSet()?.useful.focus(), c: () => currentSet() && correctSet(currentSet()), z: undo,
    n: () => finish("done"), p: () => finish("skipped"),
  };
  const help = [["1", "verdict_keep"], ["2", "verdict_fix"], ["3", "verdict_wrong"], ["↑ ↓", "key_cards"], ["U", "usefulness"],
    ["1…5", "key_useful"], ["C", "correct"], ["Z", "undo"], ["N", "next"], ["P", "skip"], ["?", "key_help"]];
  const showHelp = () => {
    if (document.querySelector("dialog[open]")) return;
    const keys = help.map(([key, word]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(word))));
    const box = A.dialog("shortcuts", el("p", {}, t("shortcuts_help")), el("dl", { class: "pr-keys" }, keys), shortcutsSwitch(),
      el("div", { class: "pr-actions pr-actions-end" }, button("close", () => box.close())));
  };
  const shortcutsSwitch = () => el("label", { class: "pr-switch" },
    el("input", { type: "checkbox", checked: areOn(), on: { change: ({ target }) =>
      storage.set(SHORTCUTS_KEY, target.checked ? "on" : "off") } }), " ", t("shortcuts_on"));
  const onKey = (event) => {
    if (event.defaultPrevented || event.altKey || !root?.offsetParent || document.querySelector("dialog[open]")) return;
    const { target } = event, isHere = root.contains(target) || target === document.body;
    const isTyping = target.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
    if (!isHere || isTyping) return;
    if (event.repeat && !event.key.startsWith("Arrow")) return;  // a key held down means one thing, once
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z" || event.shiftKey) return;
      event.preventDefault();
      if (state.editor) state.editor.undo(); else undo();
      return;
    }
    if (!areOn()) return;
    if (event.key === "?") { event.preventDefault(); showHelp(); return; }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // In a group of choices the arrows choose, as everywhere.
    const isChoosing = key.startsWith("Arrow") && target.matches("input, summary, pre");
    const isAway = root.contains(target) && !stage.contains(target);  // in the history, say
    if (isAway || state.editor || !state.sets.length || !Object.hasOwn(KEYS, key) || isChoosing) return;
    event.preventDefault();
    KEYS[key]();
  };

  // --- the whole tab -----------------------------------------------------------------------------------------------
  const choose = (kind) => {
    state.kind = kind;
    state.left = null;
    storage.set(KIND_KEY, kind);
    showCounts();
  };
  const queue = () => el("fieldset", { class: "pr-queue pr-bare" }, el("legend", {}, t("queue")),
    el("div", { class: "pr-choices" }, KINDS.map((kind) => el("label", { class: "pr-choice" },
      el("input", { type: "radio", name: "pr-queue", class: "pr-choice-input", checked: kind === state.kind,
        on: { change: () => choose(kind) } }), el("span", {}, t(`queue_${kind}`)))), startButton));
  const build = () => {
    state.kind = KINDS.includes(storage.get(KIND_KEY)) ? storage.get(KIND_KEY) : KINDS[0];
    stage = el("div", { class: "pr-stage" });
    startButton = button("start", next, { kind: "main" });
    counts = el("p", { class: "pr-small pr-counts" });
    offers = A.drafts.offers(resume, (draft) => state.editor?.generation.id === draft.generation_id);
    root = el("div", { class: "pr-annotate" }, el("h2", {}, t("rate_title")), el("p", { class: "pr-small" }, t("rate_help")),
      A.outboxLines(), offers.list, queue(), counts, stage,
      el("div", { class: "pr-foot" }, A.history(reopen, takenBack), A.guideline(),
        button("shortcuts", showHelp, { icon: "⌨" })));
    A.onMe((me) => { state.me = me; showCounts(); });
    // A draft that another tab wrote in the very moment of the erasure goes too.
    A.onErased(() => { ++state.asked; state.editor?.leave({ keep: false }); state.editor?.draft.remove(); put(); });
    A.refresh();
    return root;
  };
  const reopen = async (generationId) => {
    const number = ++state.asked;
    message("wait", t("looking"));
    const reply = await A.withConsent("generation", { generation_id: generationId });
    if (number !== state.asked) return;
    if (reply.ok) showItem(reply.item); else message("bad", A.explained(reply.error), again(() => reopen(generationId)));
  };
  /** Show a fresh generation here, coming from another tab of the page. */
  const openRate = (signedDocument, signature) => {
    document.querySelector('button[role=tab][data-tab-id="rate"]')?.click();
    const open = () => (root?.isConnected ? openFresh(signedDocument, signature) : setTimeout(open, 50));
    open();
  };
  document.addEventListener("keydown", onKey);
  A.openRate = openRate;
  A.mount("pr-rate", build);
})();
