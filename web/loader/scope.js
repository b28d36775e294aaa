// The global object of the Go program, in place of the page's (internal/dist
// puts it there). A page may have globals called fs, process or path, also by an
// element's id: Go would take them for Node's. Only what a program looks up here,
// and needs to print why it ended, is here.
const decoder = new TextDecoder();

export const scope = {
  window,
  console,
  fs: {
    writeSync(file, bytes) {
      console.error(decoder.decode(bytes));
      return bytes.length;
    },
  },
};
