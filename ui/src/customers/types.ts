/** The customers' words of the wire. */
export type { Address, Customer, CustomerRow, CustomerSort, ParsedAddress, Purchase } from "../bindings";
