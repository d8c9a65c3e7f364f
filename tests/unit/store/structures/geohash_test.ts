/**
 * Geohash: numbers and texts that real Redis gives, the way there and back, distances, and that a
 * search looks wherever a place can be.
 *
 * @module
 */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type Random, SeededRandom } from "../../../../src/base/random.ts";
import {
  decodeGeohash,
  distanceInside,
  earthDistance,
  encodeGeohash,
  geohashText,
  GeoPoint,
  type GeoShape,
  LATITUDE_MAX,
  LONGITUDE_MAX,
  searchRanges,
} from "../../../../src/store/structures/mod.ts";
import { takeSeed } from "../../../support/seed.ts";

function pointAt(longitude: number, latitude: number): GeoPoint {
  const point = new GeoPoint();
  point.longitude = longitude;
  point.latitude = latitude;
  return point;
}

function positionOf(geohash: number): [longitude: number, latitude: number] {
  const { longitude, latitude } = decodeGeohash(geohash, new GeoPoint());
  return [longitude, latitude];
}

/** A number from `-max` to `max`, often near 0 or an end. */
function coordinate(random: Random, max: number): number {
  const fraction = random.nextUint32() / 2 ** 32;
  const roll = random.below(10);
  if (roll === 0) return max;
  if (roll === 1) return -max;
  return (roll < 4 ? fraction / 1000 : fraction) * max * (random.below(2) === 0 ? 1 : -1);
}

/** Longitude, latitude, the number and the text that Redis 7.0.15 makes of them. */
const KNOWN = [
  [13.361389, 38.115556, 3479099956230698, "sqc8b49rny0"],
  [15.087269, 37.502669, 3479447370796909, "sqdtr74hyu0"],
  [0, 0, 3377699720527872, "s0000000000"],
  [180, LATITUDE_MAX, 13510798882111488, "bp05b5048p0"],
  [-180, -LATITUDE_MAX, 0, "00bh0hbj200"],
] as const;

/** Scores that are no geohashes, and what Redis 7.0.15 on x86-64 decodes them to. */
const STRAY = [
  [-1, 180, LATITUDE_MAX],
  [1.9, -179.99999731779098511, -85.05112497791824921],
  [123456789012345678, 180, LATITUDE_MAX],
  [2 ** 63, 180, -85.05112751263942528],
  [2 ** 64, -179.99999731779098511, -85.05112751263942528],
  [1e300, -179.99999731779098511, -85.05112751263942528],
  [Infinity, -179.99999731779098511, -85.05112751263942528],
  [-Infinity, 180, -85.05112751263942528],
] as const;

Deno.test("encodeGeohash, geohashText give Redis' numbers and texts", () => {
  for (const [longitude, latitude, geohash, text] of KNOWN) {
    assertEquals(encodeGeohash(longitude, latitude), geohash);
    assertEquals(geohashText(decodeGeohash(geohash, new GeoPoint())), text);
  }
});

Deno.test("decodeGeohash takes any number as Redis does", () => {
  for (const [score, longitude, latitude] of STRAY) {
    assertEquals(positionOf(score), [longitude, latitude], String(score));
  }
});

Deno.test("decodeGeohash gives the middle of the cell, which encodes to the same number", () => {
  const random = new SeededRandom(takeSeed("geohash there and back"));
  for (let count = 0; count < 20_000; count++) {
    const longitude = coordinate(random, LONGITUDE_MAX),
      latitude = coordinate(random, LATITUDE_MAX);
    const geohash = encodeGeohash(longitude, latitude);
    const position = positionOf(geohash);
    const isOnEastEdge = longitude === LONGITUDE_MAX; // with one bit more than a double holds
    const cellCount = isOnEastEdge ? 2 ** 24 : 2 ** 26;
    assertAlmostEquals(position[0], longitude, 1.001 * LONGITUDE_MAX / cellCount);
    assertAlmostEquals(position[1], latitude, 1.001 * LATITUDE_MAX / cellCount);
    if (!isOnEastEdge) assertEquals(encodeGeohash(...position), geohash);
  }
});

