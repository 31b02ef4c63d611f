import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import { ApiError } from "../../lib/errors";
import { line, setTransport } from "../../lib/transport";
import type { AppStatus } from "../status";
import { ConnectForm, gaps } from "./ConnectForm";
import FirstRun from "./FirstRun";

let told: { name: string; input: unknown }[] = [];
let answer: (name: string) => unknown = () => null;
let keyring = true;

beforeAll(async () => {
  await startI18n("en");
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as never;
  window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} })) as never;
});
beforeEach(() => {
  localStorage.clear();
  told = [];
  answer = () => null;
  keyring = true;
  setTransport({
    call: async (name, input) => {
      told.push({ name, input });
      return name === "app.keyring" ? keyring : answer(name);
    },
    onChanged: () => () => undefined,
  });
});
afterEach(() => setTransport(undefined));

function show(what: React.ReactNode) {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <App>{what}</App>
    </QueryClientProvider>,
  );
}
const status = (desktop: boolean): AppStatus => ({ ready: false, shop: null, version: "1", database: "", locked: false, me: null, desktop });

describe("connecting to a server", () => {
  it("wants what is needed, and no password in the clear", () => {
    const server = { host: "db", port: 5432, database: "shop", user: "till", tls: true };
    expect(gaps(server, true, "")).toEqual([]);
    expect(gaps({ ...server, host: " ", user: "" }, true, "")).toEqual(["host", "user"]);
    expect(gaps({ ...server, tls: false }, true, "")).toEqual(["tls"]);
    expect(gaps({ ...server, host: "localhost", tls: false }, true, "")).toEqual([]);
    expect(gaps({ ...server, host: "localhost:5432, [::1]:5433,::1", tls: false }, true, "")).toEqual([]);
    expect(gaps({ ...server, host: "localhost, db2:5433", tls: false }, true, "")).toEqual(["tls"]);
    expect(gaps({ ...server, host: " , ", tls: false }, true, "")).toEqual(["host"]);
    expect(gaps(server, false, "short")).toEqual(["passphrase"]);
  });

  it("says what is missing instead of being silent", async () => {
    show(<ConnectForm onReady={() => undefined} />);
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    expect(await screen.findAllByText("This must be filled in.")).toHaveLength(2);
    expect(screen.getByLabelText("Server")).toHaveFocus();
    expect(told.filter((c) => c.name === "app.connect")).toEqual([]);
  });

  it("wants a passphrase where the machine cannot keep a password", async () => {
    keyring = false;
    show(<ConnectForm onReady={() => undefined} />);
    await screen.findByLabelText(/Passphrase/);
    await userEvent.type(screen.getByLabelText("Server"), "db.example.com");
    await userEvent.type(screen.getByLabelText("User"), "till");
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    expect(screen.getByLabelText(/Passphrase/)).toHaveFocus();
    expect(told.filter((c) => c.name === "app.connect")).toEqual([]);
  });

  it("speaks of the server when the server is silent, and leaves the shop's own line alone", async () => {
    answer = (name) => {
      if (name === "app.connect_test") throw new ApiError(name, "unreachable", { detail: "refused" });
      return null;
    };
    show(<ConnectForm onReady={() => undefined} />);
    await userEvent.type(screen.getByLabelText("Server"), "db.example.com");
    await userEvent.type(screen.getByLabelText("User"), "till");
    await userEvent.click(screen.getByRole("button", { name: "Test the connection" }));
    await screen.findByText("The server cannot be reached");
    expect(line.get()).toBe(true);
  });

  it("forgets what a test found once something else is typed", async () => {
    answer = () => ({ version: "17.2", found: "empty", milliseconds: 3, pooled: true });
    show(<ConnectForm onReady={() => undefined} />);
    await userEvent.type(screen.getByLabelText("Server"), "db.example.com");
    await userEvent.type(screen.getByLabelText("User"), "till");
    await userEvent.click(screen.getByRole("button", { name: "Test the connection" }));
    await screen.findByText(/The connection works/);
    expect(screen.getByText("PostgreSQL 17.2, answered in 3 ms")).toBeInTheDocument();
    expect(screen.getByText(/through a connection pooler/)).toBeInTheDocument();
    await userEvent.type(screen.getByLabelText("Server"), "x");
    expect(screen.queryByText(/The connection works/)).toBeNull();
  });
});

