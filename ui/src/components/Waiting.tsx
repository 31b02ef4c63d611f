import { Skeleton } from "antd";
import { useEffect, useState } from "react";

/** Shorter waits are not worth a picture of their own: it would only flicker. */
const SOON_MS = 300;

/** Stands where data will be, once that takes longer than a moment. */
export function Waiting({ rows = 3 }: { rows?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  return <div aria-busy="true">{shown && <Skeleton active title={false} paragraph={{ rows }} />}</div>;
}
