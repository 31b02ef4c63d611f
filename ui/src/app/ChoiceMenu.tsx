import { Dropdown } from "antd";
import type { ReactElement, ReactNode } from "react";

interface Props {
  chosen: string;
  items: { key: string; label: ReactNode; icon?: ReactNode }[];
  onChoose: (key: string) => void;
  children: ReactElement;
}

/** A short list behind a button, of which one is chosen. */
export default function ChoiceMenu({ chosen, items, onChoose, children }: Props) {
  return (
    <Dropdown trigger={["click"]} menu={{ selectable: true, selectedKeys: [chosen], items, onClick: ({ key }) => onChoose(key) }}>
      {children}
    </Dropdown>
  );
}
