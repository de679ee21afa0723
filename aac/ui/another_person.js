// Who logs in or out in one tab does so in this browser: its other tabs hide the name, say so, and keep what is typed.
(() => {
  const A = window.prancha.annotate;
  const LOOK_MS = 500;
  const quietly = (work) => { try { return work(); } catch { return null; } };  // some browsers' tabs cannot speak
  const tabs = quietly(() => new BroadcastChannel("prancha-person"));
  let now = A.person, before = null;  // who is logged in, as far as is known here; the line as it was
  const look = () => {
    const line = document.querySelector(".pr-who");
    if (!line) { setTimeout(look, LOOK_MS); return; }  // not told yet
    if (now === A.person) {
      if (before) { line.dataset.may = before.may; line.replaceChildren(...before.nodes); }
      before = null;
      return;
    }
    before ??= { may: line.dataset.may, nodes: [...line.childNodes] };
    line.dataset.may = "";
    const said = A.t(now ? "logged_in_elsewhere" : "logged_out_elsewhere");
    line.replaceChildren(A.note("bad", said), A.button("load_again", () => location.reload()));
  };
  tabs?.addEventListener("message", ({ data }) => { if (data !== now) { now = data; look(); } });
  quietly(() => tabs?.postMessage(A.person));
})();
