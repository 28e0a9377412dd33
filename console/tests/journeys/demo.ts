// The demo: signed in to as whoever tries it out, once its days are filled.
import { eventually, type House } from './house';
import { tokenOf } from './people';

export const DEMO_EMAIL = 'demo@example.com';

interface Job {
  job_id: string;
  kind: string;
  state: string;
}

export class Demo {
  private constructor(
    private readonly house: House,
    private readonly token: string,
    readonly password: string,
    readonly project: string,
  ) {}

  /** Its days are filled in the background; this waits until they are. */
  static async filled(house: House): Promise<Demo> {
    const password = await house.demoPassword();
    const token = await tokenOf(house, DEMO_EMAIL, password);
    const [found] = await house.call<{ project_id: string }[]>('GET', '/api/v1/projects', undefined, token);
    const demo = new Demo(house, token, password, found?.project_id ?? '');
    await eventually('the demo is filled', async () => {
      const jobs = await demo.keepers();
      return jobs.some(({ state }) => state === 'done') ? true : undefined;
    });
    return demo;
  }

  /** Asks beside the page, about the project of the demo. */
  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.house.call<T>(method, `/api/v1/projects/${this.project}${path}`, body, this.token);
  }

  /** Every hour clients come by themselves and are shown what pays most. From now on none does: nobody counts but who is played. */
  async close(): Promise<void> {
    await eventually('the demo is closed', async () => {
      const active = (await this.keepers()).filter(({ state }) => state === 'waiting' || state === 'running');
      for (const { job_id } of active) await this.call('POST', `/jobs/${job_id}/cancel`);
      return active.length === 0 ? true : undefined;
    });
  }

  private async keepers(): Promise<Job[]> {
    return this.call('GET', '/jobs?kind=demo.keep&size=1000');
  }
}
