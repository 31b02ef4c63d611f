/** The payments' words of the wire. */
import type { Order } from "../bindings";

export type { Payment, PaymentKind, PaymentMethod as Method } from "../bindings";

/** An order as far as money is concerned. */
export type Payable = Pick<Order, "id" | "number" | "total" | "due" | "refundable" | "captured" | "refunded">;
