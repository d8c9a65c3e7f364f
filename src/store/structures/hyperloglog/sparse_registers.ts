/**
 * Sparse registers: runs of equal registers, one or two bytes each, in the order of registers.
 *
 *   ZERO   00llllll             1 to 64 registers of value 0        (length - 1 is written)
 *   XZERO  01llllll llllllll    1 to 16384 registers of value 0
 *   VAL    1vvvvvll             1 to 4 registers of value 1 to 32   (value - 1 is written, too)
 *
 *   an empty sketch is XZERO:16384, two bytes; with register 1000 at 2 and 1001 at 2:
 *
 *      01000011 11100111   10000101   01111100 00010101
 *      XZERO:1000          VAL:2,2    XZERO:15382
 *
 * To raise a register inside a run splits it in up to three; what lies behind moves by up to three
 * bytes. Neighbouring VALs of one value are then joined, in the surroundings of the change only.
 * When and what is joined decides the bytes, so it is done just as Redis does.
 *
 * The bytes come from clients, who may have written anything: a walk never leaves them, a half XZERO
 * at their end counts as if a zero byte followed, and sums over 16384 registers are refused.
 *
 * Cost: a walk over the runs up to the register, 3000 bytes with the default limit; over those since
 * the last register, if registers come in their order, as when sketches are merged.
 * Specified in: Redis 7.0, the sparse encoding of a HyperLogLog.
 *
 * @module
 */

import { setDenseRegister } from "./dense_registers.ts";
import { REGISTER_COUNT } from "./registers.ts";

/** Bytes behind the runs that a change may use: an XZERO of one byte can become five. */
export const SPARE_BYTES = 4;

/** Largest value that a VAL can hold. */
const VALUE_MAX = 32;
/** Most registers of a ZERO. */
const ZERO_LENGTH_MAX = 64;
/** Most registers of a VAL. */
const VAL_LENGTH_MAX = 4;
/** Runs looked at for neighbours to join, from the one before the change on. */
const JOINED_RUN_COUNT = 5;

const XZERO_BIT = 0x40;
const VAL_BIT = 0x80;

/** What came of raising a register: `full` if the encoding must become dense first. */
export type RaiseOutcome = "kept" | "raised" | "full" | "corrupt";

/** The runs of one sketch, in bytes that can be changed; made once and pointed anew. */
export class SparseRuns {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  // The run read last.
  #runStart = 0;
  #runBytes = 0;
  #runLength = 0;
  #runValue = 0;

  // The run found last.
  /** Register that it starts with. */
  #firstRegister = 0;
  /** Where the run before it starts, which no change moves; -1 if there is none. */
  #previousStart = -1;
  /** Register that the run before it starts with. */
  #previousFirst = 0;

  /** Points at the runs `bytes[start, end)`; returns itself. To raise needs `SPARE_BYTES` behind. */
  set(bytes: Uint8Array, start: number, end: number): this {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#previousStart = -1;
    return this;
  }

  /** Behind the last run; moves when a register is raised. */
  get end(): number {
    return this.#end;
  }

