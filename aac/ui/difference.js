// What a correction changes against what the model wrote, in words and marks that need no colour.
(() => {
  const A = window.prancha.annotate;
  const { el, t } = A;
  const MARKS = { "-": ["del", "diff_word_out"], "+": ["ins", "diff_word_in"] };

  const mark = ([op, text]) => {
    if (!MARKS[op]) return text;
    const [tag, key] = MARKS[op];
    // Screen readers seldom say that words are deleted or inserted.
    return el(tag, {}, el("span", { class: "pr-hidden" }, "[", t(key), "] "), text);
  };
  const spaced = (ops, before) => {  // words may come with their spaces or without
    const own = ops.filter(([op]) => op !== "+").map(([, text]) => text).join("");
    return own === before ? ops : ops.flatMap((op, i) => (i ? [["=", " "], op] : [op]));
  };
  const line = (change, field) => {
    const { before, after, words } = change;
    const ops = words?.[field];
    const plain = after?.[field] ?? before?.[field] ?? "";
    if (change.kind === "deleted") return el("del", {}, plain);
    if (change.kind === "added") return el("ins", {}, plain);
    return ops?.length ? el("span", {}, spaced(ops, before?.[field]).map(mark)) : el("span", {}, plain);
  };
  const picture = ({ before, after }) => {
    const [old, now] = [before?.image_id, after?.image_id];
    if (!old || !now || old === now) return A.image({ image_id: now ?? old ?? "" });
    return el("span", { class: "pr-diff-images" }, A.image({ image_id: old }),
      el("span", {}, el("span", { "aria-hidden": "true" }, "→"), el("span", { class: "pr-hidden" }, t("diff_image"))),
      A.image({ image_id: now }));
  };
  const row = (change) => el("li", { class: `pr-diff pr-diff-${change.kind}` }, picture(change),
    el("div", { class: "pr-diff-words", lang: "pt-BR" },
      el("span", { class: "pr-tag" }, t(`diff_${change.kind}`)),
      el("strong", {}, line(change, "written_text")), el("span", {}, line(change, "spoken_text"))));
  const kept = (changes) => changes.length > 0 && el("p", { class: "pr-small" },
    t(A.counted("diff_same", changes.length), { n: changes.length }));

  /** The list for `changes` as the server gives them. */
  A.difference = (changes) => {
    const same = changes.filter(({ kind }) => kind === "kept"), other = changes.filter(({ kind }) => kind !== "kept");
    if (!other.length) return el("div", {}, el("p", {}, t("diff_nothing")));
    return el("div", {}, el("ul", { class: "pr-diff-list" }, other.map(row)), kept(same));
  };
})();
