// What leaves a line in the audit log.
import type { TFunction } from 'i18next';

export const ACTIONS = [
  'project.created',
  'project.changed',
  'project.archived',
  'project.restored',
  'member.added',
  'member.changed',
  'member.removed',
  'invitation.created',
  'invitation.accepted',
  'invitation.withdrawn',
  'key.created',
  'key.revoked',
  'advertisers.stored',
  'campaign.created',
  'campaign.changed',
  'campaign.deleted',
  'ad.created',
  'ad.changed',
  'creative.created',
  'creative.changed',
  'clients.stored',
  'client.erased',
  'scores.stored',
  'dashboard.created',
  'dashboard.changed',
  'dashboard.deleted',
  'dashboard.shared',
  'dashboard.unshared',
  'saved_report.created',
  'saved_report.changed',
  'saved_report.deleted',
  'report_settings.changed',
  'webhook.created',
  'webhook.changed',
  'webhook.secret_renewed',
  'webhook.deleted',
  'webhook.replayed',
  'account.changed',
  'account.topped_up',
  'account.refunded',
  'account.adjusted',
  'clicks.refunded',
  'file.stored',
  'file.deleted',
  'day.changed',
  'job.retried',
  'job.cancelled',
  'trail.exported',
  'request.refused',
  'user.created',
  'user.changed',
  'user.blocked',
  'user.unblocked',
  'session.started',
  'session.ended',
  'session.refused',
  'token.reused',
  'password.changed',
  'reset.requested',
  'installation.changed',
  'signing_key.created',
  'sealing_key.created',
  'sealing_key.rotated',
  'sealing_key.forgotten',
] as const;
export type Action = (typeof ACTIONS)[number];

interface Choice {
  value: string;
  label: string;
}

export function actionChoices(t: TFunction): Choice[] {
  const choices = ACTIONS.map((action) => ({ value: action, label: t(`trail.actions.${action}`) }));
  return choices.sort((one, other) => one.label.localeCompare(other.label));
}
