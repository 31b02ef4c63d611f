/** What other areas may use of the payments. */
export { GiveRefund } from "./GiveRefund";
export { RefundRequests } from "./RefundRequests";
export { TakePayment } from "./TakePayment";
export type { Method, Payable, Payment } from "./types";
