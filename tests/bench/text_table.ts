/**
 * Text table: rows of cells, printed in columns that line up.
 *
 * In the form of Markdown with padding, so that it reads well in a terminal and can be pasted into
 * the README as it is.
 *
 * @module
 */

/** How a column is set. */
export type Alignment = "left" | "right";

/** A column's title and how its cells are set. */
export interface Column {
  readonly title: string;
  /** @default "right" */
  readonly alignment?: Alignment;
}

/** A table that is filled row by row and then printed. */
export class TextTable {
  readonly #columns: readonly Column[];
  readonly #rows: string[][] = [];

  /** @param columns The columns from left to right. */
  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  /**
   * Adds a row at the bottom.
   *
   * @param cells One text for each column; what is missing at the end stays empty.
   */
  add(...cells: string[]): void {
    this.#rows.push(this.#columns.map((_, index) => cells[index] ?? ""));
  }

  /** The table as lines, without a newline at the end. */
  toString(): string {
    const widths = this.#columns.map((column, index) =>
      Math.max(column.title.length, 3, ...this.#rows.map((row) => row[index].length))
    );
    const rule = this.#columns.map((column, index) =>
      isRight(column) ? "-".repeat(widths[index] - 1) + ":" : "-".repeat(widths[index])
    );
    const lines = [this.#columns.map((column) => column.title), rule, ...this.#rows];
    return lines.map((cells) => this.#lineOf(cells, widths)).join("\n");
  }

  #lineOf(cells: readonly string[], widths: readonly number[]): string {
    const padded = cells.map((cell, index) =>
      isRight(this.#columns[index]) ? cell.padStart(widths[index]) : cell.padEnd(widths[index])
    );
    return `| ${padded.join(" | ")} |`;
  }
}

function isRight(column: Column): boolean {
  return (column.alignment ?? "right") === "right";
}

/** A whole number with commas: 1,234,567. */
export function withCommas(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Bytes as mebibytes with one digit: "12.3 MiB". */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
