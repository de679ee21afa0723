// What a person opened stays open: a list while its run is drawn anew, and the tab when the page is loaded again, as
// Gradio does by itself when its server was away.
(() => {
  const KEY = "prancha-tab";
  const train = () => document.querySelector('button[role=tab][data-tab-id="train"]');
  const note = () => {
    const isOpen = train()?.getAttribute("aria-selected") === "true";
    try { if (isOpen) sessionStorage.setItem(KEY, "train"); else sessionStorage.removeItem(KEY); } catch { /* private window */ }
  };
  document.addEventListener("click", () => setTimeout(note));
  window.prancha.reopen = () => {
    try { if (sessionStorage.getItem(KEY)) train()?.click(); } catch { /* private window */ }
  };

  // Which run a press is of, told by the button itself.
  window.prancha.runPresses = (element, trigger) => element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-run]");
    if (button) trigger("click", { run: button.dataset.run });
  });

  const opened = new WeakMap();
  const kept = (element) => element instanceof Element && element.matches("details.pr-keep");
  document.addEventListener("click", (event) => {
    const details = event.target instanceof Element && event.target.closest("summary")?.parentElement;
    if (details && kept(details)) opened.set(details, !details.open);
  });
  // Before anything is painted: Gradio takes away each attribute that its new text has not.
  new MutationObserver((changes) => {
    for (const { target } of changes) if (kept(target) && opened.get(target) && !target.open) target.open = true;
  }).observe(document.documentElement, { subtree: true, attributeFilter: ["open"] });
})();
