import type { CommandSpec } from "../../engine/mod.ts";
export const SERVER_COMMANDS: readonly CommandSpec[] = [];
