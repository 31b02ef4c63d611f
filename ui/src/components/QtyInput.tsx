import { InputNumber } from "antd";
import type { ComponentProps } from "react";

type Props = Omit<ComponentProps<typeof InputNumber<number>>, "precision" | "stringMode">;

/** A whole quantity. Arrow keys step; the wheel does not, since a scrolled page must not change an order. */
export function QtyInput(props: Props) {
  return <InputNumber<number> min={0} step={1} changeOnWheel={false} {...props} precision={0} className={`sk-num-input ${props.className ?? ""}`} onFocus={(e) => (e.target.select(), props.onFocus?.(e))} />;
}
