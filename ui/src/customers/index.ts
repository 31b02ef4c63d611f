/** What other areas may use of the customers. */
export { AddressFields, addressLine, type AddressValue } from "./AddressFields";
export { CustomerPicker, type PickedCustomer } from "./CustomerPicker";
