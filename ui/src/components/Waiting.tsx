import { useEffect, useState } from "react";

/** Shorter waits are not worth a picture of their own: it would only flicker. */
const SOON_MS = 300;

function useSoon(): boolean {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  return shown;
}

/** Stands where data will be, once that takes longer than a moment. */
export function Waiting({ rows = 3 }: { rows?: number }) {
  const shown = useSoon();
  return (
    <div aria-busy="true">
      {shown && (
        <div className="sk-waiting">
          {Array.from({ length: rows }, (_, i) => (
            <span key={i} />
          ))}
        </div>
      )}
    </div>
  );
}

/** Where nothing of the screen is known yet. */
export function WaitingAlone() {
  const shown = useSoon();
  return (
    <main className="sk-center" aria-busy="true">
      {shown && <span className="sk-turning" />}
    </main>
  );
}
