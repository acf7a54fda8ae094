import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const ROOT = import.meta.dirname;
const TRANSLATIONS = join(ROOT, "..", "translations");
const TEXTS = "virtual:texts";
const ENGLISH = "en";

/** Return the sorted paths of the files in a folder, also in its folders. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .sort();
}

/** Return the texts of the panel by language. */
function panelTexts(): Record<string, unknown> {
  const names = readdirSync(TRANSLATIONS).filter((name) => name.endsWith(".json")).sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const store = JSON.parse(readFileSync(join(TRANSLATIONS, name), "utf8"));
      return store.panel ? [[name.slice(0, -".json".length), store.panel]] : [];
    }),
  );
}

/** Return the digest of everything that the bundle is made of; a Python test computes the same. */
function sourceDigest(): string {
  const hash = createHash("sha256");
  const sources = [...filesIn(join(ROOT, "src")), join(ROOT, "package-lock.json"), join(ROOT, "vite.config.ts")];
  for (const path of sources) hash.update(readFileSync(path)).update("\0");
  hash.update(sorted(panelTexts()));
  return hash.digest("hex");
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, one) =>
    one && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Return the code of a module with the texts: English at once, the other languages when they are needed. */
function textsModule(id: string): string {
  const language = id.slice(`${TEXTS}/`.length);
  if (language) return `export default ${sorted(panelTexts()[language])}`;
  const others = Object.keys(panelTexts()).filter((one) => one !== ENGLISH);
  const loaders = others.map((one) => `${JSON.stringify(one)}: () => import("${TEXTS}/${one}")`);
  return `export { default as english } from "${TEXTS}/${ENGLISH}";\nexport const others = { ${loaders.join(", ")} };`;
}

/** Return the chunk of a module: one of its own for each page and language, and one for what they share. */
function chunkOf(id: string): string | undefined {
  if (id === `\0${TEXTS}/${ENGLISH}`) return "shared";
  return id.includes("/src/pages/") || id.endsWith("/src/panel.ts") || id.includes("/src/cards") || id.includes(`${TEXTS}/`)
    ? undefined
    : "shared";
}

/** Bundles the panel's part of translations/, and names the files of the bundle in build.json. */
function steward(): Plugin {
  return {
    name: "homelab-steward",
    resolveId: (id) => (id.startsWith(TEXTS) ? `\0${id}` : undefined),
    load: (id) => (id.startsWith(`\0${TEXTS}`) ? textsModule(id.slice(1)) : undefined),
    generateBundle(_options, bundle) {
      const entries = Object.values(bundle).flatMap((one) =>
        one.type === "chunk" && one.isEntry ? [[one.name, one.fileName]] : [],
      );
      const source = `${JSON.stringify({ ...Object.fromEntries(entries), sources: sourceDigest() }, null, 2)}\n`;
      this.emitFile({ type: "asset", fileName: "build.json", source });
    },
  };
}

export default defineConfig({
  root: ROOT,
  plugins: [steward()],
  build: {
    target: "es2022",
    outDir: join(ROOT, "..", "custom_components", "homelab_steward", "frontend"),
    emptyOutDir: true,
    modulePreload: false,
    reportCompressedSize: true,
    rollupOptions: {
      input: { panel: join(ROOT, "src", "panel.ts"), cards: join(ROOT, "src", "cards.ts") },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name][extname]",
        manualChunks: chunkOf,
      },
    },
  },
});
