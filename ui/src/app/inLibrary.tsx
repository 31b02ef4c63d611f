import type { ComponentType } from "react";

type Loaded<P> = Promise<{ default: ComponentType<P> }>;

/** A page, or a part of one, with the component library around it. Both are fetched when it is first shown. */
export function inLibrary<P extends object>(load: () => Loaded<P>): () => Loaded<P> {
  let whole: Loaded<P> | null = null;
  return () => {
    whole ??= Promise.all([load(), import("./Library")]).then(([{ default: Part }, { Library }]) => ({
      default: (props: P) => (
        <Library>
          <Part {...props} />
        </Library>
      ),
    }));
    // What could not be fetched is asked for again.
    whole.catch(() => (whole = null));
    return whole;
  };
}
