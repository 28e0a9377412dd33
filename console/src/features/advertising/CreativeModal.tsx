// A creative of the library, made or changed, with the ad as the client will see it beside it.
import { Alert, Modal, Stack } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useProblemForm } from '@/shared/form/useProblemForm';
import { FormEnd } from '@/shared/ui/FormEnd';

import { rebasedWords, wordChanges } from './adChanges';
import { CreativeConflict } from './AdConflict';
import { changeCreative, createCreative, type Creative, useAdsChanged } from './adQueries';
import { WithPreview, WordsFields } from './CreativeFields';
import { NO_WORDS, type Words, wordsBody, wordsOf, wordsSchema } from './creativeRules';

interface Props {
  projectId: string;
  /** What is changed; nothing: a new one. */
  creative: Creative | undefined;
  onClose: () => void;
}

export function CreativeModal({ projectId, creative, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const changed = useAdsChanged(projectId);
  // What the form began with; another one once somebody else's was taken in.
  const [before, setBefore] = useState(creative);
  const send = (words: Words): Promise<Creative> =>
    before === undefined
      ? createCreative(projectId, wordsBody(words))
      : changeCreative(projectId, before, wordChanges(words, before));
  const { form, submit, sending, problem } = useProblemForm<Words, Creative>({
    initial: creative === undefined ? NO_WORDS : wordsOf(creative),
    schema: wordsSchema(t),
    rename: { '/image_id': 'image' },
    send: (words) => send(words).finally(() => void changed()),
    onSuccess: onClose,
  });
  const isNew = before === undefined;
  const takeIn = (theirs: Creative, words: Words): void => {
    setBefore(theirs);
    form.setValues(words);
    sending.reset();
  };
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
            <FormEnd
              conflict={
                before !== undefined && (
                  <CreativeConflict
                    projectId={projectId}
                    before={before}
                    mine={form.values}
                    onMine={(theirs) =>
                      takeIn(theirs, rebasedWords(form.getValues(), wordsOf(before), wordsOf(theirs)))
                    }
                    onTheirs={(theirs) => takeIn(theirs, wordsOf(theirs))}
                  />
                )
              }

              problem={problem}
              submit={t(isNew ? 'advertising.create' : 'common.save')}
              isSending={sending.isPending}
              onCancel={onClose}
            />
          </Stack>
        </WithPreview>
      </form>
    </Modal>
  );
}
