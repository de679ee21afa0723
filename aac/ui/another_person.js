// Who logs in or out in one tab does so in this browser: its other tabs hide the name, say so, and keep what is typed.
(() => {
  const A = window.prancha.annotate;
  const LOOK_MS = 500;
  const quietly = (work) => { try { return work(); } catch { return null; } };  // some browsers' tabs cannot speak
  const tabs = quietly(() => new BroadcastChannel("prancha-person"));
  const ELSEWHERE = { in: "logged_in_elsewhere", out: "logged_out_elsewhere" };
  let why = null, before = null;  // why this page is nobody's now; the line as it was
  const look = () => {
    const line = document.querySelector(".pr-who");
    if (!line) { setTimeout(look, LOOK_MS); return; }  // not told yet
    // What is done here goes on being kept, for the person whose page it is: `data-may` stays.
    before ??= [...line.childNodes];
    if (why) line.replaceChildren(A.note("bad", A.t(why)), A.button("load_again", () => location.reload()));
    else line.replaceChildren(...before);
  };
  const tell = (found) => {
    if (found === why) return;
    why = found;
    look();
    if (!why) A.flushOutbox();  // its person is back
  };
  A.loginIsOver = () => tell(why ?? "login_over");
  tabs?.addEventListener("message", ({ data }) => tell(data === A.person ? null : ELSEWHERE[data ? "in" : "out"]));
  quietly(() => tabs?.postMessage(A.person));
})();
