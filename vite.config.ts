import path from "node:path";

import vue from "@vitejs/plugin-vue";
import type { UserConfig } from "vite";
import { defineConfig } from "vitest/config";

/** Each room that has pages is built by itself: `vite build --mode ROOM`. */
const pages: Record<string, string[]> = {
  village_client: ["index", "resident"],
  agent_console: ["index", "supervision", "api"],
};

const here = import.meta.dirname;

function build(room: string): UserConfig {
  const root = path.join(here, room, "web");
  const entries = pages[room];
  if (entries === undefined) {
    throw new Error(`--mode must be one of: ${Object.keys(pages).join(", ")}`);
  }
  return {
    root,
    // Pages live at /window and the like, their files below the room's own static address.
    base: `/static/${room}/`,
    publicDir: false,
    build: {
      outDir: path.join(here, room, "static"),
      emptyOutDir: true,
      // Village computers are old; Chrome 109 is the last for Windows 7, 86 costs 2 kB more.
      target: "chrome86",
      // The content policy allows neither data: addresses nor anything inline.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((name) => [name, path.join(root, `${name}.html`)])),
      },
    },
  };
}

export default defineConfig(({ command, mode }) => ({
  plugins: [vue()],
  resolve: { alias: { "@shared": path.join(here, "web_shared") } },
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  ...(command === "build" ? build(mode) : {}),
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    restoreMocks: true,
  },
}));
