// What only a browser can do: the page's language, speech, copying and downloading.
(() => {
  const KEY = "prancha-language";
  const remembered = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const language = () => remembered() || (navigator.language.toLowerCase().startsWith("pt") ? "pt" : "en");
  const show = (l) => { document.documentElement.lang = l === "en" ? "en" : "pt-BR"; return l; };
  const setLanguage = (l) => { try { localStorage.setItem(KEY, l); } catch { /* private window */ } return show(l); };
  const saved = remembered();
  if (saved) {  // Gradio's own words follow the choice at the next load
    const tag = saved === "pt" ? "pt-BR" : "en";
    Object.defineProperty(navigator, "language", { get: () => tag });
    Object.defineProperty(navigator, "languages", { get: () => [tag] });
  }
  show(language());

  // Browsers list their voices late: asking now makes the list be there when a tile is pressed.
  const voices = () => ("speechSynthesis" in window ? speechSynthesis.getVoices() : []);
  voices();
  const voice = () => {
    const speaks = (tag) => voices().find((v) => v.lang.toLowerCase().replace("_", "-").startsWith(tag));
    return speaks("pt-br") || speaks("pt");
  };
  const say = (tile) => {
    document.querySelector(".pr-said").textContent = tile.dataset.say;
    document.querySelectorAll(".pr-speaking").forEach((t) => t.classList.remove("pr-speaking"));
    tile.classList.add("pr-speaking");
    const done = () => tile.classList.remove("pr-speaking");
    const found = voice();
    document.querySelector(".pr-no-voice").hidden = Boolean(found) || voices().length === 0;
    if (!("speechSynthesis" in window)) { setTimeout(done, 1500); return; }
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(tile.dataset.say);
    words.lang = "pt-BR";
    if (found) words.voice = found;
    words.onend = words.onerror = done;
    speechSynthesis.speak(words);
  };
  const copy = async (button) => {
    const bar = button.closest(".pr-toolbar");
    let note = ".pr-copied";
    try { await navigator.clipboard.writeText(bar.dataset[button.dataset.kind]); } catch { note = ".pr-not-copied"; }
    const shown = bar.querySelector(note);
    shown.hidden = false;
    setTimeout(() => { shown.hidden = true; }, 4000);
  };
  const download = (button) => {
    const bar = button.closest(".pr-toolbar"), kind = button.dataset.kind;
    // Spreadsheets read UTF-8 rightly only with the mark in front.
    const parts = kind === "csv" ? ["\ufeff", bar.dataset.csv] : [bar.dataset.json];
    const type = kind === "csv" ? "text/csv;charset=utf-8" : "application/json";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type }));
    link.download = `${bar.dataset.name}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  // A login cannot be kept inside another page's frame: it opens in a tab of its own.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".pr-who a");
    if (link && window.self !== window.top) { link.target = "_blank"; link.rel = "noopener"; }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".pr-tile, .pr-copy, .pr-download, .pr-rate-this");
    if (!button || button.disabled) return;
    if (button.matches(".pr-tile")) say(button);
    else if (button.matches(".pr-rate-this")) window.prancha.annotate.openRate(button.dataset.document, button.dataset.signature);
    else if (button.matches(".pr-copy")) copy(button);
    else download(button);
  });
  const showColumns = () => {  // on a phone the answer begins below the fold, and above it what is said of the request
    if (innerWidth < 700) document.getElementById("message").scrollIntoView({ block: "start" });
    return [];
  };
  // What events call: see compiled.js for why they are named here. Enter presses a button, which does nothing while it
  // is disabled, so nothing is asked for twice.
  const press = (id) => () => document.getElementById(id).click();
  const begin = () => { window.prancha.isReady = true; window.prancha.reopen(); };
  window.prancha = {
    showColumns, language: () => show(language()), setLanguage, begin, same: (value) => value,
    pressPull: press("pull"), pressPushRun: press("push-run-now"),
  };
})();
