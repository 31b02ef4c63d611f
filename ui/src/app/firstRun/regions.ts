/** What a shop in this country usually has; every one of it can be changed in the form. */
export interface Region {
  code: string;
  currency: string;
  zone: string;
  /** Whether price tags there include tax. */
  inclusive: boolean;
}

export const REGIONS: Region[] = [
  { code: "CN", currency: "CNY", zone: "Asia/Shanghai", inclusive: true },
  { code: "HK", currency: "HKD", zone: "Asia/Hong_Kong", inclusive: true },
  { code: "MO", currency: "MOP", zone: "Asia/Macau", inclusive: true },
  { code: "TW", currency: "TWD", zone: "Asia/Taipei", inclusive: true },
  { code: "SG", currency: "SGD", zone: "Asia/Singapore", inclusive: true },
  { code: "MY", currency: "MYR", zone: "Asia/Kuala_Lumpur", inclusive: true },
  { code: "JP", currency: "JPY", zone: "Asia/Tokyo", inclusive: true },
  { code: "KR", currency: "KRW", zone: "Asia/Seoul", inclusive: true },
  { code: "TH", currency: "THB", zone: "Asia/Bangkok", inclusive: true },
  { code: "VN", currency: "VND", zone: "Asia/Ho_Chi_Minh", inclusive: true },
  { code: "ID", currency: "IDR", zone: "Asia/Jakarta", inclusive: true },
  { code: "PH", currency: "PHP", zone: "Asia/Manila", inclusive: true },
  { code: "IN", currency: "INR", zone: "Asia/Kolkata", inclusive: true },
  { code: "AE", currency: "AED", zone: "Asia/Dubai", inclusive: true },
  { code: "AU", currency: "AUD", zone: "Australia/Sydney", inclusive: true },
  { code: "NZ", currency: "NZD", zone: "Pacific/Auckland", inclusive: true },
  { code: "GB", currency: "GBP", zone: "Europe/London", inclusive: true },
  { code: "IE", currency: "EUR", zone: "Europe/Dublin", inclusive: true },
  { code: "FR", currency: "EUR", zone: "Europe/Paris", inclusive: true },
  { code: "DE", currency: "EUR", zone: "Europe/Berlin", inclusive: true },
  { code: "ES", currency: "EUR", zone: "Europe/Madrid", inclusive: true },
  { code: "IT", currency: "EUR", zone: "Europe/Rome", inclusive: true },
  { code: "NL", currency: "EUR", zone: "Europe/Amsterdam", inclusive: true },
  { code: "CH", currency: "CHF", zone: "Europe/Zurich", inclusive: true },
  { code: "SE", currency: "SEK", zone: "Europe/Stockholm", inclusive: true },
  { code: "PL", currency: "PLN", zone: "Europe/Warsaw", inclusive: true },
  { code: "US", currency: "USD", zone: "America/New_York", inclusive: false },
  { code: "CA", currency: "CAD", zone: "America/Toronto", inclusive: false },
  { code: "MX", currency: "MXN", zone: "America/Mexico_City", inclusive: true },
  { code: "BR", currency: "BRL", zone: "America/Sao_Paulo", inclusive: true },
  { code: "ZA", currency: "ZAR", zone: "Africa/Johannesburg", inclusive: true },
];

export function guessRegion(zone: string, lang: string): Region {
  const fallback = lang === "zh-CN" ? "CN" : "GB";
  const byZone = REGIONS.find((r) => r.zone === zone) ?? (zone.startsWith("America/") ? REGIONS.find((r) => r.code === "US") : undefined);
  return byZone ?? REGIONS.find((r) => r.code === fallback) ?? (REGIONS[0] as Region);
}

export function countryName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function currencyName(code: string, locale: string): string {
  try {
    return `${code} · ${new Intl.DisplayNames([locale], { type: "currency" }).of(code) ?? code}`;
  } catch {
    return code;
  }
}

export function currencies(): string[] {
  const own = [...new Set(REGIONS.map((r) => r.currency))];
  return own;
}

export function zones(): string[] {
  const all = (Intl as unknown as { supportedValuesOf?: (k: string) => string[] }).supportedValuesOf?.("timeZone") ?? [];
  return [...new Set([...all, ...REGIONS.map((r) => r.zone), "UTC"])].sort();
}
