// Who logs out in one tab is out in this browser: its other tabs hide the name and say so; what is typed there stays. They
// are told by the page that comes after the logout, once it knows that nobody is logged in.
(() => {
  const A = window.prancha.annotate;
  const LEAVING = "prancha-leaving";
  const quietly = (work) => { try { return work(); } catch { return null; } };  // where a browser keeps or sends nothing
  const tabs = quietly(() => new BroadcastChannel(LEAVING));
  const way = () => document.querySelector(".pr-who form");  // out
  document.addEventListener("submit", ({ target }) => {
    if (target.getAttribute("action") === "/logout") quietly(() => sessionStorage.setItem(LEAVING, "1"));
  });
  const LOOK_MS = 500;
  window.prancha.tellOfLogout = () => {
    if (!quietly(() => sessionStorage.getItem(LEAVING))) return;
    if (!document.querySelector(".pr-who")) { setTimeout(window.prancha.tellOfLogout, LOOK_MS); return; }  // not told yet
    quietly(() => sessionStorage.removeItem(LEAVING));
    if (!way()) tabs?.postMessage("out");
  };
  tabs?.addEventListener("message", () => {
    if (!way()) return;
    const line = document.querySelector(".pr-who");
    line.dataset.may = "";
    line.replaceChildren(A.note("bad", A.t("logged_out_elsewhere")), A.button("load_again", () => location.reload()));
  });
})();
