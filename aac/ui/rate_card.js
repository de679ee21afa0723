// What a person says about one card (keep, fix, wrong, and why) and about a whole set (1 to 5).
(() => {
  const A = window.prancha.annotate;
  const { el, t } = A;
  const VERDICTS = [["keep", "✓"], ["fix", "✎"], ["wrong", "✕"]];
  const REASONS = ["wrong_picture", "not_natural", "not_useful", "not_portuguese", "unsafe"];

  const choice = (type, name, value, change, ...label) => {
    const input = el("input", { type, name, value, class: "pr-choice-input", on: { change: () => change(input) } });
    return { input, node: el("label", { class: `pr-choice pr-choice-${value}` }, input, el("span", {}, ...label)) };
  };
  const fieldset = (legend, className, ...content) =>
    el("fieldset", { class: className }, el("legend", {}, legend), ...content);

  /** One card with its verdict. `change({verdict, reasons})` is called for each choice. */
  A.rateCard = (card, place, change) => {
    const name = `pr-${A.uuid()}`;
    const value = () => ({
      verdict: verdicts.find(({ input }) => input.checked)?.input.value ?? null,
      reasons: reasons.filter(({ input }) => input.checked).map(({ input }) => input.value),
    });
    // A card that is kept has no reasons, whatever was ticked before.
    const choose = (verdict) => change({ verdict, reasons: ["fix", "wrong"].includes(verdict) ? value().reasons : [] });
    const say = () => choose(value().verdict);
    const verdicts = VERDICTS.map(([verdict, icon]) => choice("radio", name, verdict, say,
      el("span", { "aria-hidden": "true" }, icon), " ", t(`verdict_${verdict}`)));
    const reasons = REASONS.map((reason) => choice("checkbox", `${name}-why`, reason, say, t(`reason_${reason}`)));
    const why = fieldset(t("reasons"), "pr-reasons pr-bare", el("div", { class: "pr-choices" }, reasons.map(({ node }) => node)));
    const titleId = `${name}-title`;
    const group = el("div", { class: "pr-rate-card", role: "group", tabindex: "-1", "aria-labelledby": titleId },
      A.tile(card),
      el("div", { class: "pr-rate-said" }, el("span", { id: titleId, class: "pr-tag" }, t("card_n", { n: place + 1 }),
        el("span", { class: "pr-hidden", lang: "pt-BR" }, `: ${card.written_text}`)),
        el("p", { lang: "pt-BR" }, card.spoken_text)),
      el("div", { class: "pr-rate-verdict" },
        fieldset(t("verdict_legend"), "pr-bare pr-verdict", el("div", { class: "pr-segments" }, verdicts.map(({ node }) => node))),
        why));
    const show = (rating) => {
      verdicts.forEach(({ input }) => { input.checked = input.value === (rating?.verdict ?? null); });
      reasons.forEach(({ input }) => { input.checked = Boolean(rating?.reasons?.includes(input.value)); });
      why.hidden = !rating?.verdict || rating.verdict === "keep";
      group.dataset.verdict = rating?.verdict ?? "";
    };
    return { node: el("li", {}, group), group, show, choose };
  };

  /** How useful the set is. `change(1..5)` is called for each choice. */
  A.usefulness = (change) => {
    const name = `pr-${A.uuid()}`;
    const steps = [1, 2, 3, 4, 5].map((n) => choice("radio", name, String(n), () => change(n), String(n)));
    const node = fieldset(t("usefulness"), "pr-bare pr-usefulness", el("div", { class: "pr-scale" },
      el("span", { class: "pr-small" }, t("usefulness_low")), el("div", { class: "pr-segments" }, steps.map((s) => s.node)),
      el("span", { class: "pr-small" }, t("usefulness_high"))));
    const show = (value) => steps.forEach(({ input }) => { input.checked = Number(input.value) === value; });
    const choose = (n) => { steps[n - 1].input.focus(); change(n); };
    return { node, show, choose, focus: () => (steps.find(({ input }) => input.checked) ?? steps[2]).input.focus() };
  };
})();
