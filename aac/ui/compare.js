// The Compare tab: two answers to one prompt, blind until the vote; below them, what all votes say.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button, storage } = A;
  const VOTED_KEY = A.own("prancha-compare-vote"), SEEN_KEY = A.own("prancha-compare-seen"), SHORTCUTS_KEY = "prancha-shortcuts";
  const POLL_MS = 1000, POLL_AFTER_FAILURE_MS = 4000, REFRESH_MS = 600;
  const SIDES = ["left", "right"];
  // choice: [sign, keys as a person reads them, keys as `event.key` says them]
  const CHOICES = {
    left: ["◀", "←", ["ArrowLeft"]], right: ["▶", "→", ["ArrowRight"]],
    tie: ["=", "0", ["0", "="]], both_bad: ["✕", "B", ["b"]],
  };
  const state = {
    item: null, view: null, step: null, steps: [], asked: 0, poll: null, left: null, me: null, isEmpty: false, isActing: false,
    hasBegun: false, dropped: null,
  };
  let root, stage, counts;

  // --- what is on the stage ----------------------------------------------------------------------------------------
  const put = (...nodes) => {
    clearTimeout(state.poll);
    Object.assign(state, { item: null, view: null, step: null, isEmpty: false });
    stage.replaceChildren(...nodes);
  };
  const message = (kind, key, ...buttons) => {
    put(A.note(kind, key?.nodeType ? key : t(key)), buttons.length ? el("div", { class: "pr-actions" }, buttons) : "");
    if (buttons.length) keepFocus(buttons[0]);
  };
  const again = (fn) => button("try_again", fn, { kind: "main" });
  const act = (fn) => () => { state.isActing = true; return fn(); };  // the pressed button goes away
  const keepFocus = (node) => {  // only after a press here: who walks through the tabs stays there
    const isLost = document.activeElement === document.body || root.contains(document.activeElement);
    if (state.isActing && isLost) node.focus();
    state.isActing = false;
  };
  const intro = () => put(el("div", { class: "pr-actions" }, button("compare_start", act(next), { kind: "main" })));
  const showCounts = () => {
    if (!state.me) return;
    const left = state.left ?? state.me.left?.compare ?? 0, votes = state.me.counts?.votes ?? 0;
    const missing = left ? [el("strong", {}, t(A.counted("compare_left", left), { n: left })), " · "] : [];
    counts.replaceChildren(...missing, t("done"), " ", t(A.counted("done_votes", votes), { n: votes }));
  };

  // --- getting a comparison ----------------------------------------------------------------------------------------
  const next = async () => {
    const number = ++state.asked;
    state.hasBegun = true;
    message("wait", "looking");
    await A.flushOutbox();  // a vote that waits here would bring the same comparison again
    const reply = await A.withConsent("next_item", { kind: "compare" });
    if (number !== state.asked) return;
    if (!reply.ok) { message("bad", A.explained(reply.error), again(act(next))); return; }
    state.left = reply.left ?? null;
    showCounts();
    if (reply.item) { show(reply.item); return; }
    message("good", "compare_empty", button("look_again", act(next)));
    A.announce("compare_empty");
    state.isEmpty = true;
  };
  const poll = (item, ms) => {
    state.poll = setTimeout(async () => {
      const reply = await A.withConsent("item", { item_id: item.item_id });
      if (state.item !== item) return;
      if (reply.ok && ms > POLL_MS) A.untoast();
      if (reply.ok) { show(reply.item); return; }
      if (!reply.retry) { message("bad", A.explained(reply.error), again(act(next))); return; }
      A.toast("bad", A.explained(reply.error));
      poll(item, POLL_AFTER_FAILURE_MS);
    }, ms);
  };
  const heading = (item) => el("div", { class: "pr-item-head" },
    el("h3", { class: "pr-prompt", tabindex: "-1" }, t("prompt_is"), " ", el("span", { lang: "pt-BR" }, `“${item.prompt}”`)),
    A.asked(item));
  const skipButton = () => button("skip", () => finish("skipped"));
  const showWaiting = (item) => {
    const isNew = state.item?.item_id !== item.item_id;
    if (item.error) {
      put(heading(item), A.note("bad", A.explained(item.error)), el("div", { class: "pr-actions" },
        again(act(() => { put(); showWaiting({ ...item, error: null }); })), skipButton()));
    } else if (isNew) {
      put(heading(item), el("div", { class: "pr-note pr-note-wait pr-writing", role: "status" },
        el("div", { class: "pr-dots", "aria-hidden": "true" }), el("div", {}, t("compare_writing"))),
      el("div", { class: "pr-actions" }, skipButton()));
    }
    state.item = item;
    if (!item.error) poll(item, POLL_MS);
    if (isNew) keepFocus(stage.querySelector(".pr-prompt"));
  };
  const show = (item) => {
    if (item.error || !item.is_ready) { showWaiting(item); return; }
    const hasWaited = state.item?.item_id === item.item_id;
    const wasHere = stage.contains(document.activeElement);
    put();
    state.item = item;
    state.view = comparison(item);
    state.step = stepOf(item);
    stage.replaceChildren(heading(item), state.view.node);
    render();
    if (hasWaited) { A.announce("compare_ready"); state.isActing ||= wasHere; }
    keepFocus(stage.querySelector(".pr-prompt"));
  };

  // --- the two answers ---------------------------------------------------------------------------------------------
  const says = ({ cards }) => el("ul", { class: "pr-says", lang: "pt-BR" }, cards.map((card) =>
    el("li", {}, el("strong", {}, card.written_text), ": ", card.spoken_text)));
  const raw = ({ raw_text: words }) => (words.trim()
    ? el("pre", { class: "pr-raw", tabindex: "0", lang: "pt-BR" }, words) : el("p", { class: "pr-small" }, t("answer_without_text")));
  const content = (generation) => (generation.cards.length
    ? [el("ul", { class: "pr-tiles", lang: "pt-BR" }, generation.cards.map((card) => el("li", {}, A.tile(card)))),
      el("details", { class: "pr-details" }, el("summary", {}, t("answer_more")), says(generation), raw(generation))]
    : [el("p", { class: "pr-empty" }, t("answer_without_cards")), raw(generation)]);
  const answer = (side, generation) => {
    const id = `pr-${A.uuid()}`, author = el("p", { class: "pr-author" });
    const chosen = el("span", { class: "pr-chosen-mark", hidden: true }, el("span", { "aria-hidden": "true" }, "✓ "), t("your_vote"));
    const node = el("section", { class: "pr-answer", "aria-labelledby": id, "data-side": side },
      el("div", { class: "pr-answer-head" }, el("h4", { id }, t(`answer_${side}`)), chosen), author, content(generation));
    return { node, author, chosen };
  };
  const voteButton = (choice) => {
    const [sign, key, keys] = CHOICES[choice];
    return el("button", { type: "button", class: "pr-button pr-vote-button", "data-choice": choice,
      "aria-keyshortcuts": keys.join(" "), on: { click: () => vote(choice) } },
    el("span", { class: "pr-vote-sign", "aria-hidden": "true" }, sign), el("span", {}, t(`vote_${choice}`)),
    el("kbd", { "aria-hidden": "true" }, key));
  };
  const comparison = (item) => {
    const answers = Object.fromEntries(SIDES.map((side, i) => [side, answer(side, item.generations[i])]));
    const buttons = Object.keys(CHOICES).map(voteButton);
    const view = {
      answers, buttons, status: el("div", { class: "pr-vote-status" }), skip: skipButton(),
      undo: el("button", { type: "button", class: "pr-button", "aria-keyshortcuts": "z", on: { click: undo } }),
      next: button("next", () => finish("done"), { kind: "main", icon: "→", "aria-keyshortcuts": "n" }),
    };
    const question = `pr-${A.uuid()}`;
    view.node = el("div", {}, said(), el("div", { class: "pr-answers" }, SIDES.map((side) => answers[side].node)),
      el("div", { class: "pr-vote", role: "group", "aria-labelledby": question },
        el("h4", { id: question }, t("vote_question")), el("div", { class: "pr-vote-buttons" }, buttons), view.status),
      el("div", { class: "pr-actions pr-actions-end" }, view.undo, view.skip, view.next));
    return view;
  };
  const said = () => el("p", { class: "pr-compare-said", "aria-live": "polite" },
    el("span", { lang: "pt-BR" }), " ", el("span", { hidden: true }, t("no_voice")));
  const showSaid = ({ target }) => {  // page.js speaks, and knows whether there is a voice
    const tile = target.closest(".pr-tile"), line = stage.querySelector(".pr-compare-said");
    if (!tile || !line) return;
    line.firstElementChild.textContent = tile.dataset.say;
    setTimeout(() => { line.lastElementChild.hidden = document.querySelector(".pr-no-voice")?.hidden ?? true; });
  };
  const author = (name) => [el("strong", {}, t(name.includes(" + ") ? "with_lora" : "without_lora")), " ", el("small", {}, name)];
  const statusWords = (step) => {
    if (!step) return seen().includes(state.item.item_id) ? [t("vote_again")] : [];
    const saved = step.isSecond ? "vote_saved_second" : "vote_saved";
    return [t({ saving: "saving", kept: "vote_kept", saved }[step.status])];
  };
  const render = () => {
    const { view, step } = state;
    if (!view) return;
    SIDES.forEach((side) => {
      const { node, author: place, chosen } = view.answers[side];
      const isRevealed = Boolean(step?.revealed);
      const hidden = t(step?.status === "kept" ? "author_waits" : "author_hidden");
      place.replaceChildren(...(isRevealed ? author(step.revealed[side]) : [hidden]));
      place.classList.toggle("pr-revealed", isRevealed);
      chosen.hidden = step?.choice !== side;
      node.classList.toggle("pr-chosen", step?.choice === side);
    });
    view.buttons.forEach((node) => {
      node.setAttribute("aria-pressed", String(step?.choice === node.dataset.choice));
      node.setAttribute("aria-disabled", String(Boolean(step)));  // not `disabled`: the focus stays where it is
    });
    view.status.replaceChildren(...statusWords(step));
    view.undo.replaceChildren(el("span", { "aria-hidden": "true" }, "↶ "), t(step ? "vote_undo" : "vote_undo_last"));
    view.undo.hidden = !state.steps.length;
    view.skip.hidden = Boolean(step);
    view.next.hidden = !step;
  };

  // Comparisons whose vote was taken back after it had been sent: only the first vote is blind, and counts.
  const seen = () => storage.json(SEEN_KEY) ?? [];

  // --- voting ------------------------------------------------------------------------------------------------------
  const ballot = (item, id, choice) =>
    ({ id, item_id: item.item_id, left: item.generations[0].id, right: item.generations[1].id, choice });
  const remember = ({ item, ...step }) => storage.set(VOTED_KEY, JSON.stringify({ ...step, item_id: item.item_id }));
  const send = (step) => {
    remember(step);
    render();
    A.send("vote", ballot(step.item, step.id, step.choice)).then((reply) => answered(step, reply));
  };
  /** What this person voted on the comparison before the page was loaded again, or before it was looked at again. */
  const stepOf = (item) => {
    const known = state.steps.find((step) => step.item.item_id === item.item_id);
    const kept = storage.json(VOTED_KEY);
    if (known || kept?.item_id !== item.item_id || !Object.hasOwn(CHOICES, kept.choice)) return known ?? null;
    const { id, choice, revealed = null, isSecond = false } = kept, isWaiting = A.waiting().some(({ payload }) => payload.id === id);
    const step = { item, id, choice, revealed, isSecond, status: isWaiting ? "kept" : "saved" };
    state.steps.push(step);
    if (!revealed && !isWaiting) send(step);  // the same vote once more: the answer says who wrote what
    return step;
  };
  const vote = async (choice) => {
    const { item } = state;
    if (!state.view || state.step || !(await A.ensureConsent())) return;
    if (state.item !== item || state.step) return;
    const isSecond = seen().includes(item.item_id);
    const step = { item, id: A.uuid(), choice, revealed: null, isSecond, status: "saving" };
    state.step = step;
    state.steps.push(step);
    send(step);
  };
  const answered = (step, reply) => {
    if (!state.steps.includes(step) || step.revealed) return;
    if (reply.ok && !reply.revealed) {  // another browser tab sent it: the same vote once more, for the names
      if (storage.json(VOTED_KEY)?.id === step.id) send(step);  // not where everything was erased
      return;
    }
    if (reply.ok) {
      Object.assign(step, { status: "saved", revealed: reply.revealed });
      remember(step);
    } else if (reply.kept) step.status = "kept";
    else forget(step);
    if (state.step !== step && state.item !== step.item) return;
    render();
    if (reply.ok) A.announce("vote_revealed", step.revealed);
    else if (reply.kept) A.announce("vote_kept");
    else state.view.status.replaceChildren(A.note("bad", A.explained(reply.error)));
  };
  const forget = (step) => {
    state.steps = state.steps.filter((other) => other !== step);
    if (state.step === step) state.step = null;
    if (storage.json(VOTED_KEY)?.id === step.id) storage.remove(VOTED_KEY);
  };
  A.onSettled(({ name, payload }, reply) => {
    if (name !== "vote") return;
    const step = state.steps.find(({ id }) => id === payload.id);
    if (step) answered(step, reply);
    if (reply.ok) refreshSoon();
  });
  const takeBack = (item) => {
    storage.set(SEEN_KEY, JSON.stringify([...new Set([...seen(), item.item_id])]));
    A.send("vote", ballot(item, A.uuid(), null));
  };
  const undo = () => {
    const step = state.steps.at(-1);
    if (!step) return;
    if (state.item?.item_id !== step.item.item_id) { ++state.asked; show(step.item); }
    forget(step);
    const isUnsent = !step.revealed && A.drop(step.id);  // the next vote is the first, and blind
    if (isUnsent) state.dropped = step.item.item_id; else takeBack(step.item);
    render();
    const said = isUnsent ? "vote_unsent" : "vote_taken_back";
    state.view.status.replaceChildren(t(said));
    A.announce(said);
    state.view.buttons[0].focus();
  };
  const finish = (outcome) => {
    const { item } = state;
    if (!item) return;
    // The server may have had a vote that was dropped here, its answer lost.
    if (outcome === "skipped" && state.dropped === item.item_id) takeBack(item);
    A.send("finish", { id: A.uuid(), item_id: item.item_id, outcome }).then(({ ok }) => ok && refreshSoon());
    act(next)();
  };

  // --- the keyboard ------------------------------------------------------------------------------------------------
  const areOn = () => storage.get(SHORTCUTS_KEY) !== "off";
  const KEYS = {
    ...Object.fromEntries(Object.entries(CHOICES).flatMap(([choice, [, , keys]]) => keys.map((key) => [key, () => vote(choice)]))),
    n: () => state.step && finish("done"), p: () => state.item && !state.step && finish("skipped"), z: undo,
  };
  const help = [["←", "vote_left"], ["→", "vote_right"], ["0 =", "vote_tie"], ["B", "vote_both_bad"], ["N", "next"], ["P", "skip"],
    ["Z", "vote_undo"], ["?", "key_help"]];
  const showHelp = () => {
    const keys = help.map(([key, word]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(word))));
    const change = ({ target }) => { storage.set(SHORTCUTS_KEY, target.checked ? "on" : "off"); showKeys(); };
    const box = A.dialog("shortcuts", el("p", {}, t("compare_keys_help")), el("dl", { class: "pr-keys" }, keys),
      el("label", { class: "pr-switch" }, el("input", { type: "checkbox", checked: areOn(), on: { change } }), " ", t("shortcuts_on")),
      el("div", { class: "pr-actions pr-actions-end" }, button("close", () => box.close())));
  };
  const showKeys = () => root.classList.toggle("pr-no-keys", !areOn());
  const onKey = (event) => {
    const { target } = event, isHere = root?.contains(target) || target === document.body;
    const isOther = event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.repeat;
    if (isOther || !isHere || !root?.offsetParent || !areOn() || document.querySelector("dialog[open]")) return;
    // Where the arrows move a cursor, choose or scroll, they go on doing that.
    if (target.matches("input, textarea, select, [contenteditable], pre")) return;
    if (event.key === "?") { event.preventDefault(); showHelp(); return; }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(KEYS, key)) return;
    event.preventDefault();
    KEYS[key]();
  };

  // --- what all votes say ------------------------------------------------------------------------------------------
  let results, refreshing = null, resultsAsked = 0, resultsShown = null;
  const loadResults = async () => {
    if (!results) return;
    const number = ++resultsAsked;
    results.setAttribute("aria-busy", "true");
    const reply = await A.ask("results");
    if (number !== resultsAsked) return;
    results.removeAttribute("aria-busy");
    const [body, note] = results.children;
    note.replaceChildren(...(reply.ok ? [] : [A.note("bad", resultsShown ? t("results_late") : A.explained(reply.error),
      button("try_again", loadResults))]));
    if (reply.ok && reply.html !== resultsShown) {
      body.innerHTML = reply.html;  // the server's own, where every name is escaped
      resultsShown = reply.html;
    }
  };
  const refreshSoon = () => {
    clearTimeout(refreshing);
    refreshing = setTimeout(() => { A.refresh(); loadResults(); }, REFRESH_MS);
  };

  // --- the whole tab -----------------------------------------------------------------------------------------------
  const whenShown = (node, fn) => {  // Gradio hides the tabs that are not chosen
    let wasShown = false;
    new ResizeObserver(() => {
      const isShown = node.offsetParent !== null;
      if (isShown && !wasShown) fn();
      wasShown = isShown;
    }).observe(node);
  };
  const begin = async () => {
    showKeys();
    if (state.isEmpty) { next(); return; }  // somebody may have filled the queue
    if (state.hasBegun) return;
    const reply = await A.refresh();
    if (!state.hasBegun && (!reply.ok || reply.consented)) next();
  };
  const build = () => {
    stage = el("div", { class: "pr-stage", on: { click: showSaid } });
    counts = el("p", { class: "pr-small pr-counts" });
    root = el("div", { class: "pr-annotate pr-compare" }, el("h2", {}, t("compare_title")),
      el("p", { class: "pr-small" }, t("compare_help")), A.outboxLines(), counts, stage,
      el("div", { class: "pr-foot" }, A.guideline(), button("shortcuts", showHelp, { icon: "⌨" })));
    intro();
    A.onMe((me) => { state.me = me; showCounts(); });
    whenShown(root, begin);
    return root;
  };
  A.onErased(() => {
    ++state.asked;
    Object.assign(state, { steps: [], left: null, hasBegun: false });
    if (root) intro();
    loadResults();
  });
  document.addEventListener("keydown", onKey);
  A.mount("pr-compare", build);
  A.mount("pr-results", () => {
    results = el("div", { class: "pr-annotate pr-results" }, el("div"), el("div"));
    whenShown(results, loadResults);
    return results;
  });
})();
