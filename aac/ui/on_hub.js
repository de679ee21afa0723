// What the server has and the Hub has not yet: kept in this browser too, and sent again where a server has lost it.
(() => {
  const A = window.prancha.annotate;
  const { storage } = A;
  const HERE = `${A.own("prancha-here")}:`, SAID = ["rate", "correct", "vote"], LOOK_MS = 30000;
  let timer = null, count = 0;

  const entries = () => storage.keys(HERE).map((key) => ({ key, ...storage.json(key) })).filter((e) => e.name);
  const look = () => {  // the Hub is behind by a minute or some: ask whether it has them now
    clearTimeout(timer);
    if (entries().length) timer = setTimeout(async () => { if (!(await A.refresh()).ok) look(); }, LOOK_MS);
  };
  /** The server has stored this; order: how entries are sorted, by when they were said. */
  const keepUntilOnHub = (order, { name, payload, at }, { seq, lineage }) => {
    if (!(seq > 0)) return;  // nothing goes to the Hub, or this is there already
    storage.set(`${HERE}${order}`, JSON.stringify({ name, payload, at, seq, lineage }));
    look();
  };
  /** The same of what did not wait in the outbox. */
  const keepAlso = (name, payload, reply) => {
    if (!reply.ok) return;
    const order = `${String(Date.now()).padStart(15, "0")}-${String(count++).padStart(5, "0")}-${name}`;
    keepUntilOnHub(order, { name, payload: { annotator: A.annotator(), ...payload }, at: Date.now() }, reply);
  };
  A.onMe(({ lineage, on_hub }) => {
    const lost = [];
    entries().forEach((entry) => {
      if (on_hub === null) storage.remove(entry.key);
      else if (!lineage) return;  // the server does not know yet
      // Another disk, or one that had no name then: what the first one had and the Hub had not may be only here.
      else if (entry.lineage !== lineage) lost.push(entry);
      else if (on_hub >= entry.seq) storage.remove(entry.key);
    });
    lost.forEach(({ key, name, payload, at }) => {
      A.sendAgain(key.slice(HERE.length), { name, payload, at });  // under the same id: nothing is stored twice
      storage.remove(key);
    });
    if (lost.length) A.flushOutbox().then(() => lost.some(({ name }) => name === "consent") && A.refresh());
    look();
  });
  Object.assign(A, {
    keepUntilOnHub, keepAlso,
    /** How many answers the server has and the Hub has not; and whether there is anything of that kind. */
    notOnHub: () => entries().filter(({ name }) => SAID.includes(name)).length,
    mayBeLost: () => entries().length > 0,
  });
  look();
})();
