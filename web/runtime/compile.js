// From an answer to the program.

// The size and hash of the program, and of the rest of it.
const parts = [
  { size: WASM_SIZE, hash: WASM_INTEGRITY },
  { size: REST_SIZE, hash: REST_INTEGRITY },
];

// compile returns the WebAssembly.Module of a response, unless its bytes are not
// those of the program, or of part 1: then it rejects with an error whose `response` is that.
export async function compile(response, signal, part = 0) {
  const { size, hash } = parts[part];
  try {
    // An insecure page cannot compare them. The browser can, but is to be asked again,
    // and keeps the page waiting for it. What came with the page has no URL.
    if (!crypto.subtle && response.url) response = await fetch(response.url, { signal, integrity: hash });
    // Not compileStreaming: the hash needs the bytes, too, and handing them to both
    // costs the page more than compiling early gains.
    const bytes = await read(response, size);
    const [module] = await Promise.all([WebAssembly.compile(bytes), crypto.subtle && check(bytes, hash)]);
    return module;
  } catch (error) {
    throw Object.assign(error, { response });
  }
}

// check rejects unless the bytes have this hash.
async function check(bytes, hash) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (hash !== "sha256-" + btoa(String.fromCharCode(...sum))) throw Error("wrong hash");
}

// read returns the bytes of a response, so many or
// fewer. They go into one buffer: arrayBuffer() copies what it has whenever it
// needs more room. What may follow is not waited for: a stream can end without
// telling such a reader.
async function read(response, size) {
  let reader;
  try {
    reader = response.body.getReader({ mode: "byob" });
  } catch {
    return new Uint8Array(await response.arrayBuffer()).subarray(0, size); // a browser without such readers
  }
  let bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const { done, value } = await reader.read(bytes.subarray(at));
    bytes = new Uint8Array(value.buffer);
    if (done) return bytes.subarray(0, at);
    at += value.length;
  }
  return bytes;
}
