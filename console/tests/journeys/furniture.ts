// Something on every page: what people would have after some days of work.
import type { House } from './house';
import { BORIS, tokenOf } from './people';
import { picture } from './picture';
import { openShop } from './shop';

const CLIENT = {
  client_id: 'c0000000-0000-4000-8000-000000000001',
  login: 'vera',
  age: 30,
  location: 'Moscow',
  gender: 'FEMALE',
};
const CAMPAIGN = {
  ad_title: 'Umbrellas',
  ad_text: 'It will rain.',
  impressions_limit: 1_000,
  clicks_limit: 100,
  cost_per_impression: 0.5,
  cost_per_click: 9,
  start_date: 0,
  end_date: 13,
  targeting: { location: 'Moscow' },
};

/** What addresses name. */
export type Ids = Record<
  'project' | 'advertiser' | 'campaign' | 'paced' | 'shop' | 'dashboard' | 'empty' | 'link' | 'webhook',
  string
>;

/** Something on every page. */
export async function furnish(house: House): Promise<Ids> {
  const access_token = await tokenOf(house);
  const post = <T>(path: string, body?: unknown): Promise<T> => house.call<T>('POST', path, body, access_token);
  const { project_id } = await post<{ project_id: string }>('/api/v1/projects', { name: 'Plush', currency: 'RUB' });
  const below = `/api/v1/projects/${project_id}`;
  const key = await post<{ secret: string }>(`${below}/keys`, { name: 'Shop', scopes: ['serve', 'manage', 'read'] });
  await post(`${below}/invitations`, { email: BORIS.email, role: 'marketer' });
  const { advertiser_id } = await post<{ advertiser_id: string }>(`${below}/advertisers`, { name: 'Umbrella Shop' });
  const former = await post<{ advertiser_id: string }>(`${below}/advertisers`, { name: 'Sun Hats' });
  const away = { status: 'archived' };
  await house.call('PATCH', `${below}/advertisers/${former.advertiser_id}`, away, access_token);
  const campaign = { ...CAMPAIGN, advertiser_id };
  const { campaign_id } = await post<{ campaign_id: string }>(`${below}/campaigns`, campaign);
  await post(`${below}/campaigns`, { ...campaign, ad_title: 'Raincoats', start_date: 5, end_date: 9 });
  // Shown to whoever is played, at every moment: what is paced waits for its share of the day.
  await post(`${below}/campaigns`, { ...campaign, ad_title: 'Rain hats' });
  // Even pacing releases half an hour's share at once: of so much, whatever the hour, one impression.
  const paced = await post<{ campaign_id: string }>(`${below}/campaigns`, {
    ...{ ...campaign, ad_title: 'Rubber boots', end_date: null, total_budget: 900, daily_budget: 40, pacing: 'even' },
    frequency_cap: { impressions: 3, per: 'day' },
  });
  const { file_id: image_id } = await house.upload<{ file_id: string }>(`${below}/files`, picture(), access_token);
  const landing_url = 'https://umbrellas.example/autumn?utm_source=barker';
  const creative = {
    title: 'Umbrellas for two',
    text: 'Nobody gets wet.\nFree delivery till Sunday.',
    landing_url,
    image_id,
  };
  await post(`${below}/campaigns/${campaign_id}/ads`, { name: 'With a picture', weight: 300, creative });
  await house.call('POST', '/clients/bulk', [CLIENT], key.secret);
  await post(`${below}/clients/${CLIENT.client_id}/ad`);
  await post(`${below}/clients/${CLIENT.client_id}/clicks/${campaign_id}`);
  const account = `${below}/advertisers/${advertiser_id}/account`;
  for (const [key, amount, note] of [
    ['a', 1_000.5, 'Invoice 7'],
    ['b', 250, 'Invoice 8'],
  ] as const) {
    await house.call('POST', `${account}/top-ups`, { amount, note }, access_token, { 'idempotency-key': key });
  }
  const hook = { url: 'https://nowhere.invalid/hooks/barker', events: ['campaign.finished'], description: 'The chat' };
  const { webhook_id } = await post<{ webhook_id: string }>(`${below}/webhooks`, hook);
  await post(`${below}/webhooks/${webhook_id}/ping`);
  const shop = await post<{ project_id: string }>('/api/v1/projects', {
    name: 'Rain',
    currency: 'RUB',
    time_zone: 'UTC',
  });
  await openShop(house, [shop.project_id, access_token]);
  const ofShop = `/api/v1/projects/${shop.project_id}/dashboards`;
  const [first] = await house.call<{ dashboard_id: string }[]>('GET', ofShop, undefined, access_token);
  const { token } = await post<{ token: string }>(`${ofShop}/${first?.dashboard_id ?? ''}/links`);
  const empty = await post<{ dashboard_id: string }>(`${below}/dashboards`, { name: 'Morning' });
  return {
    ...{ dashboard: first?.dashboard_id ?? '', empty: empty.dashboard_id, link: token },
    ...{ project: project_id, advertiser: advertiser_id, campaign: campaign_id },
    paced: paced.campaign_id,
    shop: shop.project_id,
    webhook: webhook_id,
  };
}
