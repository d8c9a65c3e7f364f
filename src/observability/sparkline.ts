/**
 * Sparkline: a row of values as a small filled graph of characters, with a label under each.
 *
 *     _   #      Four text rows, each three steps high (`_`, `o`, `#`), make twelve steps between
 *     |   |      the smallest and the largest value; below its tip a column is filled with `|`.
 *     | o |
 *   __|_|#|      Labels are written downwards, because columns are one character wide.
 *
 *   5431121
 *   ssssmhd
 *
 * Behaviour: LATENCY GRAPH of Redis 7.0, character for character.
 *
 * @module
 */

/** The tips of a column, lowest first: the steps within one text row. */
const TIPS = "_o#";

/** What stands under the tip of a column. */
const FILL = "|";

/** One value of a sparkline. */
export interface SparklinePoint {
  /** Height, a whole number. */
  readonly value: number;
  /** Text under the column, written downwards. */
  readonly label: string;
}

/** Size of a sparkline. */
export interface SparklineSize {
  /** Points side by side; more of them go to another graph below. */
  readonly columnCount: number;
  /** Text rows of a graph, labels not counted. */
  readonly rowCount: number;
}

/**
 * Draws points as a graph.
 *
 * @param points From left to right
 * @param size Size of one graph
 * @returns Lines, each with its end; an empty line between graphs
 */
export function renderSparkline(points: readonly SparklinePoint[], size: SparklineSize): string {
  const stepCount = TIPS.length * size.rowCount;
  const values = points.map((point) => point.value);
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  const steps = values.map((value) => {
    return Math.min(Math.trunc((value - least) * stepCount / span), stepCount - 1);
  });

  const graphs: string[] = [];
  for (let from = 0; from < points.length; from += size.columnCount) {
    const to = from + size.columnCount;
    const rows = columnRows(steps.slice(from, to), size.rowCount);
    const labels = labelRows(points.slice(from, to).map((point) => point.label));
    graphs.push([...rows, ...labels].map((row) => row + "\n").join(""));
  }
  return graphs.join("\n");
}

/** The columns' text rows, top first. */
function columnRows(steps: readonly number[], rowCount: number): string[] {
  const rows: string[] = [];
  for (let rowsBelow = rowCount - 1; rowsBelow >= 0; rowsBelow--) {
    const lowestStep = rowsBelow * TIPS.length;
    rows.push(
      steps.map((step) => {
        if (step < lowestStep) return " ";
        return TIPS[step - lowestStep] ?? FILL;
      }).join(""),
    );
  }
  return rows;
}

/** A blank row and as many rows as the longest label has characters. */
function labelRows(labels: readonly string[]): string[] {
  const rows = [" ".repeat(labels.length)];
  const longest = Math.max(...labels.map((label) => label.length));
  for (let index = 0; index < longest; index++) {
    rows.push(labels.map((label) => label[index] ?? " ").join(""));
  }
  return rows;
}
