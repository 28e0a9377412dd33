// An ad of a campaign, made or changed: its weight, and the creative that it shows.
import { Alert, Modal, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { useProblemForm } from '@/shared/form/useProblemForm';
import { FormEnd } from '@/shared/ui/FormEnd';

import { adChanges, adValues, rebasedAd, textOrNull } from './adChanges';
import { AdConflict } from './AdConflict';
import { type Ad, changeAd, createAd, MAX_WEIGHT, useAdsChanged, useCreativeChoices, type WhoseAds } from './adQueries';
import { WithPreview, WordsFields } from './CreativeFields';
import { adSchema, type AdValues, NO_WORDS, type Words, wordsBody, wordsOf } from './creativeRules';

/** Side by side, fields stand in one line whatever is said about them. */
const BELOW = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[];

interface Props {
  whose: WhoseAds;
  /** What is changed; nothing: a new one. */
  ad: Ad | undefined;
  onClose: () => void;
}

function send(whose: WhoseAds, ad: Ad | undefined, values: AdValues): Promise<Ad> {
  if (ad !== undefined) return changeAd(whose.projectId, ad, adChanges(values, ad));
  const shows =
    values.source === 'known' ? { creative_id: values.creative_id ?? '' } : { creative: wordsBody(values.creative) };
  return createAd(whose, { name: textOrNull(values.name), weight: Number(values.weight), ...shows });
}

export function AdModal({ whose, ad, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const changed = useAdsChanged(whose.projectId);
  const [known, setKnown] = useState<Words>();
  // What the form began with; another one once somebody else's was taken in.
  const [before, setBefore] = useState(ad);
  const schema = useMemo(() => v.lazy((values) => adSchema(t, (values as AdValues | undefined)?.source ?? 'new')), [t]);
  const { form, submit, sending, problem } = useProblemForm<AdValues, Ad>({
    initial: adValues(ad),
    schema,
    rename: { '/creative/image_id': 'creative.image' },
    send: (values) => send(whose, before, values).finally(() => void changed()),
    onSuccess: onClose,
  });
  const { source, creative } = form.values;
  const takeIn = (theirs: Ad, values: AdValues): void => {
    setBefore(theirs);
    form.setValues(values);
    sending.reset();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t(before === undefined ? 'advertising.ads.create' : 'advertising.ads.edit')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit} noValidate>
        <WithPreview words={source === 'known' ? (known ?? NO_WORDS) : creative}>
          <Stack>
            <Particulars form={form} />
            <SegmentedControl
              aria-label={t('advertising.ads.source.label')}
              data={[
                { value: 'new', label: t(`advertising.ads.source.${before === undefined ? 'new' : 'same'}`) },
                { value: 'known', label: t('advertising.ads.source.known') },
              ]}
              {...form.getInputProps('source')}
            />
            {source === 'known' ? (
              <CreativeChoice
                projectId={whose.projectId}
                value={form.values.creative_id}
                error={form.errors['creative_id']}
                onChoose={(id, words) => {
                  form.setFieldValue('creative_id', id);
                  setKnown(words);
                }}
              />
            ) : (
              <>
                {before !== undefined && (
                  <Alert variant="light" color="gray" icon={<IconInfoCircle />}>
                    {t('advertising.ads.sharedHint')}
                  </Alert>
                )}
                <WordsFields
                  form={form}
                  at="creative."
                  projectId={whose.projectId}
                  image={creative.image}
                  onImage={(image) => form.setFieldValue('creative.image', image)}
                />
              </>
            )}
            <FormEnd
              conflict={
                before !== undefined && (
                  <AdConflict
                    projectId={whose.projectId}
                    before={before}
                    mine={form.values}
                    onMine={(theirs) => takeIn(theirs, rebasedAd(form.getValues(), adValues(before), adValues(theirs)))}
                    onTheirs={(theirs) => takeIn(theirs, adValues(theirs))}
                  />
                )
              }

              problem={problem}
              submit={t(before === undefined ? 'advertising.ads.add' : 'common.save')}
              isSending={sending.isPending}
              onCancel={onClose}
            />
          </Stack>
        </WithPreview>
      </form>
    </Modal>
  );
}

function Particulars({ form }: { form: UseFormReturnType<AdValues> }): ReactNode {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <TextInput
        label={t('advertising.ads.name')}
        description={t('advertising.ads.nameHint')}
        inputWrapperOrder={BELOW}
        {...form.getInputProps('name')}
      />
      <NumberInput
        label={t('field.weight')}
        description={t('advertising.ads.weightHint')}
        inputWrapperOrder={BELOW}
        min={1}
        max={MAX_WEIGHT}
        allowDecimal={false}
        {...form.getInputProps('weight')}
      />
    </SimpleGrid>
  );
}

interface ChoiceProps {
  projectId: string;
  value: string | null;
  error: ReactNode;
  onChoose: (id: string | null, words: Words | undefined) => void;
}

/** A pause after which what was typed is looked for. */
const PAUSE_MS = 250;

function CreativeChoice({ projectId, value, error, onChoose }: ChoiceProps): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, PAUSE_MS);
  const { rows = [] } = useCreativeChoices(projectId, search).data ?? {};
  return (
    <Select
      label={t('advertising.creatives.one')}
      placeholder={t('advertising.creatives.search')}
      data={rows.map(({ creative_id, title }) => ({ value: creative_id, label: title }))}
      searchable
      onSearchChange={setTyped}
      // The server has looked already, in the text as well.
      filter={({ options }) => options}
      nothingFoundMessage={t('common.nothingFits')}
      value={value}
      error={error}
      onChange={(id) => {
        const found = rows.find(({ creative_id }) => creative_id === id);
        onChoose(id, found === undefined ? undefined : wordsOf(found));
      }}
    />
  );
}
