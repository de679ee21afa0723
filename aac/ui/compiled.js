// Gradio makes functions out of strings while the page runs; the page's Content-Security-Policy forbids it, as what
// somebody smuggled in could do it too. Here are the functions themselves, each known by its string: Gradio's templates
// of one value, and calls of `window.prancha`, which are all that we give it. Any other string is left to the browser,
// which refuses it. It stands before Gradio's own scripts: they keep what they find.
(() => {
  const TEMPLATES = {
    '  return "${value}";\n': () => () => "${value}",
    '  return "";\n': () => () => "",
    "return `${value}`;": (names) => (...values) => `${values[names.indexOf("value")]}`,
    "return ``;": () => () => "",
    "element.addEventListener('click', function() { trigger('click') });":
      () => (element, trigger) => { element.addEventListener("click", () => trigger("click")); },
  };
  const EVENT = /^return \(\nwindow\.prancha\.(\w+)\n\);$/;  // `js=` of an event
  const ON_LOAD = /^window\.prancha\.(\w+)\(element, trigger\);$/;  // `js_on_load=` of a `gr.HTML`
  const known = (strings) => {
    const names = strings.slice(0, -1), body = String(strings.at(-1));
    if (Object.hasOwn(TEMPLATES, body)) return TEMPLATES[body](names);
    const event = EVENT.exec(body)?.[1], onLoad = ON_LOAD.exec(body)?.[1];
    if (event) return async () => (...values) => window.prancha[event](...values);
    return onLoad && ((element, trigger) => window.prancha[onLoad](element, trigger));
  };
  const instead = {
    apply: (maker, self, strings) => known(strings) || Reflect.apply(maker, self, strings),
    construct: (maker, strings) => known(strings) || Reflect.construct(maker, strings),
  };
  window.Function = new Proxy(Function, instead);
  const asynchronous = Object.getPrototypeOf(async () => {});
  Object.defineProperty(asynchronous, "constructor", { value: new Proxy(asynchronous.constructor, instead) });
})();
