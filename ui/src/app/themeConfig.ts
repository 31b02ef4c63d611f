import { theme as antdTheme, type ThemeConfig } from "antd";
import { brand, FONT } from "./theme";

/** The look of the component library. What the shop's own style sheets use of it stands in tokens.css, which a test keeps equal. */
export function themeConfig(dark: boolean): ThemeConfig {
  return {
    algorithm: dark ? [antdTheme.darkAlgorithm, antdTheme.compactAlgorithm] : [antdTheme.defaultAlgorithm, antdTheme.compactAlgorithm],
    cssVar: { prefix: "sk", key: dark ? "sk-dark" : "sk-light" },
    token: {
      colorPrimary: dark ? "#17877b" : brand.pine,
      colorInfo: dark ? brand.pineBright : brand.pine,
      colorLink: dark ? "#5cc8bb" : brand.pine,
      colorLinkHover: dark ? "#86dccf" : "#08857a",
      colorError: dark ? "#f67a66" : "#b8302a",
      colorWarning: dark ? "#d89b2b" : "#9a6100",
      colorPrimaryBg: dark ? "#15302d" : "#e6f2f0",
      colorPrimaryBgHover: dark ? "#1b3f3a" : "#d4e8e5",
      colorPrimaryBorder: dark ? "#24544d" : "#a9d3cd",
      colorInfoBg: dark ? "#15302d" : "#e9f3f1",
      colorInfoBorder: dark ? "#24544d" : "#b5d9d3",
      controlItemBgActive: dark ? "#17332f" : "#e1f0ed",
      controlItemBgActiveHover: dark ? "#1b3f3a" : "#d4e8e5",
      colorSuccessBg: dark ? "#14291a" : "#edf7ef",
      colorSuccessBorder: dark ? "#28512f" : "#b9dfc2",
      colorWarningBg: dark ? "#2b2413" : "#fdf5e3",
      colorWarningBorder: dark ? "#5c4a1e" : "#ecd5a0",
      colorErrorBg: dark ? "#2c1815" : "#fdf0ee",
      colorErrorBorder: dark ? "#66322a" : "#efc0b9",
      colorSuccess: dark ? "#5bb36a" : "#2c7a3f",
      colorTextPlaceholder: dark ? "rgba(255,255,255,0.56)" : "rgba(0,0,0,0.56)",
      colorTextDescription: dark ? "rgba(255,255,255,0.66)" : "rgba(0,0,0,0.62)",
      colorTextTertiary: dark ? "rgba(255,255,255,0.6)" : "rgba(0,0,0,0.6)",
      colorBgLayout: dark ? "#101413" : "#f4f3ef",
      colorBgContainer: dark ? "#191e1d" : "#ffffff",
      colorBgElevated: dark ? "#212726" : "#ffffff",
      borderRadius: 6,
      fontFamily: FONT,
      fontSize: 14,
      controlHeight: 32,
      controlHeightSM: 26,
      wireframe: false,
    },
    components: {
      Menu: { itemHeight: 38, itemBg: "transparent", subMenuItemBg: "transparent", itemSelectedBg: dark ? "#1d3633" : "#e2efec", itemSelectedColor: dark ? "#7fd6ca" : "#08544d", itemBorderRadius: 6 },
      Table: { cellPaddingBlockSM: 7, cellPaddingInlineSM: 10, headerBg: dark ? "#1f2524" : "#f7f6f2" },
      Card: { paddingLG: 16 },
      Button: { primaryShadow: "none", defaultShadow: "none", fontWeight: 500, ...(dark ? { dangerColor: "#1a0d0a" } : {}) },
      Dropdown: dark ? { colorPrimary: "#5cc8bb" } : {},
      Tabs: dark ? { itemSelectedColor: "#5cc8bb", itemHoverColor: "#86dccf", itemActiveColor: "#86dccf", inkBarColor: "#5cc8bb" } : {},
    },
  };
}
