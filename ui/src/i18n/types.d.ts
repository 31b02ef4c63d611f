import "i18next";
import type frame from "./en.json";
import type access from "../access/en.json";
import type analytics from "../analytics/en.json";
import type catalog from "../catalog/en.json";
import type customers from "../customers/en.json";
import type dashboard from "../dashboard/en.json";
import type imports from "../imports/en.json";
import type offline from "../offline/en.json";
import type orders from "../orders/en.json";
import type payments from "../payments/en.json";
import type settings from "../settings/en.json";
import type shipping from "../shipping/en.json";
import type stock from "../stock/en.json";

declare module "i18next" {
  interface CustomTypeOptions {
    nsSeparator: false;
    returnNull: false;
    defaultNS: "translation";
    resources: {
      translation: typeof frame & {
        access: typeof access;
        analytics: typeof analytics;
        catalog: typeof catalog;
        customers: typeof customers;
        dashboard: typeof dashboard;
        imports: typeof imports;
        offline: typeof offline;
        orders: typeof orders;
        payments: typeof payments;
        settings: typeof settings;
        shipping: typeof shipping;
        stock: typeof stock;
      };
    };
  }
}
