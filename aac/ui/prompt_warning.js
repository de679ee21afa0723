// A gentle word when a prompt looks like a person's name, number or document. It stops nobody.
(() => {
  const shown = () => {
    const prompt = document.getElementById("prompt");
    if (!prompt) return null;
    let line = document.getElementById("prompt-warning");
    if (!line) {
      line = document.createElement("p");
      line.id = "prompt-warning";
      line.setAttribute("role", "status");
      prompt.after(line);
    }
    return line;
  };
  let timer;
  let asked = 0;
  const look = async (text) => {
    const turn = ++asked;
    let warnings = [];
    if (text.trim()) {
      try {
        warnings = (await window.prancha.annotate.ask("prompt_warnings", { text: text.slice(0, 2000) })).warnings || [];
      } catch { /* a warning that cannot be had is no reason to stop anybody */ }
    }
    const line = shown();
    if (turn !== asked || !line) return;
    line.replaceChildren(...warnings.flatMap((warning) => ["pt", "en"].map((language) => {
      const span = document.createElement("span");
      span.className = `pr-${language}`;
      span.lang = language === "pt" ? "pt-BR" : "en";
      span.textContent = `${warning[language]} `;
      return span;
    })));
  };
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#prompt")) return;
    clearTimeout(timer);
    timer = setTimeout(() => look(event.target.value), 400);
  });
})();
