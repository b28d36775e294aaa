// The global object of the Go program, in place of the page's (internal/dist
// puts it there). A page may have globals called fs, process or path, also by an
// element's id: Go would take them for Node's. Only what a program needs to
// start and to print why it ended is here.
const decoder = new TextDecoder();

export const scope = {
  crypto,
  performance,
  TextEncoder,
  TextDecoder,
  Object,
  Array,
  Uint8Array,
  Date,
  Error,
  window,
  console,
  process: {},
  path: {},
  fs: {
    // Flags of files, of which there are none: -1 is what Go's own stand-in says.
    constants: new Proxy({}, { get: () => -1 }),
    writeSync(file, bytes) {
      console.error(decoder.decode(bytes));
      return bytes.length;
    },
  },
};
