import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ImportJob } from "../bindings";
import { tell, useAsk, usePages, type ListSource } from "../lib/api";
import { uuidv7 } from "../lib/ids";
import { putJob } from "../lib/jobs";

export function useImports(): ListSource<ImportJob> {
  return usePages("imports.list", { limit: 50 });
}

/** The job, asked again twice a second while it runs. The bell in the top bar shows it on every page. */
export function useJob(id: string) {
  const { t } = useTranslation();
  const q = useAsk("imports.get", { id }, { enabled: id !== "", refetchInterval: 500 });
  const job = q.data;
  useEffect(() => {
    if (!job) return;
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
  }, [job?.id, job?.rows_read, job?.state]); // eslint-disable-line react-hooks/exhaustive-deps
  return q;
}
