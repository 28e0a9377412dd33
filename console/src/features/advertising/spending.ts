// What a campaign can cost, by what its form holds.
import { dayOf, type Values } from './campaignValues';

/** What has to be there for a show: its price, and that of the click that may follow. */
export function oneShow({ cost_per_impression, cost_per_click }: Values): number {
  return Number(cost_per_impression) + Number(cost_per_click);
}

function days({ start_date, end_date }: Values, isSandbox: boolean): number {
  if (start_date === '' || end_date === '') return Infinity;
  return Math.max(0, dayOf(end_date, isSandbox) - dayOf(start_date, isSandbox) + 1);
}

/** The most that it can cost, by its limits and prices and by its budgets; nothing where a field holds no number. */
export function mostSpent(values: Values, isSandbox: boolean): number | undefined {
  const byLimits =
    Number(values.impressions_limit) * Number(values.cost_per_impression) +
    Number(values.clicks_limit) * Number(values.cost_per_click);
  const byTotal = values.total_budget === '' ? Infinity : Number(values.total_budget);
  const byDays = values.daily_budget === '' ? Infinity : Number(values.daily_budget) * days(values, isSandbox);
  const most = Math.min(byLimits, byTotal, byDays);
  return Number.isFinite(most) ? most : undefined;
}
