import { Input, type InputRef } from "antd";
import { BarcodeOutlined } from "@ant-design/icons";
import { useRef, type ComponentProps, type Ref } from "react";

type Props = Omit<ComponentProps<typeof Input>, "onSubmit" | "ref"> & {
  /** The whole text, and whether a scanner typed it (a machine's pace) rather than a person. */
  onSubmit: (text: string, scanned: boolean) => void;
  inputRef?: Ref<InputRef>;
};

const FAST_MS = 35;

/**
 * A field for codes. A barcode scanner is a keyboard that types a dozen characters within a few hundredths of a second and
 * presses Enter; a person does not. The field empties itself after Enter, ready for the next beep.
 */
export function ScannerInput({ onSubmit, inputRef, onKeyDown, ...rest }: Props) {
  const times = useRef<number[]>([]);
  return (
    <Input
      prefix={<BarcodeOutlined />}
      autoComplete="off"
      spellCheck={false}
      {...rest}
      {...(inputRef ? { ref: inputRef } : {})}
      onKeyDown={(e) => {
        onKeyDown?.(e);
        if (e.defaultPrevented || e.nativeEvent.isComposing) return;
        if (e.key === "Enter") {
          const text = e.currentTarget.value.trim();
          const t = times.current;
          const gaps = t.slice(1).map((x, i) => x - (t[i] ?? x));
          // Its Enter follows at once, too; a person stops to look.
          const atOnce = e.timeStamp - (t[t.length - 1] ?? 0) <= FAST_MS * 4;
          const scanned = atOnce && text.length >= 6 && gaps.length >= 5 && gaps.filter((g) => g <= FAST_MS).length >= gaps.length * 0.8;
          times.current = [];
          if (text) {
            e.preventDefault();
            onSubmit(text, scanned);
          }
        } else if (e.key.length === 1) {
          times.current = [...times.current.slice(-63), e.timeStamp];
        }
      }}
    />
  );
}
