/** What other areas may use of the shipping. */
export { HandOverModal } from "./HandOverModal";
export { ShipModal } from "./ShipModal";
export { useCarrierName } from "./carriers";
export type { Parcel, Shippable } from "./types";
