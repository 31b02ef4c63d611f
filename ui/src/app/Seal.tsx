import { brand } from "./theme";

/** The shop's seal: an awning over a door. */
export function Seal({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" className="sk-seal">
      <rect x="3" y="3" width="58" height="58" rx="12" fill={brand.seal} />
      <g fill="none" stroke="#fff" strokeWidth="4.5" strokeLinecap="round" strokeLinejoin="round">
        <path d="M14 26l3-9h30l3 9" />
        <path d="M14 26a6 6 0 0 0 12 0 6 6 0 0 0 12 0 6 6 0 0 0 12 0" />
        <path d="M18 34v14h28V34" />
        <path d="M27 48v-9h10v9" />
      </g>
    </svg>
  );
}
