/** Builds the pages into web/dist: files with their hash in the name, no script or style inside the page itself. */
import { defineConfig, type Plugin } from "vite";

/** The pages begin to load with the document, and not only once the first script asks for them. */
const mainWithDocument: Plugin = {
  name: "main-with-document",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) => {
      const chunks = Object.values(bundle).flatMap((one) => (one.type === "chunk" ? [one] : []));
      const main = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith("/src/main.tsx") === true);
      if (main === undefined) throw new Error("the pages have no src/main.tsx of their own");
      return [main.fileName, ...main.imports].map((file) => ({
        tag: "link",
        attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` },
        injectTo: "head" as const,
      }));
    },
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [mainWithDocument],
  // the server puts the nonce of the answer here, src/http/portal.ts
  html: { cspNonce: "__NONCE__" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // the policy of the pages allows no data: scripts, and small files cost a request less than they save
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // "use client" says something to servers that render; none does here
      onwarn: (warning, tell) => (warning.code === "MODULE_LEVEL_DIRECTIVE" ? undefined : tell(warning)),
    },
  },
});
