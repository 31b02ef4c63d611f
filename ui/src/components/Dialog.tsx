import { useLayoutEffect, useRef, type ReactNode } from "react";

interface Props {
  label: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * The browser's own dialog, open for as long as it is mounted. It has the focus before the next key comes: whoever types
 * on at once loses no letter to a movement on the screen.
 */
export function Dialog({ label, className, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-label={label}
      onCancel={(e) => (e.preventDefault(), onClose())}
      onMouseDown={(e) => e.target === e.currentTarget && onClose()}
    >
      {children}
    </dialog>
  );
}
