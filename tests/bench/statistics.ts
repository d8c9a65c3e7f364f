/**
 * Statistics: the middle of a few measurements, the extremes of many, and the mean of ratios.
 *
 * The median, because one run in five that meets a busy machine should not count; the geometric
 * mean, because twice as fast and half as fast must cancel out.
 *
 * @module
 */

/**
 * The middle of some numbers.
 *
 * @param values At least one number, in any order; not changed.
 * @returns The middle one, or the mean of the middle two.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The mean of ratios.
 *
 * @param ratios At least one number above zero.
 * @returns The n-th root of their product.
 */
export function geometricMean(ratios: readonly number[]): number {
  const logarithmSum = ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0);
  return Math.exp(logarithmSum / ratios.length);
}

/**
 * What a share of the values does not exceed.
 *
 * @param values At least one number, in any order; not changed.
 * @param share From 0 to 1, which is the greatest value.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
