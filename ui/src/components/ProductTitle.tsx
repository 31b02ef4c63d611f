import { useTitles, type Titled } from "../lib/titles";

interface Props {
  of: Titled;
  /** "Navy, M": which of its variants. */
  options?: string | undefined;
  /** Shows the name in the other language as well; without it a pointer that rests on the name is told. */
  both?: boolean;
}

/** What a product is called in the language of the screen. */
export function ProductTitle({ of, options, both }: Props) {
  const titles = useTitles();
  const other = titles.other(of);
  return (
    <span {...(other && !both ? { title: other } : {})}>
      {titles.title(of)}
      {both && other && <span className="sk-muted sk-other-title"> {other}</span>}
      {options && <span className="sk-muted"> · {options}</span>}
    </span>
  );
}
