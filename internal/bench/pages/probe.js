// Runs before a page's own scripts and notes when what is measured happens, in milliseconds since the navigation began.
(() => {
  const now = () => performance.now();
  const probe = (window.probe = {});

  // A submit is safe once something listens for it.
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (type === "submit") probe.safe ??= now();
    return addEventListener.call(this, type, ...rest);
  };
  const { fetch } = window;
  window.fetch = (input, init) => {
    if (init?.method === "POST") probe.sent ??= now();
    return fetch(input, init);
  };
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (...item) {
    setItem.apply(this, item);
    if (probe.submitted) probe.stored ??= now();
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const instantiate = WebAssembly[name];
    WebAssembly[name] = async (...parts) => {
      const result = await instantiate(...parts);
      probe.memory = (result.instance ?? result).exports.mem ?? probe.memory; // its rest has none of its own
      return result;
    };
  }

  // The module is ready once its program answers.
  document.addEventListener("DOMContentLoaded", () => window.keygenAuth?.token().then(() => (probe.ready = now())));

  const painted = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const received = () => performance.getEntries().reduce((sum, { transferSize = 0 }) => sum + transferSize, 0);
  window.loaded = async () => {
    while (!probe.ready) await new Promise((done) => setTimeout(done, 5));
    return { safe: probe.safe ?? 0, ready: probe.ready, painted: painted(), received: received() };
  };
  // An operation waits for all of the program, even if it is refused then.
  window.whole = async () => {
    await window.keygenAuth?.users.me().catch(() => {});
    return { whole: received() };
  };
  window.signedIn = async (email, password) => {
    const form = document.querySelector("form");
    form.querySelector("#email").value = email;
    form.querySelector("#password").value = password;
    probe.sent = undefined;
    probe.submitted = now();
    form.requestSubmit();
    while (!probe.stored) await new Promise((done) => setTimeout(done, 1));
    return { sent: probe.sent - probe.submitted, stored: probe.stored - probe.submitted };
  };
})();
