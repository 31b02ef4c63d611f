// What every page must be: free of barriers that axe can see, and no wider than its window.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { settled } from "./shop.mjs";

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

/** What a person could not reach: a control cut off by the window, or by something in it that does not scroll. */
export async function unreachable(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const out = [];
    for (const e of document.querySelectorAll("#main a[href], #main button, #main input, #main textarea, #main [role=combobox], header button, header a")) {
      const box = e.getBoundingClientRect();
      const style = getComputedStyle(e);
      // Checkboxes and radios are drawn by their label; a field within a field is as wide as what is typed.
      if (box.width === 0 || box.height === 0 || style.visibility === "hidden" || style.opacity === "0" || e.closest(".sk-visually-hidden, [aria-hidden=true], .ant-select, .ant-picker")) continue;
      let [left, right] = [-Infinity, Infinity];
      let scrolls = false;
      for (let at = e.parentElement; at; at = at.parentElement) {
        const how = getComputedStyle(at).overflowX;
        // Whatever scrolls can bring it into sight; a long table scrolls by itself.
        const table = at.closest(".ant-table-tbody-virtual") !== null && !at.classList.contains("ant-table-cell");
        scrolls = how === "auto" || how === "scroll" || table;
        if (scrolls) break;
        if (how === "hidden" || how === "clip") {
          const edge = at.getBoundingClientRect();
          [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
        }
      }
      if (!scrolls) [left, right] = [Math.max(left, 0), Math.min(right, width)];
      // What waits beyond the left edge comes into sight with the focus.
      if (box.right < 0) continue;
      // Of a long name that ends in dots enough is left to be pressed.
      const seen = Math.min(box.right, right) - Math.max(box.left, left);
      if (seen < Math.min(box.width, 24) - 1) out.push(`${e.tagName.toLowerCase()} "${(e.getAttribute("aria-label") ?? e.textContent ?? "").trim().slice(0, 40)}" ${Math.round(box.left)}–${Math.round(box.right)} of ${Math.round(left)}–${Math.round(right)}`);
    }
    return out;
  });
}

/** The page on a phone: a picture, and nothing that sticks out or cannot be reached. */
export async function onPhone(page, name) {
  await page.setViewportSize({ width: 360, height: 740 });
  await settled(page);
  await page.picture(`${name}-${page.lang}-360`);
  nothing([...(await overflow(page)), ...(await unreachable(page))], `${name}, 360 px`);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** The page as it stands, and then on a phone. */
export async function presentable(page, name) {
  await settled(page);
  nothing(await barriers(page), name);
  await page.picture(`${name}-${page.lang}`);
  await onPhone(page, name);
}

export function nothing(problems, where) {
  assert.equal(problems.length, 0, `${where}: ${problems.length} problems\n    ${problems.join("\n    ")}`);
}
