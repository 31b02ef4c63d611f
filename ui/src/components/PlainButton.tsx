import type { ComponentProps, ReactNode } from "react";

interface Props extends ComponentProps<"button"> {
  look?: "default" | "primary" | "text";
  small?: boolean;
  icon?: ReactNode;
}

/** A button that looks like the component library's, for what stands on the screen before it. */
export function PlainButton({ look = "default", small = false, icon, className = "", children, ...rest }: Props) {
  return (
    <button type="button" className={`sk-button sk-button-${look}${small ? " sk-button-small" : ""}${children ? "" : " sk-button-icon"} ${className}`} {...rest}>
      {icon}
      {children && <span>{children}</span>}
    </button>
  );
}
