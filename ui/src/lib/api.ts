import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useRef } from "react";
import { COMMANDS, type commands, type Meta } from "../bindings";
import { ApiError } from "./errors";
import { uuidv7 } from "./ids";
import { command, query } from "./transport";
import { pushUndo } from "./undo";

// The words of the wire come from the generated bindings: `orders.place_draft` is `commands.ordersPlaceDraft` there. A name that
// is not among them does not compile; one of the desk that is not there yet has open types.
type Commands = typeof commands;
type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type Fn<N extends string> = N extends `${infer Area}.${infer Rest}` ? (`${Camel<Area>}${Capitalize<Camel<Rest>>}` extends infer K ? (K extends keyof Commands ? Commands[K] : never) : never) : never;
type Answer<F extends (...args: never[]) => unknown> = F extends (...args: never[]) => Promise<infer R> ? Extract<R, { status: "ok" }> extends { data: infer D } ? D : never : never;

/** What the desktop asks of the desk itself; the list of commands has all the rest. */
type DeskName =
  | "app.status"
  | "app.keyring"
  | "app.undo"
  | "access.sign_in"
  | "access.sign_out"
  | "access.switch"
  | "access.lock"
  | "access.view_as"
  | "app.open_sample"
  | "app.leave_sample"
  | "app.connect_test"
  | "app.connect"
  | "app.disconnect"
  | "app.move_home"
  | "app.unlock"
  | "app.encryption"
  | "app.recovery_code"
  | "app.encrypt"
  | "app.decrypt"
  | "app.open_encrypted"
  | "app.backup"
  | "app.restore"
  | "app.restore_run"
  | "app.list_copies"
  | "app.restore_copy"
  | "app.diagnostics"
  | "app.pick_folder"
  | "app.pick_open"
  | "app.pick_save";
type Listed = typeof COMMANDS;
type Of<Kind extends "query" | "command"> = { [N in keyof Listed]: Listed[N]["kind"] extends Kind ? N : never }[keyof Listed];

export type QueryName = Of<"query"> | DeskName;
export type CommandName = Of<"command"> | DeskName;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Input<N extends string> = [Fn<N>] extends [never] ? any : Parameters<Fn<N>> extends [Meta, infer I] ? I : Parameters<Fn<N>> extends [infer I] ? I : never;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Output<N extends string> = [Fn<N>] extends [never] ? any : Answer<Fn<N>>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type RowOf<N extends string> = Output<N> extends { items: (infer R)[] } ? R : Output<N> extends { rows: (infer R)[] } ? R : any;

/** The tag under which a query is cached is its area: `orders.list` → `orders`. Name more when it shows others' facts. */
export function tagOf(name: string): string {
  return name.split(".")[0] ?? name;
}

/** What a command makes old. */
function tagsOf(name: string): readonly string[] {
  return [tagOf(name), ...((COMMANDS as Record<string, { tags: readonly string[] }>)[name]?.tags ?? [])];
}

export async function ask<N extends QueryName>(name: N, input: Input<N>): Promise<Output<N>> {
  return (await query(name, input)) as Output<N>;
}

export async function tell<N extends CommandName>(name: N, input: Input<N>, commandId?: string): Promise<Output<N>> {
  return (await command(name, input, commandId)) as Output<N>;
}

interface AskOptions<T = unknown> {
  /** Tags beyond the query's own area: a product page that shows stock says `["stock"]`. */
  tags?: string[];
  enabled?: boolean;
  /** Keeps the last answer on the screen while the next one is on its way (filters, typing). */
  keep?: boolean;
  staleTime?: number;
  /** How soon it is asked again, by what was answered last; `false` when nothing more is to come. */
  again?: (answer: T | undefined) => number | false;
}

/** A question, for `useAsk` or to be asked ahead of it. */
export function question<N extends QueryName>(name: N, input: Input<N>, o: AskOptions<Output<N>> = {}): UseQueryOptions<Output<N>, ApiError> {
  return {
    queryKey: [tagOf(name), name, input],
    queryFn: () => ask(name, input),
    meta: { tags: [tagOf(name), ...(o.tags ?? [])] },
    enabled: o.enabled ?? true,
    ...(o.keep ? { placeholderData: keepPreviousData } : {}),
    ...(o.staleTime !== undefined ? { staleTime: o.staleTime } : {}),
    ...(o.again ? { refetchInterval: (query) => o.again?.(query.state.data) ?? false } : {}),
  };
}

/** Asks and caches. It is asked again by itself when an event says that one of its tags changed. */
export function useAsk<N extends QueryName>(name: N, input: Input<N>, o: AskOptions<Output<N>> = {}): UseQueryResult<Output<N>, ApiError> {
  return useQuery(question(name, input, o));
}

