import type { CommandSpec } from "../../engine/mod.ts";
export const STRING_COMMANDS: readonly CommandSpec[] = [];
