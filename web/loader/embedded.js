// The built files inside the script itself (keygen-auth.standalone.js and .mjs),
// for pages that can fetch none: those of shells, and from the disk.
import { program, texts } from "keygen-auth:embedded"; // made by internal/dist

// embedded are what main takes in place of where the files lie and how to get
// them. They are asked for by name.
export const embedded = [
  (file) => file,
  () => import("../runtime/runtime.js"),
  async (file) => {
    if (texts[file]) return new Response(texts[file]);
    const zipped = Uint8Array.from(atob(program), (char) => char.charCodeAt(0));
    return new Response(new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip")));
  },
];
