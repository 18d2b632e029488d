import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
import vue from "eslint-plugin-vue";
import accessibility from "eslint-plugin-vuejs-accessibility";
import globals from "globals";
import typescript from "typescript-eslint";

/** Newer than the oldest browser the pages are built for, and not replaced by the build. */
const tooNew = ["structuredClone", "cookieStore", "scheduler"].map((name) => ({
  name,
  message: "Not in Chrome 86.",
}));

export default typescript.config(
  {
    ignores: [
      "**/static/",
      "**/node_modules/",
      ".venv/",
      "test-output/",
      "**/generated/",
      "**/*.generated.ts",
      "var/",
    ],
  },
  eslint.configs.recommended,
  typescript.configs.recommendedTypeChecked,
  vue.configs["flat/recommended"],
  accessibility.configs["flat/recommended"],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        parser: typescript.parser,
        projectService: true,
        extraFileExtensions: [".vue"],
      },
    },
    rules: {
      eqeqeq: "error",
      "no-restricted-globals": ["error", ...tooNew],
      "no-restricted-properties": [
        "error",
        { object: "crypto", property: "randomUUID", message: "Not in Chrome 86." },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // A label around its control, or one that names it: either is enough.
      "vuejs-accessibility/label-has-for": ["error", { required: { some: ["nesting", "id"] } }],
      // Text from people reaches the page as text nodes only.
      "vue/no-v-html": "error",
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/define-macros-order": "error",
      "vue/no-undef-components": "error",
      "vue/no-unused-refs": "error",
    },
  },
  { files: ["**/*.js"], ...typescript.configs.disableTypeChecked },
  prettier,
);
