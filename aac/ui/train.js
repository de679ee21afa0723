// A list that a person opened stays open while the run it belongs to is drawn anew.
(() => {
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
