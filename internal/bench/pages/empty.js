// Runs a Go program that does nothing.
const go = new Go();
WebAssembly.instantiateStreaming(fetch("keygen-auth.empty.wasm"), go.importObject)
  .then(({ instance }) => go.run(instance))
  .then(() => (window.probe.ready = performance.now()));
