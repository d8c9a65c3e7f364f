/**
 * INFO text: the one rule about names inside INFO lines.
 *
 * A line of INFO is `field:value`, a section starts with `#`. Names that clients can choose (error
 * codes from scripts, module commands) must not forge either, so the four characters that could are
 * shown as `_`.
 *
 * @module
 */

/**
 * Makes a name safe inside an INFO line.
 *
 * @param name Binary text
 * @returns The name with `#`, `:`, CR and LF each replaced by `_`
 */
export function safeInfoName(name: string): string {
  return name.replace(/[#:\r\n]/g, "_");
}
