// What the Rate and Compare tabs share: words in both languages, small DOM, storage, the server, who annotates, consent.
(() => {
  const TIMEOUT_MS = 20000;
  // Whose page this is, as the server says: empty where nobody was logged in when it was loaded.
  const PERSON = document.querySelector('meta[name="prancha-person"]')?.content ?? "";
  /** What this browser keeps of one person lies under keys of their own: others may log in here. */
  const own = (key) => (PERSON ? `${key}@${PERSON}` : key);
  const isOwn = (key) => (/@([0-9a-f]+)/.exec(key)?.[1] ?? "") === PERSON;
  const ANNOTATOR_KEY = "prancha-annotator", CONSENT_KEY = own("prancha-consented"), ERASED_KEY = own("prancha-erased");

  // --- words -------------------------------------------------------------------------------------------------------
  const text = (key) => window.prancha.texts?.[key] ?? { pt: key, en: key };
  const language = () => (document.documentElement.lang === "en" ? "en" : "pt");
  // A parameter is a text, a number, or a pair {pt, en} where the languages say it differently.
  const filled = (words, params, l) =>
    words[l].replace(/\{(\w+)\}/g, (_, name) => String(params[name]?.[l] ?? params[name] ?? ""));
  const both = (words, params = {}) => {
    const nodes = document.createDocumentFragment();
    nodes.append(
      el("span", { class: "pr-pt", lang: "pt-BR" }, filled(words, params, "pt")),
      el("span", { class: "pr-en", lang: "en" }, filled(words, params, "en")),
    );
    return nodes;
  };
  const t = (key, params) => both(text(key), params);
  const tr = (key, params = {}) => filled(text(key), params, language());
  const counted = (key, n) => `${key}_${n === 1 ? "one" : "many"}`;
  const listeners = new Set();
  const onLanguage = (fn) => { listeners.add(fn); return () => listeners.delete(fn); };
  const localise = (node) => {
    for (const [attribute, spec] of Object.entries(JSON.parse(node.dataset.tr))) {
      node.setAttribute(attribute, tr(...[spec].flat()));
    }
  };
  new MutationObserver(() => {
    document.querySelectorAll("[data-tr]").forEach(localise);
    listeners.forEach((fn) => fn(language()));
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });

  const MOMENTS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const ago = (ms) => {  // {pt, en}, such as "há 5 minutos"
    const seconds = Math.max(0, (Date.now() - ms) / 1000);
    const [unit, size] = MOMENTS.find(([, size]) => seconds >= size) ?? ["second", 1];
    const said = (tag) =>
      new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
    return seconds < 60 ? text("just_now") : { pt: said("pt-BR"), en: said("en") };
  };
  const moment = (utc) => {
    const at = new Date(utc), style = { dateStyle: "short", timeStyle: "short" };
    return Number.isNaN(at.getTime()) ? { pt: String(utc), en: String(utc) }
      : { pt: at.toLocaleString("pt-BR", style), en: at.toLocaleString("en", style) };
  };

  // --- DOM: words go in as text, never as HTML ---------------------------------------------------------------------
  const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "open"]);
  const el = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props ?? {})) {
      if (value === null || value === undefined) continue;
      if (name === "on") Object.entries(value).forEach(([event, fn]) => node.addEventListener(event, fn));
      else if (name === "tr") { node.dataset.tr = JSON.stringify(value); localise(node); }
      else if (PROPERTIES.has(name)) node[name] = value;
      else if (value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  };
  const button = (key, press, { kind = "plain", params, icon, ...props } = {}) =>
    el("button", { type: "button", class: `pr-button pr-${kind}`, ...props, on: { click: press } },
      icon && el("span", { "aria-hidden": "true" }, icon), icon && " ", t(key, params));
  const image = (card) =>
    el("span", { class: /^[a-z]+:\d+$/.test(card.image_id) ? "pr-pictogram" : "pr-emoji", "aria-hidden": "true" },
      card.image_id);
  const tile = (card) =>  // page.js speaks what is pressed
    el("button", { type: "button", class: "pr-tile", lang: "pt-BR", "data-say": card.spoken_text, title: card.spoken_text },
      image(card), el("span", { class: "pr-written" }, card.written_text));
  /** What was asked beside the prompt, where anything was. A text is in the person's own Portuguese words. */
  const asked = ({ asked: parts }) => (parts?.length ? el("p", { class: "pr-asked" }, parts.map(({ label, value }, i) =>
    [i > 0 && " · ", both(label), ": ", value.pt ? both(value) : el("span", { lang: "pt-BR" }, value)])) : null);
  const note = (kind, ...children) =>
    el("p", { class: `pr-note pr-note-${kind}`, role: kind === "bad" ? "alert" : "status" }, ...children);
  const explained = (error) => (error?.pt ? both({ pt: error.pt, en: error.en ?? error.pt }) : t("error_server"));

  const container = () => document.querySelector(".gradio-container") ?? document.body;
  const live = el("p", { class: "pr-hidden", role: "status", "aria-live": "polite" });
  const announce = (key, params) => {
    const opened = [...document.querySelectorAll("dialog[open]")].pop();  // what lies outside of it is not read out
    (opened ?? container()).append(live);
    live.replaceChildren();
    setTimeout(() => live.replaceChildren(key?.nodeType ? key : t(key, params)), 50);
  };
  const dialog = (title, ...content) => {
    const id = `pr-${uuid()}`;
    const box = el("dialog", { class: "pr-dialog", "aria-labelledby": id },
      el("h2", { id, tabindex: "-1" }, t(title)), ...content);
    box.addEventListener("close", () => box.remove());
    container().append(box);
    box.showModal();
    return box;
  };

  // Gradio draws a tab when it is first opened: a part is built once and put where its place appears.
  const parts = new Map();
  const mount = (id, build) => { parts.set(id, { build, node: null }); place(); };
  const place = () => parts.forEach((part, id) => {
    const point = document.getElementById(id);
    if (!point || (part.node && part.node.parentNode === point)) return;
    part.node ??= part.build();
    point.replaceChildren(part.node);
  });
  new MutationObserver(place).observe(document.documentElement, { childList: true, subtree: true });

  // --- what this browser keeps -------------------------------------------------------------------------------------
  const memory = new Map();  // what localStorage would not take: lives as long as the page
  const watchers = new Set();
  const changed = () => watchers.forEach((fn) => fn());
  const kept = (fn, otherwise) => { try { return fn(); } catch { return otherwise; } };
  const storage = {
    get: (key) => memory.get(key) ?? kept(() => localStorage.getItem(key), null),
    set(key, value) {
      const stored = kept(() => { localStorage.setItem(key, value); return true; }, false);
      if (stored) memory.delete(key); else memory.set(key, value);
      changed();
      return stored;
    },
    remove(key) { memory.delete(key); kept(() => localStorage.removeItem(key)); changed(); },
    keys(prefix) {
      const all = new Set([...memory.keys(), ...kept(() => Object.keys(localStorage), [])]);
      return [...all].filter((key) => key.startsWith(prefix)).sort();
    },
    json: (key) => kept(() => JSON.parse(storage.get(key)), null),
    isFailing: () => memory.size > 0,
    onChange: (fn) => watchers.add(fn),
  };
  addEventListener("storage", changed);  // another browser tab wrote
  addEventListener("beforeunload", (event) => {
    const unsaved = [...memory.keys()].some((key) => key !== ANNOTATOR_KEY && key !== CONSENT_KEY);
    if (unsaved) event.preventDefault();
  });

  // --- the server --------------------------------------------------------------------------------------------------
  const bytes = (n) => crypto.getRandomValues(new Uint8Array(n));
  const hex = (list) => [...list].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const uuid = () => {  // crypto.randomUUID is missing on a plain http address
    const b = bytes(16);
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    return hex(b).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };
  const annotator = () => {
    let token = storage.get(ANNOTATOR_KEY);
    if (!/^[0-9a-f]{32}$/.test(token ?? "")) storage.set(ANNOTATOR_KEY, (token = hex(bytes(16))));
    return token;
  };
  const root = () => {
    const given = kept(() => new URL(window.gradio_config.root), null);
    // Behind a proxy the server may not know its own address.
    const base = given?.origin === location.origin ? given.href : location.origin + location.pathname;
    return base.replace(/\/+$/, "");
  };
  const failure = (kind, retry) => ({ ok: false, error: { kind, ...text(`error_${kind}`) }, retry });
  // Only what the server itself refuses is a refusal: a proxy answers 404 or 502 while the app starts again.
  const REFUSALS = [400, 413, 422];
  // What the gate refused is kept: a login, or a while, may be all that it takes.
  const refusal = async (answer) => {
    const told = await answer.json().then((found) => found?.refusal, () => null);
    if (!["role", "rate", "away"].includes(told?.kind)) return failure("server", !REFUSALS.includes(answer.status));
    const waitS = Number(answer.headers.get("Retry-After")) || 0;
    if (told.kind === "role" && PERSON) return failure("person", true);  // logged in when the page was loaded
    if (told.kind === "role") toast("bad", both({ pt: told.pt, en: told.en }));
    return { ok: false, error: told, retry: true, waitS };
  };
  /** Always a reply, {ok: false, error, retry} where there was none. Says nothing of who asks. */
  const ask = async (name, payload = {}) => {
    const cancel = new AbortController(), timer = setTimeout(() => cancel.abort(), TIMEOUT_MS);
    const body = JSON.stringify({ data: [payload] });
    try {
      const answer = await fetch(`${root()}/gradio_api/run/${name}`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body, signal: cancel.signal,
      });
      if (!answer.ok) return await refusal(answer);
      const reply = (await answer.json()).data?.[0];
      return typeof reply?.ok === "boolean" ? reply : failure("server", true);
    } catch {
      return failure("connection", true);
    } finally {
      clearTimeout(timer);
    }
  };

  /** The same, with this browser's code and whose page it is. */
  const api = async (name, payload = {}) => {
    const reply = await ask(name, { annotator: annotator(), person: PERSON, ...payload });
    if (reply.error?.kind === "person") {
      toast("bad", explained(reply.error));
      window.prancha.annotate.loginIsOver();
    }
    return reply;
  };

  // --- who annotates, and consent ----------------------------------------------------------------------------------
  let me = null;  // the last reply of `annotator`
  const meWatchers = new Set();
  const onMe = (fn) => { meWatchers.add(fn); if (me) fn(me); };
  const known = (reply) => {
    if (!reply.ok) return reply;
    me = reply;
    if (me.consented) storage.set(CONSENT_KEY, me.consent_version);
    else if (storage.get(CONSENT_KEY)) storage.remove(CONSENT_KEY);
    meWatchers.forEach((fn) => fn(me));
    return reply;
  };
  const refresh = async () => known(await api("annotator"));
  const hasConsented = () => me?.consented ?? Boolean(storage.get(CONSENT_KEY));
  const forgetConsent = () => { storage.remove(CONSENT_KEY); if (me) me.consented = false; };

  const paragraphs = (words) => ["pt", "en"].map((l) =>
    el("div", { class: `pr-${l}`, lang: l === "pt" ? "pt-BR" : "en" },
      String(words?.[l] ?? "").split(/\n\s*\n/).map((part) => el("p", {}, part))));
  const guideline = () => {
    const given = window.prancha.guideline;
    if (!given) return null;
    const bodies = ["pt", "en"].map((l) => {
      const body = el("div", { class: `pr-${l} pr-guideline`, lang: l === "pt" ? "pt-BR" : "en" });
      body.innerHTML = given[l] ?? "";  // the server's own, never a person's words
      return body;
    });
    return el("details", { class: "pr-details" }, el("summary", {}, t("guideline")), bodies);
  };
  const agree = async (box, error) => {
    const payload = { id: uuid(), version: me.consent_version, language: language() };
    const reply = known(await api("consent", payload));
    window.prancha.annotate.keepAlso("consent", payload, reply);
    if (reply.ok) box.close("yes");
    else error.replaceChildren(note("bad", explained(reply.error)));
  };
  const consentDialog = () => new Promise((resolve) => {
    const error = el("div");
    const box = dialog("consent_title", paragraphs(me.consent), guideline(),
      el("p", { class: "pr-small" }, t("consent_version", { version: me.consent_version })), error,
      el("div", { class: "pr-actions" },
        button("consent_agree", () => agree(box, error), { kind: "main" }),
        button("consent_not_now", () => box.close("no"))));
    box.addEventListener("close", () => resolve(box.returnValue === "yes"));
  });
  let asking = null;
  const may = (what) => {
    const told = document.querySelector("#who [data-may]");
    return !told || told.dataset.may.split(" ").includes(what);
  };
  /** Whether this person's role lets them "rate" or "correct"; says so where it does not. */
  const ensureRole = (what) => {
    if (!may(what)) toast("bad", t(`login_to_${what}`));
    return may(what);
  };
  /** Whether this person may, and agrees to what is stored about them; asks once. */
  const ensureConsent = (what = "rate") => {
    if (!ensureRole(what)) return Promise.resolve(false);
    if (hasConsented()) return Promise.resolve(true);
    asking ??= (async () => {
      const reply = await refresh();
      if (!reply.ok) { toast("bad", explained(reply.error)); return false; }
      return me.consented || consentDialog();
    })().finally(() => { asking = null; });
    return asking;
  };
  /** A call that is repeated once consent is given, where the server asks for it. */
  const withConsent = async (name, payload) => {
    const reply = await api(name, payload);
    if (reply.ok || reply.error?.kind !== "consent") return reply;
    forgetConsent();
    return (await ensureConsent()) ? api(name, payload) : reply;
  };
  const toast = (kind, ...content) => {  // said in every tab that shows the status lines
    document.querySelectorAll(".pr-toast").forEach((place) => place.replaceChildren(note(kind, ...content)));
  };
  const untoast = () => document.querySelectorAll(".pr-toast").forEach((place) => place.replaceChildren());

  const erasedWatchers = new Set();
  const beginAnew = () => {
    me = null;
    erasedWatchers.forEach((fn) => fn());
    return refresh();
  };
  addEventListener("storage", ({ key, newValue }) => {  // erased in another browser tab
    if (key === ERASED_KEY && newValue) beginAnew();
  });
  window.prancha.annotate = {
    t, tr, both, counted, ago, moment, language, onLanguage, el, button, image, tile, asked, note, explained, announce, dialog,
    mount, storage, person: PERSON, own, isOwn, uuid, annotator, ask, api, withConsent, refresh, onMe, ensureRole,
    ensureConsent, forgetConsent, guideline, toast,
    untoast, onErased: (fn) => erasedWatchers.add(fn),
    erased: () => {
      const kept = PERSON ? /^prancha-(language|shortcuts|annotator)$/ : /^prancha-(language|shortcuts)$/;
      storage.keys("prancha-").filter((key) => isOwn(key) && !kept.test(key)).forEach(storage.remove);
      storage.set(ERASED_KEY, uuid());
      return beginAnew();
    },
  };
})();
