import { createStore } from "./store";

/** Long work, seen from the bell in the top bar: an import, a backup, a bulk change. */
export interface Job {
  id: string;
  label: string;
  done: number;
  /** Null while it is not known how much there is. */
  total: number | null;
  state: "running" | "done" | "failed" | "cancelled";
  startedAt: number;
  note?: string;
  /** Where to look at it. */
  to?: string;
  cancel?: () => void;
}

export const jobs = createStore<Job[]>([]);

/** Adds the job or brings it up to date. */
export function putJob(job: Partial<Job> & { id: string }): void {
  jobs.set((all) => {
    const old = all.find((j) => j.id === job.id);
    const next: Job = { label: "", done: 0, total: null, state: "running", startedAt: Date.now(), ...old, ...job };
    return old ? all.map((j) => (j.id === job.id ? next : j)) : [next, ...all];
  });
}

export function dropJob(id: string): void {
  jobs.set((all) => all.filter((j) => j.id !== id));
}
