/**
 * Distance on earth, taken for a sphere: the haversine formula.
 *
 * The textbook's law of cosines loses all its digits for near places, whose cosine is almost 1; the
 * haversine, sin²(angle / 2), is small for small angles and keeps them. An error of up to 0.5 % is
 * left, because the earth is no sphere.
 *
 * Results are those of Redis but, in about one of 300, for the last of their 53 bits: sines come from
 * the engine here and from the C library there, and neither promises to round that bit rightly.
 *
 * @module
 */

/** Metres; the quadratic mean of the earth's radii. */
export const EARTH_RADIUS_METERS = 6372797.560856;

const RADIANS_PER_DEGREE = Math.PI / 180;

/** Degrees as radians. */
export function radiansOf(degrees: number): number {
  return degrees * RADIANS_PER_DEGREE;
}

/** Radians as degrees. */
export function degreesOf(radians: number): number {
  return radians / RADIANS_PER_DEGREE;
}

/** Metres along a meridian between two latitudes, in degrees. */
export function meridianDistance(fromLatitude: number, toLatitude: number): number {
  return EARTH_RADIUS_METERS * Math.abs(radiansOf(toLatitude) - radiansOf(fromLatitude));
}

/** Metres between two places, in degrees. */
export function earthDistance(
  fromLongitude: number,
  fromLatitude: number,
  toLongitude: number,
  toLatitude: number,
): number {
  const eastward = Math.sin((radiansOf(toLongitude) - radiansOf(fromLongitude)) / 2);
  if (eastward === 0) return meridianDistance(fromLatitude, toLatitude);
  const from = radiansOf(fromLatitude), to = radiansOf(toLatitude);
  const northward = Math.sin((to - from) / 2);
  const haversine = northward * northward +
    Math.cos(from) * Math.cos(to) * eastward * eastward;
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.sqrt(haversine));
}
