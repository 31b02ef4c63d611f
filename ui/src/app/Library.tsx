import { App as AntApp, ConfigProvider } from "antd";
import en from "antd/es/locale/en_US";
import zh from "antd/es/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useScreen } from "../lib/screen";
import { styleNonce, useDark } from "./theme";
import { themeConfig } from "./themeConfig";

/**
 * Ant Design, in the shop's look and language, for what stands within. It is large: pages and parts of pages bring it
 * along by `inLibrary`, and the first picture does without.
 */
export function Library({ children }: { children: ReactNode }) {
  const dark = useDark();
  const { narrow } = useScreen();
  const { i18n } = useTranslation();
  const nonce = styleNonce();
  const chinese = i18n.language === "zh-CN";
  // On a phone three notices would cover the buttons of what is open: there they lie on each other.
  const stack = narrow ? { threshold: 1 } : false;
  dayjs.locale(chinese ? "zh-cn" : "en");
  return (
    <ConfigProvider
      theme={themeConfig(dark)}
      locale={chinese ? zh : en}
      {...(nonce ? { csp: { nonce } } : {})}
      componentSize="middle"
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: false }}
    >
      <AntApp className="sk-library" message={{ maxCount: 3 }} notification={{ placement: "bottomRight", maxCount: 3, stack }}>
        {children}
      </AntApp>
    </ConfigProvider>
  );
}
