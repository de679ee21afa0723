// What is stored about one: to see, to take away, to erase.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button } = A;
  const WORDS = ["APAGAR", "ERASE"];
  let eraseId = null, result, seen;

  const isPlain = (value) => value === null || typeof value !== "object";
  const named = (name) => (window.prancha.texts?.[`data_${name}`] ? t(`data_${name}`) : name);  // a table, or its column
  const said = (value, name) => (window.prancha.texts?.[`${name}_${value}`] ? t(`${name}_${value}`) : String(value ?? "–"));
  const shown = (value, of) => {  // any JSON, as nested lists
    if (isPlain(value)) return el("span", {}, said(value, of));
    const list = Array.isArray(value);
    const entries = Object.entries(value);
    if (!entries.length) return el("span", {}, "–");
    return el("ul", {}, entries.map(([name, inner]) => {
      const title = list ? `${Number(name) + 1}` : named(name);
      if (isPlain(inner)) return el("li", {}, el("strong", {}, title, ": "), shown(inner, name));
      const size = Object.keys(inner).length;
      const counted = Array.isArray(inner) && ` (${size})`;
      return el("li", {}, el("details", {}, el("summary", {}, title, counted), shown(inner)));
    }));
  };
  const fetched = async (use) => {
    const reply = await A.api("my_data");
    if (reply.ok) use(reply.data);
    else result.replaceChildren(A.note("bad", A.explained(reply.error)));
  };
  const see = () => fetched((data) => {
    seen.replaceChildren(el("h3", { tabindex: "-1" }, t("my_data_all")), el("div", { class: "pr-tree" }, shown(data)));
    seen.querySelector("h3").focus();
  });
  const exportAll = () => fetched((data) => {
    const words = JSON.stringify(data, null, 2);
    const link = el("a", { href: URL.createObjectURL(new Blob([words], { type: "application/json" })),
      download: `prancha-${new Date().toISOString().slice(0, 10)}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    result.replaceChildren(A.note("good", t("exported")));
  });

  const versions = (key, ids, places = {}) => {
    const lines = ids?.map((id) => el("li", {}, id, places[id] ? `: ${places[id]}` : ""));
    return lines?.length ? el("div", {}, el("p", {}, t(key)), el("ul", {}, lines)) : null;
  };
  const erased = (reply) => {
    eraseId = null;
    seen.replaceChildren();
    result.replaceChildren(A.note("good", t(A.counted("erased", reply.erased), { n: reply.erased })),
      ...[versions("erased_withdrawn", reply.withdrawn), versions("erased_published", reply.published, reply.places)].filter(Boolean),
      el("p", { class: "pr-small" }, t("erased_browser")));
    A.erased();
    result.focus();
  };
  const erase = async (box, error) => {
    eraseId ??= A.uuid();  // pressed again after a lost connection: the same erasure
    await A.pauseOutbox(true);  // nothing of this person may arrive after it
    const reply = await A.api("erase", { id: eraseId, confirm: true });
    if (reply.ok) { box.close(); erased(reply); } else error.replaceChildren(A.note("bad", A.explained(reply.error)));
    A.pauseOutbox(false);
  };
  const askErase = () => {
    const error = el("div"), id = `pr-${A.uuid()}`;
    const input = el("input", { id, class: "pr-input", type: "text", autocomplete: "off", autocapitalize: "characters" });
    const isTyped = () => WORDS.includes(input.value.trim().toUpperCase());
    const press = () => {
      if (isTyped()) erase(box, error);
      else { error.replaceChildren(A.note("bad", t("erase_type"))); input.focus(); }
    };
    const box = A.dialog("erase_title", el("p", {}, t("erase_what")), el("p", {}, t("erase_published")),
      el("label", { for: id }, t("erase_type")), input, error,
      el("div", { class: "pr-actions pr-actions-end" }, button("cancel", () => box.close()),
        button("erase_all", press, { kind: "danger" })));
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") press(); });
    input.focus();
  };

  A.mount("pr-my-data", () => {
    const counts = el("p"), help = el("p", { class: "pr-small" });
    result = el("div", { tabindex: "-1" });
    seen = el("div");
    A.onMe((me) => {
      if ("by_login" in (me ?? {})) help.replaceChildren(t(me.by_login ? "my_data_help_login" : "my_data_help"));
    });
    A.onMe((me) => counts.replaceChildren(...["ratings", "corrections", "votes"].flatMap((name, i) => {
      const n = me.counts?.[name] ?? 0;
      return [i ? ", " : "", t(A.counted(`done_${name}`, n), { n })];
    })));
    return el("section", { class: "pr-annotate pr-my-data" }, el("h2", {}, t("my_data")),
      help, counts,
      el("div", { class: "pr-actions" }, button("my_data_see", see), button("my_data_export", exportAll, { icon: "⬇" }),
        button("erase_all", askErase, { kind: "danger" })), result, seen);
  });
})();