describe("a server and the shop of this computer", () => {
  const fill = async () => {
    await userEvent.type(screen.getByLabelText("Server"), "db.example.com");
    await userEvent.type(screen.getByLabelText("User"), "till");
  };
  const connected = () => told.filter((c) => c.name === "app.connect").map((c) => (c.input as { bring: boolean }).bring);

  it("goes into a shop that is there at once", async () => {
    answer = (name) => (name === "app.connect_test" ? { version: "17.2", found: "shop", shop: "Qinghe", milliseconds: 3, pooled: false } : null);
    const ready = vi.fn();
    show(<ConnectForm onReady={ready} own="My shop" />);
    await fill();
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    await waitFor(() => expect(ready).toHaveBeenCalledOnce());
    expect(connected()).toEqual([false]);
  });

  it("asks before an empty one gets a shop, and moves this computer's there", async () => {
    answer = (name) => (name === "app.connect_test" ? { version: "17.2", found: "empty", shop: null, milliseconds: 3, pooled: false } : null);
    const ready = vi.fn();
    show(<ConnectForm onReady={ready} own="My shop" />);
    await fill();
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    expect(await screen.findByLabelText("The shop of this computer, “My shop”: move it there")).toBeChecked();
    expect(connected()).toEqual([]);
    await userEvent.click(screen.getByLabelText("A new shop"));
    expect(screen.getByRole("button", { name: "Connect" })).toBeInTheDocument();
    await userEvent.click(screen.getByLabelText(/move it there/));
    await userEvent.click(screen.getByRole("button", { name: "Move the shop and connect" }));
    await waitFor(() => expect(ready).toHaveBeenCalledOnce());
    expect(connected()).toEqual([true]);
  });

  it("asks nothing where there is no shop yet", async () => {
    answer = (name) => (name === "app.connect_test" ? { version: "17.2", found: "empty", shop: null, milliseconds: 3, pooled: false } : null);
    const ready = vi.fn();
    show(<ConnectForm onReady={ready} />);
    await fill();
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    await waitFor(() => expect(ready).toHaveBeenCalledOnce());
    expect(connected()).toEqual([false]);
  });
});

describe("the first minute", () => {
  it("brings a shop back out of a backup", async () => {
    answer = (name) => (name === "app.pick_open" ? "/stick/shop.backup" : { file: "", bytes: 1, schema_version: 1, tables: [] });
    const ready = vi.fn();
    show(<FirstRun status={status(true)} onReady={ready} />);
    await userEvent.click(screen.getByRole("button", { name: /Restore a backup/ }));
    await waitFor(() => expect(ready).toHaveBeenCalledOnce());
    expect(told.find((c) => c.name === "app.restore")?.input).toEqual({ path: "/stick/shop.backup", code: null });
  });

  it("brings a shop back from a storage, by what was written down elsewhere", async () => {
    let encrypted = true;
    answer = (name) => {
      if (name === "app.restore_copy" && encrypted) {
        encrypted = false;
        throw new ApiError(name, "encrypted", { file: "fetched.backup" });
      }
      return name === "app.list_copies" ? [{ name: "shopkeeper-2026-11-23-103000-9abcdef0-0123456789abcdef.backup", bytes: 4_200_000, made: "2026-11-23 10:30:00" }] : { file: "", bytes: 1, schema_version: 1, tables: [] };
    };
    const ready = vi.fn();
    show(<FirstRun status={status(true)} onReady={ready} />);
    await userEvent.click(screen.getByRole("button", { name: /Restore from the network/ }));
    const look = screen.getByRole("button", { name: "Show the backups" });
    expect(look).toBeDisabled();
    await userEvent.type(screen.getByLabelText("Address of the storage"), "https://s3.example.com");
    await userEvent.type(screen.getByLabelText("Bucket"), "copies");
    await userEvent.type(screen.getByLabelText("Access key"), "AK");
    await userEvent.type(screen.getByLabelText("Secret key"), "geheim");
    await userEvent.click(look);
    await userEvent.click(await screen.findByRole("button", { name: "Restore 2026-11-23 10:30:00" }));
    await userEvent.type(await screen.findByLabelText("Recovery code"), "ABCD-EFGH{Enter}");
    await waitFor(() => expect(ready).toHaveBeenCalledOnce());
    const place = { kind: "s3", endpoint: "https://s3.example.com", region: "us-east-1", bucket: "copies", prefix: "", access_key: "AK", path_style: true };
    const name = "shopkeeper-2026-11-23-103000-9abcdef0-0123456789abcdef.backup";
    expect(told.filter((c) => c.name === "app.restore_copy").map((c) => c.input)).toEqual([
      { place, secret: "geheim", name, code: null },
      { place, secret: "geheim", name, code: "ABCD-EFGH" },
    ]);
    expect(JSON.stringify({ ...localStorage })).not.toContain("geheim");
  });

  it("says in a browser where the rest is done", () => {
    show(<FirstRun status={status(false)} onReady={() => undefined} />);
    expect(screen.queryByRole("button", { name: /Restore a backup/ })).toBeNull();
    expect(screen.getByText(/kept on the computer that serves this page/)).toBeInTheDocument();
  });
});
