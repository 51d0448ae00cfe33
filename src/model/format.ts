/**
 * Sizes, rates and times as people read them.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

/** 1.1 GB, 940 MB: decimal units, as download pages show them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit >= 3 || (unit > 0 && value < 10) ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

export function formatDuration(
  seconds: number,
  trans: TranslationBundle
): string {
  if (seconds < 10) {
    return trans.__('%1 s', seconds.toFixed(1));
  }
  if (seconds < 90) {
    return trans.__('%1 s', Math.round(seconds));
  }
  return trans.__('%1 min', Math.round(seconds / 60));
}
