export default {
  compatibilityDate: "2026-11-01",
  devtools: { enabled: false },
  telemetry: false,
  app: { head: { htmlAttrs: { lang: "de" } } },
  hooks: {
    // Nuxt would have every page prefetch the program.
    "build:manifest": (manifest) => {
      for (const [name, file] of Object.entries(manifest)) if (/keygen-auth.*wasm/.test(name)) file.prefetch = false;
    },
  },
};