Deno.test("earthDistance agrees with Redis, is symmetric, and 0 for one place", () => {
  const palermo = positionOf(3479099956230698), catania = positionOf(3479447370796909);
  assertEquals(earthDistance(...palermo, ...catania).toFixed(4), "166274.1516");
  assertEquals(earthDistance(...catania, ...palermo), earthDistance(...palermo, ...catania));
  assertEquals(earthDistance(...palermo, ...palermo), 0);
  assertAlmostEquals(earthDistance(0, 0, 180, 0), Math.PI * 6372797.560856, 1e-3);
  assertAlmostEquals(earthDistance(7, -30, 7, 60), Math.PI / 2 * 6372797.560856, 1e-3);
});

Deno.test("distanceInside tells places in a circle or box from those outside", () => {
  const center = pointAt(15, 37);
  const catania = pointAt(...positionOf(3479447370796909));
  const circle = (radius: number): GeoShape => ({
    center,
    metersPerUnit: 1000,
    extent: { kind: "circle", radius },
  });
  const box = (width: number, height: number): GeoShape => ({
    center,
    metersPerUnit: 1000,
    extent: { kind: "box", width, height },
  });
  assertAlmostEquals(distanceInside(circle(57), catania), 56441.257870158204, 1e-6);
  assertEquals(distanceInside(circle(56), catania), -1);
  assertAlmostEquals(distanceInside(box(16, 112), catania), 56441.257870158204, 1e-6);
  assertEquals(distanceInside(box(15, 112), catania), -1);
  assertEquals(distanceInside(box(16, 111), catania), -1);
  assertEquals(distanceInside(circle(0), center), 0);
});

Deno.test("searchRanges overlook no place that is inside, short of the poles and the date line", () => {
  const random = new SeededRandom(takeSeed("search ranges"));
  let insideCount = 0;
  for (let round = 0; round < 500; round++) {
    const center = pointAt(coordinate(random, 90), coordinate(random, 50));
    const size = 10 ** (random.below(600) / 100);
    const extent = random.below(2) === 0
      ? { kind: "circle", radius: size } as const
      : { kind: "box", width: size, height: size * (1 + random.below(3)) } as const;
    const shape: GeoShape = { center, metersPerUnit: 1, extent };
    const ranges = searchRanges(shape);
    assert(ranges.length >= 1 && ranges.length <= 9);
    for (let count = 0; count < 200; count++) {
      const degrees = size / 111_000 * 2;
      const point = pointAt(
        center.longitude + coordinate(random, degrees),
        center.latitude + coordinate(random, degrees),
      );
      if (Math.abs(point.latitude) > LATITUDE_MAX || Math.abs(point.longitude) > 180) continue;
      const geohash = encodeGeohash(point.longitude, point.latitude);
      if (distanceInside(shape, decodeGeohash(geohash, point)) < 0) continue;
      insideCount++;
      assert(
        ranges.some(({ from, below }) => geohash >= from && geohash < below),
        `${point.longitude} ${point.latitude} is missed by ${Deno.inspect(shape)}`,
      );
    }
  }
  assert(insideCount > 1000);
});

Deno.test("searchRanges of all the earth are the cells of one step, the middle one perhaps twice", () => {
  const shape = (longitude: number): GeoShape => ({
    center: pointAt(longitude, 10),
    metersPerUnit: 1000,
    extent: { kind: "circle", radius: 30_000 },
  });
  const quarter = 2 ** 50;
  assertEquals(searchRanges(shape(10)).map(({ from }) => from / quarter), [3, 2, 1, 0]);
  assertEquals(searchRanges(shape(180)).map(({ from, below }) => below - from), [
    quarter,
    quarter,
    quarter,
    quarter,
  ]);
});
