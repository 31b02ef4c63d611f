import { saveText, toCsv } from "../../lib/files";
import type { Column } from "./DataList";

/** A file of exactly what is shown: the visible columns, the loaded (or chosen) rows. */
export function exportRows<Row>(name: string, columns: Column<Row>[], rows: Row[]): void {
  const cols = columns.filter((c) => c.text);
  const head = cols.map((c) => c.title);
  const body = rows.map((r) => cols.map((c) => c.text?.(r) ?? ""));
  saveText(`${name}-${new Date().toISOString().slice(0, 10)}.csv`, toCsv([head, ...body]));
}
