import tseslint from "typescript-eslint";

export default tseslint.config(
  // src/wasm is AssemblyScript: its own compiler checks it.
  { ignores: ["dist", ".build", "node_modules", "src/wasm/**/*.ts"] },
  ...tseslint.configs.strict,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      // Numeric kernels index typed arrays whose bounds their loops already hold.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-require-imports": "off",
    },
  },
);
