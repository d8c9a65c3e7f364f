/**
 * Quoting: how words stand on a line of redis.conf, and how a value is put into quotes for one.
 *
 * The grammar is that of a small shell, not of JSON: double quotes know escapes (`\n`, `\x00`),
 * single quotes know only `\'`, a quote may open in the middle of a word, but behind a closing
 * quote must come a blank. That last rule is what catches a forgotten quote.
 *
 * Always true: `splitWords(quoteWord(text))` is `[text]`, for any bytes.
 * Behaviour: Redis 7.0 `sdssplitargs`, `sdscatrepr`. All text is binary text.
 *
 * @module
 */

/** Single-letter escapes within double quotes; any other escaped character stands for itself. */
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  a: "\x07",
};

/** The same escapes the other way round, and the two characters that quoting itself needs. */
const ESCAPED: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\x07": "\\a",
  "\\": "\\\\",
  '"': '\\"',
};

const BLANK = /[ \t\n\v\f\r]/;
const WORD_END = /[ \t\n\r\0]/;
const HEX_ESCAPE = /^\\x[0-9a-fA-F]{2}$/;

/**
 * Splits a line into words.
 *
 * @param line one line without its end
 * @returns the words without quotes and escapes, or `undefined` if quotes don't balance
 */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (true) {
    while (at < line.length && BLANK.test(line[at])) at++;
    if (at >= line.length || line[at] === "\0") return words;

    let word = "";
    while (at < line.length && !WORD_END.test(line[at])) {
      const quote = line[at];
      if (quote !== '"' && quote !== "'") {
        word += line[at++];
        continue;
      }
      const quoted = quote === '"'
        ? readDoubleQuoted(line, at + 1)
        : readSingleQuoted(line, at + 1);
      if (quoted === undefined) return undefined;
      word += quoted.text;
      at = quoted.end;
      if (at < line.length && !BLANK.test(line[at])) return undefined;
      break;
    }
    words.push(word);
  }
}

/** Puts text into double quotes, unprintable bytes as `\xHH`, so that `splitWords` reads it back. */
export function quoteWord(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const isPrintable = character >= " " && character <= "~";
    quoted += ESCAPED[character] ?? (isPrintable ? character : hexEscape(character));
  }
  return quoted + '"';
}

/** Text read from between quotes, and the index behind the closing one. */
interface Quoted {
  readonly text: string;
  readonly end: number;
}

function readDoubleQuoted(line: string, start: number): Quoted | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    if (line[at] === '"') return { text, end: at + 1 };
    if (line[at] !== "\\" || at + 1 >= line.length) {
      text += line[at];
    } else if (HEX_ESCAPE.test(line.slice(at, at + 4))) {
      text += String.fromCharCode(parseInt(line.slice(at + 2, at + 4), 16));
      at += 3;
    } else {
      at++;
      text += ESCAPES[line[at]] ?? line[at];
    }
  }
  return undefined;
}

function readSingleQuoted(line: string, start: number): Quoted | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    if (line[at] === "'") return { text, end: at + 1 };
    if (line[at] === "\\" && line[at + 1] === "'") at++;
    text += line[at];
  }
  return undefined;
}

function hexEscape(character: string): string {
  return "\\x" + character.charCodeAt(0).toString(16).padStart(2, "0");
}
