// Corrections being written: kept in this browser while they are typed, until the server has them.
(() => {
  const A = window.prancha.annotate;
  const { storage, el, t, button } = A;
  const PREFIX = `${A.own("prancha-draft")}:`;
  const TAB = A.uuid();  // this browser tab
  const keyOf = (generationId) => PREFIX + generationId;
  const read = (key) => { const draft = storage.json(key); return draft?.cards ? { key, ...draft } : null; };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  /**
   * One correction's place in this browser: `main`, the set's own or that of a draft that went beside it. Where another
   * browser tab wrote meanwhile, its words stay where they are and ours go beside them; `onConflict(theirs)` is told.
   */
  const open = (item, generation, onConflict, main = keyOf(generation.id)) => {
    const beside = `${main}:${TAB}`;
    let stamp = read(main)?.stamp ?? null, isConflict = false;
    const theirs = () => { const draft = read(main); return draft && draft.stamp !== stamp ? draft : null; };
    const look = () => {
      const other = theirs();
      if (other && !isConflict) { isConflict = true; onConflict(other); }
      return isConflict;
    };
    const write = (key, cards) => {
      const written = `${Date.now()}-${TAB}`;
      if (key === main) stamp = written;
      storage.set(key, JSON.stringify({ generation_id: generation.id, item, cards, stamp: written, at: Date.now() }));
    };
    const onStorage = (event) => { if (event.key === main && event.newValue) look(); };
    addEventListener("storage", onStorage);
    return {
      save: (cards) => write(look() ? beside : main, cards),
      keepOurs(cards) { isConflict = false; stamp = theirs()?.stamp ?? stamp; storage.remove(beside); write(main, cards); },
      takeTheirs() {
        const other = read(main);
        isConflict = false;
        stamp = other?.stamp ?? null;
        storage.remove(beside);
        return other;
      },
      remove() { if (!theirs()) storage.remove(main); storage.remove(beside); },
      close: () => removeEventListener("storage", onStorage),
    };
  };

  const isOnItsWay = (draft) => A.waiting().some(({ name, payload }) =>
    name === "correct" && payload.generation_id === draft.generation_id && same(payload.cards, draft.cards));
  A.onSettled(({ name, payload }, reply) => {  // removed only once the server has these very words
    if (name !== "correct" || !reply.ok) return;
    storage.keys(keyOf(payload.generation_id)).forEach((key) => {
      if (same(read(key)?.cards, payload.cards)) storage.remove(key);
    });
  });

  /** A list that offers again what was not stored. `resume(draft)` opens one; `isOpen(draft)` is not offered. */
  const offers = (resume, isOpen) => {
    const list = el("div", { class: "pr-drafts" });
    const thrown = new Map();  // discarded a moment ago: may still be taken back
    // The button that was pressed goes away with its line: on to the one that undoes it.
    const drawAt = (key) => {
      draw();
      [...list.children].find((line) => line.dataset.key === key)?.querySelector("button").focus();
    };
    const discard = (draft) => {
      thrown.set(draft.key, draft);
      storage.remove(draft.key);
      drawAt(draft.key);
      A.announce("draft_gone");
    };
    const takeBack = ({ key, ...draft }) => {
      // The same set may have been written anew meanwhile: both stay.
      const place = storage.get(key) === null ? key : `${keyOf(draft.generation_id)}:${A.uuid()}`;
      thrown.delete(key);
      storage.set(place, JSON.stringify(draft));
      drawAt(place);
    };
    const offer = (draft) => el("div", { class: "pr-note pr-note-wait", "data-key": draft.key },
      el("span", {}, t("draft_offer", { prompt: draft.item.prompt, ago: A.ago(draft.at) })),
      button("draft_resume", () => resume(draft), { kind: "main" }), button("draft_discard", () => discard(draft)));
    const gone = (draft) => el("div", { class: "pr-note pr-note-wait", "data-key": draft.key },
      el("span", {}, t("draft_gone")), button("undo", () => takeBack(draft)));
    let state = "";
    const draw = () => {
      const drafts = storage.keys(PREFIX).map(read).filter((d) => d && !isOpen(d) && !isOnItsWay(d));
      const now = JSON.stringify([drafts.map((d) => d.key), [...thrown.keys()]]);
      if (now === state) return;
      state = now;
      list.replaceChildren(...drafts.map(offer), ...[...thrown.values()].map(gone));
    };
    A.onErased(() => { thrown.clear(); draw(); });
    storage.onChange(draw);
    draw();
    return { list, show: draw };
  };

  Object.assign(A, { drafts: { open, offers, of: (generationId) => read(keyOf(generationId)) } });
})();
