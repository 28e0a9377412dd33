// A creative of the library, made or changed, with the ad as the client will see it beside it.
import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useProblemForm } from '@/shared/form/useProblemForm';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { changeCreative, createCreative, type Creative, useAdsChanged } from './adQueries';
import { WithPreview, WordsFields } from './CreativeFields';
import { type Body, NO_WORDS, type Words, wordsBody, wordsOf, wordsSchema } from './creativeRules';

interface Props {
  projectId: string;
  /** What is changed; nothing: a new one. */
  creative: Creative | undefined;
  onClose: () => void;
}

/** Only what was changed: what others have changed meanwhile stays. */
function changesOf(values: Words, creative: Creative): Partial<Body> {
  const [wanted, before] = [wordsBody(values), wordsBody(wordsOf(creative))];
  const names = Object.keys(wanted) as (keyof typeof wanted)[];
  return Object.fromEntries(names.filter((name) => wanted[name] !== before[name]).map((name) => [name, wanted[name]]));
}

export function CreativeModal({ projectId, creative, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const changed = useAdsChanged(projectId);
  const send = (words: Words): Promise<Creative> =>
    creative === undefined
      ? createCreative(projectId, wordsBody(words))
      : changeCreative(projectId, creative, changesOf(words, creative));
  const { form, submit, sending, problem } = useProblemForm<Words, Creative>({
    initial: creative === undefined ? NO_WORDS : wordsOf(creative),
    schema: wordsSchema(t),
    rename: { '/image_id': 'image' },
    send: (words) => send(words).finally(() => void changed()),
    onSuccess: onClose,
  });
  const isNew = creative === undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t(isNew ? 'advertising.creatives.create' : 'advertising.creatives.edit')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit} noValidate>
        <WithPreview words={form.values}>
          <Stack>
            <ProblemAlert error={problem} />
            {!isNew && (
              <Alert variant="light" color="gray" icon={<IconInfoCircle />}>
                {t('advertising.ads.sharedHint')}
              </Alert>
            )}
            <WordsFields
              form={form}
              projectId={projectId}
              image={form.values.image}
              onImage={(image) => form.setFieldValue('image', image)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={sending.isPending}>
                {t(isNew ? 'advertising.create' : 'common.save')}
              </Button>
            </Group>
          </Stack>
        </WithPreview>
      </form>
    </Modal>
  );
}
