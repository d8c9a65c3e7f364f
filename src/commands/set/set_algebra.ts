/**
 * Set algebra: intersection, union and difference of sets, member by member into a sink.
 *
 * Nothing is copied that needs no copy. An intersection looks each member of the smallest set up in
 * the others; a difference does so with the first; a union gives the largest set as it is and of each
 * other what the earlier ones lack. All dictionaries hash alike, so a member is hashed at most
 * once; and they are walked in the order of hashes, so a lookup in another reads memory in order.
 * Only where many sets would make for many lookups, their members are put together in a scratch set.
 *
 * Always true: each member is given to the sink once (but by `giveAll`); those of intsets in
 * ascending order.
 * Not here: where the sets come from and what becomes of the result.
 *
 * @module
 */

import { SetMember, type SetValue, type SetWalk } from "../../store/mod.ts";

/** Sets to combine; `undefined`: an absent key, which is an empty set. */
export type Sources = readonly (SetValue | undefined)[];

/** Takes the members of a result. */
export interface MemberSink {
  /** Takes one. @param member Borrowed. @returns Whether more are wanted. */
  take(member: SetMember): boolean;
  /** Prepares for members of a batch, some of which will be given. */
  lookAhead?(walk: SetWalk): void;
}

/** A union of more sets puts all members together, as looking up in all earlier ones costs more. */
const LOOKED_UP_SETS_MAX = 4;
/** Adding a member to a scratch set costs as much as so many lookups. */
const ADDITION_LOOKUPS = 4;

/** Reused by all: one runs after the other. */
const member = new SetMember();

/** Gives the sink what all sets have. */
export function intersect(sources: Sources, sink: MemberSink): void {
  const sets = presentSets(sources);
  if (sources.includes(undefined)) return;
  sets.sort((one, other) => one.count - other.count);
  const [smallest, ...others] = sets;
  const walk = smallest.startWalk();
  while (walk.next()) {
    for (const other of others) other.lookAhead(walk);
    for (let index = 0; index < walk.count; index++) {
      walk.show(index, member);
      if (isInAll(others) && !sink.take(member)) return;
    }
  }
}

/** Gives the sink what any set has. @param scratch Empty; the caller frees what is in it then. */
export function unite(sources: Sources, scratch: SetValue, sink: MemberSink): void {
  const sets = presentSets(sources);
  if (sets.length > 1 && sets.every((set) => set.isIntset)) {
    for (const set of sets) addAll(set, scratch);
    return giveOthers(scratch, [], sink);
  }
  sets.sort((one, other) => other.count - one.count);
  if (sets.length <= LOOKED_UP_SETS_MAX) {
    sets.forEach((set, index) => giveOthers(set, sets.slice(0, index), sink));
  } else {
    for (const set of sets) addAll(set, scratch, sink);
  }
}

/** Gives the sink what the first set has and no other. @param scratch As for `unite`. */
export function subtract(sources: Sources, scratch: SetValue, sink: MemberSink): void {
  const first = sources[0];
  if (first === undefined) return;
  const others = presentSets(sources.slice(1));
  if (others.some((other) => other.ref === first.ref)) return;
  const otherCount = others.reduce((sum, other) => sum + other.count, 0);
  if (first.count * (others.length - 1) > otherCount * ADDITION_LOOKUPS) {
    for (const other of others) addAll(other, scratch);
    return giveOthers(first, [scratch], sink);
  }
  // What is in one of them is found soonest in the largest.
  giveOthers(first, others.sort((one, other) => other.count - one.count), sink);
}

/** Gives the sink all members of all sets, one by one: what several have comes several times. */
export function giveAll(sources: Sources, _scratch: SetValue, sink: MemberSink): void {
  for (const set of presentSets(sources)) giveOthers(set, [], sink);
}

/**
 * Adds all members of a set to another.
 *
 * @param sink Gets those that were not there before.
 */
function addAll(set: SetValue, target: SetValue, sink?: MemberSink): void {
  const walk = set.startWalk();
  while (walk.next()) {
    target.lookAhead(walk);
    for (let index = 0; index < walk.count; index++) {
      if (target.addMember(walk.show(index, member))) sink?.take(member);
    }
  }
}

/** Gives the sink the members of a set that are in none of the others. */
function giveOthers(set: SetValue, others: readonly SetValue[], sink: MemberSink): void {
  const walk = set.startWalk();
  while (walk.next()) {
    for (const other of others) other.lookAhead(walk);
    sink.lookAhead?.(walk);
    for (let index = 0; index < walk.count; index++) {
      walk.show(index, member);
      if (!isInAny(others)) sink.take(member);
    }
  }
}

function isInAll(sets: readonly SetValue[]): boolean {
  for (let index = 0; index < sets.length; index++) {
    if (!sets[index].hasMember(member)) return false;
  }
  return true;
}

function isInAny(sets: readonly SetValue[]): boolean {
  for (let index = 0; index < sets.length; index++) {
    if (sets[index].hasMember(member)) return true;
  }
  return false;
}

/** The sets that are there, each once. */
function presentSets(sources: Sources): SetValue[] {
  const sets: SetValue[] = [];
  for (const set of sources) {
    if (set !== undefined && !sets.some((other) => other.ref === set.ref)) sets.push(set);
  }
  return sets;
}
