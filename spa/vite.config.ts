import { fileURLToPath, URL } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

import { browsers, TARGET } from "./build/browsers.ts";
import { budget } from "./build/budget.ts";
import { compress } from "./build/compress.ts";
import { errorTexts } from "./build/errorTexts.ts";

const edge = process.env.FOURPASS_EDGE ?? "http://127.0.0.1:8000";
const toTheEdge = { target: edge, changeOrigin: true, headers: { origin: edge } };

// Who signs in sees the overview first; one language comes with them.
const FIRST = /(?:OverviewView\.vue|i18n\/zh-TW\/index\.ts)$/;

export default defineConfig({
  plugins: [vue(), tailwindcss(), errorTexts(), browsers(), budget(180_000, FIRST), compress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: "false", __VUE_I18N_LEGACY_API__: "false" },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": toTheEdge, "/health": toTheEdge, "/schema": toTheEdge, "/webhook": toTheEdge },
  },
  // Nothing is inlined: the policy allows no data: but for images, and no inline script or style.
  build: { target: TARGET, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
