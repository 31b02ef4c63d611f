import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ImportJob, StartImport } from "../bindings";
import { ask, tell, useAsk, usePages, type ListSource } from "../lib/api";
import { ApiError } from "../lib/errors";
import { uuidv7 } from "../lib/ids";
import { jobs, putJob } from "../lib/jobs";

export function useImports(): ListSource<ImportJob> {
  return usePages("imports.list", { limit: 50 });
}

/** The job, asked again twice a second while it runs. The bell in the top bar shows it on every page. */
export function useJob(id: string) {
  const q = useAsk("imports.get", { id }, { enabled: id !== "", again: (job) => (job?.state === "running" ? 500 : false) });
  useBell(q.data ? [q.data] : []);
  return q;
}

/**
 * What a trial was asked to do: the very file, kind, mapping and options. A job tells what became of it; what was asked stands in
 * the audit log, whose subject it is.
 */
export async function planOf(job: ImportJob): Promise<StartImport> {
  const { items } = await ask("app.audit", { subject: job.id, command: "imports.start", limit: 1 });
  const asked = items[0]?.input;
  if (!asked) throw new ApiError("imports.start", "plan_unknown");
  return JSON.parse(asked) as StartImport;
}

/** Keeps the bell up to date on every page, also for a job that was running when the window was opened. */
export function WatchImports() {
  const recent = useAsk("imports.list", { cursor: null, limit: 10 });
  const items = recent.data?.items ?? [];
  const running = items.some((j) => j.state === "running");
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => void recent.refetch(), 1000);
    return () => clearInterval(timer);
  }, [running]); // eslint-disable-line react-hooks/exhaustive-deps
  useBell(items.filter((j) => j.state === "running" || jobs.get().some((known) => known.id === `import-${j.id}`)));
  return null;
}

function useBell(list: ImportJob[]) {
  const { t } = useTranslation();
  const signature = list.map((j) => `${j.id} ${j.rows_read} ${j.state}`).join();
  useEffect(() => {
    for (const job of list)
      putJob({
        id: `import-${job.id}`,
        label: t(job.dry_run ? "imports.trying" : "imports.importing", { file: job.file_name }),
        done: job.rows_read,
        total: job.rows_total,
        state: job.state === "paused" ? "cancelled" : job.state,
        startedAt: job.started_at,
        to: `/imports/${job.id}`,
        ...(job.state === "running" ? { cancel: () => void tell("imports.cancel", { id: job.id }, uuidv7()) } : {}),
      });
  }, [signature, t]); // eslint-disable-line react-hooks/exhaustive-deps
}
