import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { client } from "../app/client";
import type { Role, StaffAndRoles } from "../bindings";
import { i18next, startI18n } from "../i18n";
import { ApiError, describeError } from "../lib/errors";
import { setTransport } from "../lib/transport";
import { RoleDrawer } from "./RoleDrawer";
import { Roles } from "./Roles";

const seller: Role = { id: "r1", preset: null, name: "Seller", permissions: ["orders_read"], refund_limit: null, sees: { own_orders: false, channels: ["web"] }, people: 0, version: 3 };
const all: StaffAndRoles = { staff: [], roles: [seller], permissions: ["orders_read", "orders_write"], channels: ["counter", "web"] };
const saved: unknown[] = [];
setTransport({
  async call(name, input) {
    if (name === "access.save_role") saved.push(input);
    return name === "access.save_role" ? seller : {};
  },
  onChanged: () => () => undefined,
});

beforeAll(async () => {
  await startI18n("en");
  Object.defineProperty(window, "matchMedia", { value: (q: string) => ({ matches: true, media: q, addListener: vi.fn(), removeListener: vi.fn(), addEventListener: vi.fn(), removeEventListener: vi.fn() }) });
});
beforeEach(() => {
  saved.length = 0;
});

it("says and saves what a role sees", async () => {
  render(
    <QueryClientProvider client={client}>
      <RoleDrawer all={all} role={seller} onClose={() => undefined} />
    </QueryClientProvider>,
  );
  expect(screen.getByRole("radio", { name: "All orders" })).toHaveProperty("checked", true);
  expect(screen.getByText("web")).toBeTruthy();
  await userEvent.click(screen.getByRole("radio", { name: "Only their own orders" }));
  await userEvent.click(screen.getByRole("button", { name: /^Save/ }));
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]).toMatchObject({ id: "r1", version: 3, name: "Seller", sees: { own_orders: true, channels: ["web"] } });
});

it("tells it beside the role, and in a refusal", () => {
  render(
    <QueryClientProvider client={client}>
      <Roles all={{ ...all, roles: [{ ...seller, sees: { own_orders: true, channels: ["counter", "web"] } }] }} onOpen={null} />
    </QueryClientProvider>,
  );
  expect(screen.getByText("Only their own orders · Only from Counter, web")).toBeTruthy();
  const refusal = describeError(i18next, new ApiError("orders.get", "out_of_scope", { limit: "own" }));
  expect(refusal.title).toBe("That is not for you to see: your role sees only its own orders");
});
