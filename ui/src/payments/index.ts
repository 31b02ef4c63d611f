/** What other areas may use of the payments. */
export { GiveRefund } from "./GiveRefund";
export { TakePayment } from "./TakePayment";
export type { Method, Payable, Payment } from "./types";
