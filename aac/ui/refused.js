// What the server refused of Gradio's own calls (too many requests, another role, no place in line, a file that is too
// large) is said once, in a box, until that is closed or the call made again succeeds. Of a direct call Gradio says
// nothing; of the others a toast of its own, which `toasts.js` closes: it holds what the answer holds, so that must be our
// words, and no status may be one for which Gradio has others (503). While the page is being made ready, a direct call is
// made again by itself. Calls of `annotate.js` tell of theirs themselves.
(() => {
  const A = window.prancha.annotate;
  const GRADIOS = /\/gradio_api\/(run\/predict|queue\/join|upload)$/;
  const [OFTEN, BUSY] = [429, 503];
  const [RETRIES, RETRY_S] = [20, 3];  // a minute of them
  let shown = null;  // the box, its words, and the events of which it speaks
  const quiet = new Map();  // of an event that no person asked for, the words that were closed
  const hide = () => { shown?.box.remove(); shown = null; };
  const close = () => {
    shown.events.forEach((event) => quiet.set(event, shown.words));
    hide();
  };
  const isOfTimer = (event) => {
    const { targets = [] } = window.gradio_config?.dependencies?.find(({ id }) => id === event) ?? {};
    return targets.length > 0 && targets.every(([, what]) => what === "tick");
  };
  const say = (told, event) => {
    const words = JSON.stringify([told.pt, told.en]);
    if (shown?.words === words) { shown.events.add(event); return; }  // an alert that is put back is read out again
    if (isOfTimer(event) && (shown || quiet.get(event) === words)) return;  // it comes again
    hide();
    const box = A.el("div", { class: "pr-notice" }, A.note("bad", A.explained(told), A.button("close", close)));
    shown = { box, words, events: new Set([event]) };
    (document.querySelector(".gradio-container") ?? document.body).append(box);
  };
  const succeeded = (event) => {
    quiet.delete(event);
    if (shown?.events.has(event)) hide();
  };
  const UPLOAD = "upload";  // in the place of an event's number
  const eventOf = (body) => { try { return JSON.parse(body).fn_index; } catch { return undefined; } };
  const refusalOf = (answer) => answer.clone().json().then(
    ({ refusal }) => (refusal?.pt ? refusal : null), () => null);  // null: a proxy's own page
  const isLater = ({ status }, door) =>
    door === "run/predict" && !window.prancha.isReady && [OFTEN, BUSY].includes(status);
  const isSaid = (text) => Boolean(shown) && JSON.parse(shown.words).some((words) => text.includes(words));
  window.prancha.refused = { isSaid };
  // Of a file that is too large Gradio only says “Error”, so it is not given to it.
  const refuseLarge = (event) => {
    const files = [...(event.target.files ?? event.dataTransfer?.files ?? [])];
    const isTooLarge = files.some(({ size }) => size > (window.gradio_config?.max_file_size ?? Infinity));
    if (!isTooLarge) { if (files.length) succeeded(UPLOAD); return; }  // what is said of another file holds no longer
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.target.files) event.target.value = "";  // else the same file, made smaller, is no change
    say(window.prancha.texts.too_large, UPLOAD);
  };
  for (const kind of ["change", "drop"]) document.addEventListener(kind, refuseLarge, true);
  const call = window.fetch;
  window.fetch = async (...given) => {
    let answer = await call(...given);
    const [, door] = GRADIOS.exec(new URL(given[0]?.url ?? given[0], location.href).pathname) ?? [];
    if (!door) return answer;
    const event = door === UPLOAD ? UPLOAD : eventOf(given[1]?.body);
    for (let left = RETRIES; left && isLater(answer, door); left -= 1) {
      const told = await refusalOf(answer);
      if (told) say(told, event);
      await new Promise((go) => setTimeout(go, 1000 * Math.min(answer.headers.get("Retry-After") || RETRY_S, 10)));
      answer = await call(...given);
    }
    if (answer.ok) succeeded(event);
    if (answer.status < 400) return answer;
    const told = await refusalOf(answer);
    if (!told) return answer;
    say(told, event);
    if (door === UPLOAD) return new Response(document.documentElement.lang === "en" ? told.en : told.pt, { status: answer.status });
    if (answer.status === BUSY) return new Response(await answer.text(), { status: 500, headers: answer.headers });
    return answer;
  };
})();
