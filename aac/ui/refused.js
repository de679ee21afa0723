// What the server refused of Gradio's own calls (too many requests, another role, no place in line): Gradio shows the
// words of an event that waited in its queue, and nothing where a direct call failed. They are shown here, until a person
// closes them. Calls of `annotate.js` tell of theirs themselves.
(() => {
  const A = window.prancha.annotate;
  const GRADIOS = /\/gradio_api\/(run\/predict|queue\/join)$/;
  const say = (told) => {
    document.querySelector(".pr-refused")?.remove();  // the same words again are said again
    const box = A.el("div", { class: "pr-refused" },
      A.note("bad", A.explained(told), A.button("close", () => box.remove())));
    (document.querySelector(".gradio-container") ?? document.body).append(box);
  };
  const call = window.fetch;
  window.fetch = async (...given) => {
    const answer = await call(...given);
    const path = new URL(given[0]?.url ?? given[0], location.href).pathname;
    if (answer.status >= 400 && GRADIOS.test(path)) {
      answer.clone().json().then(({ refusal }) => { if (refusal?.pt) say(refusal); }, () => { /* a proxy's own page */ });
    }
    return answer;
  };
})();
