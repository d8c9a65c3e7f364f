import type { CommandSpec } from "../../engine/mod.ts";
export const CONNECTION_COMMANDS: readonly CommandSpec[] = [];
