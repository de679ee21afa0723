// Choosing an emoji by a Portuguese word: the index comes once, the search runs here.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button } = A;
  const SHOWN = 60;
  const PICTOGRAM = /^[a-z]+:\d+$/;

  // As `search` of `aac/ui/emoji_index.py`, which is the reference: a test holds the two together.
  const PLURALS = [["oes", "ao"], ["ns", "m"], ["es", ""], ["s", ""]];
  const SHORTEST_SINGULAR = 3;
  const words = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [];
  const forms = (word) => [word, ...PLURALS.filter(([plural]) => word.endsWith(plural))
    .map(([plural, ending]) => word.slice(0, -plural.length) + ending).filter((form) => form.length >= SHORTEST_SINGULAR)];
  const indexed = ([char, name, ...keywords]) => {
    const own = words(name), said = keywords.map(words);
    const starred = said.filter((_, i) => keywords[i].startsWith("★"));
    return { char, title: name, name: own, starred, keywords: said, words: [...new Set([own, ...said].flat())] };
  };
  const isOneOf = (query, texts) => texts.some((text) =>
    text.length === query.length && text.every((word, i) => query[i].includes(word)));
  const holdsAll = (query, held) => query.every((forms) => forms.some((form) => held.includes(form)));
  const isMatch = (query, entry) => query.every((forms) =>
    entry.words.some((word) => word.startsWith(forms[0]) || forms.includes(word)));
  const rank = (query, entry) => {
    const isInName = holdsAll(query, entry.name);
    if (isOneOf(query, entry.starred)) return 0;
    if (isOneOf(query, [entry.name])) return 1;
    if (isOneOf(query, entry.keywords)) return isInName ? 2 : 3;
    if (isInName) return 4;
    return holdsAll(query, entry.words) ? 5 : 6;
  };
  /** The entries for `text`, best first; all of them for a text without words. */
  const search = (index, text) => {
    const query = words(text).map(forms);
    if (!query.length) return text.trim() ? [] : index;
    return index.filter((entry) => isMatch(query, entry)).map((entry) => ({ entry, rank: rank(query, entry) }))
      .sort((a, b) => a.rank - b.rank).map(({ entry }) => entry);  // sorting is stable: the chart's order stays
  };

  let loading = null;  // one request a page, asked again only after a failure
  const load = () => {
    loading ??= A.ask("emoji").then((reply) => {
      if (!reply.ok) { loading = null; return { error: reply.error }; }
      return { index: reply.emoji.map(indexed) };
    });
    return loading;
  };
  // An emoji or a pictogram's id that was typed or pasted is offered as it is; the check says whether it is one.
  const written = (query) => {
    const text = query.trim();
    const isImage = PICTOGRAM.test(text) || (text && !/[\p{L}]/u.test(text) && /\p{Extended_Pictographic}|\p{RI}|⃣/u.test(text));
    return isImage ? [{ char: text, title: text }] : [];
  };

  /** Opens the popup; `choose(char)` is called at most once. Focus goes back to where it was. */
  const open = (choose) => {
    let index = null, options = [], active = -1;
    const id = `pr-${A.uuid()}`;
    const input = el("input", { type: "text", class: "pr-input", role: "combobox", "aria-autocomplete": "list",
      "aria-expanded": "true", "aria-controls": id, autocomplete: "off", id: `${id}-query`, lang: "pt-BR",
      tr: { placeholder: "emoji_placeholder" } });
    const list = el("div", { id, role: "listbox", class: "pr-emoji-list", lang: "pt-BR", tr: { "aria-label": "emoji_results" } });
    const said = el("p", { class: "pr-small", role: "status", "aria-live": "polite" });
    const take = (char) => { box.close(); choose(char); };
    const option = (entry, i) => el("div", { role: "option", id: `${id}-${i}`, class: "pr-emoji-option", title: entry.title,
      "aria-label": entry.title, "aria-selected": "false", on: { click: () => take(entry.char) } },
      A.image({ image_id: entry.char }));
    const activate = (next) => {
      list.children[active]?.setAttribute("aria-selected", "false");
      active = Math.max(-1, Math.min(next, options.length - 1));
      const node = list.children[active];
      node?.setAttribute("aria-selected", "true");
      node?.scrollIntoView({ block: "nearest" });
      if (node) { input.setAttribute("aria-activedescendant", node.id); said.textContent = options[active].title; }
      else input.removeAttribute("aria-activedescendant");
    };
    const show = () => {
      const found = [...written(input.value), ...search(index ?? [], input.value)];
      options = found.slice(0, SHOWN);
      list.replaceChildren(...options.map(option));
      active = -1;
      input.removeAttribute("aria-activedescendant");
      const key = found.length > SHOWN ? "emoji_found_first" : A.counted("emoji_found", found.length);
      said.replaceChildren(t(key, { n: found.length, shown: SHOWN }));
    };
    const columns = () => {
      const top = list.children[0]?.offsetTop;
      return Math.max(1, [...list.children].filter((node) => node.offsetTop === top).length);
    };
    const steps = () => ({ ArrowDown: active < 0 ? 1 : columns(), ArrowUp: -columns(), ArrowRight: 1, ArrowLeft: -1 });
    const onKey = (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        const chosen = options[Math.max(active, 0)];
        if (chosen) take(chosen.char);
      } else if (event.key in steps() && options.length && (active >= 0 || event.key === "ArrowDown")) {
        event.preventDefault();  // left and right move the caret until a result is reached
        activate(active + steps()[event.key]);
      }
    };
    const begin = async () => {
      said.replaceChildren(t("emoji_loading"));
      const answer = await load();
      if (answer.index) { index = answer.index; show(); return; }
      said.replaceChildren(A.explained(answer.error), " ", button("try_again", begin));
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", onKey);
    const box = A.dialog("emoji_title", el("label", { for: input.id }, t("emoji_label")), input, said, list,
      el("div", { class: "pr-actions" }, button("close", () => box.close())));
    input.focus();
    begin();
  };

  A.emoji = { open, search: (entries, query) => search(entries.map(indexed), query).map(({ char }) => char) };
})();
