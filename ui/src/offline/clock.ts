import type { Connection } from "../bindings";

/** Less is of no harm, and may be the way to the server. */
const TOLERATED_MS = 2 * 60_000;

/** The clock of this computer is not that of the server, or stands before what was done already. */
export function clockIsWrong(c: Connection) {
  return Math.abs(c.clock_behind ?? 0) >= TOLERATED_MS;
}
