import { generateSW } from "workbox-build";

const { warnings } = await generateSW({
  globDirectory: "dist",
  swDest: "dist/sw.js",
  maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
  globPatterns: ["*.html", "*.js", "keygen-auth.*.{js,wasm,json}"],
  globIgnores: ["**/*.standalone.*"],
  clientsClaim: true,
});
if (warnings.length) throw Error(warnings.join());