interface TellOptions<N extends string> {
  /** What was done, translated ("3 orders archived"). When given, an undo toast follows; the inverse is the one the command recorded. */
  undo?: (data: Output<N>, input: Input<N>) => string | null;
  onSuccess?: (data: Output<N>, input: Input<N>) => void;
  onError?: (e: ApiError, input: Input<N>) => void;
}

/**
 * Gives a command. The command id lives until the command was answered: pressing the button again after a lost
 * connection repeats the same command, and a changed input gets a new one.
 */
export function useTell<N extends CommandName>(name: N, o: TellOptions<N> = {}): UseMutationResult<Output<N>, ApiError, Input<N>> {
  const client = useQueryClient();
  const pending = useRef<{ id: string; input: string } | null>(null);
  const answered = useRef("");
  return useMutation<Output<N>, ApiError, Input<N>>({
    mutationFn: async (input) => {
      const text = JSON.stringify(input);
      if (pending.current?.input !== text) pending.current = { id: uuidv7(), input: text };
      try {
        const id = pending.current.id;
        const answer = await tell(name, input, id);
        answered.current = id;
        pending.current = null;
        return answer;
      } catch (e) {
        // A clear refusal is an answer, too; only silence is worth repeating under the same id.
        if (e instanceof ApiError && e.code !== "unreachable") pending.current = null;
        throw e;
      }
    },
    onSuccess: (data, input) => {
      // The event says the same a moment later; this is for the screen the person is looking at now.
      invalidateTags(client, tagsOf(name));
      const done = o.undo?.(data, input);
      if (done) pushUndo({ label: done, run: undoRun(answered.current) });
      o.onSuccess?.(data, input);
    },
    ...(o.onError ? { onError: o.onError } : {}),
  });
}

/** Takes back a command by its id: what `pushUndo` wants when the command was given with `tell(name, input, id)`. */
export function undoRun(commandId: string): () => Promise<unknown> {
  return () => tell("app.undo", { command_id: commandId });
}

export function invalidateTags(client: QueryClient, tags: readonly string[]): void {
  const any = tags.includes("*");
  void client.invalidateQueries({
    predicate: (q) => any || ((q.meta?.tags as string[] | undefined) ?? [String(q.queryKey[0])]).some((t) => tags.includes(t)),
  });
}

export interface Page<Row> {
  rows: Row[];
  next?: string | null;
  total?: number | null;
}

/** What DataList eats. */
export interface ListSource<Row> {
  rows: Row[];
  total: number | null;
  loading: boolean;
  fetching: boolean;
  error: ApiError | null;
  hasMore: boolean;
  loadMore: () => void;
  refetch: () => void;
}

/**
 * A long list, page by page, by keyset cursor. `input` is without the cursor; `cursorKey` is where the cursor goes in
 * the input; `page` reads rows and the next cursor out of the answer when they are named differently.
 */
export function usePages<N extends QueryName, Row = RowOf<N>>(
  name: N,
  input: Record<string, unknown>,
  o: AskOptions & { cursorKey?: string; page?: (answer: Output<N>) => Page<Row> } = {},
): ListSource<Row> {
  const read = o.page ?? ((a: Output<N>) => defaultPage<Row>(a));
  const cursorKey = o.cursorKey ?? "cursor";
  const q = useInfiniteQuery({
    queryKey: [tagOf(name), name, input, "pages"],
    queryFn: async ({ pageParam }) => read(await ask(name, { ...input, [cursorKey]: pageParam } as Input<N>)),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<Row>) => last.next ?? undefined,
    meta: { tags: [tagOf(name), ...(o.tags ?? [])] },
    enabled: o.enabled ?? true,
    placeholderData: keepPreviousData,
  });
  return {
    rows: q.data?.pages.flatMap((p) => p.rows) ?? [],
    total: q.data?.pages[0]?.total ?? null,
    loading: q.isPending,
    fetching: q.isFetching,
    error: (q.error as ApiError | null) ?? null,
    hasMore: q.hasNextPage,
    loadMore: () => {
      if (q.hasNextPage && !q.isFetchingNextPage) void q.fetchNextPage();
    },
    refetch: () => void q.refetch(),
  };
}

function defaultPage<Row>(a: unknown): Page<Row> {
  const o = (a ?? {}) as Record<string, unknown>;
  const rows = (Array.isArray(a) ? a : (o.rows ?? o.items ?? [])) as Row[];
  return { rows, next: (o.next ?? o.next_cursor ?? null) as string | null, total: (o.total ?? null) as number | null };
}
