import { useTranslation } from "react-i18next";

export const CHANNELS = ["counter", "import"];

/** Where an order came from. A channel that brings its own name is shown by it. */
export function useChannelName(): (channel: string) => string {
  const { t, i18n } = useTranslation();
  return (channel) => (i18n.exists(`orders.channels.${channel}`) ? t(`orders.channels.${channel}` as "orders.channels.counter") : channel);
}
