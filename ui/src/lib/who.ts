import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Role, Sees } from "../bindings";
import { useTell, type Input } from "./api";
import type { ApiError } from "./errors";
import { createStore } from "./store";

/** Whoever did it. The one who set the shop up has no name of their own yet; the clock, and whom nobody knows, never get one. */
export function useWho(): (actor: string) => string {
  const { t } = useTranslation();
  return (actor) => (actor === "owner" || actor === "clockwork" || actor === "stranger" ? t(`common.${actor}`) : actor);
}

/** What a role is called: the presets by the language of the screen, the shop's own by their name. */
export function useRoleName(): (role: Pick<Role, "preset" | "name">) => string {
  const { t } = useTranslation();
  return (role) => (role.preset ? t(`access.preset.${role.preset}`) : role.name);
}

/** Where an order came from. A channel that brings its own name is shown by it. */
export function useChannelName(): (channel: string) => string {
  const { t, i18n } = useTranslation();
  return (channel) => (i18n.exists(`orders.channels.${channel}`) ? t(`orders.channels.${channel}` as "orders.channels.counter") : channel);
}

/** What a role sees of the orders, in a few words; nothing where it sees them all. */
export function useSees(): (sees: Sees) => string {
  const { t } = useTranslation();
  const channel = useChannelName();
  return ({ own_orders, channels }) => [...(own_orders ? [t("access.sees.own")] : []), ...(channels.length ? [t("access.sees.only", { channels: channels.map(channel).join(t("common.comma")) })] : [])].join(" · ");
}

/** Whoever comes next has chosen to type a password, though a PIN would do. */
export const byPassword = createStore(false);

type Becoming = "access.sign_in" | "access.sign_out" | "access.switch" | "access.lock" | "access.view_as";

/** Another person sits here, or sees as another role: nothing of what was seen before stays. */
export function useBecome<N extends Becoming>(name: N, o: { onSuccess?: (input: Input<N>) => void; onError?: (error: ApiError) => void } = {}) {
  const client = useQueryClient();
  return useTell(name, {
    ...o,
    onSuccess: (_, input) => {
      o.onSuccess?.(input);
      void client.resetQueries();
    },
  });
}
