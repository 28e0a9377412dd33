// Which part of a campaign's shows each of its ads gets.
import type { Ad } from './adQueries';

/** By the ids of active ads: in proportion to their weights, from 0 to 1. */
export function sharesOf(ads: Pick<Ad, 'ad_id' | 'weight' | 'status'>[]): Map<string, number> {
  const active = ads.filter(({ status }) => status === 'active');
  const sum = active.reduce((total, { weight }) => total + weight, 0);
  return new Map(active.map(({ ad_id, weight }) => [ad_id, weight / sum]));
}
