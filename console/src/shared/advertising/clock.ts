// The time of day by the clock of a project.
const MINUTES_PER_HOUR = 60;

/** Minutes since midnight in a time zone. */
export function minuteOfDay(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value ?? 0);
  return part('hour') * MINUTES_PER_HOUR + part('minute');
}
