// What every page must be: free of barriers that axe can see, and no wider than its window.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/** The serious and critical violations of WCAG 2.2 AA on the page as it stands, one line each. */
export async function barriers(page) {
  // Evaluated rather than added as a script: the page's own policy forbids scripts that it did not bring.
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), TAGS);
  return found.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary?.split("\n").slice(1).join(" ").trim()}\n      ${n.html.slice(0, 160)}`));
}

/** How far the page can be pushed sideways, and what sticks out. */
export async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const boxes = [document.documentElement, document.body, document.getElementById("main")].filter((e) => e !== null);
    const wide = boxes.filter((e) => e.scrollWidth > e.clientWidth + 1);
    if (wide.length === 0) return [];
    const inScroller = (e) => {
      for (let at = e.parentElement; at && at.id !== "main" && at !== document.body; at = at.parentElement) if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(at).overflowX)) return true;
      return false;
    };
    const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 1 && !inScroller(e)).map((e) => `${e.tagName.toLowerCase()}.${String(e.getAttribute("class") ?? "").split(" ").join(".")}`);
    return [`${wide.map((e) => `${e.tagName} ${e.scrollWidth} > ${e.clientWidth}`).join(", ")}: ${out.slice(0, 5).join(", ")}`];
  });
}

export function nothing(problems, where) {
  assert.equal(problems.length, 0, `${where}: ${problems.length} problems\n    ${problems.join("\n    ")}`);
}
