// One generation being rated: its cards, its usefulness, what goes to the server, and the steps back.
(() => {
  const A = window.prancha.annotate;
  const { el, t, button } = A;
  const SEND_MS = 500;  // a verdict and its reasons, or a walk through the choices with the arrows, are one row
  const SET = "set";
  const target = (index) => (index === null ? SET : String(index));

  // Steps back go across sets: the last thing done is undone first.
  const steps = [];
  const sending = new Map();  // what was chosen and not handed on yet

  const valueOf = (generation, index) =>
    index === null ? generation.usefulness ?? null : generation.ratings?.[index] ?? { verdict: null, reasons: [] };
  const setValue = (generation, index, value) => {
    if (index === null) generation.usefulness = value;
    else generation.ratings = { ...generation.ratings, [index]: value };
  };
  const row = (item, generation, index) => {
    const value = valueOf(generation, index);
    const judged = index === null ? { verdict: null, reasons: [], usefulness: value } : { ...value, usefulness: null };
    return { id: A.uuid(), generation_id: generation.id, item_id: item.item_id, card_index: index, ...judged };
  };
  const handOn = (key, how) => {
    const { timer, make, done } = sending.get(key);
    clearTimeout(timer);
    sending.delete(key);
    const sent = how("rate", make());
    sent?.then(done);
    return sent;
  };
  const schedule = (item, generation, index, done) => {
    const key = `${generation.id} ${target(index)}`;
    clearTimeout(sending.get(key)?.timer);
    const timer = setTimeout(() => handOn(key, A.send), SEND_MS);
    sending.set(key, { timer, make: () => row(item, generation, index), done });
  };
  const handAllOn = (how = A.send) => Promise.all([...sending.keys()].map((key) => handOn(key, how)));
  addEventListener("pagehide", () => handAllOn(A.keep));  // a request could be cut off; what is kept here is not

  /** What still waits in this browser is newer than what the server said. */
  const withWaiting = (generation) => {
    A.waiting().filter(({ payload }) => payload.generation_id === generation.id).forEach(({ name, payload }) => {
      if (name === "correct") generation.correction = payload.cards;
      if (name !== "rate") return;
      const { card_index: index, verdict, reasons, usefulness } = payload;
      setValue(generation, index, index === null ? usefulness : { verdict, reasons });
    });
    return generation;
  };

  class RateSet {
    /** `on.changed(reply | null)` after a choice and after its answer; `on.correct(generation)` opens the editor. */
    constructor(item, generation, on) {
      Object.assign(this, { item, generation: withWaiting(generation), on });
      this.cards = generation.cards.map((card, i) => A.rateCard(card, i, (value) => this.rate(i, value)));
      this.useful = A.usefulness((n) => this.rate(null, n));
      this.progress = el("p", { class: "pr-small pr-progress" });
      this.corrected = el("div");
      this.node = el("section", { class: "pr-set" }, this.heading(),
        el("ol", { class: "pr-rate-list" }, this.cards.map(({ node }) => node)),
        !generation.cards.length && el("p", { class: "pr-note pr-note-wait" }, t("set_without_cards")),
        this.useful.node, this.progress, this.corrected, this.rawText());
      this.render();
    }

    heading() {
      const { label: name } = this.generation;
      return name ? el("p", { class: "pr-small pr-label" }, t("made_by", { name })) : null;
    }

    rawText() {
      const { raw_text: raw, problems = [] } = this.generation;
      if (!raw) return null;
      return el("details", { class: "pr-details" }, el("summary", {}, t("raw_text")),
        el("pre", { class: "pr-raw", tabindex: "0", lang: "pt-BR" }, raw),
        problems.length > 0 && el("p", { class: "pr-small" }, t(A.counted("problems", problems.length), { n: problems.length })));
    }

    render() {
      const { generation } = this;
      this.cards.forEach((card, i) => card.show(valueOf(generation, i)));
      this.useful.show(generation.usefulness ?? null);
      const rated = this.cards.filter((_, i) => valueOf(generation, i).verdict).length;
      this.progress.replaceChildren(t("progress", { n: rated, total: this.cards.length }));
      this.corrected.replaceChildren(...(generation.correction ? [this.correction(generation.correction)] : []));
    }

    correction(cards) {
      const words = cards.map(({ written_text, image_id }) => el("li", {}, el("span", { "aria-hidden": "true" }, image_id), " ", written_text));
      return el("div", { class: "pr-corrected" }, el("strong", {}, t("your_correction")), el("ul", { lang: "pt-BR" }, words));
    }

    async rate(index, value) {
      if (!(await A.ensureConsent())) { this.render(); return; }
      const before = valueOf(this.generation, index);
      if (JSON.stringify(before) === JSON.stringify(value)) return;
      steps.push({ item: this.item, generation: this.generation, index, before });
      this.put(index, value);
    }

    put(index, value) {
      setValue(this.generation, index, value);
      this.render();
      schedule(this.item, this.generation, index, (reply) => this.on.changed(reply));
      this.on.changed(null);
    }

    keepCorrection(cards, before) {
      steps.push({ item: this.item, generation: this.generation, correction: before });
      this.generation.correction = cards;
      this.render();
    }

    /** A rating or the correction was taken back elsewhere: this only shows it. */
    forget({ kind, card_index: index = null }) {
      if (kind === "correction") this.generation.correction = null;
      else setValue(this.generation, index, index === null ? null : { verdict: null, reasons: [] });
      this.render();
    }

    focusCard(place) { this.cards[Math.max(0, Math.min(place, this.cards.length - 1))]?.group.focus(); }

    get currentCard() { return this.cards.findIndex(({ group }) => group.contains(document.activeElement)); }

    /** Take one step of this set back. */
    takeBack(step) {
      if ("correction" in step) {
        this.generation.correction = step.correction;
        this.render();
        const payload = { id: A.uuid(), generation_id: this.generation.id, item_id: this.item.item_id, cards: step.correction };
        A.send("correct", payload).then((reply) => this.on.changed(reply));
      } else {
        this.put(step.index, step.before);
        if (step.index === null) this.useful.focus(); else this.focusCard(step.index);
      }
    }
  }

  A.onErased(() => { steps.length = 0; sending.forEach(({ timer }) => clearTimeout(timer)); sending.clear(); });
  Object.assign(A, { RateSet, rateSteps: steps, handRatingsOn: handAllOn });
})();
