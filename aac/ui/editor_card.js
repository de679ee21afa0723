// One card of the correction editor: picture, two texts with their counters, its place, and what is wrong with it.
(() => {
  const A = window.prancha.annotate;
  const { el, t } = A;
  const FIELDS = { written_text: 40, spoken_text: 160 };  // as `aac/cards.py` has them; the server's check decides
  const characters = (text) => [...text].length;
  // Which control a fault is about; the texts may both be meant.
  const CONCERNS = {
    empty_text: (text) => !/[\p{L}\p{N}]/u.test(text),
    long_text: (text, field) => characters(text) > FIELDS[field],
    control_character: (text) => /[\p{Cc}\u2028\u2029]/u.test(text),
    repeated_card: (_, field) => field === "written_text",
    not_one_image: () => false,
  };

  const field = (name, id, card, described, edit) => {
    const counter = el("span", { class: "pr-counter", id: `${id}-${name}-count` });
    const input = el(name === "written_text" ? "input" : "textarea", {
      id: `${id}-${name}`, class: "pr-input", lang: "pt-BR", autocomplete: "off", rows: name === "written_text" ? null : 2,
      type: name === "written_text" ? "text" : null, "aria-describedby": `${counter.id} ${described}`,
    });
    const count = () => {
      const n = characters(input.value);
      counter.replaceChildren(`${n}/${FIELDS[name]}`, n > FIELDS[name] ? el("span", {}, " ", t("too_long")) : "");
      counter.classList.toggle("pr-over", n > FIELDS[name]);
    };
    const write = (value) => { if (input.value !== value) input.value = value; count(); };
    input.addEventListener("input", () => {
      if (/[\r\n]/.test(input.value)) input.value = input.value.replace(/[\r\n]+/g, " ");  // a pasted text may have lines
      count();
      edit(name, input.value);
    });
    // A card is one line: Enter goes on instead of breaking it.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) event.preventDefault();
    });
    write(card[name]);
    const label = el("label", { for: input.id }, t(`field_${name}`));
    return { node: el("div", { class: "pr-field" }, el("div", { class: "pr-field-head" }, label, counter), input), input, write };
  };
  const iconButton = (icon, key, press) => el("button", { type: "button", class: "pr-button pr-icon", on: { click: press } },
    el("span", { "aria-hidden": "true" }, icon), el("span", { class: "pr-hidden" }, t(key)));

  /**
   * `actions`: edit(key, field, value), pickImage(key), move(key, step), remove(key), drag(key).
   * Each card keeps its elements for as long as it is there, so that focus and what is being typed stay.
   */
  A.editorCard = (card, actions) => {
    const id = `pr-${A.uuid()}`, faultsId = `${id}-faults`;
    const title = el("span", { id: `${id}-title`, class: "pr-tag" });
    const edit = (name, value) => actions.edit(card.key, name, value);
    const fields = Object.keys(FIELDS).map((name) => [name, field(name, id, card, faultsId, edit)]);
    const picture = el("button", { type: "button", class: "pr-pick", "aria-describedby": faultsId,
      on: { click: () => actions.pickImage(card.key) } });
    const up = iconButton("↑", "move_up", () => actions.move(card.key, -1));
    const down = iconButton("↓", "move_down", () => actions.move(card.key, 1));
    const remove = iconButton("🗑", "delete_card", () => actions.remove(card.key));
    const handle = el("span", { class: "pr-handle", draggable: "true", "aria-hidden": "true", tr: { title: "drag" },
      on: { dragstart: (event) => { event.dataTransfer.setData("text/plain", ""); actions.drag(card.key); } } }, "⠿");
    const faults = el("ul", { id: faultsId, class: "pr-faults" });
    const node = el("li", { class: "pr-edit-card" }, el("div", { role: "group", "aria-labelledby": title.id, class: "pr-edit-grid" },
      el("div", { class: "pr-edit-head" }, handle, title, el("span", { class: "pr-edit-buttons" }, up, down, remove)),
      picture, el("div", { class: "pr-edit-fields" }, fields.map(([, { node: part }]) => part)), faults));
    node.dataset.key = card.key;

    const update = (now, place, total) => {
      fields.forEach(([name, part]) => part.write(now[name]));
      title.replaceChildren(t("card_n", { n: place + 1 }));
      picture.replaceChildren(now.image_id ? A.image(now) : el("span", { class: "pr-emoji", "aria-hidden": "true" }, "🖼"),
        el("span", { class: "pr-small" }, t(now.image_id ? "change_image" : "choose_image")));
      [up.disabled, down.disabled] = [place === 0, place === total - 1];
    };
    const showFaults = (names) => {
      faults.replaceChildren(...names.map((name) => el("li", {}, t(`fault_${name}`))));
      node.classList.toggle("pr-faulty", names.length > 0);
      fields.forEach(([name, { input }]) => {
        const concerned = names.some((fault) => CONCERNS[fault]?.(input.value, name) ?? true);
        if (concerned) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
      });
      picture.classList.toggle("pr-invalid", names.includes("not_one_image"));
    };
    const focus = (part) => {
      const places = { up, down, picture, text: fields[0][1].input };
      const wanted = places[part] ?? places.text;
      (wanted.disabled ? (part === "up" ? down : up) : wanted).focus();
    };
    return { node, update, showFaults, focus };
  };
})();
