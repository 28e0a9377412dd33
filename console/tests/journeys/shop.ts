// A shop with some months of business: what its ads cost, who came by them, and what they bought. The same each time.
import { eventually, type House } from './house';

interface Campaign {
  source: string;
  medium: string;
  channel: string;
  id: string;
  name: string;
  ads: string[];
  /** In a day, at the beginning. */
  cost: number;
  /** Of a click. */
  price: number;
  /** Clicks that become an order. */
  rate: number;
}

const CAMPAIGNS: Campaign[] = [
  {
    ...{ source: 'yandex', medium: 'cpc', channel: 'paid_search', id: '101', name: 'Umbrellas, search' },
    ...{ ads: ['Umbrellas in a day', 'Strong umbrellas'], cost: 5_200, price: 38, rate: 0.034 },
  },
  {
    ...{ source: 'yandex', medium: 'cpc', channel: 'paid_search', id: '102', name: 'Brand' },
    ...{ ads: ['Plush, the rain shop'], cost: 1_100, price: 12, rate: 0.08 },
  },
  {
    ...{ source: 'vk', medium: 'cpc', channel: 'paid_social', id: '201', name: 'Raincoats, autumn' },
    ...{ ads: ['Yellow raincoat', 'Raincoats for two'], cost: 3_400, price: 21, rate: 0.011 },
  },
  {
    ...{ source: 'google', medium: 'display', channel: 'display', id: '301', name: 'Who was here before' },
    ...{ ads: ['Still raining?'], cost: 1_900, price: 15, rate: 0.014 },
  },
];
/** Visits that nobody pays for, in a day, and how many of them buy. */
const FREE = [
  { source: 'newsletter', medium: 'email', visits: 26, rate: 0.05 },
  { source: '', medium: '', visits: 40, rate: 0.03 },
  { source: 'google', medium: 'organic', visits: 55, rate: 0.02 },
];
/** Orders of somebody in so many; the others are new. */
const RETURNING = 3;
const DAY_MS = 86_400_000;

/** Numbers that look like chance and are not. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

interface Files {
  spend: string;
  events: string;
  orders: string;
}

/** Days of business that end today. */
export function business(days: number): Files {
  const chance = dice(7);
  const spend = ['source,account,day,campaign_id,campaign_name,ad_id,ad_name,channel,impressions,clicks,cost,currency'];
  const events = [
    'event_id,event_type,occurred_at,client_id,utm_source,utm_medium,campaign_id,campaign_name,ad_id,ad_name',
  ];
  const orders = ['order_id,occurred_at,client_id,customer_key,net,currency,status'];
  const customers: string[] = [];
  const today = Math.floor(Date.now() / DAY_MS);
  let visits = 0;
  const visit = (day: number, by: { source: string; medium: string }, ad: string, rate: number): void => {
    visits += 1;
    // Not later than this morning: what is to come has not happened.
    const at = new Date(day * DAY_MS + Math.floor(chance() * 3 * 3_600_000));
    const client = `client-${visits}`;
    events.push(`e${visits},session_start,${at.toISOString()},${client},${by.source},${by.medium},${ad}`);
    if (chance() >= rate) return;
    const known = customers.length > 20 && Math.floor(chance() * RETURNING) === 0;
    const customer = known ? (customers[Math.floor(chance() * customers.length)] ?? client) : `customer-${visits}`;
    if (!known) customers.push(customer);
    const bought = new Date(at.getTime() + 20 * 60_000).toISOString();
    orders.push(
      `${1_000 + orders.length},${bought},${client},${customer},${Math.round(1_500 + chance() * 6_500)},RUB,paid`,
    );
  };
  for (let ago = days - 1; ago >= 0; ago -= 1) {
    const day = today - ago;
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    const season = 1 + (days - ago) / days / 2 + (chance() - 0.5) / 4;
    for (const campaign of CAMPAIGNS) {
      campaign.ads.forEach((ad, place) => {
        const cost = (campaign.cost / campaign.ads.length) * season;
        const clicks = Math.round((cost / campaign.price) * (0.8 + chance() * 0.4));
        const impressions = Math.round(clicks * (18 + chance() * 20));
        const named = `${campaign.id},"${campaign.name}",${campaign.id}-${place},"${ad}"`;
        spend.push(
          `${campaign.source},plush,${date},${named},${campaign.channel},${impressions},${clicks},${cost.toFixed(2)},RUB`,
        );
        // One visit stands for several: this is a test, not a load.
        for (let click = 0; click < clicks; click += 4) visit(day, campaign, named, campaign.rate * 4);
      });
    }
    for (const free of FREE) {
      for (let each = 0; each < free.visits * season; each += 4) visit(day, free, ',,,', free.rate * 4);
    }
  }
  return { spend: spend.join('\n'), events: events.join('\n'), orders: orders.join('\n') };
}

/** Imports a file and waits until it is there. */
export async function importFile(
  house: House,
  [project, token]: [string, string],
  kind: string,
  content: string,
): Promise<void> {
  const below = `/api/v1/projects/${project}`;
  const answer = await fetch(`${house.url}${below}/imports?kind=${kind}&file_name=${kind}.csv`, {
    method: 'POST',
    body: content,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
  });
  if (!answer.ok) throw new Error(`${kind}: ${answer.status} ${await answer.text()}`);
  const { job_id } = (await answer.json()) as { job_id: string };
  await eventually(`${kind} are imported`, async () => {
    const jobs = await house.call<{ job_id: string; state: string; error?: string; progress: { message: string } }[]>(
      'GET',
      `${below}/jobs`,
      undefined,
      token,
    );
    const job = jobs.find((each) => each.job_id === job_id);
    if (job?.state === 'dead') throw new Error(`${kind}: ${job.error ?? ''}`);
    if (job?.state !== 'done') return undefined;
    if (!job.progress.message.includes(' 0 rejected')) throw new Error(`${kind}: ${job.progress.message}`);
    return job;
  });
}

/** A project with all of it. */
export async function openShop(house: House, [project, token]: [string, string], days = 90): Promise<void> {
  const files = business(days);
  for (const kind of ['spend', 'events', 'orders'] as const) {
    await importFile(house, [project, token], kind, files[kind]);
  }
}
