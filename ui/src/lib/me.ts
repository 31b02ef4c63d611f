import type { Me, Permission } from "../bindings";
import { createStore, useStore } from "./store";

/** Who sits here and what they may do; in a shop without people that is everything that is not switched off. */
export const me = createStore<Me | null>(null);

/**
 * Whether to offer something. Only that: what is not allowed is refused by the shop itself, with the reason. Until it is known who
 * is here, everything is offered.
 */
export function may(who: Me | null, permission: Permission | undefined): boolean {
  return !permission || !who || who.permissions.includes(permission);
}

/** `const can = useCan(); can("orders_write") && <NewOrder />`. */
export function useCan(): (permission?: Permission) => boolean {
  const who = useStore(me);
  return (permission) => may(who, permission);
}
