// Every key in both languages, with the same {{variables}}; every key that is used exists; no key lies unused.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const src = join(fileURLToPath(new URL(".", import.meta.url)), "..", "src");
const problems = [];

function* walk(dir) {
  for (const name of readdirSync(dir)) {
    const p = join(dir, name);
    if (statSync(p).isDirectory()) yield* walk(p);
    else yield p;
  }
}

function flatten(o, prefix, out) {
  for (const [k, v] of Object.entries(o)) {
    const key = prefix ? `${prefix}.${k}` : k;
    if (v && typeof v === "object") flatten(v, key, out);
    else out.set(key, String(v));
  }
  return out;
}

// Plural forms differ between languages: they are compared under their common name.
const base = (k) => k.replace(/_(zero|one|two|few|many|other)$/, "");

function load(lang) {
  const all = new Map();
  for (const dir of readdirSync(src)) {
    const file = join(src, dir, `${lang}.json`);
    let text;
    try {
      text = readFileSync(file, "utf8");
    } catch {
      continue;
    }
    flatten(JSON.parse(text), dir === "i18n" ? "" : dir, all);
  }
  return all;
}

const en = load("en");
const zh = load("zh-CN");
const bases = (m) => new Set([...m.keys()].map(base));
const enKeys = bases(en);
const zhKeys = bases(zh);
for (const k of enKeys) if (!zhKeys.has(k)) problems.push(`missing in zh-CN: ${k}`);
for (const k of zhKeys) if (!enKeys.has(k)) problems.push(`missing in en: ${k}`);

const vars = (s) => [...s.matchAll(/\{\{\s*([\w.]+)/g)].map((m) => m[1]).filter((v) => v !== "count").sort().join(",");
const byBase = (m, k) => m.get(k) ?? m.get(`${k}_other`) ?? m.get(`${k}_one`);
for (const k of enKeys) {
  const a = byBase(en, k);
  const b = byBase(zh, k);
  if (a === undefined || b === undefined) continue;
  if (vars(a) !== vars(b)) problems.push(`variables differ: ${k} (${vars(a)} / ${vars(b)})`);
  if (a.trim() === "" || b.trim() === "") problems.push(`empty: ${k}`);
}

// A key is used when its full name stands in a source as a literal, or when a template literal begins with its front part.
const literals = new Set();
const fronts = new Set();
for (const file of walk(src)) {
  if (!/\.tsx?$/.test(file) || /\.test\.tsx?$|bindings\.ts$|types\.d\.ts$/.test(file)) continue;
  // Comments may show how a key is written; they use none.
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  for (const m of text.matchAll(/["'`]([a-zA-Z][\w-]*(?:\.[\w-]+)+)["'`]/g)) literals.add(m[1]);
  for (const m of text.matchAll(/`([a-zA-Z][\w-]*\.(?:[\w-]+\.)*[\w-]*)\$\{/g)) fronts.add(m[1]);
  for (const m of text.matchAll(/\bt\(\s*["'`]([^"'`$]+)["'`]/g)) {
    if (m[1].includes(".") && !enKeys.has(m[1]) && !enKeys.has(base(m[1]))) problems.push(`${relative(src, file)}: no such key: ${m[1]}`);
  }
}
// Errors, and the names of things in them, are looked up by what arrives.
const dynamic = (k) => /^(errors|kinds|fields|rules|reasons|states)\.|^\w+\.(errors|fields)\.|^settings\.did\./.test(k);
for (const k of enKeys) {
  if (literals.has(k) || dynamic(k)) continue;
  if ([...fronts].some((f) => k.startsWith(f))) continue;
  problems.push(`unused: ${k}`);
}

if (problems.length) {
  console.error(problems.join("\n"));
  console.error(`${problems.length} problem(s) in the words of the interface.`);
  process.exit(1);
}
console.log(`${enKeys.size} keys, both languages complete.`);
