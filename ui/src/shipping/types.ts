/** The shipping's words of the wire. */
import type { OrderLine } from "../bindings";

export type { Carrier, Parcel, WaybillChecked } from "../bindings";

/** A line as far as parcels are concerned. */
export type Shippable = Pick<OrderLine, "id" | "title" | "options" | "sku_code" | "qty" | "cancelled" | "shipped">;
