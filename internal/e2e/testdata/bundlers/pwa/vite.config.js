import { VitePWA } from "vite-plugin-pwa";

export default {
  plugins: [
    VitePWA({
      injectRegister: false,
      workbox: {
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
        globPatterns: ["**/*.{js,css,html,wasm}"],
        globIgnores: ["**/*.standalone.*"],
        clientsClaim: true,
      },
    }),
  ],
};
