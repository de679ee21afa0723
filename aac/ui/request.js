// What may be asked beside the prompt: what comes after a card, which field is wrong, whether a group is open.
(() => {
  const field = (id) => document.getElementById(id)?.querySelector("input, textarea");
  const offerNext = (tile) => document.querySelectorAll(".pr-what-next").forEach((button) => {
    button.hidden = button !== tile.nextElementSibling;
  });
  const askNext = (button) => {
    window.prancha.pressed = button.dataset.written;
    document.getElementById("what-next").click();
    document.getElementById("generate").focus();  // the prompt stays: Enter makes the cards that come next
  };
  document.addEventListener("click", ({ target }) => {
    const tile = target.closest(".pr-tile"), next = target.closest(".pr-what-next");
    if (tile) offerNext(tile);
    else if (next) askNext(next);
  });

  let shown = null;
  const showFault = () => {  // a group that was closed has to be drawn first
    const alert = document.querySelector(".pr-fault [role=alert]"), fault = alert?.closest("[id$='-fault']");
    const wrong = field(fault?.id.replace("-fault", ""));
    if (alert === shown || !wrong?.offsetParent) return;
    shown = alert;
    const said = { "aria-invalid": "true", "aria-describedby": fault.id };
    Object.entries(said).forEach(([name, value]) => wrong.setAttribute(name, value));
    wrong.addEventListener("input", () => Object.keys(said).forEach((name) => wrong.removeAttribute(name)), { once: true });
    wrong.focus();
  };
  const toPrompt = () => { field("prompt")?.focus(); return []; };

  // Gradio's groups show whether they are open by the arrow alone.
  const tellOpen = () => document.querySelectorAll("button.label-wrap").forEach((button) => {
    button.setAttribute("aria-expanded", String(button.classList.contains("open")));
  });
  new MutationObserver(() => { tellOpen(); showFault(); }).observe(document.documentElement,
    { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "style"] });

  // While an answer is written the button is disabled: Enter, which asks for nothing then, says so until it has ended.
  const pressGenerate = () => {
    const start = document.getElementById("generate"), { annotate } = window.prancha;
    if (!start.disabled) { start.click(); return; }
    annotate.announce("still_writing");
    if (document.getElementById("still-writing")) return;
    const said = annotate.el("p", { id: "still-writing", class: "pr-note pr-note-wait" }, annotate.t("still_writing"));
    start.parentElement.after(said);
    const ends = new MutationObserver(() => {
      if (start.disabled) return;
      ends.disconnect();
      said.remove();
    });
    ends.observe(start, { attributes: true, attributeFilter: ["disabled"] });
  };

  const whatNext = (context, _, level) => [context, window.prancha.pressed, level];

  Object.assign(window.prancha, { toPrompt, whatNext, pressGenerate, pressed: "" });
})();
