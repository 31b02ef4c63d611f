export { useChannelName } from "../lib/who";

export const CHANNELS = ["counter", "import"];
