import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const ROOT = import.meta.dirname;
const TRANSLATIONS = join(ROOT, "..", "translations");
const TEXTS = "virtual:texts";

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

/** Bundles the panel's part of translations/, and names the files of the bundle in build.json. */
function steward(): Plugin {
  return {
    name: "homelab-steward",
    resolveId: (id) => (id === TEXTS ? `\0${TEXTS}` : undefined),
    load: (id) => (id === `\0${TEXTS}` ? `export default ${sorted(panelTexts())}` : undefined),
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
      },
    },
  },
});
