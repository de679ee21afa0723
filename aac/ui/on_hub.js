// What the server has and the Hub has not yet: kept in this browser too, and sent again where a server has lost it.
(() => {
  const A = window.prancha.annotate;
  const { storage } = A;
  const HERE = "prancha-here:", SAID = ["rate", "correct", "vote"], LOOK_MS = 30000;
  let place = { lineage: null, on_hub: null }, timer = null, count = 0;

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
    place = { lineage, on_hub };
    const lost = [];
    entries().forEach((entry) => {
      const isSame = !lineage || !entry.lineage || lineage === entry.lineage;
      if (on_hub === null || (isSame && lineage && on_hub >= entry.seq)) storage.remove(entry.key);
      else if (!isSame) lost.push(entry);  // another disk: what the first one had and the Hub had not is only here
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
    /** How many answers the server has and the Hub has not; and whether it is one of them. */
    notOnHub: () => entries().filter(({ name }) => SAID.includes(name)).length,
    mayBeLost: () => entries().length > 0,
    isOnHub: (id) => (place.lineage ? !entries().some(({ payload }) => payload.id === id) : null),
  });
  look();
})();
