import type { Permission } from "../bindings";
import { useAsk } from "../lib/api";

export function useStaff() {
  return useAsk("access.staff", {});
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
