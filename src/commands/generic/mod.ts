import type { CommandSpec } from "../../engine/mod.ts";
export const GENERIC_COMMANDS: readonly CommandSpec[] = [];
