import type { Permission, Role } from "../bindings";
import { useAsk } from "../lib/api";
import { useTranslation } from "react-i18next";

export function useStaff() {
  return useAsk("access.staff", {});
}

/** What a role is called: the presets by the language of the screen, the shop's own by their name. */
export function useRoleName(): (role: Pick<Role, "preset" | "name">) => string {
  const { t } = useTranslation();
  return (role) => (role.preset ? t(`access.preset.${role.preset}`) : role.name);
}

export interface Module {
  name: string;
  permissions: Permission[];
}

/** Permissions by module, in the order of the wire. */
export function byModule(permissions: Permission[]): Module[] {
  const modules: Module[] = [];
  for (const permission of permissions) {
    const name = permission.split("_")[0] ?? permission;
    const last = modules.at(-1);
    if (last?.name === name) last.permissions.push(permission);
    else modules.push({ name, permissions: [permission] });
  }
  return modules;
}
