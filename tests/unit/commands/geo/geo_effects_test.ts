/**
 * What the geo commands tell others: GEOADD leaves as the ZADD that it is, searches as they came.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../../src/commands/mod.ts";
import { EffectRecorder } from "../effect_recorder.ts";

const PALERMO = ["13.361389", "38.115556", "Palermo"];
const AROUND = ["FROMLONLAT", "13", "38", "BYRADIUS", "100", "km"];

Deno.test("GEOADD leaves as ZADD, and tells of itself as that", () => {
  using recorder = new EffectRecorder(COMMANDS);
  const added = recorder.run("GEOADD", "k", "nx", "CH", ...PALERMO, "0", "0", "zero");
  assertEquals(added.events, ["zadd k"]);
  assertEquals(added.effects, ["zadd k nx CH 3479099956230698 Palermo 3377699720527872 zero"]);
  assertEquals(added.changeCount, 2);
  const again = recorder.run("GEOADD", "k", ...PALERMO);
  assertEquals([again.events, again.effects, again.changeCount], [[], [], 0]);
});

Deno.test("searches that store tell of the key they replaced or removed", () => {
  using recorder = new EffectRecorder(COMMANDS);
  recorder.run("GEOADD", "k", ...PALERMO);
  const searched = recorder.run("GEOSEARCHSTORE", "to", "k", ...AROUND);
  assertEquals(searched.events, ["geosearchstore to"]);
  assertEquals(searched.effects, [["GEOSEARCHSTORE", "to", "k", ...AROUND].join(" ")]);
  const radius = recorder.run("GEORADIUS", "k", "13", "38", "100", "km", "STORE", "to");
  assertEquals(radius.events, ["georadiusstore to"]);
  const none = recorder.run("GEORADIUS", "absent", "13", "38", "100", "km", "STORE", "to");
  assertEquals([none.events, none.changeCount], [["del to"], 1]);
  assertEquals(recorder.run("GEOSEARCH", "k", ...AROUND).effects, []);
});
