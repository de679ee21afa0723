// A gentle word when what is asked looks like a person's name, number or document. It stops nobody.
(() => {
  const FIELDS = ["prompt", "context", "follows", "given"], WAIT_MS = 400;
  const lineOf = (field) => {
    const id = `${field.id}-warning`;
    let line = document.getElementById(id);
    if (!line) {
      line = document.createElement("p");
      Object.assign(line, { id, className: "pr-personal" });
      line.setAttribute("role", "status");
      field.after(line);
    }
    return line;
  };
  const turns = new Map();  // by field: the timer, and how often it was asked
  const look = async (field, text) => {
    const turn = turns.get(field.id);
    const asked = ++turn.asked;
    let warnings = [];
    if (text.trim()) {
      try {
        warnings = (await window.prancha.annotate.ask("prompt_warnings", { text: text.slice(0, 2000) })).warnings || [];
      } catch { /* a warning that cannot be had is no reason to stop anybody */ }
    }
    if (asked !== turn.asked || !field.isConnected) return;
    lineOf(field).replaceChildren(...warnings.flatMap((warning) => ["pt", "en"].map((language) => {
      const span = document.createElement("span");
      span.className = `pr-${language}`;
      span.lang = language === "pt" ? "pt-BR" : "en";
      span.textContent = `${warning[language]} `;
      return span;
    })));
  };
  document.addEventListener("input", ({ target }) => {
    const field = target.closest?.(FIELDS.map((id) => `#${id}`).join());
    if (!field) return;
    if (!turns.has(field.id)) turns.set(field.id, { asked: 0 });
    const turn = turns.get(field.id);
    clearTimeout(turn.timer);
    turn.timer = setTimeout(() => look(field, target.value), WAIT_MS);
  });
})();