  /** Adds to `histogram[value]` how many registers have the value; returns whether the runs are valid. */
  count(histogram: Int32Array): boolean {
    return this.#visit((value, _first, length) => {
      histogram[value] += length;
    });
  }

  /** Raises plain registers, a byte each, to the values here; returns whether the runs are valid. */
  raisePlain(registers: Uint8Array): boolean {
    return this.#visit((value, first, length) => {
      if (value === 0) return;
      for (let index = first; index < first + length; index++) {
        if (value > registers[index]) registers[index] = value;
      }
    });
  }

  /** Stores the values into dense registers that are all 0; returns whether the runs are valid. */
  writeDense(target: Uint8Array, at: number): boolean {
    return this.#visit((value, first, length) => {
      if (value === 0) return;
      for (let index = first; index < first + length; index++) {
        setDenseRegister(target, at, index, value);
      }
    });
  }

  /** The runs as PFDEBUG DECODE writes them: `z:length`, `Z:length`, `v:value,length`. */
  describe(): string {
    const words: string[] = [];
    for (let at = this.#start; at < this.#end; at += this.#runBytes) {
      this.#read(at);
      if (this.#runValue > 0) words.push(`v:${this.#runValue},${this.#runLength}`);
      else words.push(`${this.#runBytes === 1 ? "z" : "Z"}:${this.#runLength}`);
    }
    return words.join(" ");
  }

  /**
   * Raises a register to a value if it is lower.
   *
   * @param bytesMax Bytes that the runs may not exceed by growing.
   */
  raise(register: number, value: number, bytesMax: number): RaiseOutcome {
    if (value > VALUE_MAX) return "full";
    if (!this.#find(register)) return "corrupt";
    const bytes = this.#bytes, at = this.#runStart;
    if (this.#runValue >= value) return "kept";
    if (this.#runLength === 1 && this.#runBytes === 1) {
      bytes[at] = valRun(value, 1);
    } else if (!this.#split(register, value, bytesMax)) {
      return "full";
    }
    this.#join(this.#previousStart < 0 ? this.#start : this.#previousStart);
    return "raised";
  }

  /** Reads the run of a register; `false` if the runs end before. */
  #find(register: number): boolean {
    const bytes = this.#bytes, end = this.#end;
    // Guide: from the run before the last one found, if the register lies behind that.
    let at = this.#start, first = 0, previous = -1;
    if (this.#previousStart >= 0 && register >= this.#firstRegister) {
      at = previous = this.#previousStart;
      this.#read(at);
      first = this.#previousFirst + this.#runLength;
      if (register >= first) {
        at += this.#runBytes;
      } else {
        at = this.#start;
        first = 0;
        previous = -1;
      }
    }
    // Guide: a walk as `#read` reads, but in local variables: this is where PFADD spends its time.
    let previousFirst = this.#previousFirst;
    while (at < end) {
      const byte = bytes[at];
      let length: number, byteCount = 1;
      if ((byte & VAL_BIT) !== 0) {
        length = (byte & 3) + 1;
      } else if ((byte & XZERO_BIT) !== 0) {
        length = ((byte & 0x3f) << 8 | (at + 1 < end ? bytes[at + 1] : 0)) + 1;
        byteCount = 2;
      } else {
        length = byte + 1;
      }
      if (register < first + length) break;
      previous = at;
      previousFirst = first;
      at += byteCount;
      first += length;
    }
    this.#previousStart = previous;
    this.#previousFirst = previousFirst;
    this.#firstRegister = first;
    if (at >= end) return false;
    this.#read(at);
    return true;
  }

  /** Splits the run read last around a register; `false` if the limit forbids. */
  #split(register: number, value: number, bytesMax: number): boolean {
    const bytes = this.#bytes, at = this.#runStart, oldValue = this.#runValue;
    const before = register - this.#firstRegister;
    const after = this.#runLength - 1 - before;
    const newBytes = runBytes(oldValue, before) + 1 + runBytes(oldValue, after);
    const growth = newBytes - this.#runBytes;
    if (growth > 0 && this.#end - this.#start + growth > bytesMax) return false;
    const behind = at + this.#runBytes;
    if (behind < this.#end) bytes.copyWithin(behind + growth, behind, this.#end);
    this.#end += growth;
    let to = writeRun(bytes, at, oldValue, before);
    bytes[to++] = valRun(value, 1);
    writeRun(bytes, to, oldValue, after);
    return true;
  }

  /** Joins VALs of one value that follow each other, from a run on and not far. */
  #join(at: number): void {
    const bytes = this.#bytes;
    for (let count = 0; at < this.#end && count < JOINED_RUN_COUNT; count++) {
      this.#read(at);
      if (this.#runValue > 0 && at + 1 < this.#end && (bytes[at + 1] & VAL_BIT) !== 0) {
        const value = this.#runValue, length = this.#runLength;
        this.#read(at + 1);
        const joinedLength = length + this.#runLength;
        if (this.#runValue === value && joinedLength <= VAL_LENGTH_MAX) {
          bytes[at + 1] = valRun(value, joinedLength);
          bytes.copyWithin(at, at + 1, this.#end);
          this.#end--;
          continue; // the joined run may be joined with the next
        }
        at++;
      } else {
        at += this.#runBytes;
      }
    }
  }

  #read(at: number): void {
    const byte = this.#bytes[at];
    this.#runStart = at;
    this.#runBytes = 1;
    this.#runValue = 0;
    if ((byte & VAL_BIT) !== 0) {
      this.#runValue = ((byte >>> 2) & 0x1f) + 1;
      this.#runLength = (byte & 3) + 1;
    } else if ((byte & XZERO_BIT) !== 0) {
      this.#runBytes = 2;
      const low = at + 1 < this.#end ? this.#bytes[at + 1] : 0;
      this.#runLength = ((byte & 0x3f) << 8 | low) + 1;
    } else {
      this.#runLength = byte + 1;
    }
  }

  /** Visits all runs; returns whether they are valid: 16384 registers together. */
  #visit(visitor: (value: number, firstRegister: number, length: number) => void): boolean {
    let register = 0;
    for (let at = this.#start; at < this.#end; at += this.#runBytes) {
      this.#read(at);
      const length = this.#runLength;
      if (register + length > REGISTER_COUNT) return false;
      visitor(this.#runValue, register, length);
      register += length;
    }
    return register === REGISTER_COUNT;
  }
}

/** Writes the run of all registers at 0, two bytes; returns where it ends. */
export function writeEmptyRuns(bytes: Uint8Array, at: number): number {
  return writeRun(bytes, at, 0, REGISTER_COUNT);
}

/** Bytes that a run takes; 0 for one of no registers. */
function runBytes(value: number, length: number): number {
  if (length === 0) return 0;
  return value === 0 && length > ZERO_LENGTH_MAX ? 2 : 1;
}

/** Writes a run, if it has registers at all; returns where it ends. */
function writeRun(bytes: Uint8Array, at: number, value: number, length: number): number {
  if (length === 0) return at;
  if (value > 0) {
    bytes[at++] = valRun(value, length);
  } else if (length > ZERO_LENGTH_MAX) {
    bytes[at++] = XZERO_BIT | ((length - 1) >>> 8);
    bytes[at++] = (length - 1) & 0xff;
  } else {
    bytes[at++] = length - 1;
  }
  return at;
}

function valRun(value: number, length: number): number {
  return VAL_BIT | ((value - 1) << 2) | (length - 1);
}
