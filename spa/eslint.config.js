import vue from "eslint-plugin-vue";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";
import vueParser from "vue-eslint-parser";

const parsed = {
  parser: vueParser,
  parserOptions: { parser: ts.parser, extraFileExtensions: [".vue"], projectService: true },
};

export default defineConfig([
  globalIgnores(["dist", "node_modules", "src/client/schema.ts", "eslint.config.js"]),
  ...ts.configs.strictTypeChecked,
  ...vue.configs["flat/recommended"],
  {
    files: ["**/*.vue", "**/*.ts"],
    languageOptions: parsed,
    rules: {
      complexity: ["error", 10],
      "max-lines": ["error", { max: 200 }],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // vue-tsc judges types of components; here they are `any`.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      // Prices and quantities are text: turning one into a float is a defect (see format/decimal).
      "no-restricted-globals": ["error", "parseFloat"],
      "no-restricted-properties": ["error", { object: "Number", property: "parseFloat" }],
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/no-v-html": "error",
      // The policy forbids style attributes; a bound `:style` goes through the CSSOM and is fine.
      "vue/no-static-inline-styles": ["error", { allowBinding: true }],
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/html-indent": "off",
      "vue/multi-word-component-names": "error",
      "vue/require-default-prop": "off",
    },
  },
  {
    files: ["src/**/*.vue"],
    rules: { "max-lines": ["error", { max: 120 }] },
  },
  {
    files: ["**/*.test.ts", "journeys/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
]);
