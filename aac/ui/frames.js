// A page at rest asks for no frames. Gradio counts the seconds that something loads frame by frame, and the count of the
// page's own opening goes on when it is long gone (6.31): a processor at work, and a battery, for nothing. Such a count
// gets two frames a second.
(() => {
  const ask = window.requestAnimationFrame.bind(window);
  const countsSeconds = (callback) => /performance\.now\(\)\s*-.*\/\s*1e3/.test(String(callback));
  window.requestAnimationFrame = (callback) =>
    countsSeconds(callback) ? setTimeout(() => ask(callback), 500) : ask(callback);
})();
