import type { TFunction } from "i18next";
import type { ExportTable } from "../../bindings";
import { ask, tell } from "../../lib/api";
import { toApiError } from "../../lib/errors";
import { putJob } from "../../lib/jobs";
import { uuidv7 } from "../../lib/ids";

/** Everything that matches, not only what is loaded: `filter` is the input of the area's list. */
export interface ExportAs {
  what: ExportTable;
  filter: unknown;
}

/**
 * Asks where to write, and lets the program write there while the bell shows how far it is; a closed page stops nothing.
 * False when the person changed their mind.
 */
export async function exportTable(t: TFunction, language: string, as: ExportAs): Promise<boolean> {
  const path = await ask("app.pick_save", { name: `${as.what}-${new Date().toISOString().slice(0, 10)}.xlsx` });
  if (!path) return false;
  const job = await tell("exports.table", { what: as.what, format: path.toLowerCase().endsWith(".csv") ? "csv" : "xlsx", path, filter: JSON.stringify(as.filter), language });
  const id = `export-${job.id}`;
  putJob({ id, label: t("list.exporting"), note: path, startedAt: Date.now(), cancel: () => void tell("exports.cancel", { id: job.id }, uuidv7()) });
  let now = job;
  while (now.state === "running") {
    await new Promise((done) => setTimeout(done, 400));
    now = await ask("exports.get", { id: job.id });
    putJob({ id, done: now.rows });
  }
  putJob({ id, state: now.state, done: now.rows, total: now.rows });
  if (now.state === "failed") throw toApiError("exports.table", now.error);
  return now.state === "done";
}
