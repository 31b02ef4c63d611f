import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { antdLocale } from "../i18n";
import { invalidateTags } from "../lib/api";
import { installHotkeys } from "../lib/hotkeys";
import { onChanged } from "../lib/transport";
import { Boundary } from "./Boundary";
import { client } from "./client";
import { Gate } from "./Gate";
import { styleNonce, themeConfig, useDark } from "./theme";

export function App() {
  const dark = useDark();
  const { i18n } = useTranslation();

  useEffect(() => installHotkeys(), []);
  useEffect(() => onChanged((tags) => invalidateTags(client, tags)), []);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }, [dark]);

  const locale = antdLocale(i18n.language);
  const nonce = styleNonce();
  return (
    <QueryClientProvider client={client}>
      <ConfigProvider
        theme={themeConfig(dark)}
        {...(locale ? { locale } : {})}
        {...(nonce ? { csp: { nonce } } : {})}
        componentSize="middle"
        button={{ autoInsertSpace: false }}
        form={{ requiredMark: false }}
      >
        <AntApp message={{ maxCount: 3 }} notification={{ placement: "bottomRight", maxCount: 3 }}>
          <Boundary>
            <Gate />
          </Boundary>
        </AntApp>
      </ConfigProvider>
    </QueryClientProvider>
  );
}
