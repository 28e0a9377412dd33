// Another name for an advertiser. It is given to the state that the form began with: another's change is never lost unseen.
import { Modal, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import type { Tagged } from '@/shared/api/client';
import * as rules from '@/shared/form/rules';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { Conflict, type Difference } from '@/shared/ui/Conflict';
import { FormEnd } from '@/shared/ui/FormEnd';

import { type Advertiser, askAdvertiser, changeAdvertiser, type KeptStatus, useAdvertiserChanged } from './queries';

const schema = v.object({ name: rules.name });

interface Props {
  projectId: string;
  known: Tagged<Advertiser>;
  onClose: () => void;
}

export function RenameModal({ projectId, known, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const told = useAdvertiserChanged(projectId);
  const compare = useCompare();
  // Another one once somebody else's was taken in.
  const [before, setBefore] = useState(known);
  const { advertiser_id: advertiserId } = known.data;
  const { form, submit, sending, problem } = useProblemForm<{ name: string }, Tagged<Advertiser>>({
    initial: { name: known.data.name },
    schema,
    send: ({ name }) => changeAdvertiser(projectId, before, { name: name.trim() }),
    onSuccess: (renamed) => {
      told(advertiserId, renamed);
      onClose();
    },
  });
  const takeIn = (theirs: Tagged<Advertiser>, name: string): void => {
    told(advertiserId, theirs);
    setBefore(theirs);
    form.setValues({ name });
    sending.reset();
  };
  const isTouched = form.values.name !== before.data.name;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('advertising.rename')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label={t('advertising.name')} data-autofocus {...form.getInputProps('name')} />
          <FormEnd
            problem={problem}
            conflict={
              <Conflict
                about={['advertiser', projectId, advertiserId, before.tag]}
                read={() => askAdvertiser(projectId, advertiserId)}
                compare={(theirs) => compare(before.data, theirs.data, isTouched ? form.values.name : undefined)}
                onMine={(theirs) => takeIn(theirs, isTouched ? form.values.name : theirs.data.name)}
                onTheirs={(theirs) => takeIn(theirs, theirs.data.name)}
              />
            }
            submit={t('common.save')}
            isSending={sending.isPending}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}

/** What may be changed of an advertiser, in words. */
function useCompare(): (before: Advertiser, theirs: Advertiser, mine: string | undefined) => Difference[] {
  const { t } = useTranslation();
  const state = ({ status }: Advertiser): string => t(`advertising.creatives.state.${status as KeptStatus}`);
  return (before, theirs, mine) =>
    [
      { field: t('advertising.name'), was: before.name, theirs: theirs.name, mine },
      { field: t('common.state'), was: state(before), theirs: state(theirs), mine: undefined },
    ].filter((each) => each.was !== each.theirs);
}
