// The correction editor: a set of cards as a person would have it.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button } = A;
  const DRAFT_MS = 150, CHECK_MS = 400, CHECK_AGAIN_MS = 5000;
  const NAMES = ["written_text", "spoken_text", "image_id", "origin"];
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const plain = (card) => Object.fromEntries(NAMES.map((name) => [name, card[name] ?? null]));
  const trimmed = (card) => ({ ...plain(card), written_text: card.written_text.trim(), spoken_text: card.spoken_text.trim() });
  const modelCards = (generation) => generation.cards.map((card, origin) => plain({ ...card, origin }));
  let keys = 0;
  const keyed = (cards) => cards.map((card) => ({ ...plain(card), key: `card-${keys++}` }));

  class Editor {
    /** `done({kind: "stored" | "kept" | "closed", cards, reply})` is called when the person is through with it. */
    constructor(item, generation, done, draft = A.drafts.of(generation.id)) {
      Object.assign(this, { item, generation, done, rows: new Map(), past: [], typing: null, checks: 0, waits: {} });
      this.first = generation.correction?.map(plain) ?? modelCards(generation);
      this.draft = A.drafts.open(item, generation, (theirs) => this.showConflict(theirs), draft?.key);
      this.cards = keyed(draft?.cards ?? this.first);
      this.build(draft);
      this.render();
      this.saveNow = () => { if (this.waits.draft) this.saveDraft(); };
      addEventListener("pagehide", this.saveNow);
      document.addEventListener("visibilitychange", this.saveNow);
      this.checkOnline = () => this.check();
      addEventListener("online", this.checkOnline);
      this.check();
    }

    build(draft) {
      this.title = el("h3", { tabindex: "-1" }, t("editor_title", { prompt: this.item.prompt }));
      this.conflict = el("div");
      this.message = el("div");
      this.checked = el("p", { class: "pr-check", role: "status", "aria-live": "polite" });
      this.warnings = el("div", { class: "pr-warnings", role: "status" });
      this.list = el("ol", { class: "pr-edit-list", on: { dragover: (e) => this.dragOver(e), drop: (e) => this.drop(e),
        dragend: () => { this.dragged = null; this.dragOver({ target: this.list }); } } });
      this.undoButton = button("undo", () => this.undo(), { icon: "↶" });
      this.saveButton = button("save", () => this.save(), { kind: "main", icon: "✓" });
      this.node = el("section", { class: "pr-editor", on: { keydown: (event) => this.onKey(event) } },
        this.title, A.asked(this.item), el("p", { class: "pr-small" }, t("editor_help")),
        draft && A.note("wait", t("draft_resumed", { ago: A.ago(draft.at) })), this.conflict, this.list,
        el("div", { class: "pr-actions" }, button("add_card", () => this.add(), { icon: "+" }), this.undoButton,
          button("reset", () => this.reset(), { icon: "⟲" })),
        this.checked, this.warnings, this.message,
        el("div", { class: "pr-actions pr-actions-end" }, button("editor_close", () => this.close("closed")), this.saveButton));
    }

    // --- the cards -------------------------------------------------------------------------------------------------
    /** `typing` names the field that is being typed in: one field's keystrokes are one step back. */
    change(cards, typing = null) {
      if (typing === null || typing !== this.typing) this.past.push(this.cards);
      this.put(cards, typing);
    }

    put(cards, typing = null) {
      this.typing = typing;
      this.cards = cards;
      this.render();
      this.waits.draft ??= setTimeout(() => this.saveDraft(), DRAFT_MS);  // the next keystroke does not put it off
      this.later("check", () => this.check(), CHECK_MS);
    }

    edited(key, name, value) {
      this.change(this.cards.map((card) => (card.key === key ? { ...card, [name]: value } : card)), `${key} ${name}`);
    }

    render() {
      this.cards.forEach((card, place) => {
        if (!this.rows.has(card.key)) this.rows.set(card.key, A.editorCard(card, this.actions()));
        const row = this.rows.get(card.key);
        row.update(card, place, this.cards.length);
        if (this.list.children[place] !== row.node) this.list.insertBefore(row.node, this.list.children[place] ?? null);
      });
      while (this.list.children.length > this.cards.length) this.list.lastElementChild.remove();
      this.undoButton.disabled = this.past.length === 0;
    }

    actions() {
      return {
        edit: (key, name, value) => this.edited(key, name, value),
        pickImage: (key) => A.emoji.open((char) => {
          this.change(this.cards.map((card) => (card.key === key ? { ...card, image_id: char } : card)));
          this.rows.get(key).focus("picture");
        }),
        move: (key, step) => this.move(key, this.place(key) + step, step < 0 ? "up" : "down"),
        remove: (key) => this.remove(key),
        drag: (key) => { this.dragged = key; },
      };
    }

    place(key) { return this.cards.findIndex((card) => card.key === key); }

    move(key, to, focus) {
      const cards = [...this.cards], from = this.place(key);
      if (to < 0 || to >= cards.length || to === from) return;
      cards.splice(to, 0, ...cards.splice(from, 1));
      this.change(cards);
      if (focus) this.rows.get(key).focus(focus);  // moving an element takes the focus away
      A.announce("moved_to", { from: from + 1, to: to + 1 });
    }

    remove(key) {
      const place = this.place(key);
      this.change(this.cards.filter((card) => card.key !== key));
      const next = this.cards[Math.min(place, this.cards.length - 1)];
      if (next) this.rows.get(next.key).focus("text"); else this.title.focus();
      A.announce("card_deleted", { n: place + 1 });
    }

    add() {
      const [card] = keyed([{ written_text: "", spoken_text: "", image_id: "", origin: null }]);
      this.change([...this.cards, card]);
      this.rows.get(card.key).focus("text");
    }

    reset() {
      this.change(keyed(modelCards(this.generation)));
      A.announce("reset_done");
    }

    undo() {
      if (!this.past.length) return;
      this.put(this.past.pop());
      if (this.undoButton.disabled) this.title.focus();
      A.announce("undone");
    }

    onKey(event) {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      if (!isUndo || event.target.matches("input, textarea")) return;  // a field undoes its own typing
      event.preventDefault();
      this.undo();
    }

    target(event) {
      const node = event.target.closest(".pr-edit-card");
      return node && this.dragged ? this.place(node.dataset.key) : -1;
    }

    dragOver(event) {
      const to = this.target(event);
      if (to >= 0) event.preventDefault();
      [...this.list.children].forEach((node, place) => node.classList.toggle("pr-drop", place === to));
    }

    drop(event) {
      const to = this.target(event);
      if (to < 0) return;
      event.preventDefault();
      this.move(this.dragged, to);
      this.dragged = null;
    }

    // --- kept in this browser --------------------------------------------------------------------------------------
    later(name, fn, ms) {
      clearTimeout(this.waits[name]);
      this.waits[name] = setTimeout(() => { this.waits[name] = null; fn(); }, ms);
    }

    saveDraft() {
      clearTimeout(this.waits.draft);
      this.waits.draft = null;
      const cards = this.cards.map(plain);
      if (same(cards, this.first)) this.draft.remove(); else this.draft.save(cards);
    }

    showConflict(theirs) {
      const use = (cards) => { this.conflict.replaceChildren(); if (cards) this.change(keyed(cards)); this.title.focus(); };
      this.conflict.replaceChildren(el("div", { class: "pr-note pr-note-bad", role: "alert" },
        el("span", {}, t("conflict", { ago: A.ago(theirs.at) })),
        button("conflict_theirs", () => use(this.draft.takeTheirs()?.cards)),
        button("conflict_ours", () => { this.draft.keepOurs(this.cards.map(plain)); use(); })));
    }

    // --- checked by the server, stored nowhere ---------------------------------------------------------------------
    async check() {
      clearTimeout(this.waits.check);
      const number = ++this.checks, cards = this.cards;
      const payload = { generation_id: this.generation.id, cards: cards.map(trimmed) };
      const reply = await A.api("check", payload);
      if (number !== this.checks || this.isClosed) return null;
      if (!reply.ok) {
        if (reply.retry) { this.say("check_waits"); this.later("check", () => this.check(), CHECK_AGAIN_MS); }
        else this.show(JSON.stringify(reply.error), A.explained(reply.error), true);
        return reply;
      }
      this.showFaults(cards, reply.faults);
      this.showWarnings(reply.warnings ?? []);
      return reply;
    }

    showFaults(cards, faults) {
      cards.forEach((card, i) => this.rows.get(card.key)?.showFaults(faults[i] ?? []));
      const n = faults.filter((names) => names.length).length;
      this.say(n ? A.counted("check_faults", n) : "check_fine", { n }, n > 0);
    }

    showWarnings(warnings) {
      const warned = JSON.stringify(warnings);
      if (warned === this.warned) return;  // announced once
      this.warned = warned;
      this.warnings.replaceChildren(el("ul", {}, warnings.map((warning) => el("li", {}, A.both(warning)))));
    }

    say(key, params, isBad = false) { this.show(JSON.stringify([key, params]), t(key, params), isBad); }

    show(said, words, isBad) {
      if (said === this.said) return;  // announced once
      this.said = said;
      this.checked.classList.toggle("pr-bad", isBad);
      this.checked.replaceChildren(words);
    }

    // --- stored ----------------------------------------------------------------------------------------------------
    async save() {
      this.message.replaceChildren();
      if (!this.cards.length) { this.message.replaceChildren(A.note("bad", t("no_cards_to_save"))); return; }
      const reply = await this.check();
      if (!reply) return;  // pressed twice, or something was typed meanwhile
      if (!reply.ok && !reply.retry) { this.message.replaceChildren(A.note("bad", A.explained(reply.error))); return; }
      const faulty = (reply.faults ?? []).findIndex((names) => names.length);
      if (faulty >= 0) { this.rows.get(this.cards[faulty].key).focus("text"); return; }
      this.confirm(reply);
    }

    confirm(reply) {
      const error = el("div");
      const store = button("save_confirm", () => this.store(box, error), { kind: "main", icon: "✓" });
      const box = A.dialog("diff_title",
        reply.ok ? A.difference(reply.diff) : A.note("wait", reply.error?.kind === "person" ? A.explained(reply.error) : t("save_offline")),
        (reply.warnings ?? []).map((warning) => el("p", { class: "pr-note pr-note-wait" }, A.both(warning))), error,
        el("div", { class: "pr-actions pr-actions-end" }, button("go_on", () => box.close()), store));
      box.addEventListener("close", () => { if (!this.isClosed) this.saveButton.focus(); });
    }

    async store(box, error) {
      if (this.isStoring || !(await A.ensureConsent("correct")) || this.isStoring) return;  // pressed twice before consent
      this.isStoring = true;  // a disabled button would lose the focus
      const cards = this.cards.map(trimmed);
      this.cards = this.cards.map((card, i) => ({ ...card, ...cards[i] }));
      this.saveDraft();  // the draft goes once the server has these very words
      const payload = { id: A.uuid(), generation_id: this.generation.id, item_id: this.item.item_id, cards };
      const reply = await A.send("correct", payload);
      this.isStoring = false;
      if (reply.ok || reply.kept) { box.close(); this.stored(reply.ok ? "stored" : "kept", cards, reply); return; }
      if (reply.faults) this.showFaults(this.cards, reply.faults);
      (box.open ? error : this.message).replaceChildren(A.note("bad", A.explained(reply.error)));
    }

    stored(kind, cards, reply) {
      if (this.isClosed) return;
      if (same(this.cards.map(trimmed), cards)) { this.close(kind, cards, reply); return; }
      this.generation.correction = this.first = cards;
      this.saveDraft();
      this.message.replaceChildren(A.note("wait", t("typed_meanwhile")));
    }

    close(kind, cards = null, reply = null) {
      this.leave({ keep: kind === "closed" });
      this.done({ kind, cards, reply });
    }

    /** Stop listening; `keep` what was typed as a draft. */
    leave({ keep = true } = {}) {
      if (this.isClosed) return;
      if (keep) this.saveDraft();
      this.isClosed = true;
      removeEventListener("pagehide", this.saveNow);
      document.removeEventListener("visibilitychange", this.saveNow);
      removeEventListener("online", this.checkOnline);
      Object.values(this.waits).forEach(clearTimeout);
      this.draft.close();
    }
  }

  A.Editor = Editor;
})();
