/** What other areas may use of the people. */
export { Alerts } from "./Alerts";
