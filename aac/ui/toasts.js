// Gradio's notices go after ten seconds, under an English title. What `refused.js` says in its box they need not say: these
// are closed. The titles of the rest are put into the page's language.
(() => {
  const { isSaid } = window.prancha.refused;
  const PT = { Error: "Erro", Warning: "Aviso", Info: "Informação", Success: "Pronto", Close: "Fechar" };
  const TYPE = /^Invalid file types?: (.*)\. Only (.*) allowed\.$/s;
  const translate = (toast) => {
    if (document.documentElement.lang === "en") return;
    for (const one of toast.querySelectorAll(".toast-message-text")) {
      const [, name, types] = TYPE.exec(one.textContent.trim()) ?? [];
      if (name) one.textContent = `Este tipo de arquivo não serve aqui (${name}): escolha ${types.replaceAll(",", " ou")}.`;
    }
    const title = document.createTreeWalker(toast.querySelector(".toast-title"), NodeFilter.SHOW_TEXT).nextNode();
    const button = toast.querySelector(".toast-close");
    const word = PT[title?.data.trim()], label = PT[button.getAttribute("aria-label")];
    if (word) title.data = `${word} `;
    if (label) button.setAttribute("aria-label", label);
  };
  const look = (toast) => {
    const texts = [...toast.querySelectorAll(".toast-message-text")].map((one) => one.textContent.trim());
    if (texts.length && texts.every(isSaid)) toast.querySelector(".toast-close").click();
    else translate(toast);
  };
  const toasts = document.getElementsByClassName("toast-body");
  new MutationObserver(() => [...toasts].forEach(look)).observe(document, { childList: true, subtree: true });
})();
