import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: { target: "chrome120", minify: false, modulePreload: false },
});
