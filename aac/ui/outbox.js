// Annotations on their way to the server: kept in order in this browser until the server has them, or says no.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button, storage, counted } = A;
  // One key an entry: two browser tabs never write over each other's list. The same id may be sent twice.
  const ALL = "prancha-outbox", WAITING = `${A.own(ALL)}:`, REFUSED = `${A.own("prancha-refused")}:`;
  const FIRST_MS = 2000, LONGEST_MS = 60000;
  const settledWatchers = new Set(), promised = new Map(), followed = new Map();
  let count = 0, delay = FIRST_MS, timer = null, running = null, flying = null, isPaused = false;
  let isUnsure = true;  // whether the server may be another one by now, which has lost what it had not sent to the Hub

  const entries = (prefix) => storage.keys(prefix).map((key) => ({ key, ...storage.json(key) })).filter((e) => e.name);
  const add = (name, payload) => {
    const order = `${String(Date.now()).padStart(15, "0")}-${String(count++).padStart(5, "0")}`;
    const key = `${WAITING}${order}-${payload.id ?? A.uuid()}`;
    const entry = { name, payload: { annotator: A.annotator(), ...payload }, at: Date.now() };
    storage.set(key, JSON.stringify(entry));
    return key;
  };
  const settle = (entry, reply) => {
    storage.remove(entry.key);
    if (reply.ok) A.keepUntilOnHub(entry.key.slice(WAITING.length), entry, reply);
    else {
      const { key, ...rest } = entry;
      storage.set(key.replace(WAITING, REFUSED), JSON.stringify({ ...rest, error: reply.error }));
    }
    settledWatchers.forEach((fn) => fn(entry, reply));
    promised.get(entry.key)?.({ ...reply, key: entry.key });
    promised.delete(entry.key);
  };
  /** Put back what waited before, at its old place. */
  const sendAgain = (order, entry) => storage.set(`${WAITING}${order}`, JSON.stringify(entry));
  const later = (waitS = 0) => {
    clearTimeout(timer);
    timer = setTimeout(flush, Math.max(delay, waitS * 1000));
    delay = Math.min(delay * 2, LONGEST_MS);
  };
  const keepAll = (reply) => {  // whoever waits for an answer hears that it is kept here
    promised.forEach((resolve, key) => resolve({ ...reply, kept: true, key }));
    promised.clear();
  };
  // Gone from here without an answer in this browser tab: another tab had it, or everything was erased.
  const answerGone = () => [...promised].filter(([key]) => storage.get(key) === null).forEach(([key, resolve]) => {
    promised.delete(key);
    resolve(fateOf(key));
  });
  const fateOf = (key) => {
    const refused = storage.json(key.replace(WAITING, REFUSED));
    if (storage.get(key) !== null) return { ok: false, kept: true, key };
    return refused ? { ok: false, error: refused.error } : { ok: true };
  };
  const said = (fate) => (fate.kept ? "kept" : fate.ok ? "saved" : "refused");
  /** Call `fn` with what becomes of the entry of a reply that it was kept or refused, whichever browser tab sends it. */
  const follow = (reply, fn) => followed.set(fn, { key: reply.key, said: said(reply) });
  const tellFollowers = () => followed.forEach((entry, fn) => {
    const fate = fateOf(entry.key), now = said(fate);
    // What was refused and then let go is gone too, and not saved.
    if (now !== entry.said && !(entry.said === "refused" && now === "saved")) fn(fate);
    if (now === "saved") followed.delete(fn); else entry.said = now;
  });
  const sendAll = async () => {
    if (isUnsure && A.mayBeLost()) {  // what was lost goes first: a later answer takes the place of an earlier one
      const reply = await A.refresh();
      if (!reply.ok && reply.retry) { keepAll(reply); later(); return; }
    }
    isUnsure = false;
    for (let entry; !isPaused && (entry = entries(WAITING)[0]); ) {
      flying = entry.key;
      const reply = await A.api(entry.name, entry.payload);
      flying = null;
      if (reply.error?.kind === "consent") { A.forgetConsent(); keepAll(reply); return; }
      if (!reply.ok && reply.retry) { isUnsure = true; keepAll(reply); later(reply.waitS); return; }
      if (storage.get(entry.key) !== null) settle(entry, reply);  // another browser tab may have settled it
      else { promised.get(entry.key)?.(reply); promised.delete(entry.key); }
    }
    delay = FIRST_MS;
  };
  const flush = () => {
    clearTimeout(timer);
    running ??= sendAll().finally(() => {
      running = null;
      show();
      answerGone();
      if (promised.size && !isPaused && entries(WAITING).length) flush();  // some came in while the last was answered
    });
    return running;
  };
  /** Store it here, then on the server. The reply is the server's, with kept: true where it could not be reached. */
  const send = (name, payload) => new Promise((resolve) => {
    promised.set(add(name, payload), resolve);
    show();
    flush();
  });
  /** Only store it here now: the page is going away. */
  const keep = (name, payload) => { add(name, payload); };
  /** Take back what only waits here; false where it does not, or is on its way at this moment. */
  const drop = (id) => {
    const entry = entries(WAITING).find(({ key, payload }) => payload.id === id && key !== flying);
    if (entry) storage.remove(entry.key);
    return Boolean(entry);
  };

  // --- what the person sees of it ----------------------------------------------------------------------------------
  const tryNow = async () => {
    A.untoast();
    if (!(await A.ensureConsent())) return;
    delay = FIRST_MS;
    await flush();
    A.announce(entries(WAITING).length ? "outbox_still" : "outbox_sent");
  };
  const refusedList = (refused) => {
    const copied = el("span", { role: "status" });
    const copy = async () => {
      const words = JSON.stringify(refused.map(({ key, ...entry }) => entry), null, 2);
      try { await navigator.clipboard.writeText(words); copied.replaceChildren(t("copied")); }
      catch { copied.replaceChildren(t("not_copied")); }
    };
    const again = () => {  // under the same id: nothing is stored twice
      refused.forEach(({ key, error, ...entry }) => {
        storage.set(key.replace(REFUSED, WAITING), JSON.stringify(entry));
        storage.remove(key);
      });
      tryNow();
    };
    const forget = () => { refused.forEach(({ key }) => storage.remove(key)); show(); };
    return el("details", { class: "pr-details pr-refused" },
      el("summary", {}, t(counted("refused", refused.length), { n: refused.length })),
      el("ul", {}, refused.map((entry) => el("li", {}, A.explained(entry.error), el("pre", { class: "pr-raw", tabindex: "0" },
        JSON.stringify({ [entry.name]: { ...entry.payload, annotator: undefined } }, null, 1))))),
      el("div", { class: "pr-actions" }, button("copy", copy), button("refused_again", again),
        button("refused_forget", forget), copied));
  };
  // Of who had no login while somebody has one here, and of other logins. They may never come back: neither stays for ever.
  const notOwn = (prefix) => storage.keys(prefix).filter((key) => !A.isOwn(key));
  const nobodys = () => notOwn(ALL).filter((key) => !key.includes("@"));
  const others = (prefix) => notOwn(prefix).filter((key) => key.includes("@"));
  const makeMine = () => {
    nobodys().forEach((key) => {
      storage.set(key.replace(ALL, A.own(ALL)), storage.get(key));
      storage.remove(key);
    });
    return tryNow();
  };
  const askRemoval = () => {
    const remove = () => { others("prancha-").forEach(storage.remove); box.close(); };
    const box = A.dialog("others_remove", el("p", {}, t("others_remove_what")),
      el("div", { class: "pr-actions pr-actions-end" }, button("cancel", () => box.close()),
        button("others_remove", remove, { kind: "danger" })));
  };
  const shown = new WeakMap();
  const fill = (place) => {
    const waiting = entries(WAITING).length, refused = entries(REFUSED), failing = storage.isFailing();
    const behind = A.notOnHub(), ofNobody = nobodys().length, ofOthers = others(ALL).length;
    // Drawn anew only when something changed, so that the focus and an open list stay.
    const state = JSON.stringify([waiting, refused.map((e) => e.key), failing, behind, ofNobody, ofOthers]);
    if (shown.get(place) === state) return;
    shown.set(place, state);
    const line = waiting && el("div", { class: "pr-note pr-note-wait", role: "status" },
      el("span", {}, t(counted("outbox", waiting), { n: waiting })), button("outbox_try", tryNow));
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren(...[
      line, refused.length && refusedList(refused), failing && A.note("bad", t("storage_full")),
      ofNobody && el("div", { class: "pr-note pr-note-wait" },
        el("span", {}, t(counted("nobodys_wait", ofNobody), { n: ofNobody })), button("nobodys_mine", makeMine)),
      ofOthers && el("div", { class: "pr-note pr-note-wait" },
        el("span", {}, t(counted("others_wait", ofOthers), { n: ofOthers })), button("others_remove", askRemoval)),
      behind && el("p", { class: "pr-small pr-behind" }, t(counted("behind", behind), { n: behind })),
    ].filter(Boolean));
    if (hadFocus) (place.querySelector("summary, button") ?? place).focus();  // the next Tab goes on from here
  };
  let showing = null;
  const show = () => {  // what goes out at once is not worth a line
    clearTimeout(showing);
    showing = setTimeout(() => document.querySelectorAll(".pr-outbox").forEach(fill), 400);
  };
  /** Lines that say what waits here, what was refused, and that nothing can be kept. Any number of places may show it. */
  const lines = () => {
    show();
    return el("div", { class: "pr-lines" }, el("div", { class: "pr-outbox", tabindex: "-1" }), el("div", { class: "pr-toast" }));
  };

  storage.onChange(show);
  storage.onChange(() => queueMicrotask(tellFollowers));  // a refusal is two changes
  addEventListener("online", () => { delay = FIRST_MS; flush(); });
  if (entries(WAITING).length) flush();

  Object.assign(A, {
    send, sendAgain, keep, drop, follow, outboxLines: lines, flushOutbox: flush,
    pauseOutbox: async (paused) => { isPaused = paused; if (paused) { clearTimeout(timer); await running; } else flush(); },
    waiting: () => entries(WAITING), onSettled: (fn) => settledWatchers.add(fn),
  });
})();
