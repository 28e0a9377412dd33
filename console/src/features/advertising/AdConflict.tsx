// Somebody else has changed the ad, or the creative, while its form was open.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { AdThumbnail } from '@/shared/ui/AdPreview';
import { Conflict, type Difference } from '@/shared/ui/Conflict';
import { count } from '@/shared/ui/number';

import { adValues, differingWords } from './adChanges';
import { type Ad, askAd, askCreative, type Creative } from './adQueries';
import { type AdValues, type Words, wordsOf } from './creativeRules';

interface Props<State, Values> {
  projectId: string;
  /** What the form began with. */
  before: State;
  mine: Values;
  onMine: (theirs: State) => void;
  onTheirs: (theirs: State) => void;
}

export function CreativeConflict({ projectId, before, mine, ...steps }: Props<Creative, Words>): ReactNode {
  const words = useWordDifferences();
  const { creative_id: id, version } = before;
  return (
    <Conflict
      about={['creative', projectId, id, version]}
      read={() => askCreative(projectId, id)}
      compare={(theirs) => words(wordsOf(before), wordsOf(theirs), mine)}
      {...steps}
    />
  );
}

export function AdConflict({ projectId, before, mine, ...steps }: Props<Ad, AdValues>): ReactNode {
  const { t } = useTranslation();
  const words = useWordDifferences();
  const compare = (ad: Ad): Difference[] => {
    const [first, theirs] = [adValues(before), adValues(ad)];
    const plain = [
      { field: t('advertising.ads.name'), of: ({ name }: AdValues) => name || '—' },
      { field: t('field.weight'), of: ({ weight }: AdValues) => count(Number(weight)) },
    ].filter(({ of }) => of(first) !== of(theirs));
    return [
      ...plain.map(({ field, of }) => ({
        field,
        was: of(first),
        theirs: of(theirs),
        mine: of(mine) === of(first) ? undefined : of(mine),
      })),
      ...words(first.creative, theirs.creative, mine.creative),
    ];
  };
  return (
    <Conflict
      about={['ad', projectId, before.ad_id, before.version]}
      read={() => askAd(projectId, before.ad_id)}
      compare={compare}
      {...steps}
    />
  );
}

function useWordDifferences(): (before: Words, theirs: Words, mine: Words) => Difference[] {
  const { t } = useTranslation();
  const shown = (words: Words, name: ReturnType<typeof differingWords>[number]): ReactNode => {
    if (name === 'image') return words.image === null ? '—' : <AdThumbnail imageUrl={words.image.url} />;
    return words[name] || '—';
  };
  return (before, theirs, mine) => {
    const touched = differingWords(mine, before);
    return differingWords(theirs, before).map((name) => ({
      field: t(`field.${name === 'image' ? 'image_id' : name}`),
      was: shown(before, name),
      theirs: shown(theirs, name),
      mine: touched.includes(name) ? shown(mine, name) : undefined,
    }));
  };
}
