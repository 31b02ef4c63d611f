import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startI18n } from "../i18n";
import { ApiError } from "../lib/errors";
import { setPref } from "../lib/prefs";
import { setTransport } from "../lib/transport";
import { client } from "./client";
import SignIn from "./SignIn";

const calls: { name: string; input: Record<string, unknown> }[] = [];
/** What the shop answers to each call in turn; an error is thrown. */
let answers: (ApiError | object)[] = [];
setTransport({
  async call(name, input) {
    calls.push({ name, input: input as Record<string, unknown> });
    const answer = answers.shift() ?? {};
    if (answer instanceof ApiError) throw answer;
    return answer;
  },
  onChanged: () => () => undefined,
});

const ann = { login: "ann", name: "Ann" };
const bo = { login: "bo", name: "Bo" };
const refusal = (code: string, data = {}) => new ApiError("access.sign_in", code, data);
const last = () => calls.at(-1);

beforeAll(async () => {
  await startI18n("en");
  Object.defineProperty(window, "matchMedia", { value: (q: string) => ({ matches: true, media: q, addListener: vi.fn(), removeListener: vi.fn(), addEventListener: vi.fn(), removeEventListener: vi.fn() }) });
});
beforeEach(() => {
  calls.length = 0;
  answers = [];
  setPref("lastLogin", "ann");
});

function show(pins: { login: string; name: string }[]) {
  render(
    <QueryClientProvider client={client}>
      <SignIn shopName="Harbour Books" names={[ann, bo]} pins={pins} />
    </QueryClientProvider>,
  );
}
const key = (name: string) => screen.getByRole("button", { name });

it("takes a PIN by keyboard, mouse and both in turn", async () => {
  answers = [refusal("wrong_pin", { left: 4 })];
  show([ann, bo]);
  const field = screen.getByLabelText("PIN of Ann");
  expect(document.activeElement).toBe(field);
  expect(key("Open")).toHaveProperty("disabled", true);
  await userEvent.keyboard("4a8");
  await userEvent.click(key("2"));
  expect(document.activeElement).toBe(field);
  await userEvent.keyboard("9{Backspace}");
  await userEvent.click(key("7"));
  await userEvent.click(key("Erase the last digit"));
  await userEvent.click(key("0"));
  expect(screen.getByText("4 digits typed")).toBeTruthy();
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(last()).toEqual({ name: "access.switch", input: { login: "ann", pin: "4820" } }));
  // A wrong one is said, with what is left, and the next is typed at once.
  await screen.findByText("The PIN is wrong; tries left: 4");
  expect(field).toHaveProperty("value", "");
  await userEvent.click(key("Bo"));
  expect(screen.queryByRole("alert")).toBeNull();
  expect(key("Bo").getAttribute("aria-pressed")).toBe("true");
  await userEvent.keyboard("73915555999");
  await userEvent.click(key("Open"));
  await waitFor(() => expect(last()?.input).toEqual({ login: "bo", pin: "73915555" }));
});

it("hears digits wherever the focus is on the pad", async () => {
  show([ann]);
  act(() => key("5").focus());
  await userEvent.keyboard("48");
  expect(screen.getByLabelText("PIN of Ann")).toHaveProperty("value", "48");
});

it("offers the password beside the PIN, and asks whoever has none for it at once", async () => {
  show([bo]);
  expect(screen.getByLabelText("Password")).toBeTruthy();
  await userEvent.click(key("Use a PIN"));
  await userEvent.click(key("Bo"));
  await userEvent.click(key("Use the password"));
  await userEvent.type(screen.getByLabelText("Password"), "battery staple{Enter}");
  await waitFor(() => expect(last()).toEqual({ name: "access.sign_in", input: { login: "bo", password: "battery staple" } }));
});

it("asks for the code after the password, and keeps the password until it is right", async () => {
  answers = [refusal("code_needed"), refusal("wrong_code"), refusal("code_used")];
  show([]);
  await userEvent.type(screen.getByLabelText("Password"), "correct horse{Enter}");
  const code = await screen.findByLabelText("Code");
  expect(calls).toEqual([{ name: "access.sign_in", input: { login: "ann", password: "correct horse" } }]);
  expect(screen.queryByLabelText("Password")).toBeNull();
  expect(screen.queryByRole("alert")).toBeNull();
  await userEvent.type(code, "111 222{Enter}");
  await screen.findByText("The code is wrong");
  expect(last()?.input).toEqual({ login: "ann", password: "correct horse", code: "111 222" });
  // An input method types wide digits.
  await userEvent.type(screen.getByLabelText("Code"), "３３３４４４{Enter}");
  await screen.findByText("This code was used already");
  expect(last()?.input.code).toBe("333444");
  await userEvent.click(key("Use a recovery code"));
  await userEvent.type(screen.getByLabelText("Recovery code"), "AAAA-BBBB-CCCC-DDDD{Enter}");
  await waitFor(() => expect(last()?.input).toEqual({ login: "ann", password: "correct horse", code: "AAAA-BBBB-CCCC-DDDD" }));
});

it("begins anew when the password is refused meanwhile", async () => {
  answers = [refusal("code_needed"), refusal("locked_out", { until: 0 })];
  show([]);
  await userEvent.type(screen.getByLabelText("Password"), "correct horse{Enter}");
  await userEvent.type(await screen.findByLabelText("Code"), "111222{Enter}");
  await screen.findByText("Too many wrong passwords");
  expect(screen.getByLabelText("Password")).toHaveProperty("value", "");
});
