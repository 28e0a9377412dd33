// An ad of a campaign, made or changed: its weight, and the creative that it shows.
import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { useProblemForm } from '@/shared/form/useProblemForm';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import {
  type Ad,
  type AdChange,
  changeAd,
  createAd,
  MAX_WEIGHT,
  useAdsChanged,
  useCreativeChoices,
  type WhoseAds,
} from './adQueries';
import { isSame } from './campaignValues';
import { WithPreview, WordsFields } from './CreativeFields';
import { adSchema, type AdValues, NO_WORDS, type Words, wordsBody, wordsOf } from './creativeRules';

const USUAL_WEIGHT = 100;
/** Side by side, fields stand in one line whatever is said about them. */
const BELOW = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[];

interface Props {
  whose: WhoseAds;
  /** What is changed; nothing: a new one. */
  ad: Ad | undefined;
  onClose: () => void;
}

function valuesOf(ad: Ad | undefined): AdValues {
  return {
    name: ad?.name ?? '',
    weight: ad?.weight ?? USUAL_WEIGHT,
    source: 'new',
    creative_id: null,
    creative: ad === undefined ? NO_WORDS : wordsOf(ad.creative),
  };
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** Only what was changed: what others have changed meanwhile stays. */
function changesOf(values: AdValues, ad: Ad): AdChange {
  const before = valuesOf(ad);
  return {
    ...(values.name === before.name ? {} : { name: textOrNull(values.name) }),
    ...(values.weight === before.weight ? {} : { weight: Number(values.weight) }),
    ...(values.source === 'known' && values.creative_id !== null ? { creative_id: values.creative_id } : {}),
    ...(values.source === 'known' || isSame(values.creative, before.creative)
      ? {}
      : { creative: wordsBody(values.creative) }),
  };
}

function send(whose: WhoseAds, ad: Ad | undefined, values: AdValues): Promise<Ad> {
  if (ad !== undefined) return changeAd(whose.projectId, ad, changesOf(values, ad));
  const shows =
    values.source === 'known' ? { creative_id: values.creative_id ?? '' } : { creative: wordsBody(values.creative) };
  return createAd(whose, { name: textOrNull(values.name), weight: Number(values.weight), ...shows });
}

export function AdModal({ whose, ad, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const changed = useAdsChanged(whose.projectId);
  const [known, setKnown] = useState<Words>();
  const schema = useMemo(() => v.lazy((values) => adSchema(t, (values as AdValues | undefined)?.source ?? 'new')), [t]);
  const { form, submit, sending, problem } = useProblemForm<AdValues, Ad>({
    initial: valuesOf(ad),
    schema,
    rename: { '/creative/image_id': 'creative.image' },
    send: (values) => send(whose, ad, values).finally(() => void changed()),
    onSuccess: onClose,
  });
  const { source, creative } = form.values;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t(ad === undefined ? 'advertising.ads.create' : 'advertising.ads.edit')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit} noValidate>
        <WithPreview words={source === 'known' ? (known ?? NO_WORDS) : creative}>
          <Stack>
            <ProblemAlert error={problem} />
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
            <SegmentedControl
              aria-label={t('advertising.ads.source.label')}
              data={[
                { value: 'new', label: t(`advertising.ads.source.${ad === undefined ? 'new' : 'same'}`) },
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
                {ad !== undefined && (
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
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={sending.isPending}>
                {t(ad === undefined ? 'advertising.ads.add' : 'common.save')}
              </Button>
            </Group>
          </Stack>
        </WithPreview>
      </form>
    </Modal>
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
