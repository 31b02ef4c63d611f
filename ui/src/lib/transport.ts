import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { ApiError, toApiError } from "./errors";
import { uuidv7 } from "./ids";
import { createStore } from "./store";

/**
 * The two doors. In the desktop window a call goes through Tauri's IPC; in a browser (a phone on the counter, a test)
 * the same call goes to `POST /rpc/<dotted.name>`. Nothing above this file knows which.
 */
export interface Transport {
  call(name: string, input: unknown, commandId?: string): Promise<unknown>;
  /** Calls back with the tags of what changed; `["*"]` means "anything may have". Returns the way to stop. */
  onChanged(listener: (tags: string[]) => void): () => void;
}

const TOKEN_KEY = "shopkeeper.token";
/** Of whoever has signed in at this browser. The window's own door keeps that to itself. */
const SESSION_KEY = "shopkeeper.session";

/** The link that opens a browser carries the token behind `#`, which browsers never send; it is taken out of sight at once. */
export function takeTokenFromAddress(): void {
  const m = /[#&]token=([^&/]+)/.exec(window.location.hash);
  if (m?.[1]) {
    sessionStorage.setItem(TOKEN_KEY, decodeURIComponent(m[1]));
    window.history.replaceState(null, "", `${window.location.pathname}${window.location.search}#/`);
  }
}

export function inDesktopWindow(): boolean {
  return "__TAURI_INTERNALS__" in window;
}

/** Tauri wants `orders_place`; everything else says `orders.place`. */
export function ipcName(name: string): string {
  return name.replace(/\./g, "_");
}

const ipc: Transport = {
  async call(name, input, commandId) {
    try {
      return await invoke(ipcName(name), commandId ? { meta: { command_id: commandId }, input } : { input });
    } catch (e) {
      throw toApiError(name, e);
    }
  },
  onChanged(listener) {
    let stop: (() => void) | undefined;
    let stopped = false;
    void listen<unknown>("changed", (e) => listener(readTags(e.payload))).then((un) => {
      if (stopped) un();
      else stop = un;
    });
    return () => {
      stopped = true;
      stop?.();
    };
  },
};

const http: Transport = {
  async call(name, input, commandId) {
    const token = sessionStorage.getItem(TOKEN_KEY);
    const session = sessionStorage.getItem(SESSION_KEY);
    let answer: Response;
    try {
      answer = await fetch(`/rpc/${name}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(session ? { "X-Session": session } : {}) },
        body: JSON.stringify(commandId ? { command_id: commandId, input } : { input }),
      });
    } catch (e) {
      throw toApiError(name, e);
    }
    let body: unknown;
    try {
      body = await answer.json();
    } catch {
      throw toApiError(name, { code: answer.status === 401 ? "unauthenticated" : "unreachable", status: answer.status });
    }
    if (!answer.ok || !body || typeof body !== "object" || !("ok" in body)) throw toApiError(name, body);
    if (name === "access.sign_in" || name === "access.switch") sessionStorage.setItem(SESSION_KEY, (body.ok as { session: string }).session);
    if (name === "access.sign_out") sessionStorage.removeItem(SESSION_KEY);
    return body.ok;
  },
  onChanged(listener) {
    const token = sessionStorage.getItem(TOKEN_KEY) ?? "";
    const source = new EventSource(`/events?token=${encodeURIComponent(token)}`);
    const hear = (e: MessageEvent) => {
      try {
        listener(readTags(JSON.parse(String(e.data))));
      } catch {
        listener(["*"]);
      }
    };
    source.onmessage = hear;
    source.addEventListener("changed", hear);
    // After a broken line nobody knows what was missed.
    let lost = false;
    source.onerror = () => {
      lost = true;
    };
    source.onopen = () => {
      if (lost) listener(["*"]);
      lost = false;
    };
    return () => source.close();
  },
};

function readTags(payload: unknown): string[] {
  if (Array.isArray(payload)) return payload.map(String);
  if (payload && typeof payload === "object" && Array.isArray((payload as { tags?: unknown }).tags)) return (payload as { tags: unknown[] }).tags.map(String);
  return ["*"];
}

let transport: Transport | undefined;

/** For tests only: puts a stand-in where the door would be. */
export function setTransport(t: Transport | undefined): void {
  transport = t;
}

function door(): Transport {
  transport ??= inDesktopWindow() ? ipc : http;
  return transport;
}

/** Calls that knock at another door: its silence says nothing about this shop. */
const ELSEWHERE = new Set(["app.connect_test", "app.connect"]);

/** Whether the last call was answered at all. */
export const line = createStore(true);

async function through(name: string, input: unknown, commandId?: string): Promise<unknown> {
  try {
    const answer = await door().call(name, input, commandId);
    line.set(true);
    return answer;
  } catch (e) {
    if (!ELSEWHERE.has(name)) line.set(!(e instanceof ApiError && e.code === "unreachable"));
    throw e;
  }
}

/** Asks a question. Throws ApiError. Prefer `api.ts`, which knows the types. */
export function query(name: string, input: unknown): Promise<unknown> {
  return through(name, input);
}

/** Gives a command. Sending it again with the same id is answered as before, so a retry never does it twice. */
export function command(name: string, input: unknown, commandId: string = uuidv7()): Promise<unknown> {
  return through(name, input, commandId);
}

export function onChanged(listener: (tags: string[]) => void): () => void {
  return door().onChanged(listener);
}
