import { Tooltip } from "antd";
import type { ReactElement } from "react";

export default function Tip({ title, children }: { title: string; children: ReactElement }) {
  return <Tooltip title={title}>{children}</Tooltip>;
}
